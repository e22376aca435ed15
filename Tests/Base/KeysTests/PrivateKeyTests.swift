import Bytes
import TestSupport
import Testing

@testable import Keys

@Suite struct `A private key` {
    let golden: FormatsGolden
    let message: [UInt8]

    init() throws {
        golden = try FormatsGolden.load()
        message = try Hex.bytes(golden.message)
    }

    @Test func `of another program is read, and written as the specification says`() throws {
        for entry in golden.keys {
            let key = try PrivateKey(protobuf: Hex.bytes(entry.private)[...])
            #expect(key.type.rawValue == entry.type)
            #expect(Hex.text(key.publicKey.protobuf) == entry.public)
            let bytes = key.protobuf
            #expect(try PrivateKey(protobuf: bytes[...]).protobuf == bytes)
            if key.type == .ed25519 {
                // py-libp2p writes the seed alone.
                #expect(Hex.text(bytes) == "08011240" + entry.private.dropFirst(8) + entry.data)
            } else {
                #expect(Hex.text(bytes) == entry.private, "\(key.type)")
            }
        }
    }

    @Test func `signs as other programs do`() throws {
        for entry in golden.keys {
            let key = try PrivateKey(protobuf: Hex.bytes(entry.private)[...])
            let signature = try key.sign(message)
            #expect(key.publicKey.isSignature(signature, of: message))
            #expect(!key.publicKey.isSignature(signature, of: message + message))
            // The others are deterministic: ours are theirs.
            if key.type != .ecdsa { #expect(Hex.text(signature) == entry.signature, "\(key.type)") }
        }
    }

    @Test func `is made of random numbers`() throws {
        for _ in 0..<4 {
            let keys = [PrivateKey.ed25519(), .ed25519(), .secp256k1(), .secp256k1(), .ecdsa(), .ecdsa()]
            #expect(Set(keys.map(\.publicKey)).count == keys.count)
            for key in keys {
                let again = try PrivateKey(protobuf: key.protobuf[...])
                #expect(again.publicKey == key.publicKey)
                #expect(try PublicKey(protobuf: key.publicKey.protobuf[...]) == key.publicKey)
                #expect(key.publicKey.isSignature(try again.sign(message), of: message))
                let other = keys.first { $0.publicKey != key.publicKey }
                #expect(other?.publicKey.isSignature(try key.sign(message), of: message) == false)
            }
        }
    }

    @Test func `of RSA is made, too`() throws {
        let key = try PrivateKey.rsa()
        #expect(key.publicKey.isSignature(try key.sign(message), of: message))
        #expect(try PrivateKey(protobuf: key.protobuf[...]).publicKey == key.publicKey)
        #expect(throws: KeyError.badModulus(bitCount: 1024)) { try PrivateKey.rsa(bitCount: 1024) }
    }

    @Test func `of Ed25519 is read in its older forms, but not with another's public half`() throws {
        let key = try PrivateKey.ed25519(seed: [UInt8](0..<32)), other = PrivateKey.ed25519()
        let seed = [UInt8](0..<32), half = key.publicKey.data
        func message(_ data: [UInt8]) -> [UInt8] { KeyMessage(type: .ed25519, data: data).bytes }
        for data in [seed, seed + half, seed + half + half] {
            #expect(try PrivateKey(protobuf: message(data)[...]).publicKey == key.publicKey)
        }
        for data in [seed + other.publicKey.data, seed + half + other.publicKey.data] {
            #expect(throws: KeyError.mismatchedHalves(.ed25519)) {
                try PrivateKey(protobuf: message(data)[...])
            }
        }
        #expect(throws: KeyError.wrongLength(.ed25519, byteCount: 33)) {
            try PrivateKey(protobuf: message(seed + [0])[...])
        }
    }

    @Test func `is refused with a reason`() throws {
        let order = try Hex.bytes("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
        #expect(throws: KeyError.notAKey(.secp256k1)) { try PrivateKey.secp256k1(scalar: order) }
        #expect(throws: KeyError.notAKey(.secp256k1)) {
            try PrivateKey.secp256k1(scalar: [UInt8](repeating: 0, count: 32))
        }
        #expect(throws: KeyError.wrongLength(.ed25519, byteCount: 31)) {
            try PrivateKey.ed25519(seed: [UInt8](repeating: 0, count: 31))
        }
        for type in [KeyType.rsa, .ecdsa] {
            let message = KeyMessage(type: type, data: [0x30, 0x00])
            #expect(throws: KeyError.notAKey(type)) { try PrivateKey(protobuf: message.bytes[...]) }
        }
        let entry = try #require(golden.keys.first { $0.type == 0 })
        var bytes = try Hex.bytes(entry.private)
        bytes[40] ^= 1
        #expect(throws: KeyError.self) { try PrivateKey(protobuf: bytes[...]) }
    }

    @Test func `never shows its bytes`() throws {
        let seed = [UInt8](repeating: 0xAB, count: 32)
        for key in [try PrivateKey.ed25519(seed: seed), try PrivateKey.secp256k1(scalar: seed)] {
            var dumped = ""
            dump(key, to: &dumped)
            for text in ["\(key)", String(reflecting: key), dumped, "\([key])", "\(Optional(key) as Any)"] {
                #expect(!text.lowercased().contains("abab") && !text.contains("171, 171"), "\(text)")
            }
        }
    }
}
