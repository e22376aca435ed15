public import Keys
public import Multiformats

/// How a connection is encrypted, and how each side proves who it is.
public enum SecurityProtocol: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Noise XX with ChaCha20-Poly1305.
    case noise = "/noise"
    /// TLS 1.3 with a certificate that carries the peer's key.
    case tls = "/tls/1.0.0"

    /// Its name.
    public var description: String { rawValue }
}

/// Who is at the other end, and how the two speak.
public struct ConnectionTerms: Sendable, Hashable {
    /// The peer, which proved it.
    public let peer: PeerID
    /// Its key.
    public let key: PublicKey
    /// The encryption, `/noise` or `/tls/1.0.0`.
    public let security: String
    /// The multiplexer, such as `/yamux/1.0.0`.
    public let muxer: String
}
