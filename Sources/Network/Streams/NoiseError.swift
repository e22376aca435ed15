public import Bytes

/// A handshake or a channel that failed; the connection is of no use afterwards.
public enum NoiseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A message of the handshake is shorter than its keys.
    case messageTooShort
    /// A message of the handshake is longer than is taken.
    case messageTooLong(limit: Int)
    /// A key of the other side leads to no secret.
    case badKey
    /// A message is not what the other side encrypted, or is out of order.
    case notAuthentic
    /// The payload of a message cannot be read.
    case badPayload(ProtobufError)
    /// The other side does not say who it is.
    case noIdentity
    /// The other side is not who it says, or not who is wanted.
    case identityRefused
    /// A frame is shorter than its tag.
    case frameTooShort
    /// As many frames were sent as a key allows.
    case nonceExhausted
    /// The system's libcrypto has no ChaCha20-Poly1305.
    case noCipher

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .messageTooShort:
            "a message of the handshake ends within its keys; does the peer speak Noise XX?"
        case .messageTooLong(let limit):
            "a message of the handshake has more than \(limit) bytes; the peer is damaged or hostile"
        case .badKey: "a key of the handshake leads to no secret; the peer is damaged or hostile"
        case .notAuthentic: "a message is not authentic; the connection was tampered with: connect again"
        case .badPayload(let error): "a payload of the handshake cannot be read: \(error)"
        case .noIdentity: "the peer does not say who it is; does it speak libp2p's /noise?"
        case .identityRefused:
            "the peer is not who it says, or not who was dialed; check the address's peer id"
        case .frameTooShort: "a frame is shorter than its tag; the peer is damaged or hostile"
        case .nonceExhausted: "the connection sent as much as its key allows; connect again"
        case .noCipher: "the system's libcrypto has no ChaCha20-Poly1305; install OpenSSL 1.1.1 or later"
        }
    }
}
