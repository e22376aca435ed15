"""Writes Tests/Golden/adapters: two tiny checkpoints with low-rank adapters, and what PEFT makes of them.

    Scripts/python-env && .venv/bin/pip install -r Tests/Conformance/peft/requirements.txt
    .venv/bin/python Tests/Golden/adapters.py

The files are described in Tests/Conformance/peft_oracle.py, which makes them; random shapes beside these
are compared by Tests/Conformance/peft/run.
"""

import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "Conformance"))

import peft_oracle  # noqa: E402
import torch  # noqa: E402

torch.set_num_threads(1)
cases = {name: peft_oracle.CASES[name] for name in peft_oracle.GOLDEN}
peft_oracle.make_all(here / "adapters", cases, seed=1)
