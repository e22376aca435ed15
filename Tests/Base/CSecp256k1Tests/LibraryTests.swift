import CSecp256k1
import Testing

@Suite struct `The system's secp256k1` {
    @Test func `multiplies the generator by one`() throws {
        var scalar = [UInt8](repeating: 0, count: 32)
        scalar[31] = 1
        let context = try #require(secp256k1_context_create(STARLING_SECP256K1_CONTEXT_NONE))
        defer { secp256k1_context_destroy(context) }
        var point = secp256k1_pubkey()
        #expect(secp256k1_ec_pubkey_create(context, &point, scalar) == 1)
        var bytes = [UInt8](repeating: 0, count: 33)
        var byteCount = bytes.count
        secp256k1_ec_pubkey_serialize(context, &bytes, &byteCount, &point, STARLING_SECP256K1_COMPRESSED)
        // The generator of SEC 2, 2.4.1.
        let generator: [UInt8] = [
            0x02, 0x79, 0xBE, 0x66, 0x7E, 0xF9, 0xDC, 0xBB, 0xAC, 0x55, 0xA0, 0x62, 0x95, 0xCE, 0x87, 0x0B,
            0x07,
            0x02, 0x9B, 0xFC, 0xDB, 0x2D, 0xCE, 0x28, 0xD9, 0x59, 0xF2, 0x81, 0x5B, 0x16, 0xF8, 0x17, 0x98,
        ]
        #expect(byteCount == 33 && bytes == generator)
    }

    /// Chains name a sender by what a signature recovers.
    @Test func `is built with recovery`() throws {
        let context = try #require(secp256k1_context_create(STARLING_SECP256K1_CONTEXT_NONE))
        defer { secp256k1_context_destroy(context) }
        let scalar = [UInt8](repeating: 7, count: 32), digest = [UInt8](repeating: 9, count: 32)
        var signature = secp256k1_ecdsa_recoverable_signature()
        #expect(secp256k1_ecdsa_sign_recoverable(context, &signature, digest, scalar, nil, nil) == 1)
        var expected = secp256k1_pubkey(), found = secp256k1_pubkey()
        #expect(secp256k1_ec_pubkey_create(context, &expected, scalar) == 1)
        #expect(secp256k1_ecdsa_recover(context, &found, &signature, digest) == 1)
        #expect(secp256k1_ec_pubkey_cmp(context, &expected, &found) == 0)
    }
}
