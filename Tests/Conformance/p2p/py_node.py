"""A node of py-libp2p as a line program: see nodes.py. Needs the package libp2p."""
import json
import os
import random
import sys
import time

import multiaddr
import trio
from libp2p import generate_new_ed25519_identity, new_host
from libp2p.host.ping import ID as PING
from libp2p.identity.identify.identify import ID as IDENTIFY
from libp2p.identity.identify.identify import parse_identify_response
from libp2p.io.utils import read_exactly
from libp2p.network.stream.exceptions import StreamEOF
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr


async def read_all(stream):
    data = bytearray()
    while True:
        try:
            more = await stream.read(1 << 16)
        except StreamEOF:
            return bytes(data)
        if not more:
            return bytes(data)
        data += more


async def echo_back(stream):
    while True:
        try:
            data = await stream.read(1 << 16)
        except StreamEOF:
            break
        if not data:
            break
        await stream.write(data)
    await stream.close()


async def connect(host, address):
    info = info_from_p2p_addr(multiaddr.Multiaddr(address))
    await host.connect(info)
    return {"peer": str(info.peer_id)}


async def identify(host, peer):
    stream = await host.new_stream(ID.from_string(peer), [IDENTIFY])
    said = parse_identify_response(await read_all(stream))
    # The peer's name is made from the key it sent, by py-libp2p.
    from libp2p.crypto.serialization import deserialize_public_key
    return {"peer": str(ID.from_pubkey(deserialize_public_key(said.public_key))),
            "protocols": list(said.protocols), "agent": said.agent_version,
            "protocolVersion": said.protocol_version,
            "addresses": [str(multiaddr.Multiaddr(raw)) for raw in said.listen_addrs],
            "observed": str(multiaddr.Multiaddr(said.observed_addr))}


async def ping(host, peer, count):
    stream, times = await host.new_stream(ID.from_string(peer), [PING]), []
    for _ in range(int(count)):
        payload, start = os.urandom(32), time.perf_counter()
        await stream.write(payload)
        if await read_exactly(stream, 32) != payload:
            raise ValueError("a ping came back as something else")
        times.append(time.perf_counter() - start)
    await stream.close()
    return {"count": len(times), "median": sorted(times)[len(times) // 2]}


async def echo(host, peer, count, seed):
    stream, start = await host.new_stream(ID.from_string(peer), ["/echo/1"]), time.perf_counter()
    sent, back = random.Random(int(seed)).randbytes(int(count)), []

    async def send():
        for at in range(0, len(sent), 1 << 16):
            await stream.write(sent[at:at + (1 << 16)])
        await stream.close_write()

    async def receive():
        back.append(await read_all(stream))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(send)
        nursery.start_soon(receive)
    return {"bytes": len(back[0]), "isEqual": back[0] == sent, "seconds": time.perf_counter() - start}


async def peers(host):
    return {"peers": [{"peer": str(peer)} for peer in host.get_connected_peers()]}


COMMANDS = {"connect": connect, "identify": identify, "ping": ping, "echo": echo, "peers": peers}


async def main():
    host = new_host(key_pair=generate_new_ed25519_identity())
    async with host.run(listen_addrs=[multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]):
        host.set_stream_handler("/echo/1", echo_back)
        print(json.dumps({"peer": str(host.get_id()), "address": str(host.get_addrs()[0])}), flush=True)
        while line := await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
            name, *words = line.split()
            try:
                with trio.fail_after(100):
                    answer = await COMMANDS[name](host, *words)
            except Exception as error:  # the suite says what it means
                answer = {"error": repr(error)}
            print(json.dumps(answer), flush=True)
        os._exit(0)  # its services end slowly


if __name__ == "__main__":
    trio.run(main)
