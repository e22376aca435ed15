import Crypto
import Foundation

/// Keys of X25519 (RFC 7748).
enum NoiseKey {
    static let byteCount = 32

    /// A private key of 32 bytes, any of which will do.
    static func privateKey(_ bytes: [UInt8]) -> Curve25519.KeyAgreement.PrivateKey {
        precondition(bytes.count == byteCount, "a private key of X25519 has 32 bytes")
        do {
            return try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
        } catch { preconditionFailure("every 32 bytes are a private key of X25519: \(error)") }
    }

    /// What two keys have in common; a public key of low order, which would make it known, is refused.
    static func agree(
        _ key: Curve25519.KeyAgreement.PrivateKey, _ remote: [UInt8]
    ) throws(NoiseError) -> [UInt8] {
        let secret: [UInt8]
        do {
            let remote = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: remote)
            secret = try key.sharedSecretFromKeyAgreement(with: remote).withUnsafeBytes { Array($0) }
        } catch { throw .badKey }
        // RFC 7748, section 6.1; the library does not check.
        guard secret.reduce(0, |) != 0 else { throw .badKey }
        return secret
    }
}

/// Noise's SymmetricState (noiseprotocol.org, section 5.2) for 25519, ChaChaPoly and SHA256.
struct NoiseSymmetricState: Sendable {
    private(set) var hash: [UInt8]
    private var chainingKey: [UInt8]
    private var key: SymmetricKey?
    private var counter: UInt64 = 0

    init(prologue: [UInt8]) {
        // The name has exactly the 32 bytes of a hash, so it is taken as it is.
        hash = Array("Noise_XX_25519_ChaChaPoly_SHA256".utf8)
        chainingKey = hash
        mixHash(prologue)
    }

    mutating func mixHash(_ bytes: [UInt8]) {
        var hasher = SHA256()
        hasher.update(data: hash)
        hasher.update(data: bytes)
        hash = Array(hasher.finalize())
    }

    mutating func mixKey(_ secret: [UInt8]) {
        let (first, second) = expand(secret)
        chainingKey = first
        key = SymmetricKey(data: second)
        counter = 0
    }

    /// The bytes, encrypted once there is a key.
    mutating func encrypt(_ plaintext: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard let key else {
            mixHash(plaintext)
            return plaintext
        }
        do {
            let box = try ChaChaPoly.seal(plaintext, using: key, nonce: nonce(), authenticating: hash)
            counter += 1
            let sealed = Array(box.ciphertext) + Array(box.tag)
            mixHash(sealed)
            return sealed
        } catch { throw .noCipher }
    }

    /// The bytes, decrypted once there is a key.
    mutating func decrypt(_ sealed: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard let key else {
            mixHash(sealed)
            return sealed
        }
        guard sealed.count >= NoiseChannel.tagByteCount else { throw .messageTooShort }
        do {
            let box = try ChaChaPoly.SealedBox(
                nonce: nonce(), ciphertext: sealed.dropLast(NoiseChannel.tagByteCount),
                tag: sealed.suffix(NoiseChannel.tagByteCount))
            let plaintext = try ChaChaPoly.open(box, using: key, authenticating: hash)
            counter += 1
            mixHash(sealed)
            return Array(plaintext)
        } catch { throw .notAuthentic }
    }

    /// The keys of both directions, the initiator's first.
    func split() -> (initiator: [UInt8], responder: [UInt8]) {
        let (first, second) = expand([])
        return (first, second)
    }

    private func nonce() throws -> ChaChaPoly.Nonce {
        var bytes = [UInt8](repeating: 0, count: 4)
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: counter >> UInt64(shift)))
        }
        return try ChaChaPoly.Nonce(data: bytes)
    }

    /// Noise's HKDF with two outputs.
    private func expand(_ input: [UInt8]) -> ([UInt8], [UInt8]) {
        func authenticate(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
        }
        let secret = authenticate(chainingKey, input)
        let first = authenticate(secret, [1])
        return (first, authenticate(secret, first + [2]))
    }
}
