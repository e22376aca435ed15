"""Nodes that are programs: a command a line in, a line of JSON out; they end with their input."""
import json
import os
import queue
import subprocess
import threading
import time

from p2pd import Failure


class LineNode:
    """A running program; its first line says who it is and where it listens."""

    def __init__(self, *command):
        start = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.pid, self.lines = self.process.pid, queue.Queue(maxsize=64)
        threading.Thread(target=self.listen, daemon=True).start()
        greeting = self.next_line(60)
        self.start_seconds = time.monotonic() - start
        self.peer, self.address = greeting["peer"], greeting["address"]

    def listen(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def next_line(self, seconds):
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            raise Failure(f"{self.process.args[0]} says nothing for {seconds} s") from None
        if line is None:
            raise Failure(f"{self.process.args[0]} ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        answer = self.next_line(120)
        if "error" in answer:
            raise Failure(f"{words[0]}: {answer['error']}")
        return answer

    def connect(self, address):
        return self.ask("connect", address)

    def disconnect(self, peer):
        return self.ask("disconnect", peer)

    def identify(self, peer):
        return self.ask("identify", peer)

    def ping(self, peer, count):
        return self.ask("ping", peer, count)

    def echo(self, peer, count, seed):
        return self.ask("echo", peer, count, seed)

    def send(self, peer, name, count):
        return self.ask("send", peer, name, count)

    def churn(self, address, count):
        return self.ask("churn", address, count)

    def peers(self):
        return [peer["peer"] for peer in self.ask("peers")["peers"]]

    def close(self):
        """Closes its input; a node that then stays, or fails, is a failure."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure(f"{self.process.args[0]} did not end with its input") from None
        if self.process.returncode != 0:
            raise Failure(f"{self.process.args[0]} ended with {self.process.returncode}")


def cpu_seconds(pid):
    """What a process's threads computed so far; finer than the ticks of /proc/…/stat."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        except FileNotFoundError:
            pass  # it has just ended
    return total / 1e9


def resident_megabytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))
