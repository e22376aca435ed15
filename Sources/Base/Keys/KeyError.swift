public import Bytes

/// Bytes that are no key, or none that is taken.
public enum KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A kind of key that nobody here knows.
    case unknownType(UInt64)
    /// A message of Protocol Buffers that cannot be read.
    case badMessage(ProtobufError)
    /// A message, or a key in it, that is not written in the one form that names it.
    case notCanonical(KeyType)
    /// A key of another length than its type has.
    case wrongLength(KeyType, byteCount: Int)
    /// A key longer than any that is taken.
    case tooLong(byteCount: Int, limit: Int)
    /// An RSA modulus too short to be safe or too long to be quick.
    case badModulus(bitCount: Int)
    /// Bytes of the right length that are no key.
    case notAKey(KeyType)
    /// A private key that comes with another key's public half.
    case mismatchedHalves(KeyType)
    /// A signature that the library would not make.
    case cannotSign(KeyType)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .unknownType(let number):
            "keys of type \(number) are not known; use RSA (0), Ed25519 (1), secp256k1 (2) or ECDSA (3)"
        case .badMessage(let error): "the key's message cannot be read: \(error)"
        case .notCanonical(let type):
            "the \(type) key is not in its canonical form; let the program that made it write it again"
        case .wrongLength(let type, let byteCount):
            "\(byteCount) bytes are no \(type) key; was all of it copied?"
        case .tooLong(let byteCount, let limit):
            "a key of \(byteCount) bytes is not taken; at most \(limit) are"
        case .badModulus(let bitCount):
            "an RSA key of \(bitCount) bits is not taken; use one of "
                + "\(PublicKey.rsaBitCounts.lowerBound) to \(PublicKey.rsaBitCounts.upperBound) bits"
        case .notAKey(let type): "the bytes are no \(type) key; is the file damaged?"
        case .mismatchedHalves(let type):
            "the public half of the \(type) key belongs to another key; is the file damaged?"
        case .cannotSign(let type): "the \(type) key cannot sign; is it damaged?"
        }
    }
}
