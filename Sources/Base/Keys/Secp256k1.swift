import CSecp256k1

/// ECDSA on secp256k1, of digests, by the system's library.
///
/// What is signed is a digest, so that a chain's digests (Keccak-256) and recoverable signatures fit beside
/// libp2p's SHA-256.
enum Secp256k1 {
    static let scalarByteCount = 32
    /// A compressed point.
    static let pointByteCount = 33
    /// DER: two numbers of at most 33 bytes and what frames them.
    static let signatureByteCountMax = 72

    /// Holds the tables and the blinding of scalar multiplications.
    final class Context: @unchecked Sendable {
        // SAFETY: after `init` the library only reads it, which it allows from any thread.
        let pointer: OpaquePointer

        init() {
            guard let made = secp256k1_context_create(STARLING_SECP256K1_CONTEXT_NONE) else {
                fatalError("libsecp256k1 has no memory for its context")
            }
            pointer = made
            var generator = SystemRandomNumberGenerator()
            var seed = Secp256k1.bytes(32, &generator)
            // It fails only in libraries that were built without blinding; signatures are the same.
            _ = secp256k1_context_randomize(made, &seed)
        }

        deinit { secp256k1_context_destroy(pointer) }
    }

    static let context = Context()

    static func bytes(_ count: Int, _ generator: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    static func isPoint(_ point: [UInt8]) -> Bool {
        var parsed = secp256k1_pubkey()
        return parse(point, &parsed)
    }

    static func isScalar(_ scalar: [UInt8]) -> Bool {
        scalar.count == scalarByteCount && secp256k1_ec_seckey_verify(context.pointer, scalar) == 1
    }

    /// The compressed point of a scalar; nil if it is none.
    static func point(of scalar: [UInt8]) -> [UInt8]? {
        guard isScalar(scalar) else { return nil }
        var point = secp256k1_pubkey()
        guard secp256k1_ec_pubkey_create(context.pointer, &point, scalar) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: pointByteCount)
        var byteCount = bytes.count
        secp256k1_ec_pubkey_serialize(
            context.pointer, &bytes, &byteCount, &point, STARLING_SECP256K1_COMPRESSED)
        return bytes
    }

    /// The signature of RFC 6979 in DER, with the lower s; nil if the scalar is none.
    static func signature(ofDigest digest: Digest, by scalar: [UInt8]) -> [UInt8]? {
        guard isScalar(scalar) else { return nil }
        var signature = secp256k1_ecdsa_signature()
        guard secp256k1_ecdsa_sign(context.pointer, &signature, digest.bytes, scalar, nil, nil) == 1 else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: signatureByteCountMax)
        var byteCount = bytes.count
        guard
            secp256k1_ecdsa_signature_serialize_der(context.pointer, &bytes, &byteCount, &signature) == 1
        else { return nil }
        return Array(bytes.prefix(byteCount))
    }

    static func isSignature(_ signature: [UInt8], ofDigest digest: Digest, by point: [UInt8]) -> Bool {
        guard signature.count <= signatureByteCountMax else { return false }
        var key = secp256k1_pubkey(), parsed = secp256k1_ecdsa_signature()
        guard parse(point, &key),
            secp256k1_ecdsa_signature_parse_der(context.pointer, &parsed, signature, signature.count) == 1
        else { return false }
        // The library takes only the lower s.
        return secp256k1_ecdsa_verify(context.pointer, &parsed, digest.bytes, &key) == 1
    }

    private static func parse(_ point: [UInt8], _ key: inout secp256k1_pubkey) -> Bool {
        // Longer forms are points, too, but a key has one name.
        point.count == pointByteCount
            && secp256k1_ec_pubkey_parse(context.pointer, &key, point, point.count) == 1
    }
}
