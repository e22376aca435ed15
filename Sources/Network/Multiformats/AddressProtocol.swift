/// A part of an address: which protocol, by its number in the table of multicodecs.
///
/// Those that are not spoken here are known by name, so that addresses with them can be read and passed on.
public enum AddressProtocol: UInt64, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    // The table is at github.com/multiformats/multiaddr/blob/master/protocols.csv.

    /// Internet Protocol, version 4.
    case ip4 = 4
    /// Transmission Control Protocol.
    case tcp = 6
    /// Datagram Congestion Control Protocol.
    case dccp = 33
    /// Internet Protocol, version 6.
    case ip6 = 41
    /// The interface that a link-local version-6 address is on.
    case ip6zone = 42
    /// How many bits of an address name a network.
    case ipcidr = 43
    /// A host's name, for both versions.
    case dns = 53
    /// A host's name, for version 4.
    case dns4 = 54
    /// A host's name, for version 6.
    case dns6 = 55
    /// A name whose text records are addresses.
    case dnsaddr = 56
    /// Stream Control Transmission Protocol.
    case sctp = 132
    /// User Datagram Protocol.
    case udp = 273
    /// WebRTC straight to a server.
    case webrtcDirect = 280
    /// WebRTC between browsers.
    case webrtc = 281
    /// Through a relay, which comes before it.
    case p2pCircuit = 290
    /// UDP-based Data Transfer Protocol.
    case udt = 301
    /// Micro Transport Protocol.
    case utp = 302
    /// A socket of this machine.
    case unix = 400
    /// The peer that is to answer.
    case p2p = 421
    /// HTTP over TLS.
    case https = 443
    /// Transport Layer Security.
    case tls = 448
    /// The name that TLS asks for.
    case sni = 449
    /// Noise.
    case noise = 454
    /// QUIC before it was standardised.
    case quic = 460
    /// QUIC, RFC 9000.
    case quicV1 = 461
    /// WebTransport.
    case webtransport = 465
    /// The hash of the certificate that is to be shown.
    case certhash = 466
    /// WebSocket.
    case ws = 477
    /// WebSocket over TLS.
    case wss = 478
    /// The Hypertext Transfer Protocol.
    case http = 480
    /// A path at a server.
    case httpPath = 481
    /// Within one process.
    case memory = 777

    /// What its value is.
    enum Value { case none, quad, sixteen, port, bits, number, host, zone, peer, hash, socketPath, webPath }

    var value: Value {
        switch self {
        case .ip4: .quad
        case .ip6: .sixteen
        case .tcp, .udp, .dccp, .sctp: .port
        case .ipcidr: .bits
        case .memory: .number
        case .dns, .dns4, .dns6, .dnsaddr, .sni: .host
        case .ip6zone: .zone
        case .p2p: .peer
        case .certhash: .hash
        case .unix: .socketPath
        case .httpPath: .webPath
        case .webrtcDirect, .webrtc, .p2pCircuit, .udt, .utp, .https, .tls, .noise, .quic, .quicV1,
            .webtransport, .ws, .wss, .http:
            .none
        }
    }

    /// How many bytes its value has; nil where a length stands before it.
    var valueByteCount: Int? {
        switch value {
        case .none: 0
        case .quad: 4
        case .sixteen: 16
        case .port: 2
        case .bits: 1
        case .number: 8
        case .host, .zone, .peer, .hash, .socketPath, .webPath: nil
        }
    }

    /// Its name in addresses.
    public var name: String {
        switch self {
        case .ip4: "ip4"
        case .tcp: "tcp"
        case .dccp: "dccp"
        case .ip6: "ip6"
        case .ip6zone: "ip6zone"
        case .ipcidr: "ipcidr"
        case .dns: "dns"
        case .dns4: "dns4"
        case .dns6: "dns6"
        case .dnsaddr: "dnsaddr"
        case .sctp: "sctp"
        case .udp: "udp"
        case .webrtcDirect: "webrtc-direct"
        case .webrtc: "webrtc"
        case .p2pCircuit: "p2p-circuit"
        case .udt: "udt"
        case .utp: "utp"
        case .unix: "unix"
        case .p2p: "p2p"
        case .https: "https"
        case .tls: "tls"
        case .sni: "sni"
        case .noise: "noise"
        case .quic: "quic"
        case .quicV1: "quic-v1"
        case .webtransport: "webtransport"
        case .certhash: "certhash"
        case .ws: "ws"
        case .wss: "wss"
        case .http: "http"
        case .httpPath: "http-path"
        case .memory: "memory"
        }
    }

    /// The protocol of a name; nil for one that nobody here knows.
    public init?(name: String) {
        guard let found = Self.byName[name] else { return nil }
        self = found
    }

    private static let byName: [String: AddressProtocol] = {
        var names = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
        // What `p2p` was called first; some still write it.
        names["ipfs"] = .p2p
        return names
    }()

    /// Its name in addresses.
    public var description: String { name }
}
