public import Multiformats
public import Streams

/// What a connection was doing when it failed: what a person has to look at.
public enum ConnectionLayer: String, Sendable, Hashable, CaseIterable {
    /// Finding addresses of a name.
    case name
    /// Reaching the address.
    case transport
    /// Agreeing on encryption, and on who is there.
    case security
    /// Agreeing on streams.
    case muxer
    /// Agreeing on what a stream says.
    case `protocol`
}

/// Why a connection did not come to be, or ended.
public enum ConnectionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A negotiation failed.
    case negotiation(ConnectionLayer, MultistreamError)
    /// The handshake or the encryption failed.
    case noise(NoiseError)
    /// The handshake or the encryption of TLS failed, in its library's words.
    case tls(String)
    /// The peer's certificate is not taken.
    case certificate(CertificateError)
    /// The streams' protocol was broken.
    case yamux(YamuxError)
    /// Another peer is there than was asked for.
    case wrongPeer(expected: PeerID, found: PeerID)
    /// The peer is ourselves.
    case ourselves
    /// It took longer than is waited.
    case tooSlow(ConnectionLayer, Duration)
    /// The address could not be reached, in the system's words.
    case unreachable(String)
    /// The name has no address, in the system's words.
    case unknownName(String)
    /// The other side closed it, or the line broke.
    case closed(ConnectionLayer)
    /// No transport of ours speaks such an address.
    case unsupported(Multiaddr)
    /// There are as many connections as may be.
    case tooMany(String)
    /// The host is closing.
    case closing

    /// Where to look.
    public var layer: ConnectionLayer {
        switch self {
        case .negotiation(let layer, _), .tooSlow(let layer, _), .closed(let layer): layer
        case .noise, .tls, .certificate, .wrongPeer, .ourselves: .security
        case .yamux: .muxer
        case .unreachable, .unsupported, .tooMany, .closing: .transport
        case .unknownName: .name
        }
    }

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .negotiation(_, let error): "\(error)"
        case .noise(let error): "\(error)"
        case .tls(let reason): "TLS failed (\(reason)); is the peer what its address says? else try /noise"
        case .certificate(let error): "\(error)"
        case .yamux(let error): "\(error)"
        case .wrongPeer(let expected, let found):
            "the peer is \(found), not \(expected); is the address of an older node?"
        case .ourselves: "the address is our own; give another peer's"
        case .tooSlow(let layer, let time): "no answer of the \(layer.rawValue) within \(time); try again"
        case .unreachable(let reason): "\(reason); is the node up, and does a firewall let it through?"
        case .unknownName(let reason): "\(reason); is the name right, and is there a name server?"
        case .closed(let layer):
            "the other side closed during \(layer.rawValue); it may be full, or refuse us"
        case .unsupported(let address):
            "no transport of ours speaks \(address); give an address with /ip4 or /ip6 and /tcp"
        case .tooMany(let what): "there are too many \(what); wait, or raise the limit"
        case .closing: "the node is closing; start it again"
        }
    }
}

/// Why a stream did not come to be, or gave no more.
public enum StreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The peer speaks none of the protocols.
    case refused(MultistreamError)
    /// The peer ended it, or memory ran short.
    case reset
    /// Its connection ended.
    case closed
    /// It cannot be opened now.
    case yamux(YamuxError)
    /// A message is longer than is taken.
    case tooLong(limit: Int)
    /// It ended within a message.
    case truncated
    /// Nothing came for so long.
    case tooSlow(Duration)
    /// The peer broke the protocol, in a few words.
    case broken(String)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .refused(let error): "\(error)"
        case .reset: "the peer reset the stream; open another"
        case .closed: "the connection is closed; connect again"
        case .yamux(let error): "\(error)"
        case .tooLong(let limit): "a message has more than \(limit) bytes; send less at a time"
        case .truncated: "the stream ended within a message; open another"
        case .tooSlow(let time): "nothing came for \(time); is the peer busy, or gone?"
        case .broken(let what): "\(what); the peer is damaged or hostile"
        }
    }
}
