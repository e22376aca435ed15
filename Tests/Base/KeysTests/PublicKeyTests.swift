import Bytes
import TestSupport
import Testing

@testable import Keys

@Suite struct `A public key` {
    let golden: FormatsGolden
    let message: [UInt8]

    init() throws {
        golden = try FormatsGolden.load()
        message = try Hex.bytes(golden.message)
    }

    @Test func `has the message that py-libp2p writes`() throws {
        #expect(Set(golden.keys.map(\.type)) == [0, 1, 2, 3])
        for entry in golden.keys {
            let key = try PublicKey(protobuf: Hex.bytes(entry.public)[...])
            #expect(key.type.rawValue == entry.type && Hex.text(key.data) == entry.data)
            #expect(Hex.text(key.protobuf) == entry.public)
            #expect(try PublicKey(type: key.type, data: key.data) == key)
        }
    }

    @Test func `takes its owner's signatures and nobody else's`() throws {
        for entry in golden.keys {
            let key = try PublicKey(protobuf: Hex.bytes(entry.public)[...])
            var signature = try Hex.bytes(entry.signature)
            #expect(key.isSignature(signature, of: message), "\(key.type)")
            #expect(!key.isSignature(signature, of: message + [0]), "\(key.type)")
            #expect(!key.isSignature(signature + [0], of: message), "\(key.type)")
            #expect(!key.isSignature(signature.dropLast(), of: message), "\(key.type)")
            #expect(!key.isSignature([], of: message), "\(key.type)")
            signature[signature.count - 1] ^= 1
            #expect(!key.isSignature(signature, of: message), "\(key.type)")
        }
    }

    @Test func `takes one of the two signatures that ECDSA has on secp256k1`() throws {
        let entry = try #require(golden.keys.first { $0.type == KeyType.secp256k1.rawValue })
        let key = try PublicKey(protobuf: Hex.bytes(entry.public)[...])
        #expect(key.isSignature(try Hex.bytes(entry.signature), of: message))
        #expect(!key.isSignature(try Hex.bytes(golden.high_s), of: message))
    }

    @Test func `has one form only`() throws {
        for entry in golden.keys {
            let bytes = try Hex.bytes(entry.public)
            let type = try #require(KeyType(rawValue: entry.type))
            // Another order, a field that nobody knows, a needless zero byte in a number.
            let swapped = Array(bytes[2...] + bytes[..<2])
            let longer = bytes + [0x18, 0x01]
            let padded = [bytes[0], bytes[1] | 0x80, 0x00] + bytes[2...]
            for form in [swapped, longer, padded] {
                #expect(throws: KeyError.notCanonical(type)) { try PublicKey(protobuf: form[...]) }
            }
            #expect(throws: KeyError.badMessage(.tooMany(field: 1, limit: 1))) {
                try PublicKey(protobuf: (bytes + bytes)[...])
            }
            #expect(throws: KeyError.badMessage(.truncated)) { try PublicKey(protobuf: bytes.dropLast()) }
        }
        // Points have a longer form, too.
        let entry = try #require(golden.keys.first { $0.type == KeyType.secp256k1.rawValue })
        var odd = try Hex.bytes(entry.data)
        odd[0] = 0x06
        #expect(throws: KeyError.notAKey(.secp256k1)) { try PublicKey(type: .secp256k1, data: odd) }
    }

    @Test func `is refused with a reason`() throws {
        #expect(throws: KeyError.badMessage(.missing(field: 1))) { try PublicKey(protobuf: []) }
        #expect(throws: KeyError.badMessage(.missing(field: 2))) { try PublicKey(protobuf: [8, 1]) }
        #expect(throws: KeyError.unknownType(4)) { try PublicKey(protobuf: [8, 4, 0x12, 0]) }
        #expect(throws: KeyError.unknownType(257)) { try PublicKey(protobuf: [8, 0x81, 2, 0x12, 0]) }
        #expect(throws: KeyError.wrongLength(.ed25519, byteCount: 31)) {
            try PublicKey(type: .ed25519, data: [UInt8](repeating: 1, count: 31))
        }
        #expect(throws: KeyError.notAKey(.secp256k1)) {
            try PublicKey(type: .secp256k1, data: [2] + [UInt8](repeating: 0xFF, count: 32))
        }
        for type in [KeyType.rsa, .ecdsa] {
            #expect(throws: KeyError.notAKey(type)) { try PublicKey(type: type, data: [0x30, 0]) }
        }
        let limit = PublicKey.dataByteCountMax
        #expect(throws: KeyError.tooLong(byteCount: limit + 1, limit: limit)) {
            try PublicKey(type: .rsa, data: [UInt8](repeating: 0, count: limit + 1))
        }
        #expect(throws: KeyError.badModulus(bitCount: 1024)) {
            try PublicKey(protobuf: Hex.bytes(golden.short_rsa)[...])
        }
    }

    @Test func `stays itself whatever is damaged`() throws {
        let start = UInt64.random(in: 0...UInt64.max)
        var seed = Seed(start)
        for entry in golden.keys {
            let bytes = try Hex.bytes(entry.public)
            for _ in 0..<200 {
                var damaged = bytes
                damaged[Int.random(in: damaged.indices, using: &seed)] ^=
                    1
                    << UInt8.random(
                        in: 0..<8, using: &seed)
                guard let key = try? PublicKey(protobuf: damaged[...]) else { continue }
                // What is taken is written again as it came.
                #expect(key.protobuf == damaged, "seed \(start)")
                #expect(!key.isSignature(try Hex.bytes(entry.signature), of: message), "seed \(start)")
            }
        }
    }
}
