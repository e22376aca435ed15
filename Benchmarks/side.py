"""One side of a benchmark: a process that speaks peers/protocol.py and idles between blocks."""

import json
import os
import selectors
import subprocess
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
# Libraries see one thread count, spin no longer than their default after a parallel region (they
# are idle before the next side begins), and keep memory they freed: fresh pages would cost them
# more.
COMMON = {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
KEEP_MEMORY = (
    "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=4000000000:glibc.malloc.hugetlb=1"
)


class SideFailure(Exception):
    """A side ended, hung or reported an error."""


def environment(threads: int, extra: dict[str, str]) -> dict[str, str]:
    counts = {
        name: str(threads)
        for name in ("BENCH_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    }
    return {**os.environ, **COMMON, **counts, **extra}


class Side:
    """Starts a process and talks to it."""

    def __init__(
        self,
        label: str,
        command: list[str],
        threads: int,
        extra: dict[str, str],
        log: Path,
        timeout: float,
    ) -> None:
        self.label, self.timeout = label, timeout
        self.command = command
        self.log = log.open("a")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            bufsize=1,
            env=environment(threads, extra),
        )
        self.selector = selectors.DefaultSelector()
        assert self.process.stdout is not None
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        hello = self.ask(do="hello")
        self.settings: dict[str, Any] = dict(
            hello["settings"], environment={k: v for k, v in extra.items() if k != "BENCH_WORK"}
        )

    def ask(self, **command: Any) -> dict[str, Any]:
        """Sends a command and waits for the answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise SideFailure(f"{self.label} ended; see {self.log.name}") from error
        if not self.selector.select(self.timeout):
            self.process.kill()
            raise SideFailure(
                f"{self.label} did not answer {command['do']} in {self.timeout:.0f} s"
            )
        line = self.process.stdout.readline()
        if not line:
            raise SideFailure(f"{self.label} ended; see {self.log.name}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise SideFailure(f"{self.label}: {answer['error']}")
        return answer

    def cpu_seconds(self) -> float:
        """CPU time it has used so far."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(stat[11]) + int(stat[12])) / TICKS

    def close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def machine_cpu_seconds() -> float:
    """CPU time that anyone has used on this machine; 0 where /proc does not say."""
    try:
        fields = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    except OSError:
        return 0.0
    user, nice, system, _idle, _wait, irq, soft = fields[:7]
    return (user + nice + system + irq + soft) / TICKS


def machine() -> dict[str, Any]:
    """What was measured on."""
    model = "unknown"
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return dict(
        cpu=model,
        cores=os.cpu_count(),
        system=os.uname().sysname,
        kernel=os.uname().release,
        load=[round(load, 2) for load in os.getloadavg()],
    )
