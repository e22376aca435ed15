"""Writes formats.json: what py-libp2p 0.8.1 and its libraries make of keys, names and addresses.

    python3.11 -m venv .venv && .venv/bin/pip install libp2p==0.8.1
    .venv/bin/python Tests/Golden/Network/make_formats.py > Tests/Golden/Network/formats.json

Keys come from SHAKE-256 of a label and signatures are deterministic, so it writes the same file each time.
py-libp2p has no ECDSA key: that one is made by `cryptography` and put in its message here.
"""

import hashlib
import importlib.metadata
import json

import base58
import cid
import coincurve
import multiaddr
import multibase
import multihash
from Crypto.PublicKey import RSA
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from libp2p.crypto.ed25519 import Ed25519PrivateKey
from libp2p.crypto.pb import crypto_pb2
from libp2p.crypto.rsa import RSAPrivateKey
from libp2p.crypto.secp256k1 import Secp256k1PrivateKey
from libp2p.peer.envelope import seal_record
from libp2p.peer.id import ID
from libp2p.peer.peer_record import PeerRecord

MESSAGE = b"Starling signs this."
PACKAGES = ["libp2p", "multiaddr", "py-cid", "py-multibase", "py-multihash", "base58", "coincurve",
            "cryptography", "pycryptodome", "pynacl"]


def stream(label):
    """A source of random bytes: read(n)."""
    state = {"at": 0, "bytes": b""}

    def read(count):
        end = state["at"] + count
        if end > len(state["bytes"]):
            state["bytes"] = hashlib.shake_256(label.encode()).digest(2 * end)
        piece = state["bytes"][state["at"]:end]
        state["at"] = end
        return piece

    return read


def peer_names(public):
    """The names of a key's owner, from the key's message."""
    if len(public) <= 42:
        name = multihash.encode(public, 0)
    else:
        name = multihash.encode(hashlib.sha256(public).digest(), "sha2-256")
    return {"peer": base58.b58encode(name).decode(), "peer_bytes": name.hex(),
            "peer_cid": cid.make_cid(1, "libp2p-key", name).encode("base32").decode()}


def libp2p_key(kind, private):
    public = private.get_public_key()
    entry = {"type": kind, "private": private.serialize().hex(), "public": public.serialize().hex(),
             "data": public.to_bytes().hex(), "signature": private.sign(MESSAGE).hex()}
    entry.update(peer_names(public.serialize()))
    assert entry["peer"] == ID.from_pubkey(public).to_base58()
    return entry


