"""Makes noise_xx.json: a whole libp2p Noise handshake and some frames, from fixed keys.

Written from the Noise specification (revision 34) and libp2p's noise/README.md with the package
`cryptography` (48.0.0 when the file was made). Usage: python3 noise_xx.py > noise_xx.json
"""
import hashlib
import hmac
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305


def field(number, value):
    assert len(value) < 128
    return bytes([number << 3 | 2, len(value)]) + value


class Key:
    def __init__(self, byte):
        self.private = bytes([byte]) * 32
        self.key = X25519PrivateKey.from_private_bytes(self.private)
        self.public = self.key.public_key().public_bytes_raw()

    def agree(self, public):
        return self.key.exchange(X25519PublicKey.from_public_bytes(public))


class Cipher:
    def __init__(self, key):
        self.key, self.count = ChaCha20Poly1305(key), 0

    def seal(self, plain, associated=b""):
        nonce = bytes(4) + self.count.to_bytes(8, "little")
        self.count += 1
        return self.key.encrypt(nonce, plain, associated)


class State:
    """What both sides compute alike."""

    def __init__(self):
        self.h = self.ck = b"Noise_XX_25519_ChaChaPoly_SHA256"
        self.cipher = None
        self.hash(b"")

    def hash(self, data):
        self.h = hashlib.sha256(self.h + data).digest()

    def expand(self, secret):
        temporary = hmac.digest(self.ck, secret, "sha256")
        first = hmac.digest(temporary, b"\x01", "sha256")
        return first, hmac.digest(temporary, first + b"\x02", "sha256")

    def key(self, secret):
        self.ck, key = self.expand(secret)
        self.cipher = Cipher(key)

    def encrypt(self, plain):
        sealed = self.cipher.seal(plain, self.h) if self.cipher else plain
        self.hash(sealed)
        return sealed


def framed(message):
    return len(message).to_bytes(2, "big") + message


def side(seed, muxers):
    identity = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    static, ephemeral = Key(seed + 1), Key(seed + 2)
    public = b"\x08\x01\x12\x20" + identity.public_key().public_bytes_raw()
    signature = identity.sign(b"noise-libp2p-static-key:" + static.public)
    extensions = b"".join(field(2, m.encode()) for m in muxers)
    payload = field(1, public) + field(2, signature) + (field(4, extensions) if muxers else b"")
    record = {
        "staticKey": static.private.hex(), "ephemeral": ephemeral.private.hex(),
        "publicStaticKey": static.public.hex(), "publicKeyProtobuf": public.hex(),
        "signature": signature.hex(), "muxers": muxers,
    }
    return static, ephemeral, payload, record


def handshake(initiator_muxers, responder_muxers):
    static_i, ephemeral_i, payload_i, record_i = side(0x10, initiator_muxers)
    static_r, ephemeral_r, payload_r, record_r = side(0x20, responder_muxers)
    state, messages = State(), []

    state.hash(ephemeral_i.public)
    messages.append(ephemeral_i.public + state.encrypt(b""))

    state.hash(ephemeral_r.public)
    message = ephemeral_r.public
    state.key(ephemeral_r.agree(ephemeral_i.public))
    message += state.encrypt(static_r.public)
    state.key(static_r.agree(ephemeral_i.public))
    messages.append(message + state.encrypt(payload_r))

    message = state.encrypt(static_i.public)
    state.key(static_i.agree(ephemeral_r.public))
    messages.append(message + state.encrypt(payload_i))

    first, second = (Cipher(k) for k in state.expand(b""))
    plain = [b"a", b"hello", bytes(range(256)) * 2]
    return {
        "initiator": record_i, "responder": record_r,
        "messages": [framed(m).hex() for m in messages], "handshakeHash": state.h.hex(),
        "plaintexts": [p.hex() for p in plain],
        "initiatorFrames": [framed(first.seal(p)).hex() for p in plain],
        "responderFrames": [framed(second.seal(p)).hex() for p in plain],
    }


print(json.dumps([
    handshake(["/yamux/1.0.0"], ["/yamux/1.0.0"]),
    handshake(["/mplex/6.7.0", "/yamux/1.0.0"], ["/yamux/1.0.0", "/mplex/6.7.0"]),
    handshake(["/yamux/1.0.0"], []),
], indent=1))
