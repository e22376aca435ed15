"""GRPO end to end on a Llama of 15 million weights: our trainer and TRL's take turns, a step each.

Usage: llama15m.py FOLDER [--steps 16] [--warm-up 4] [--new-tokens 64] [--threads 2]
       [--patience 60] [--ours fp32,bf16] [--peers fp32,bf16,bf16-weights]

A step draws 8 answers to each of 8 questions, scores them and trains on all; the model starts from the same
weights on both sides, asks the same task and never ends an answer early. --ours and --peers name what runs,
all in the same turns: --peers bf16:4 is TRL in bf16 autocast with four microbatches, and so on
(Benchmarks/peers/grpo_trl.py). The last lines are JSON objects in the form of the other suites, one for each
precision of ours, beside the fastest of all peers that keep their weights in fp32. One that does not is
`beyond`; `equal_precision` is beside the fastest that multiplies in the same numbers. `ratio` is the median
over steps, `spread` the least and greatest block of four.

A turn begins when the machine has been quiet for half a second, or after --patience seconds, and steps in
which other programs took more than a tenth of the machine are left out: PyTorch suffers more from them than
we do. `disturbed` says how many they were; where fewer than four are left all count, and `quiet` is false.

It fails where a side did not train on every token of every answer, or a gradient was zero.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from trainer_process import ROOT, TrainerProcess

sys.path.insert(0, str(ROOT / "Benchmarks"))
from side import KEEP_MEMORY, environment, machine, machine_cpu_seconds  # noqa: E402

SAMPLES = 8 * 8
BLOCK = 4  # steps
LEAST = 4  # undisturbed steps that are enough
UNEQUAL_MAX = 0.02  # of the tokens a step generates and trains on
FOREIGN_MAX = 0.1  # of the machine, by other programs
CORES = os.cpu_count() or 1
TASK_SEED = 1


def ours(precision: str, options: argparse.Namespace, work: Path) -> TrainerProcess:
    label = f"ours {precision}"
    settings = [
        f"model.from={json.dumps(str(options.folder))}",
        f"grpo.precision={json.dumps(precision)}",
        f"grpo.rounds={options.warm_up + options.steps + 1}",
        f"grpo.new_tokens={options.new_tokens}",
        f"seed={TASK_SEED}",
    ]
    command = [
        ".build/release/starling", "train", "--config", "Benchmarks/grpo/llama15m.toml", "--json",
        "--threads", str(options.threads), "--run", str(work / label.replace(" ", "-")),
    ]  # fmt: skip
    for setting in settings:
        command += ["--set", setting]
    return TrainerProcess(label, command, work / f"{label}.log", environment(options.threads, {}))


def peer(name: str, options: argparse.Namespace, work: Path) -> TrainerProcess:
    """`precision[:microbatches[:word ...]]`, where the words are further options of the peer."""
    precision, microbatches, *words = (name if ":" in name else f"{name}:1").split(":")
    command = [
        sys.executable, "Benchmarks/peers/grpo_trl.py", str(options.folder),
        "--steps", str(options.warm_up + options.steps + 1),
        "--new-tokens", str(options.new_tokens),
        "--precision", precision, "--microbatches", microbatches,
        "--threads", str(options.threads),
        "--output", str(work / f"trl-{name.replace(':', '-')}"),
    ]  # fmt: skip
    for word in words:
        option, _, value = word.partition("=")
        command += [f"--{option}"] + ([value] if value else [])
    extra = {"GLIBC_TUNABLES": KEEP_MEMORY}
    log = work / f"trl-{name.replace(':', '-')}.log"
    return TrainerProcess(f"TRL {name}", command, log, environment(options.threads, extra))


def check(side: TrainerProcess, new_tokens: int) -> None:
    """Every step generated and trained on as many tokens as it should, with a gradient."""
    wanted = SAMPLES * new_tokens
    for record in side.records:
        for key in ("tokens", "learned_tokens"):
            if abs(record[key] - wanted) > UNEQUAL_MAX * wanted:
                raise SystemExit(f"{side.label}: {record[key]} {key} in a step, not {wanted}")
        norm, loss = record["gradient_norm"], record["loss"]
        if not (loss is not None and norm is not None and math.isfinite(loss) and norm > 0):
            raise SystemExit(f"{side.label}: loss {loss} and gradient norm {norm} in a step")


class Steps:
    """The sides' seconds of the steps that count, and how much other programs took in each."""

    def __init__(self, sides: list[TrainerProcess], options: argparse.Namespace) -> None:
        self.sides, self.options = sides, options
        self.foreign: list[float] = []

    def play(self) -> None:
        for step in range(self.options.warm_up + self.options.steps):
            worst = 0.0
            for side in self.sides if step % 2 == 0 else reversed(self.sides):
                wait_for_quiet(self.options.patience if step >= self.options.warm_up else 0)
                busy = machine_cpu_seconds()
                side.step()
                others = machine_cpu_seconds() - busy - side.cpu_seconds[-1]
                worst = max(worst, others / (side.seconds[-1] * CORES))
            self.foreign.append(worst)
            shown = ", ".join(
                f"{side.label} {side.seconds[-1]:.2f} s (CPU {side.cpu_seconds[-1]:.2f})"
                for side in self.sides
            )
            print(f"step {step + 1}: {shown}; others {worst:.0%}", file=sys.stderr, flush=True)

    @property
    def quiet(self) -> list[int]:
        steps = range(self.options.warm_up, len(self.foreign))
        return [step for step in steps if self.foreign[step] <= FOREIGN_MAX]

    def seconds(self, side: TrainerProcess) -> list[float]:
        """Of the steps that count; of one thread CPU time, as in the other suites."""
        steps = self.quiet
        if len(steps) < LEAST or self.options.threads == 1:
            steps = list(range(self.options.warm_up, len(self.foreign)))
        taken = side.cpu_seconds if self.options.threads == 1 else side.seconds
        return [taken[step] for step in steps]

    def speed(self, side: TrainerProcess) -> float:
        return SAMPLES / statistics.median(self.seconds(side))

    def row(self, mine: TrainerProcess, peers: list[TrainerProcess]) -> dict[str, Any]:
        fair = [side for side in peers if "weights" not in side.label] or peers
        best, fastest = max(fair, key=self.speed), max(peers, key=self.speed)
        theirs, ours = self.seconds(best), self.seconds(mine)
        ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
        blocks = [sum(theirs[i : i + BLOCK]) / sum(ours[i : i + BLOCK]) for i in range(0, len(ours), BLOCK)]
        result = dict(
            name=f"grpo/llama15m/trl/{mine.label.split()[-1]}/{self.options.threads}t",
            ours=round(self.speed(mine), 2),
            peer=round(self.speed(best), 2),
            ratio=round(statistics.median(ratios), 3),
            unit="samples/s",
            best_peer=best.label,
            spread=[round(min(blocks), 3), round(max(blocks), 3)],
            new_tokens=self.options.new_tokens,
            learned_tokens_a_step={side.label: mean(side, "learned_tokens") for side in (mine, best)},
            gradient_norm={side.label: mean(side, "gradient_norm") for side in (mine, best)},
            reward={side.label: mean(side, "reward") for side in (mine, best)},
            sides={side.label: round(self.speed(side), 2) for side in (mine, *peers)},
            fastest_steps={
                side.label: round(SAMPLES / min(self.seconds(side)), 2) for side in (mine, *peers)
            },
            quiet=len(self.quiet) >= LEAST,
            disturbed=self.options.steps - len(self.quiet),
        )
        if fastest is not best:
            result["beyond"] = self.beside(mine, fastest)
        alike = [side for side in fair if side.label.split()[1].split(":")[0] == mine.label.split()[1]]
        if alike:
            result["equal_precision"] = self.beside(mine, max(alike, key=self.speed))
        return result

    def beside(self, mine: TrainerProcess, peer: TrainerProcess) -> dict[str, Any]:
        pairs = zip(self.seconds(mine), self.seconds(peer), strict=True)
        return dict(peer=peer.label, ratio=round(statistics.median(b / a for a, b in pairs), 3))


