"""Sets a node of ours before nodes of other makers, each dialling the other in turn, and tells what both see.

    suite.py --ours PEERNODE [--go P2PD] [--py PYTHON] [--rust PYTHON]

Every check is a line; the last line counts them, and the exit status says whether all held.
"""
import argparse
import os
import shutil
import subprocess
import sys
import time

from nodes import LineNode, cpu_seconds
from p2pd import Failure, GoNode

HERE = os.path.dirname(os.path.abspath(__file__))
ECHO_BYTES = 3_000_000
PING, IDENTIFY, ECHO = "/ipfs/ping/1.0.0", "/ipfs/id/1.0.0", "/echo/1"
LATTICA_VERSION = "/lattica/1.0.0"


class Tally:
    def __init__(self):
        self.passed, self.failed, self.title = 0, [], ""

    def check(self, what, holds, saw):
        print(f"{'ok  ' if holds else 'FAIL'} {self.title}: {what}: {saw}", flush=True)
        if holds:
            self.passed += 1
        else:
            self.failed.append(f"{self.title}: {what}")

    def attempt(self, title, body):
        """Runs a scene; one that breaks off is a failure, and the next one is played."""
        self.title = title
        try:
            body()
        except (Failure, OSError, ValueError, KeyError) as error:
            self.check("is played to its end", False, repr(error))


class Stage:
    """Nodes that are closed when their scene is over."""

    def __init__(self, *makers):
        self.makers, self.nodes = makers, []

    def __enter__(self):
        try:
            for make in self.makers:
                self.nodes.append(make())
        except BaseException:
            self.__exit__()
            raise
        return self.nodes

    def __exit__(self, *_):
        failures = []
        for node in self.nodes:
            try:
                node.close()
            except Failure as failure:
                failures.append(failure)
        if failures:
            raise failures[0]


def milliseconds(seconds):
    return f"{seconds * 1e3:.2f} ms"


def until(seconds, body):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if body():
            return True
        time.sleep(0.05)
    return False


def meet(tally, ours, other, seed, is_our_dial, has_echo=True):
    """What both sides see of each other once they are connected."""
    # Who dials may know of the connection first.
    tally.check("we are connected", until(10, lambda: other.peer in ours.peers()), ours.peers())
    said, heard = ours.identify(other.peer), other.identify(ours.peer)
    tally.check("we know who it is", said["peer"] == other.peer, f"{said['peer']} {said['agent']}")
    tally.check("it knows who we are", heard["peer"] == ours.peer, f"{heard['peer']} {heard['agent']}")
    tally.check("the direction is known", said["isInbound"] != is_our_dial, f"inbound {said['isInbound']}")
    tally.check("we see its protocols", {PING, IDENTIFY} <= set(said["protocols"]),
                " ".join(sorted(said["protocols"])))
    tally.check("it sees our protocols", {PING, IDENTIFY, ECHO} <= set(heard["protocols"]),
                " ".join(sorted(heard["protocols"])))
    tally.check("it sees our address", ours.address.split("/p2p/")[0] in heard["addresses"],
                " ".join(heard["addresses"]))
    if said["recordPeer"] is not None:
        tally.check("its signed record is its own", said["recordPeer"] == other.peer, said["recordPeer"])
    for name, answer in [("we ping it", ours.ping(other.peer, 20)),
                         ("it pings us", other.ping(ours.peer, 20))]:
        tally.check(name, answer["median"] > 0, f"{answer['count']}, median {milliseconds(answer['median'])}")
    if not has_echo:
        return
    for name, answer in [("it gives back what we send", ours.echo(other.peer, ECHO_BYTES, seed)),
                         ("we give back what it sends", other.echo(ours.peer, ECHO_BYTES, seed))]:
        # When one direction ends, p2pd closes the other as well, which resets the stream.
        ending = answer.get("ending", "end")
        tally.check(name, answer["isEqual"] and (ending == "end" or isinstance(other, GoNode)),
                    f"{answer['bytes']} bytes in {answer['seconds']:.2f} s, then {ending}")


def both_ways(tally, name, make_ours, make_other, seed):
    def dial():
        with Stage(make_ours, make_other) as (ours, other):
            answer = ours.connect(other.address)
            tally.check("we dial it", answer["peer"] == other.peer,
                        f"{answer['security']} {answer['muxer']} in {milliseconds(answer['seconds'])}")
            meet(tally, ours, other, seed, is_our_dial=True)
            other.close()
            tally.check("we notice that it is gone", until(10, lambda: ours.peers() == []), ours.peers())

    def answer():
        with Stage(make_ours, make_other) as (ours, other):
            tally.check("it dials us", other.connect(ours.address)["peer"] == ours.peer, ours.address)
            meet(tally, ours, other, seed + 1, is_our_dial=False)
    tally.attempt(f"to {name}", dial)
    tally.attempt(f"from {name}", answer)


def key_types(tally, ours_binary, others):
    """Identities of every type are taken, ours by others and RSA of go by us."""
    for key in ["secp256k1", "ecdsa", "rsa"]:
        for name, make_other in others:
            if (name, key) == ("py", "ecdsa"):
                continue  # py-libp2p 0.8.1 cannot read such keys

            def play():
                with Stage(lambda: LineNode(ours_binary, "--key", key), make_other) as (ours, other):
                    tally.check("we dial it", ours.connect(other.address)["peer"] == other.peer, other.peer)
                    meet(tally, ours, other, 0, is_our_dial=True, has_echo=False)
            tally.attempt(f"to {name}, our key {key}", play)


