"""What a connection and a gigabyte cost us and go-libp2p, against the same listeners; lines of JSON.

    bench.py --ours PEERNODE --go P2PD [--connections 200] [--megabytes 512] [--rounds 5]

go's bytes pass a socket between this program and p2pd at each end; ours are made and read in the process.
Sides take turns, so that a busy machine is busy for both. CPU is of the process, all its threads.
"""
import argparse
import json
import statistics
import time

from nodes import LineNode, cpu_seconds, resident_megabytes
from p2pd import Failure, GoNode
from suite import Stage

BATCH = 20


def tell(**row):
    print(json.dumps({key: round(value, 4) if isinstance(value, float) else value
                      for key, value in row.items()}), flush=True)


def spent(nodes, body):
    """What each node computed while `body` ran, and its answer."""
    before = [cpu_seconds(node.pid) for node in nodes]
    answer = body()
    time.sleep(0.05)  # ends of connections are still worked at
    return [cpu_seconds(node.pid) - start for node, start in zip(nodes, before)], answer


def connections(sides, listeners, count):
    """Handshake, identify and close: CPU of both ends for each connection, medians over batches."""
    figures = {}
    for _ in range(count // BATCH):
        for listener_name, listener in listeners.items():
            for dialer_name, dialer in sides.items():
                if dialer is listener:
                    continue
                costs, answer = spent([dialer, listener], lambda d=dialer, l=listener: d.churn(
                    l.address, BATCH))
                figures.setdefault((dialer_name, listener_name), []).append(
                    [cost / BATCH * 1e3 for cost in costs] + [answer["seconds"] / BATCH * 1e3])
    for (dialer, listener), rows in figures.items():
        cpu_dialer, cpu_listener, wall = map(statistics.median, zip(*rows))
        tell(what="connect+identify+close", dialer=dialer, listener=listener, connections=count,
             dialer_cpu_ms=cpu_dialer, listener_cpu_ms=cpu_listener, wall_ms=wall)


def arrived(receiver, count):
    """go's sink counts here; ours ends its answer only when it has read everything."""
    if isinstance(receiver, GoNode):
        for _ in range(200):
            if receiver.swallowed >= count:
                break
            time.sleep(0.01)
        if receiver.swallowed != count:
            raise Failure(f"{receiver.swallowed} of {count} bytes arrived")
        receiver.swallowed = 0


def bulk(sides, listeners, megabytes, rounds):
    figures, count = {}, megabytes * 1_000_000
    pairs = [(s, listener) for s in sides.items() for listener in listeners.items()
             if s[1] is not listener[1]]
    for (_, sender), (_, receiver) in pairs:
        sender.connect(receiver.address)
    for _ in range(rounds):
        for (sender_name, sender), (receiver_name, receiver) in pairs:
            costs, answer = spent([sender, receiver], lambda s=sender, r=receiver: s.send(
                r.peer, "/sink/1", count))
            arrived(receiver, count)
            figures.setdefault((sender_name, receiver_name), []).append(
                [count / 1e6 / answer["seconds"]] + [cost / (count / 1e9) for cost in costs])
    for (sender, receiver), rows in figures.items():
        rate, cpu_sender, cpu_receiver = map(statistics.median, zip(*rows))
        tell(what="bulk", sender=sender, receiver=receiver, megabytes=megabytes, rounds=rounds,
             megabytes_per_s=rate, sender_cpu_s_per_gb=cpu_sender, receiver_cpu_s_per_gb=cpu_receiver)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", required=True)
    parser.add_argument("--go", required=True)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--megabytes", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    def make_ours():
        return LineNode(options.ours)

    def make_go():
        return GoNode(options.go, "-tls=false")

    starts = {"ours": [], "go": []}
    for _ in range(5):
        for name, make in [("ours", make_ours), ("go", make_go)]:
            with Stage(make) as (node,):
                starts[name].append(node.start_seconds)
                memory = resident_megabytes(node.pid)
                tell(what="idle", node=name, start_s=node.start_seconds, rss_mb=memory)
    tell(what="start to answering", **{name: statistics.median(rows) for name, rows in starts.items()})
    with Stage(make_ours, make_go, make_ours, make_go) as (ours, go, our_listener, go_listener):
        sides = {"ours": ours, "go": go}
        listeners = {"go": go_listener, "ours": our_listener}
        connections(sides, listeners, options.connections)
        bulk(sides, listeners, options.megabytes, options.rounds)
        for name, node in [("ours dialling", ours), ("go dialling", go), ("ours listening", our_listener),
                           ("go listening", go_listener)]:
            tell(what="memory afterwards", node=name, rss_mb=resident_megabytes(node.pid))
        for name, node in sides.items():
            tell(what="ping", node=name, median_us=node.ping(go_listener.peer, 2000)["median"] * 1e6)


if __name__ == "__main__":
    main()
