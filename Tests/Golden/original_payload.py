"""Writes Tests/Golden/original_payload.json: messages of gensyn-genrl==0.3.0 as its own encoder writes them,
from values made here from a seed. The package's own code runs; what it imports beside is replaced by empty
modules.

    pip install --no-deps gensyn-genrl==0.3.0 msgpack
    python Tests/Golden/original_payload.py
"""

import hashlib
import json
import pathlib
import random
import sys
import types
from unittest import mock

for name in ["datasets", "torch", "torch.distributed", "torch.utils", "torch.utils.data", "transformers",
             "torch.utils.tensorboard", "wandb", "hivemind", "numpy"]:
    module = types.ModuleType(name)
    module.__getattr__ = lambda attribute: mock.MagicMock()
    module.__path__ = []
    sys.modules[name] = module

import msgpack
from genrl.communication.communication import Payload
from genrl.serialization.msgpack_utils import _msgpack_encode
from genrl.state.game_tree import WorldState

WORDS = ["", "2+2?", "<answer>4</answer>", "caf\u00e9", "\U0001f642" * 9, "x" * 31, "x" * 32, "x" * 255,
         "x" * 256,
         "x" * 65536, "a\nb"]
NUMBERS = [0, 1, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1, -1, -32,
           -33, -128, -129, -32768, -32769, -2**31, -2**31 - 1, -2**63, 0.5, -0.0, 1e300, True, False, None]


def main():
    draw = random.Random(20261122)
    def value(depth):
        kind = draw.randrange(5 if depth < 2 else 2)
        if kind == 0:
            return draw.choice(NUMBERS)
        if kind == 1:
            return draw.choice(WORDS[:8])
        if kind == 2:
            return [value(depth + 1) for _ in range(draw.choice([0, 1, 3, 16]))]
        return {f"k{i}": value(depth + 1) for i in range(draw.choice([0, 2, 16]))}
    cases = []
    for number in range(16):
        batches = []
        for _ in range(draw.randrange(4)):
            question = draw.choice(WORDS[:9]) + str(draw.randrange(1000))
            world = WorldState(
                environment_states={"question": question, "answer": draw.choice(["4", None]),
                                    "metadata": value(0)},
                opponent_states=value(1), personal_states=value(1))
            payloads = [Payload(world_state=world, actions=[draw.choice(WORDS) for _ in range(2)],
                                metadata=value(1)) for _ in range(draw.randrange(3))]
            batches.append((hashlib.md5(question.encode()).hexdigest(), question, payloads))
        message = {name: payloads for name, _, payloads in batches}
        packed = msgpack.packb(message, default=_msgpack_encode, use_bin_type=True)
        cases.append({"bytes": packed.hex() if len(packed) < 20000 else None,
                      "sha256": hashlib.sha256(packed).hexdigest(),
                      "names": {question: name for name, question, _ in batches}})
    cases = [case for case in cases if case["bytes"]]
    text = json.dumps({"package": "gensyn-genrl==0.3.0", "cases": cases}, indent=1) + "\n"
    pathlib.Path(__file__).with_suffix(".json").write_text(text)
    print(len(cases), "messages", file=sys.stderr)


main()
