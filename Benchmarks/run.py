"""Side-by-side speed: our worker against its counterparts, interleaved, medians of blocks.

Usage: run.py --suite operators|model [--ours WORKER] [--blocks 5] [--only TEXT] [--threads 1,2]
              [--output DIRECTORY]

Every side is a process of its own that sleeps while another is measured. A case runs `blocks`
rounds; in each, every side measures each of its variants once, in an order that turns round every
time. A side's figure is the median of its blocks; the ratio is the median over rounds of (best
peer's seconds / our seconds), above 1 where we are faster. `foreign` is the share of the machine
that other processes took; figures with more than 5% should be measured again. One JSON line per
case goes to standard output; DIRECTORY gets results.json, results.md and what the sides wrote to
standard error.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import cases
import report
from side import KEEP_MEMORY, Side, SideFailure, machine, machine_cpu_seconds

HERE = Path(__file__).resolve().parent
PAUSE_SECONDS = 0.02  # longer than libraries keep spinning after their last parallel region
PEERS: dict[str, tuple[str, dict[str, str]]] = {
    "numpy": ("operators_numpy.py", {"OPENBLAS_CORETYPE": "SkylakeX"}),
    "torch": ("operators_torch.py", {}),
    "torch+": ("operators_torch.py", {"GLIBC_TUNABLES": KEEP_MEMORY}),
    "torch-model": ("model_torch.py", {"GLIBC_TUNABLES": KEEP_MEMORY}),
    "llama.cpp": ("model_llama.py", {}),
}
OURS = "ours"


class Driver:
    """The sides of one thread count."""

    def __init__(self, options: argparse.Namespace, threads: int) -> None:
        self.options, self.threads = options, threads
        self.sides: dict[str, Side | None] = {}
        self.notes: list[str] = []

    def side(self, label: str) -> Side | None:
        """Starts a side when it is first needed; None where it cannot run here."""
        if label not in self.sides:
            if label == OURS:
                command = [str(self.options.ours)]
                extra: dict[str, str] = {}
            else:
                script, extra = PEERS[label]
                if label == "numpy" and not has_avx512():
                    extra = {}
                command = [sys.executable, str(HERE / "peers" / script)]
                extra = dict(extra, BENCH_WORK=str(self.options.output / "work"))
            log = self.options.output / f"{label}-{self.threads}t.log"
            try:
                self.sides[label] = Side(
                    label, command, self.threads, extra, log, self.options.timeout
                )
            except (SideFailure, OSError) as error:
                self.note(f"{label} cannot run: {error}")
                self.sides[label] = None
        return self.sides[label]

    def note(self, text: str) -> None:
        self.notes.append(text)
        print(f"bench: {text}", file=sys.stderr, flush=True)

    def prepared(self, case: dict[str, Any]) -> list[tuple[Side, str]]:
        """Every (side, variant) that can run the case, ours first."""
        wanted = ([OURS] if self.options.ours else []) + case["peers"]
        result: list[tuple[Side, str]] = []
        for label in wanted:
            side = self.side(label)
            if side is None:
                continue
            try:
                answer = side.ask(do="prepare", case=case)
            except SideFailure as error:
                self.note(f"{case['name']}: {error}")
                if side.process.poll() is not None:
                    self.sides[label] = None
                continue
            if "unsupported" in answer:
                self.note(f"{case['name']}: {label}: {answer['unsupported']}")
                continue
            result += [(side, variant) for variant in answer["variants"]]
        return result

    def measure(self, case: dict[str, Any]) -> dict[str, Any] | None:
        """The row of a case."""
        runners = self.prepared(case)
        if not runners:
            return None
        seconds: dict[tuple[str, str], list[float]] = {(s.label, v): [] for s, v in runners}
        busy, own, start = machine_cpu_seconds(), self.own_cpu_seconds(), time.perf_counter()
        for block in range(self.options.blocks):
            for side, variant in runners if block % 2 == 0 else reversed(runners):
                time.sleep(PAUSE_SECONDS)
                answer = side.ask(do="measure", variant=variant, seconds=case["seconds"])
                seconds[side.label, variant].append(answer["seconds"])
        elapsed = time.perf_counter() - start
        busy, own = machine_cpu_seconds() - busy, self.own_cpu_seconds() - own
        for side in {id(s): s for s, _ in runners}.values():
            side.ask(do="release")
        foreign = max(0.0, busy - own) / (elapsed * (os.cpu_count() or 1))
        return report.row(case, seconds, foreign, OURS)

    def own_cpu_seconds(self) -> float:
        return (
            sum(s.cpu_seconds() for s in self.sides.values() if s is not None) + time.process_time()
        )

    def close(self) -> None:
        for side in self.sides.values():
            if side is not None:
                side.close()


def has_avx512() -> bool:
    try:
        return " avx512f " in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--suite", choices=sorted(cases.SUITES), required=True)
    parser.add_argument("--ours", type=Path, help="our worker; without it only peers are measured")
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument(
        "--only", default="", help="cases whose name contains one of these, comma-separated"
    )
    parser.add_argument("--threads", default="", help="for example 1,2; the suite's own without it")
    parser.add_argument("--output", type=Path, default=HERE.parent / "runs" / "bench")
    parser.add_argument(
        "--timeout", type=float, default=900, help="seconds a side may take to answer"
    )
    options = parser.parse_args()
    if options.blocks < 1:
        parser.error("--blocks must be at least 1")
    if options.ours is not None and not options.ours.is_file():
        parser.error(
            f"there is no {options.ours}; build it: swift build -c release --product bench"
        )
    return options


def main() -> None:
    options = arguments()
    make, default_threads = cases.SUITES[options.suite]
    counts = (
        [int(n) for n in options.threads.split(",")] if options.threads else list(default_threads)
    )
    options.output = options.output / options.suite
    options.output.mkdir(parents=True, exist_ok=True)
    only = [text for text in options.only.split(",") if text]
    rows: list[dict[str, Any]] = []
    settings: dict[str, Any] = {}
    notes: list[str] = []
    before = machine()
    for threads in counts:
        driver = Driver(options, threads)
        try:
            for case in make(threads):
                if only and not any(text in case["name"] for text in only):
                    continue
                try:
                    row = driver.measure(case)
                except SideFailure as error:
                    driver.note(f"{case['name']}: {error}")
                    continue
                if row is not None:
                    rows.append(row)
                    print(json.dumps(row), flush=True)
        finally:
            driver.close()
        settings |= {
            f"{label} {threads}t": side.settings
            for label, side in driver.sides.items()
            if side is not None
        }
        notes += driver.notes
    result = dict(
        suite=options.suite,
        blocks=options.blocks,
        machine=before,
        settings=settings,
        rows=rows,
        notes=notes,
    )
    (options.output / "results.json").write_text(json.dumps(result, indent=1) + "\n")
    (options.output / "results.md").write_text(report.markdown(result))
    print(report.summary(rows), file=sys.stderr)
    print(f"written: {options.output / 'results.md'}", file=sys.stderr)


if __name__ == "__main__":
    main()
