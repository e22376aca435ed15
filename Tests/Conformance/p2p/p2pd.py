"""A node of go-libp2p: hivemind's p2pd, started here and spoken to over its control socket.

The socket takes a Request and gives a Response, Protocol Buffers with their length before them; a stream
that is opened, or handled, is a socket of its own from then on. The few messages that are needed here are
written and read by hand, so that nothing but Python is.
"""
import hashlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time

IDENTIFY, CONNECT, STREAM_OPEN, STREAM_HANDLER, DISCONNECT = 0, 1, 2, 3, 7
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Failure(Exception):
    """What a node says went wrong."""


# Protocol Buffers

def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def message(*fields):
    """(number, value) pairs: whole numbers, text, or bytes."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            value = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def read_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 128:
            return value, at


def fields(data):
    """number -> values, of a message with numbers and bytes only."""
    found, at = {}, 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        elif key & 7 != 0:
            raise Failure(f"a field of kind {key & 7} is not expected")
        found.setdefault(key >> 3, []).append(value)
    return found


# Names

def peer_text(raw):
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def peer_bytes(text):
    number = 0
    for letter in text:
        number = number * 58 + BASE58.index(letter)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes(len(text) - len(text.lstrip("1"))) + raw


def peer_of_key(key):
    """The name of a key as it is written: the key itself where that is short."""
    return peer_text(b"\0" + bytes([len(key)]) + key if len(key) <= 42
                     else b"\x12\x20" + hashlib.sha256(key).digest())


def address_text(raw):
    """/ip4/…/tcp/…, the one form that is used here."""
    if len(raw) != 8 or raw[0] != 4 or raw[5] != 6:
        return raw.hex()
    return "/ip4/" + ".".join(map(str, raw[1:5])) + f"/tcp/{int.from_bytes(raw[6:], 'big')}"


def address_bytes(text):
    _, _, ip, _, port = text.split("/")[:5]
    return bytes([4, *map(int, ip.split(".")), 6]) + int(port).to_bytes(2, "big")


# Sockets

def receive_exactly(stream, count):
    data = bytearray()
    while len(data) < count:
        more = stream.recv(min(count - len(data), 1 << 20))
        if not more:
            raise Failure(f"the stream ended {count - len(data)} bytes early")
        data += more
    return bytes(data)


def receive_message(stream):
    head = bytearray()
    while not head or head[-1] > 127:
        head += receive_exactly(stream, 1)
    return receive_exactly(stream, read_varint(head, 0)[0])


class GoNode:
    """One p2pd, which listens on loopback and offers /echo/1 and /sink/1.

    With `rsa_key`, PKCS #1 in DER, it is the peer of that key: hivemind's nodes have such.
    """

    def __init__(self, binary, *flags, rsa_key=None):
        self.folder = tempfile.mkdtemp(prefix="p2pd-")  # short: a socket's path holds 107 bytes
        if rsa_key:
            with open(self.folder + "/key", "wb") as file:
                file.write(message((1, 0), (2, rsa_key)))
            flags += ("-id", self.folder + "/key")
        self.control, start = self.folder + "/control", time.monotonic()
        self.process = subprocess.Popen(
            [binary, "-listen", "/unix" + self.control, "-hostAddrs", "/ip4/127.0.0.1/tcp/0",
             "-bootstrapPeers", "", "-relay=false", *flags],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        while not os.path.exists(self.control) or not self.answers():
            if self.process.poll() is not None or time.monotonic() > start + 30:
                self.close()
                raise Failure("p2pd did not start within 30 s")
            time.sleep(0.01)
        self.start_seconds = time.monotonic() - start
        identity = fields(self.ask(IDENTIFY)[4][0])
        self.peer = peer_text(identity[1][0])
        self.address = address_text(identity[2][0]) + "/p2p/" + self.peer
        self.swallowed = 0
        self.handle("/echo/1", self.echo_back)
        self.handle("/sink/1", self.swallow)

    def answers(self):
        try:
            self.dial().close()
            return True
        except OSError:
            return False

    def dial(self):
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(60)
        stream.connect(self.control)
        return stream

    def begin(self, kind, *body):
        stream = self.dial()
        request = message((1, kind), *body)
        stream.sendall(varint(len(request)) + request)
        answer = fields(receive_message(stream))
        if answer[1][0] != 0:
            raise Failure("p2pd: " + fields(answer[2][0])[1][0].decode())
        return stream, answer

    def ask(self, kind, *body):
        stream, answer = self.begin(kind, *body)
        stream.close()
        return answer

    # What a node can

    def connect(self, address):
        plain, peer = address.split("/p2p/")
        self.ask(CONNECT, (2, message((1, peer_bytes(peer)), (2, address_bytes(plain)), (3, 10))))
        return {"peer": peer}

    def disconnect(self, peer):
        self.ask(DISCONNECT, (7, message((1, peer_bytes(peer)))))

    def open(self, peer, name):
        return self.begin(STREAM_OPEN, (3, message((1, peer_bytes(peer)), (2, name), (3, 10))))[0]

    def identify(self, peer):
        with self.open(peer, "/ipfs/id/1.0.0") as stream:
            said = fields(receive_message(stream))
        return {"peer": peer_of_key(said[1][0]), "protocols": [name.decode() for name in said[3]],
                "agent": said[6][0].decode(), "protocolVersion": said[5][0].decode(),
                "addresses": [address_text(raw) for raw in said[2]],
                "observed": address_text(said[4][0])}

    def ping(self, peer, count):
        times = []
        with self.open(peer, "/ipfs/ping/1.0.0") as stream:
            for _ in range(count):
                payload, start = os.urandom(32), time.perf_counter()
                stream.sendall(payload)
                if receive_exactly(stream, 32) != payload:
                    raise Failure("a ping came back as something else")
                times.append(time.perf_counter() - start)
        return {"count": count, "median": sorted(times)[count // 2]}

    def echo(self, peer, count, seed):
        sent, start = random.Random(seed).randbytes(count), time.perf_counter()
        with self.open(peer, "/echo/1") as stream:
            sender = threading.Thread(target=stream.sendall, args=(sent,))
            sender.start()
            back = receive_exactly(stream, count)
            sender.join()
            # Not before: p2pd ends both directions when one is ended.
            stream.shutdown(socket.SHUT_WR)
            is_end = stream.recv(1) == b""
        return {"bytes": len(back), "isEqual": back == sent and is_end,
                "seconds": time.perf_counter() - start}

    def send(self, peer, name, count):
        block, start = bytes([7]) * (1 << 20), time.perf_counter()
        with self.open(peer, name) as stream:
            for at in range(0, count, len(block)):
                stream.sendall(block[:count - at])
            stream.shutdown(socket.SHUT_WR)
            while stream.recv(1 << 16):
                pass
        return {"bytes": count, "seconds": time.perf_counter() - start}

    def churn(self, address, count):
        start, peer = time.perf_counter(), address.split("/p2p/")[1]
        for _ in range(count):
            self.connect(address)  # go identifies before it says that it is connected
            self.disconnect(peer)
        return {"count": count, "seconds": time.perf_counter() - start}

    # What it answers

    def handle(self, name, answer):
        path = f"{self.folder}/{name.replace('/', '-')}"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)
        where = varint(400) + varint(len(path)) + path.encode()
        self.ask(STREAM_HANDLER, (4, message((1, where), (2, name), (3, 0))))

        def serve(stream):
            with stream:
                receive_message(stream)  # whose stream it is
                try:
                    answer(stream)
                except BrokenPipeError:
                    pass  # the other side left: it knows

        def accept():
            while True:
                stream, _ = listener.accept()
                threading.Thread(target=serve, args=(stream,), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()

    @staticmethod
    def echo_back(stream):
        while data := stream.recv(1 << 18):
            stream.sendall(data)

    def swallow(self, stream):
        while data := stream.recv(1 << 20):
            self.swallowed += len(data)

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