def ecdsa_key():
    scalar = int.from_bytes(stream("ecdsa")(31), "big")
    private = ec.derive_private_key(scalar, ec.SECP256R1())
    data = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    secret = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption())
    kind = crypto_pb2.KeyType.ECDSA
    public = crypto_pb2.PublicKey(key_type=kind, data=data).SerializeToString()
    signature = private.sign(MESSAGE, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    message = crypto_pb2.PrivateKey(key_type=kind, data=secret).SerializeToString()
    entry = {"type": 3, "private": message.hex(), "public": public.hex(), "data": data.hex(),
             "signature": signature.hex()}
    entry.update(peer_names(public))
    return entry


def keys():
    ed25519 = Ed25519PrivateKey.from_bytes(stream("ed25519")(32))
    secp256k1 = Secp256k1PrivateKey(coincurve.PrivateKey(stream("secp256k1")(32)))
    short = RSAPrivateKey(RSA.generate(2048, randfunc=stream("rsa 2048")))
    long = RSAPrivateKey(RSA.generate(3072, randfunc=stream("rsa 3072")))
    return [libp2p_key(1, ed25519), libp2p_key(2, secp256k1), libp2p_key(0, short), libp2p_key(0, long),
            ecdsa_key()]


def high_s(signature):
    """The other signature that plain ECDSA takes on secp256k1."""
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    r, s = decode_dss_signature(bytes.fromhex(signature))
    return encode_dss_signature(r, order - s).hex()


def short_rsa():
    """The message of a key too short to be taken."""
    data = RSA.generate(1024, randfunc=stream("rsa 1024")).public_key().export_key("DER")
    return crypto_pb2.PublicKey(key_type=crypto_pb2.KeyType.RSA, data=data).SerializeToString().hex()


def multibases():
    names = ["base58btc", "base32", "base36", "base64", "base64url", "base16"]
    cases = [b"\0", b"\0\0a", b"yes mani !", bytes(range(256)), stream("multibase")(33)]
    made = []
    for case in cases:
        texts = {name: multibase.encode(name, case).decode() for name in names}
        if case.startswith(b"\0"):
            # py-multibase forgets zero bytes at the front of numbers, against the specification.
            texts["base58btc"] = "z" + base58.b58encode(case).decode()
            del texts["base36"]
        made.append({"bytes": case.hex(), "texts": texts})
    return made


def cids():
    digest = multihash.encode(hashlib.sha256(b"content").digest(), "sha2-256")
    copied = multihash.encode(b"small", 0)
    long = multihash.encode(hashlib.sha512(b"content").digest(), "sha2-512")
    made = [cid.make_cid(0, "dag-pb", digest)]
    made += [cid.make_cid(1, codec, digest) for codec in ["raw", "dag-pb", "dag-cbor", "libp2p-key"]]
    made += [cid.make_cid(1, "raw", copied), cid.make_cid(1, "raw", long)]
    bases = ["base32", "base58btc", "base36", "base64url", "base16"]
    return [{"version": item.version, "bytes": item.buffer.hex(),
             "texts": [item.encode().decode()] if item.version == 0
             else [item.encode(base).decode() for base in bases]} for item in made]


def addresses(peers):
    first, second, hashed = peers
    certificate = multibase.encode(
        "base64url", multihash.encode(hashlib.sha256(b"certificate").digest(), "sha2-256")).decode()
    texts = [
        "/ip4/127.0.0.1", "/ip4/127.0.0.1/tcp/0", "/ip4/1.2.3.4/tcp/65535", "/ip4/255.255.255.255/udp/1",
        "/ip6/::1/tcp/4001", "/ip6/::", "/ip6/2001:db8::8:800:200c:417a", "/ip6/fe80::1",
        "/ip6/2001:db8:0:1:1:1:1:1", "/ip6/2001:0:0:1::1", "/ip6/1::8", "/ip6zone/eth0/ip6/fe80::1/tcp/1",
        "/dns/example.com/tcp/443/wss", "/dns4/a.example.com/tcp/80/ws", "/dns6/example.com/tcp/443/tls/ws",
        "/dns4/example.com/tcp/443/tls/sni/other.example.com/ws", "/dnsaddr/bootstrap.libp2p.io",
        f"/dnsaddr/bootstrap.libp2p.io/p2p/{hashed}", f"/ip4/1.2.3.4/tcp/4001/p2p/{first}",
        f"/p2p/{second}", f"/ip4/1.2.3.4/tcp/4001/p2p/{first}/p2p-circuit",
        f"/ip4/1.2.3.4/udp/4001/quic-v1/p2p/{first}/p2p-circuit/p2p/{second}", "/ip4/1.2.3.4/udp/4001/quic",
        "/ip4/1.2.3.4/udp/4001/quic-v1/webtransport"
        f"/certhash/{certificate}/certhash/{certificate}/p2p/{first}",
        f"/ip4/1.2.3.4/udp/4001/webrtc-direct/certhash/{certificate}/p2p/{first}", "/ip4/1.2.3.4/tcp/1/noise",
        "/dns/example.com/tcp/443/https/http-path/a%2Fb%20c", "/ip4/1.2.3.4/tcp/80/http", "/memory/7",
        "/ip4/1.2.3.4/sctp/9/webrtc", "/ip4/10.0.0.0/ipcidr/8",
    ]
    return [{"text": text, "bytes": multiaddr.Multiaddr(text).to_bytes().hex(),
             "again": str(multiaddr.Multiaddr(text))} for text in texts]


def envelopes(private, names):
    made = []
    for texts, seq in [(names, 1_234_567_890_123), ([], 1)]:
        peer = ID.from_pubkey(private.get_public_key())
        record = PeerRecord(peer, [multiaddr.Multiaddr(text) for text in texts], seq)
        made.append({"bytes": seal_record(record, private).marshal_envelope().hex(),
                     "peer": peer.to_base58(), "seq": seq, "addresses": texts})
    return made


all_keys = keys()
names = ["/ip4/1.2.3.4/tcp/4001", "/ip6/::1/udp/4001/quic-v1", "/dns4/example.com/tcp/443/wss"]
print(json.dumps({
    "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
    "message": MESSAGE.hex(),
    "keys": all_keys,
    "high_s": high_s(all_keys[1]["signature"]),
    "short_rsa": short_rsa(),
    "multibase": multibases(),
    "cids": cids(),
    "addresses": addresses([key["peer"] for key in all_keys[:3]]),
    "envelopes": envelopes(Ed25519PrivateKey.from_bytes(stream("ed25519")(32)), names)
    + envelopes(Secp256k1PrivateKey(coincurve.PrivateKey(stream("secp256k1")(32))), names[:1]),
}, indent=1))
