"""A node of rust-libp2p as a line program: see nodes.py. Needs the package lattica.

It can only be told whom to dial when it is made, so `connect` is its first argument; what it tells of a
peer is what identify and its own pings gave it.
"""
import json
import os
import shutil
import sys
import tempfile
import time

from lattica import Lattica


def listening_port():
    """The port of the one TCP socket that this process listens on."""
    own = set()
    for entry in os.listdir("/proc/self/fd"):
        try:
            own.add(os.readlink(f"/proc/self/fd/{entry}"))
        except OSError:
            pass  # the folder's own
    with open("/proc/self/net/tcp", encoding="ascii") as file:
        for words in map(str.split, file.readlines()[1:]):
            if words[3] == "0A" and f"socket:[{words[9]}]" in own:
                return int(words[1].split(":")[1], 16)
    return None


def until(seconds, body):
    """The first value of `body` that is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (value := body()) is not None:
            return value
        time.sleep(0.05)
    raise TimeoutError(f"nothing within {seconds} s")


def identify(node, peer):
    def known():
        info = node.get_peer_info(peer)
        return info if info and info.protocols else None
    info = until(10, known)
    return {"peer": peer, "protocols": list(info.protocols), "agent": info.agent_version,
            "protocolVersion": info.protocol_version, "addresses": list(info.listen_addresses)}


def ping(node, peer, _):
    return {"count": 1, "median": until(20, lambda: node._lattica_instance.get_peer_rtt(peer))}


def peers(node):
    return {"peers": [{"peer": peer} for peer in node.get_all_peers()]}


COMMANDS = {"identify": identify, "ping": ping, "peers": peers}


def main(bootstraps):
    folder = tempfile.mkdtemp(prefix="lattica-")
    builder = (Lattica.builder().with_listen_addrs(["/ip4/127.0.0.1/tcp/0"])
               .with_mdns(False).with_upnp(False)
               .with_storage_path(folder + "/storage").with_dht_db_path(folder + "/records")
               .with_key_path(folder + "/key"))
    node = (builder.with_bootstraps(bootstraps) if bootstraps else builder).build()
    port = until(10, listening_port)
    peer = node.peer_id()
    print(json.dumps({"peer": peer, "address": f"/ip4/127.0.0.1/tcp/{port}/p2p/{peer}"}), flush=True)
    for line in sys.stdin:
        name, *words = line.split()
        try:
            answer = COMMANDS[name](node, *words)
        except Exception as error:  # the suite says what it means
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)  # it keeps threads of its own


if __name__ == "__main__":
    main(sys.argv[1:])
