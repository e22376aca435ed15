"""A trainer in a process of its own, which works only while it has its turn."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: int) -> float:
    """CPU time that a process and its children have used so far."""
    folder = Path("/proc") / str(process)
    try:
        fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        children = (folder / "task" / str(process) / "children").read_text().split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS + sum(cpu_seconds(int(c)) for c in children)


class TrainerProcess:
    """Prints a JSON line with its reward after every step; it is stopped (SIGSTOP) between turns."""

    def __init__(
        self, label: str, command: list[str], log: Path, environment: dict[str, str] | None = None
    ) -> None:
        self.label, self.log = label, log
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log.open("w"), text=True, env=environment
        )
        self.records: list[dict[str, Any]] = []
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []
        self.stop()

    def stop(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def step(self) -> None:
        """Lets the trainer work until it prints a step."""
        start, used = time.perf_counter(), cpu_seconds(self.process.pid)
        os.kill(self.process.pid, signal.SIGCONT)
        while True:
            line = self.process.stdout.readline() if self.process.stdout else ""
            if not line:
                raise SystemExit(
                    f"{self.label} ended early with {self.process.wait()}; see {self.log}"
                )
            record: dict[str, Any] = json.loads(line)
            if "reward" in record and ("round" in record or "step" in record):
                break
        self.seconds.append(time.perf_counter() - start)
        self.cpu_seconds.append(cpu_seconds(self.process.pid) - used)
        self.stop()
        self.records.append(record)

    @property
    def rewards(self) -> list[float]:
        return [record["reward"] for record in self.records]

    def close(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)
        self.process.kill()
        self.process.wait()
