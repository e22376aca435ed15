import Bytes
import Keys
import Multiformats

/// What peers write in the network: keys, names, addresses, signed records.
let networkParsers: [FuzzedParser] = [
    FuzzedParser(
        name: "multiaddr", seeds: addressTexts.map { Array($0.utf8) }, words: addressWords,
        run: { bytes in
            let address = try Multiaddr(text: String(decoding: bytes, as: UTF8.self))
            try check(address)
        }),
    FuzzedParser(
        name: "multiaddr-bytes",
        seeds: addressTexts.map { text in (try? Multiaddr(text: text))?.bytes ?? [] },
        run: { bytes in
            let address = try Multiaddr(bytes: bytes[...])
            precondition(address.bytes == bytes, "other bytes")
            try check(address)
        }),
    FuzzedParser(
        name: "cid",
        seeds: [
            "QmeKWPxUJP9M3WJgBuj8ykLtGU37iqur5gZ8cDCi49WJVG",
            "bafkreihnoabliopjvscf6irvpwbcxlauirzq7pnwafwt5skdekl3t3e7om",
            "k2cwueekg49swaf52dc2i86h7ys2at7meiuk5k4mvifyoulboiajwi9f", "uAVUABXNtYWxs",
            "f01550005736d616c6c",
        ].map { Array($0.utf8) }, words: ["Qm", "z", "b", "k", "m", "u", "f", "1", "=", "A"],
        run: { bytes in
            // What begins as the bytes of an identifier do is read as bytes.
            let cid =
                if bytes.first == 1 || bytes.first == 0x12 { try CID(bytes: bytes[...]) } else {
                    try CID(text: String(decoding: bytes, as: UTF8.self))
                }
            let bytesAgain = try CID(bytes: cid.bytes[...]), textAgain = try CID(text: cid.text)
            precondition(bytesAgain == cid && textAgain == cid, "another identifier")
        }),
    FuzzedParser(
        name: "peer-id",
        seeds: fuzzedKeys.flatMap { key in
            let id = PeerID(key.publicKey)
            return [Array(id.text.utf8), Array(id.cid.text.utf8), id.bytes]
        }, words: ["12D3KooW", "16Uiu2HA", "Qm", "bafz", "1", "z"],
        run: { bytes in
            let isBytes = bytes.first == 0 || bytes.first == 0x12
            let id =
                try isBytes ? PeerID(bytes: bytes[...]) : PeerID(text: String(decoding: bytes, as: UTF8.self))
            for again in [
                try PeerID(bytes: id.bytes[...]), try PeerID(text: id.text), try PeerID(text: id.cid.text),
            ] {
                precondition(again == id, "another peer")
            }
            if let key = id.publicKey { precondition(id.matches(key), "another key") }
        }),
    FuzzedParser(
        name: "public-key", seeds: fuzzedKeys.map(\.publicKey.protobuf),
        run: { bytes in
            let key = try PublicKey(protobuf: bytes[...])
            precondition(key.protobuf == bytes, "another form")
            _ = key.isSignature(bytes, of: bytes)
        }),
    FuzzedParser(
        name: "private-key", seeds: fuzzedKeys.map(\.protobuf),
        run: { bytes in
            let key = try PrivateKey(protobuf: bytes[...])
            let again = try PrivateKey(protobuf: key.protobuf[...])
            precondition(again.publicKey == key.publicKey, "another key")
            // A damaged RSA key may fail to sign, but what it signs is right.
            guard let signature = try? key.sign([1, 2, 3]) else { return }
            precondition(key.publicKey.isSignature(signature, of: [1, 2, 3]), "another's signature")
        }),
    FuzzedParser(
        name: "envelope", seeds: envelopes,
        run: { bytes in
            let envelope = try SignedEnvelope(bytes: bytes[...])
            let again = try SignedEnvelope(bytes: envelope.bytes[...])
            precondition(again == envelope, "another envelope")
            let record = try PeerRecord(opening: envelope)
            precondition(record.peer.matches(envelope.signer), "another's record")
        }),
]

private func check(_ address: Multiaddr) throws {
    let bytesAgain = try Multiaddr(bytes: address.bytes[...]), textAgain = try Multiaddr(text: address.text)
    precondition(bytesAgain == address, "other bytes: \(address)")
    precondition(textAgain == address, "another text: \(address)")
    _ = (address.peerID, address.relay, address.port, address.ip?.reach, address.withoutPeerID)
}

private let addressTexts = [
    "/ip4/127.0.0.1/tcp/4001", "/ip6/2001:db8::1/udp/4001/quic-v1", "/ip6zone/eth0/ip6/fe80::1/tcp/1",
    "/dns4/example.com/tcp/443/tls/sni/example.org/wss", "/unix/run/node.sock", "/memory/7/ws",
    "/ip4/1.2.3.4/tcp/1/p2p/12D3KooWCSuQtNAUdGwsHLt3tG5Xyvqf6DvrGDmspT89kVimfBJC/p2p-circuit/p2p/"
        + "QmZWF3UM6VyponUhC5gsBxMsYdZgE85mwqFZAePij3Abcm",
    "/ip4/1.2.3.4/udp/1/webrtc-direct/certhash/uEiAD1m3QiDXByj8SjM6s0fMayUFjCWsg9EWuhChbwIMtcg",
    "/dns/a/https/http-path/a%2Fb%20c", "/ip4/10.0.0.0/ipcidr/8",
]
private let addressWords = [
    "/", "/ip4/", "/ip6/", "/tcp/", "/udp/", "/dns4/", "/dnsaddr/", "/p2p/", "/ipfs/", "/p2p-circuit",
    "/unix/",
    "/certhash/", "/http-path/", "/ip6zone/", "/memory/", "/ipcidr/", "/sni/", "::", ":", ".", "%", "%2F",
    "ffff",
    "1.2.3.4", "65535", "0", "-", "\u{0}",
]

/// Seeds must be taken, or the fuzzer says so: none is left out quietly.
private let fuzzedKeys: [PrivateKey] = {
    let seed = [UInt8](1...32)
    do {
        return [
            try .ed25519(seed: seed), try .secp256k1(scalar: seed), .ecdsa(), try .rsa(),
        ]
    } catch { fatalError("keys of fixed bytes are refused: \(error)") }
}()

private let envelopes: [[UInt8]] = fuzzedKeys.map { key in
    do {
        let addresses = try addressTexts.map { text throws(MultiaddrError) in try Multiaddr(text: text) }
        let record = PeerRecord(peer: PeerID(key.publicKey), sequence: 7, addresses: addresses)
        return try record.sealed(with: key).bytes
    } catch { fatalError("a record of fixed addresses is refused: \(error)") }
}
