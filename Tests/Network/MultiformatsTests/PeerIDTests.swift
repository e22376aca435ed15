import Bytes
import Keys
import Multiformats
import TestSupport
import Testing

@Suite struct `A peer's name` {
    let golden: FormatsGolden

    init() throws { golden = try FormatsGolden.load() }

    @Test func `is what py-libp2p says`() throws {
        for entry in golden.keys {
            let key = try PublicKey(protobuf: Hex.bytes(entry.public)[...])
            let id = PeerID(key)
            #expect(id.text == entry.peer && "\(id)" == entry.peer)
            #expect(Hex.text(id.bytes) == entry.peer_bytes)
            #expect(id.cid.text == entry.peer_cid)
        }
    }

    @Test func `is read from text of both kinds and from bytes`() throws {
        for entry in golden.keys {
            let key = try PublicKey(protobuf: Hex.bytes(entry.public)[...])
            for id in [
                try PeerID(text: entry.peer), try PeerID(text: entry.peer_cid),
                try PeerID(bytes: Hex.bytes(entry.peer_bytes)[...]),
                try PeerID(text: PeerID(key).cid.text(in: .base36)),
            ] {
                #expect(id == PeerID(key) && id.matches(key))
                #expect(id.publicKey == (key.protobuf.count <= 42 ? key : nil))
            }
        }
    }

    @Test func `has the form that people know`() throws {
        let prefixes: [KeyType: String] = [
            .ed25519: "12D3KooW", .secp256k1: "16Uiu2", .rsa: "Qm", .ecdsa: "Qm",
        ]
        for entry in golden.keys {
            let type = try #require(KeyType(rawValue: entry.type))
            #expect(
                PeerID(try PublicKey(protobuf: Hex.bytes(entry.public)[...])).text.hasPrefix(
                    prefixes[type] ?? "?"))
            #expect(entry.peer_cid.hasPrefix("baf"))
        }
    }

    @Test func `matches its own key alone`() throws {
        let keys = try golden.keys.map { try PublicKey(protobuf: Hex.bytes($0.public)[...]) }
        for (place, key) in keys.enumerated() {
            #expect(keys.map { PeerID(key).matches($0) } == keys.indices.map { $0 == place })
        }
        let ids = keys.map { PeerID($0) }
        #expect(ids.sorted().map(\.bytes) == ids.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test(
        arguments: [
            ("", FormatError.badText(.empty)), ("1", .truncated), ("Qm", .truncated),
            ("12D3KooWCSuQtNAUdGwsHLt3tG5Xyvqf6DvrGDmspT89kVimf0JC", .badText(.notADigit(offset: 49))),
            ("xyz", .badText(.unknownBase("x"))),
            // A CID of raw content.
            ("bafkreihnoabliopjvscf6irvpwbcxlauirzq7pnwafwt5skdekl3t3e7om", .notAKey(codec: 0x55)),
        ] as [(String, FormatError)]) func `is refused with a reason`(text: String, error: FormatError)
    {
        #expect(throws: error) { try PeerID(text: text) }
    }

    @Test func `is a SHA-256, or a key that is short`() throws {
        let long = [0, 43] + [UInt8](repeating: 8, count: 43)
        #expect(throws: FormatError.notAPeer(code: 0, byteCount: 43)) { try PeerID(bytes: long[...]) }
        #expect(throws: FormatError.notAPeer(code: 0, byteCount: 0)) { try PeerID(bytes: [0, 0]) }
        let other = [0x13, 64] + [UInt8](repeating: 8, count: 64)
        #expect(throws: FormatError.notAPeer(code: 0x13, byteCount: 64)) { try PeerID(bytes: other[...]) }
        let short = [0x12, 31] + [UInt8](repeating: 8, count: 31)
        #expect(throws: FormatError.badDigestLength(code: 0x12, byteCount: 31)) {
            try PeerID(bytes: short[...])
        }
        #expect(throws: FormatError.trailing(byteCount: 1)) {
            try PeerID(bytes: (Hex.bytes(golden.keys[0].peer_bytes) + [0])[...])
        }
    }
}
