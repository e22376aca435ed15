/// How a node behaves, and what others may cost it.
public struct HostConfig: Sendable {
    /// What it calls itself to others.
    public var agent = "starling/0.1"
    /// The family of protocols. Nodes of lattica leave others than their own, unless these say "common".
    public var protocolVersion = "starling/common/1.0.0"
    /// How connections may be encrypted: what is proposed, the preferred one first, and what is agreed to.
    ///
    /// At least one.
    public var securities: [SecurityProtocol] = [.noise, .tls]
    /// How long a handshake may take in all.
    public var handshakeTimeout = Duration.seconds(10)
    /// How long the address may take to answer.
    public var connectTimeout = Duration.seconds(10)
    /// How much later the next address of a peer is tried while one does not answer (RFC 8305).
    public var dialStagger = Duration.milliseconds(250)
    /// Connections of others: during their handshake, in all, and from one address.
    public var pendingMax = 128, inboundMax = 1024, inboundPerAddressMax = 256
    /// Connections with one peer.
    public var perPeerMax = 8
    /// Comings and goings that wait for who watches them.
    public var watchedMax = 8192
    /// Streams that wait to be served.
    public var servingMax = 1024

    /// A node that anybody may reach.
    public init() {}
}
