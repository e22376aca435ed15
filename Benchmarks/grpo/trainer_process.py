"""A trainer in a process of its own, which works only while it has its turn."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


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
        self.stop()

    def stop(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def step(self) -> None:
        """Lets the trainer work until it prints a step."""
        start = time.perf_counter()
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
        self.stop()
        self.records.append(record)

    @property
    def rewards(self) -> list[float]:
        return [record["reward"] for record in self.records]

    def close(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)
        self.process.kill()
        self.process.wait()
