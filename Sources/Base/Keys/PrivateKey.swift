import Bytes
import Crypto
import CryptoExtras

/// The half of a key pair that signs; kept secret by whoever holds it.
///
/// No description, reflection or error shows its bytes; `protobuf` is the only way to them.
public struct PrivateKey: Sendable {
    /// The longest data of a key: RSA of 8192 bits takes under 4,800 bytes.
    public static let dataByteCountMax = 5_120

    /// The other half.
    public let publicKey: PublicKey
    private let secret: Secret

    private enum Secret: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
        case secp256k1(scalar: [UInt8])
        case ecdsa(P256.Signing.PrivateKey)
    }

    private init(ed25519 key: Curve25519.Signing.PrivateKey) {
        publicKey = PublicKey(known: .ed25519, Array(key.publicKey.rawRepresentation))
        secret = .ed25519(key)
    }

    private init(ecdsa key: P256.Signing.PrivateKey) {
        publicKey = PublicKey(known: .ecdsa, Array(key.publicKey.derRepresentation))
        secret = .ecdsa(key)
    }

    private init(rsa key: _RSA.Signing.PrivateKey) throws(KeyError) {
        publicKey = try PublicKey(type: .rsa, data: Array(key.publicKey.derRepresentation))
        secret = .rsa(key)
    }

    /// Its kind.
    public var type: KeyType { publicKey.type }
}

// MARK: Making

extension PrivateKey {
    /// A new Ed25519 key from the system's random numbers.
    public static func ed25519() -> PrivateKey {
        PrivateKey(ed25519: Curve25519.Signing.PrivateKey())
    }

    /// The Ed25519 key of a seed of 32 bytes.
    public static func ed25519(seed: [UInt8]) throws(KeyError) -> PrivateKey {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw .wrongLength(.ed25519, byteCount: seed.count)
        }
        return PrivateKey(ed25519: key)
    }

    /// A new secp256k1 key from the system's random numbers.
    public static func secp256k1() -> PrivateKey {
        var generator = SystemRandomNumberGenerator()
        while true {
            // One in 2^128 is beyond the group's order.
            let scalar = Secp256k1.bytes(Secp256k1.scalarByteCount, &generator)
            if let key = try? secp256k1(scalar: scalar) { return key }
        }
    }

    /// The secp256k1 key of a scalar of 32 bytes, most significant first.
    public static func secp256k1(scalar: [UInt8]) throws(KeyError) -> PrivateKey {
        guard scalar.count == Secp256k1.scalarByteCount else {
            throw .wrongLength(.secp256k1, byteCount: scalar.count)
        }
        guard let point = Secp256k1.point(of: scalar) else { throw .notAKey(.secp256k1) }
        return PrivateKey(
            publicKey: PublicKey(known: .secp256k1, point), secret: .secp256k1(scalar: scalar))
    }

    /// A new key on P-256 from the system's random numbers.
    public static func ecdsa() -> PrivateKey { PrivateKey(ecdsa: P256.Signing.PrivateKey()) }

    /// A new RSA key from the system's random numbers; it takes a while.
    public static func rsa(bitCount: Int = 2048) throws(KeyError) -> PrivateKey {
        guard PublicKey.rsaBitCounts.contains(bitCount), bitCount.isMultiple(of: 64),
            let key = try? _RSA.Signing.PrivateKey(keySize: .init(bitCount: bitCount))
        else { throw .badModulus(bitCount: bitCount) }
        return try PrivateKey(rsa: key)
    }

    private init(publicKey: PublicKey, secret: Secret) {
        self.publicKey = publicKey
        self.secret = secret
    }
}

// MARK: Signing

extension PrivateKey {
    /// A signature of `message`, as `PublicKey.isSignature` takes it.
    public func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        do {
            switch secret {
            case .ed25519(let key): return Array(try key.signature(for: message))
            case .rsa(let key):
                let digest = SHA256.hash(data: message)
                return Array(try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
            case .secp256k1(let scalar):
                guard let signature = Secp256k1.signature(ofDigest: Digest(of: message), by: scalar) else {
                    throw KeyError.cannotSign(type)
                }
                return signature
            case .ecdsa(let key):
                return Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
            }
        } catch { throw .cannotSign(type) }
    }
}

// MARK: Reading and writing

extension PrivateKey {
    /// A key from its message, `PrivateKey{1 Type, 2 Data}`.
    ///
    /// Ed25519 is the seed and the public key; the older forms, the seed alone and with the public key
    /// twice, are read too. RSA is PKCS#1, ECDSA is SEC 1, both in DER; secp256k1 is the scalar.
    public init(protobuf: ArraySlice<UInt8>) throws(KeyError) {
        let message = try KeyMessage(protobuf, limit: Self.dataByteCountMax)
        let data = message.data
        switch message.type {
        case .ed25519:
            guard [32, 64, 96].contains(data.count) else {
                throw .wrongLength(.ed25519, byteCount: data.count)
            }
            self = try Self.ed25519(seed: Array(data.prefix(32)))
            for start in stride(from: 32, to: data.count, by: 32) {
                guard publicKey.data.elementsEqual(data[start..<(start + 32)]) else {
                    throw .mismatchedHalves(.ed25519)
                }
            }
        case .secp256k1: self = try Self.secp256k1(scalar: data)
        case .rsa:
            guard let key = try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: data) else {
                throw .notAKey(.rsa)
            }
            guard Array(key.derRepresentation) == data else { throw .notCanonical(.rsa) }
            try self.init(rsa: key)
        case .ecdsa:
            guard let key = try? P256.Signing.PrivateKey(derRepresentation: data) else {
                throw .notAKey(.ecdsa)
            }
            self.init(ecdsa: key)
        }
    }

    /// The message `PrivateKey{1 Type, 2 Data}`: the secret itself, for a file that only its owner reads.
    public var protobuf: [UInt8] {
        let data: [UInt8] =
            switch secret {
            case .rsa(let key): Array(key.derRepresentation)
            case .ed25519(let key): Array(key.rawRepresentation) + publicKey.data
            case .secp256k1(let scalar): scalar
            case .ecdsa(let key): Self.sec1(key)
            }
        return KeyMessage(type: type, data: data).bytes
    }

    /// `ECPrivateKey` of RFC 5915 on P-256 with the curve's name and the public point: always 121 bytes.
    private static func sec1(_ key: P256.Signing.PrivateKey) -> [UInt8] {
        let scalar = Array(key.rawRepresentation), point = Array(key.publicKey.x963Representation)
        let version: [UInt8] = [0x02, 0x01, 0x01]
        let curve: [UInt8] = [0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        let bits: [UInt8] = [0xA1, 0x44, 0x03, 0x42, 0x00] + point
        let body = version + [0x04, 0x20] + scalar + curve + bits
        return [0x30, UInt8(body.count)] + body
    }
}

// MARK: Secrecy

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its kind, and nothing more.
    public var description: String { "a private \(type) key" }
    /// Its kind, and nothing more.
    public var debugDescription: String { description }
    /// Nothing: a dump must not show the secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
