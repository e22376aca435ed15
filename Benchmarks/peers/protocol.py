"""What every side of a benchmark speaks: a JSON command per line in, a JSON answer per line out.

    {"do": "hello"}                                  -> {"name": ..., "settings": {...}}
    {"do": "prepare", "case": {...}}                 -> {"variants": [...]}, {"unsupported": "why"}
    {"do": "measure", "variant": V, "seconds": S}    -> {"seconds": per call, "calls": n}
    {"do": "release"}                                -> {}
    anything that fails                              -> {"error": "why"}

A block lasts about S seconds of rounds; a round is enough calls to last 1.2 ms; the answer is the
median round. One thread is timed in CPU time, more in wall-clock time. Between commands a side
sleeps.
"""

import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

Call = Callable[[], Any]
Case = dict[str, Any]
ROUND_SECONDS = 0.0012


class Unsupported(Exception):
    """This side has no way to run the case."""


def thread_count() -> int:
    """Given by the driver before any library is loaded."""
    return int(os.environ["BENCH_THREADS"])


def block(call: Call, seconds: float, threads: int) -> tuple[float, int]:
    """Median seconds per call over the rounds of one block, and how many calls were timed."""
    clock = time.process_time if threads == 1 else time.perf_counter
    call()
    start = clock()
    call()
    per_round = max(1, int(ROUND_SECONDS / max(clock() - start, 1e-7)))
    rounds: list[float] = []
    end = time.perf_counter() + seconds
    while not rounds or time.perf_counter() < end:
        start = clock()
        for _ in range(per_round):
            call()
        rounds.append((clock() - start) / per_round)
    return statistics.median(rounds), per_round * len(rounds)


def serve(name: str, settings: dict[str, Any], prepare: Callable[[Case], dict[str, Call]]) -> None:
    """Answers commands until the input ends. `prepare` makes the calls of a case, by variant."""
    out = os.fdopen(os.dup(1), "w")  # libraries may print: their output goes to standard error
    os.dup2(2, 1)
    calls: dict[str, Call] = {}

    def answer(command: dict[str, Any]) -> dict[str, Any]:
        match command["do"]:
            case "hello":
                return dict(name=name, settings=settings)
            case "prepare":
                calls.update(prepare(command["case"]))
                for call in calls.values():
                    call()
                return dict(variants=list(calls))
            case "measure":
                seconds, count = block(
                    calls[command["variant"]], command["seconds"], thread_count()
                )
                return dict(seconds=seconds, calls=count)
            case "release":
                calls.clear()
                gc.collect()
                return {}
            case other:
                return dict(error=f"unknown command {other!r}")

    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Unsupported as reason:
            reply = dict(unsupported=str(reason))
        except Exception as error:  # reported to the driver, which shows it
            reply = dict(error=f"{type(error).__name__}: {error}")
        out.write(json.dumps(reply) + "\n")
        out.flush()
