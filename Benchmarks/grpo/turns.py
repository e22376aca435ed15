"""GRPO on a real model: our trainer and PyTorch's take turns, a step each, and are timed from outside.

Usage: turns.py FOLDER [--steps 40]

Each side is a process that prints a JSON line after every step. One is stopped (SIGSTOP) while the other
works. The first step of both loads and compiles and is not timed. Groups whose answers are all equally
good are not trained on, so steps get cheaper as a model learns: the ratio is of the first steps, where
nearly all groups count on both sides. The last line is one JSON object in the form of the other suites.
"""

import argparse
import json
import shutil
import statistics
import sys
from pathlib import Path

from trainer_process import ROOT, TrainerProcess

EARLY = 12  # steps after the first that are compared


def first_tenfold(rewards: list[float], level: float) -> int | None:
    """The step after which the mean of the last ten rewards is first at least `level`."""
    for end in range(10, len(rewards) + 1):
        if statistics.fmean(rewards[end - 10 : end]) >= level:
            return end
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=40)
    options = parser.parse_args()
    work = ROOT / "runs" / "bench" / "grpo"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    ours = TrainerProcess(
        "ours",
        [
            ".build/release/starling", "train", "--config", "recipes/chat.toml", "--json",
            "--set", f"model.from={json.dumps(str(options.folder))}",
            "--set", "grpo.nodes=1", "--set", f"grpo.rounds={options.steps + 1}",
            "--run", str(work / "run"),
        ],
        work / "ours.log",
    )  # fmt: skip
    peer = TrainerProcess(
        "PyTorch",
        [
            sys.executable, "Benchmarks/peers/grpo_smollm2.py", str(options.folder),
            "--steps", str(options.steps + 1),
        ],
        work / "peer.log",
    )  # fmt: skip
    try:
        for step in range(options.steps):
            for side in (ours, peer) if step % 2 == 0 else (peer, ours):
                side.step()
            print(
                f"step {step + 1}: ours {ours.rewards[-1]:.3f} in {ours.seconds[-1]:.2f} s, "
                f"PyTorch {peer.rewards[-1]:.3f} in {peer.seconds[-1]:.2f} s",
                file=sys.stderr,
                flush=True,
            )
    finally:
        ours.close()
        peer.close()
    mine, theirs = ours.seconds[1 : 1 + EARLY], peer.seconds[1 : 1 + EARLY]
    ratios = [b / a for a, b in zip(mine, theirs, strict=True)]
    print(
        json.dumps(
            dict(
                name="grpo/smollm2-135m",
                ours=round(1 / statistics.median(mine), 3),
                peer=round(1 / statistics.median(theirs), 3),
                ratio=round(statistics.median(ratios), 3),
                unit="steps/s",
                spread=[round(min(ratios), 3), round(max(ratios), 3)],
                rewards=dict(
                    ours=[round(r, 3) for r in ours.rewards],
                    peer=[round(r, 3) for r in peer.rewards],
                ),
                steps_to_mean_of_ten_0_7=dict(
                    ours=first_tenfold(ours.rewards, 0.7), peer=first_tenfold(peer.rewards, 0.7)
                ),
                seconds_of_all=dict(
                    ours=round(sum(ours.seconds[1:]), 1), peer=round(sum(peer.seconds[1:]), 1)
                ),
            )
        )
    )


if __name__ == "__main__":
    main()
