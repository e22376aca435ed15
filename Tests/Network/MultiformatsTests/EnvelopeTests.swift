import Bytes
import Keys
import TestSupport
import Testing

@testable import Multiformats

@Suite struct `A signed envelope` {
    let key = PrivateKey.ed25519()

    @Test func `gives back what was sealed, for its purpose only`() throws {
        for key in [key, .secp256k1(), .ecdsa(), try .rsa()] {
            let sealed = try SignedEnvelope(sealing: [1, 2, 3], type: [9], domain: "test", with: key)
            let envelope = try SignedEnvelope(bytes: sealed.bytes[...])
            #expect(envelope == sealed && envelope.signer == key.publicKey && envelope.payloadType == [9])
            #expect(try envelope.open(domain: "test", type: [9]) == [1, 2, 3])
            #expect(throws: EnvelopeError.badSignature) { try envelope.open(domain: "tests", type: [9]) }
            #expect(throws: EnvelopeError.unexpectedType("09")) {
                try envelope.open(domain: "test", type: [])
            }
        }
    }

    @Test func `is not opened when one bit of it changes`() throws {
        let bytes = try SignedEnvelope(sealing: [1, 2, 3], type: [9], domain: "test", with: key).bytes
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                #expect(throws: EnvelopeError.self, "byte \(place), bit \(bit)") {
                    try SignedEnvelope(bytes: damaged[...]).open(domain: "test", type: [9])
                }
            }
        }
    }

    @Test func `has each part once and within its limits`() throws {
        let bytes = try SignedEnvelope(sealing: [1], type: [9], domain: "test", with: key).bytes
        #expect(throws: EnvelopeError.badMessage(.tooMany(field: 1, limit: 1))) {
            try SignedEnvelope(bytes: (bytes + bytes)[...])
        }
        #expect(throws: EnvelopeError.badMessage(.missing(field: 1))) { try SignedEnvelope(bytes: []) }
        #expect(throws: EnvelopeError.badMessage(.truncated)) { try SignedEnvelope(bytes: bytes.dropLast()) }
        let limit = SignedEnvelope.payloadByteCountMax
        let long = [UInt8](repeating: 0, count: limit + 1)
        #expect(throws: EnvelopeError.badMessage(.tooLarge(field: 3, limit: limit))) {
            try SignedEnvelope(sealing: long, type: [9], domain: "test", with: key)
        }
        let flood = bytes + ProtobufWriter.message { $0.data(3, long) }
        #expect(throws: EnvelopeError.self) { try SignedEnvelope(bytes: flood[...]) }
        // What nobody knows is passed over.
        let newer = bytes + ProtobufWriter.message { $0.varint(9, 1) }
        #expect(try SignedEnvelope(bytes: newer[...]).open(domain: "test", type: [9]) == [1])
    }
}

@Suite struct `A peer record` {
    @Test func `of py-libp2p is read and written`() throws {
        let golden = try FormatsGolden.load()
        for entry in golden.envelopes {
            let envelope = try SignedEnvelope(bytes: Hex.bytes(entry.bytes)[...])
            let record = try PeerRecord(opening: envelope)
            #expect(record.peer.text == entry.peer && record.sequence == entry.seq)
            #expect(record.addresses.map(\.text) == entry.addresses && record.unreadableAddressCount == 0)
            // Both signatures are deterministic, so ours is the same, byte for byte.
            let owner = try #require(golden.keys.first { $0.peer == entry.peer })
            let key = try PrivateKey(protobuf: Hex.bytes(owner.private)[...])
            #expect(Hex.text(try record.sealed(with: key).bytes) == entry.bytes)
        }
    }

    @Test func `is taken from its own peer alone`() throws {
        let key = PrivateKey.ed25519(), other = PrivateKey.secp256k1()
        let record = PeerRecord(peer: PeerID(key.publicKey), sequence: 7, addresses: [])
        #expect(try PeerRecord(opening: record.sealed(with: key)) == record)
        #expect(throws: EnvelopeError.notTheSigners(record.peer)) { try record.sealed(with: other) }
        let forged = try SignedEnvelope(
            sealing: record.payload, type: PeerRecord.payloadType, domain: PeerRecord.domain, with: other)
        #expect(throws: EnvelopeError.notTheSigners(record.peer)) { try PeerRecord(opening: forged) }
        let elsewhere = try SignedEnvelope(
            sealing: record.payload, type: PeerRecord.payloadType, domain: "test", with: key)
        #expect(throws: EnvelopeError.badSignature) { try PeerRecord(opening: elsewhere) }
    }

    @Test func `keeps the addresses that can be read`() throws {
        let peer = PeerID(PrivateKey.ed25519().publicKey)
        let known = try Multiaddr(text: "/ip4/1.2.3.4/tcp/1")
        let payload = ProtobufWriter.message { writer in
            writer.data(1, peer.bytes)
            writer.varint(2, 3)
            for bytes in [[0xFF, 0x7F], known.bytes, []] { writer.message(3) { $0.data(1, bytes) } }
        }
        let record = try PeerRecord(payload: payload[...])
        #expect(record.addresses == [known] && record.unreadableAddressCount == 2)
    }

    @Test func `is refused with a reason`() throws {
        #expect(throws: EnvelopeError.badMessage(.missing(field: 1))) { try PeerRecord(payload: []) }
        #expect(throws: EnvelopeError.badPeer(.truncated)) { try PeerRecord(payload: [0x0A, 0x01, 0x12]) }
        let limit = PeerRecord.addressCountMax
        let flood = ProtobufWriter.message { writer in
            for _ in 0...limit { writer.message(3) { $0.data(1, [4, 1, 2, 3, 4]) } }
        }
        #expect(throws: EnvelopeError.badMessage(.tooMany(field: 3, limit: limit))) {
            try PeerRecord(payload: flood[...])
        }
    }
}
