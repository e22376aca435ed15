/// A kind of key pair, numbered as in libp2p's `PublicKey` message.
public enum KeyType: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// RSA; signs with PKCS#1 v1.5 over SHA-256.
    case rsa = 0
    /// Ed25519 (RFC 8032).
    case ed25519 = 1
    /// ECDSA on secp256k1 over SHA-256, as chains have it.
    case secp256k1 = 2
    /// ECDSA on P-256 over SHA-256.
    case ecdsa = 3

    /// Its common name.
    public var description: String {
        switch self {
        case .rsa: "RSA"
        case .ed25519: "Ed25519"
        case .secp256k1: "secp256k1"
        case .ecdsa: "ECDSA"
        }
    }
}