def mean(side: TrainerProcess, key: str) -> float:
    return round(statistics.fmean(record[key] for record in side.records), 4)


def wait_for_quiet(patience: float) -> None:
    """Returns when other programs leave the machine alone, or after so many seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        busy = machine_cpu_seconds()
        time.sleep(0.5)
        if machine_cpu_seconds() - busy <= FOREIGN_MAX * CORES * 0.5:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--warm-up", type=int, default=4)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--patience", type=float, default=60)
    parser.add_argument("--ours", default="fp32,bf16")
    parser.add_argument("--peers", default="fp32,bf16,bf16-weights")
    options = parser.parse_args()
    work = ROOT / "runs" / "bench" / "llama15m" / "runs"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    own: list[TrainerProcess] = []
    peers: list[TrainerProcess] = []
    try:
        own += [ours(name, options, work) for name in options.ours.split(",") if name]
        peers += [peer(name, options, work) for name in options.peers.split(",") if name]
        steps = Steps(own + peers, options)
        steps.play()
    finally:
        for side in own + peers:
            side.close()
    for side in own + peers:
        check(side, options.new_tokens)
    print(json.dumps(dict(machine=machine())), file=sys.stderr)
    for mine in own:
        print(json.dumps(steps.row(mine, peers)))


if __name__ == "__main__":
    main()
