import Bytes
import Crypto
import CryptoExtras

/// The half of a key pair that everyone may know, in libp2p's encoding.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The moduli that are taken: shorter ones are broken, longer ones cost others too much.
    public static let rsaBitCounts = 2048...8192
    /// The longest data of a key: RSA of 8192 bits takes 1,062 bytes.
    public static let dataByteCountMax = 1_280

    /// Its kind.
    public let type: KeyType
    /// The key: 32 bytes (Ed25519), a compressed point (secp256k1), or a `SubjectPublicKeyInfo` in DER.
    public let data: [UInt8]

    /// A key from its data, which is checked.
    ///
    /// Only the canonical form is taken: a key's name is a hash of it, and must not be two.
    public init(type: KeyType, data: [UInt8]) throws(KeyError) {
        guard data.count <= Self.dataByteCountMax else {
            throw .tooLong(byteCount: data.count, limit: Self.dataByteCountMax)
        }
        switch type {
        case .ed25519: guard data.count == 32 else { throw .wrongLength(type, byteCount: data.count) }
        case .secp256k1:
            guard data.count == Secp256k1.pointByteCount else {
                throw .wrongLength(type, byteCount: data.count)
            }
            guard Secp256k1.isPoint(data) else { throw .notAKey(type) }
        case .rsa:
            // A size that is not taken must not become slow arithmetic, so nothing computes before this.
            guard let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: data) else {
                throw .notAKey(type)
            }
            guard Self.rsaBitCounts.contains(key.keySizeInBits) else {
                throw .badModulus(bitCount: key.keySizeInBits)
            }
            guard Array(key.derRepresentation) == data else { throw .notCanonical(type) }
        case .ecdsa:
            guard let key = try? P256.Signing.PublicKey(derRepresentation: data) else { throw .notAKey(type) }
            guard Array(key.derRepresentation) == data else { throw .notCanonical(type) }
        }
        self.init(known: type, data)
    }

    /// A key from its message, `PublicKey{1 Type, 2 Data}`, in canonical form.
    public init(protobuf: ArraySlice<UInt8>) throws(KeyError) {
        let message = try KeyMessage(protobuf, limit: Self.dataByteCountMax)
        guard message.bytes.elementsEqual(protobuf) else { throw .notCanonical(message.type) }
        try self.init(type: message.type, data: message.data)
    }

    /// A key that this process made.
    init(known type: KeyType, _ data: [UInt8]) {
        self.type = type
        self.data = data
    }

    /// The message `PublicKey{1 Type, 2 Data}`, of which a peer's name is made.
    public var protobuf: [UInt8] { KeyMessage(type: type, data: data).bytes }

    /// Whether `signature` is this key's over `message`.
    ///
    /// ECDSA signatures are in DER; those on secp256k1 have the lower of the two possible s.
    public func isSignature(_ signature: some Sequence<UInt8>, of message: [UInt8]) -> Bool {
        let signature = Array(signature)
        switch type {
        case .ed25519:
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: data) else { return false }
            return key.isValidSignature(signature, for: message)
        case .rsa:
            guard let key = try? _RSA.Signing.PublicKey(derRepresentation: data) else { return false }
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: message),
                padding: .insecurePKCS1v1_5)
        case .secp256k1:
            return Secp256k1.isSignature(signature, ofDigest: Digest(of: message), by: data)
        case .ecdsa:
            guard let key = try? P256.Signing.PublicKey(derRepresentation: data),
                let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature)
            else { return false }
            return key.isValidSignature(parsed, for: SHA256.hash(data: message))
        }
    }

    /// The type and the data in hexadecimal.
    public var description: String { "\(type) \(Hex.text(data))" }
}