def rsa_key():
    """A new key, as openssl writes it: PKCS #1 in DER."""
    new = subprocess.run(["openssl", "genrsa", "-traditional", "2048"], check=True, capture_output=True)
    return subprocess.run(["openssl", "rsa", "-traditional", "-outform", "DER"], input=new.stdout,
                          check=True, capture_output=True).stdout


def wrong_peer(tally, make_ours, make_other):
    """An address that names another peer than is there does not lead to a connection."""
    def play():
        with Stage(make_ours, make_other, make_ours) as (ours, other, third):
            wrong = other.address.split("/p2p/")[0] + "/p2p/" + third.peer
            try:
                ours.connect(wrong)
                tally.check("another peer is refused", False, "we are connected")
            except Failure as error:
                tally.check("another peer is refused", "the peer is" in str(error), error)
            tally.check("nobody is connected then", ours.peers() == [], ours.peers())
    tally.attempt("to go, another peer", play)


def stays(tally, ours, rust):
    """Rust opens refused streams again and again: the connection and our pings live through it."""
    before, start = cpu_seconds(ours.pid), time.monotonic()
    times = []
    while time.monotonic() < start + 4:
        times.append(ours.ping(rust.peer, 5)["median"])
        time.sleep(0.1)
    share = (cpu_seconds(ours.pid) - before) / (time.monotonic() - start)
    tally.check("4 s of refused streams are survived", ours.peers() == [rust.peer] and share < 0.2,
                f"{len(times)} pings, worst {milliseconds(max(times))}, {share * 100:.0f} % of a core")


def with_rust(tally, ours_binary, python):
    def make_ours(version=LATTICA_VERSION):
        return lambda: LineNode(ours_binary, "--protocol-version", version)

    def make_rust(*bootstraps):
        return lambda: LineNode(python, os.path.join(HERE, "lattica_node.py"), *bootstraps)

    def dial():
        with Stage(make_ours(), make_rust()) as (ours, rust):
            answer = ours.connect(rust.address)
            tally.check("we dial it", answer["peer"] == rust.peer,
                        f"{answer['security']} {answer['muxer']} in {milliseconds(answer['seconds'])}")
            meet(tally, ours, rust, 0, is_our_dial=True, has_echo=False)
            stays(tally, ours, rust)

    def answer():
        with Stage(make_ours()) as (ours,), Stage(make_rust(ours.address)) as (rust,):
            tally.check("it dials us", until(20, lambda: rust.peer in ours.peers()), ours.peers())
            meet(tally, ours, rust, 0, is_our_dial=False, has_echo=False)
            stays(tally, ours, rust)

    def other_family():
        with Stage(make_ours("starling/1.0.0"), make_rust()) as (ours, rust):
            ours.connect(rust.address)
            is_gone = until(10, lambda: ours.peers() == [])
            tally.check("it hangs up on another protocolVersion, and we go on", is_gone, ours.peers())
            tally.check("we can be asked still", ours.ask("peers") == {"peers": []}, "no peers")
    def common_family():
        with Stage(make_ours("starling/common/1.0.0"), make_rust()) as (ours, rust):
            ours.connect(rust.address)
            ours.identify(rust.peer)
            stays(tally, ours, rust)
    tally.attempt("to rust", dial)
    tally.attempt("from rust", answer)
    tally.attempt("to rust, starling/1.0.0", other_family)
    tally.attempt("to rust, starling/common/1.0.0", common_family)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", required=True, help="the program peernode")
    parser.add_argument("--go", help="the program p2pd")
    parser.add_argument("--py", help="a Python with libp2p")
    parser.add_argument("--rust", help="a Python with lattica")
    parser.add_argument("--seed", type=int, default=1, help="of the bytes that are sent")
    options = parser.parse_args()
    tally, others = Tally(), []

    def make_ours():
        return LineNode(options.ours)

    if options.go:
        # As many protocols as it has: it opens their streams to us, and hears that we do not speak them.
        def make_go(**more):
            return GoNode(options.go, "-dhtServer", "-pubsub", **more)
        both_ways(tally, "go", make_ours, make_go, options.seed)
        wrong_peer(tally, make_ours, make_go)
        if shutil.which("openssl"):
            key = rsa_key()
            both_ways(tally, "go with an RSA key", make_ours, lambda: make_go(rsa_key=key), options.seed)
        others.append(("go", make_go))
    if options.py:
        def make_py():
            return LineNode(options.py, os.path.join(HERE, "py_node.py"))
        both_ways(tally, "py", make_ours, make_py, options.seed)
        others.append(("py", make_py))
    key_types(tally, options.ours, others)
    if options.rust:
        with_rust(tally, options.ours, options.rust)
    both_ways(tally, "ourselves", make_ours, make_ours, options.seed)
    for failure in tally.failed:
        print(f"p2p: failed: {failure}")
    print(f"p2p: {tally.passed} of {tally.passed + len(tally.failed)} checks passed (seed {options.seed})")
    sys.exit(bool(tally.failed))


if __name__ == "__main__":
    main()
