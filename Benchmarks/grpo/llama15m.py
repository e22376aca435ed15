"""GRPO end to end on a Llama of 15 million weights: our trainer and TRL's GRPOTrainer take turns, a step each.

Usage: llama15m.py FOLDER [--steps 16] [--warm-up 4] [--new-tokens 64] [--threads 2]
       [--ours fp32,bf16] [--peers ...]

A step draws 8 answers to each of 8 questions, scores them and trains on all; the model starts from the same
weights on both sides, asks the same task and never ends an answer early. --ours and --peers name what runs,
all in the same turns: --peers bf16:4 is TRL in bf16 autocast with four microbatches, and so on
(Benchmarks/peers/grpo_trl.py). The last lines are JSON objects in the form of the other suites, one for each
precision of ours, beside the fastest of all peers. `ratio` is the median over blocks of four steps.

It fails where a side did not train on every token of every answer, or a gradient was zero.
"""

import argparse
import json
import math
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from trainer_process import ROOT, TrainerProcess

sys.path.insert(0, str(ROOT / "Benchmarks"))
from side import KEEP_MEMORY, environment, machine  # noqa: E402

SAMPLES = 8 * 8
BLOCK = 4  # steps
UNEQUAL_MAX = 0.02  # of the tokens a step generates and trains on
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


def timed(side: TrainerProcess, options: argparse.Namespace) -> list[float]:
    """Seconds of each step after the warm-up; of one thread CPU time, as in the other suites."""
    return (side.cpu_seconds if options.threads == 1 else side.seconds)[options.warm_up :]


def speed(side: TrainerProcess, options: argparse.Namespace) -> float:
    return SAMPLES / statistics.median(timed(side, options))


def blocks(mine: list[float], theirs: list[float]) -> list[float]:
    """Their seconds over ours, block by block; what does not fill a block is with the last."""
    starts = list(range(0, max(1, len(mine) - BLOCK + 1), BLOCK))
    ends = [*starts[1:], len(mine)]
    return [sum(theirs[a:b]) / sum(mine[a:b]) for a, b in zip(starts, ends, strict=True)]


def row(mine: TrainerProcess, peers: list[TrainerProcess], options: argparse.Namespace) -> dict[str, Any]:
    best = max(peers, key=lambda side: speed(side, options))
    ratios = blocks(timed(mine, options), timed(best, options))
    precision = mine.label.split()[-1]

    def mean(side: TrainerProcess, key: str) -> float:
        return round(statistics.fmean(record[key] for record in side.records), 4)

    return dict(
        name=f"grpo/llama15m/trl/{precision}/{options.threads}t",
        ours=round(speed(mine, options), 2),
        peer=round(speed(best, options), 2),
        ratio=round(statistics.median(ratios), 3),
        unit="samples/s",
        best_peer=best.label,
        spread=[round(min(ratios), 3), round(max(ratios), 3)],
        new_tokens=options.new_tokens,
        learned_tokens_a_step={side.label: mean(side, "learned_tokens") for side in (mine, best)},
        gradient_norm={side.label: mean(side, "gradient_norm") for side in (mine, best)},
        reward={side.label: mean(side, "reward") for side in (mine, best)},
        sides={side.label: round(speed(side, options), 2) for side in (mine, *peers)},
        fastest_steps={
            side.label: round(SAMPLES / min(timed(side, options)), 2) for side in (mine, *peers)
        },
    )


def play(sides: list[TrainerProcess], options: argparse.Namespace) -> None:
    for step in range(options.warm_up + options.steps):
        for side in sides if step % 2 == 0 else reversed(sides):
            side.step()
        shown = ", ".join(
            f"{side.label} {side.seconds[-1]:.2f} s, CPU {side.cpu_seconds[-1]:.2f}"
            + (f" ({part:.2f} generating)" if (part := generating(side)) is not None else "")
            for side in sides
        )
        print(f"step {step + 1}: {shown}", file=sys.stderr, flush=True)


def generating(side: TrainerProcess) -> float | None:
    """Seconds of the last step before training; ours with the scoring, TRL's without."""
    last = side.records[-1]
    if "generate_seconds" in last:
        return float(last["generate_seconds"])
    if "learn_seconds" in last:
        return float(last["seconds"] - last["learn_seconds"])
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--warm-up", type=int, default=4)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ours", default="fp32,bf16")
    parser.add_argument("--peers", default="fp32,bf16")
    options = parser.parse_args()
    work = ROOT / "runs" / "bench" / "llama15m" / "runs"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    own: list[TrainerProcess] = []
    peers: list[TrainerProcess] = []
    try:
        own += [ours(name, options, work) for name in options.ours.split(",") if name]
        peers += [peer(name, options, work) for name in options.peers.split(",") if name]
        play(own + peers, options)
    finally:
        for side in own + peers:
            side.close()
    for side in own + peers:
        check(side, options.new_tokens)
    print(json.dumps(dict(machine=machine())), file=sys.stderr)
    for mine in own:
        print(json.dumps(row(mine, peers, options)))


if __name__ == "__main__":
    main()
