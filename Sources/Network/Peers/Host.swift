public import Keys
public import Multiformats
import NIOCore
import NIOPosix
import Streams
import Synchronization
public import World

/// A node among peers: it listens, dials, and answers for the protocols it speaks.
///
/// `run` serves until its task is cancelled or `close` is called; the node is of use without it as well, but
/// then only for protocols that need no waiting, such as ping and identify.
public final class Host: Sendable {
    /// What answers a stream that a peer opened; the stream is reset when it returns without `finish`.
    public typealias Handler = @Sendable (PeerStream, Connection) async throws -> Void

    /// How it behaves.
    public let config: HostConfig
    /// Its name.
    public let peer: PeerID

    let key: PrivateKey
    let clock: any WorldClock
    /// The process's own, which is never shut down: who asks a closed connection is told so.
    let group: any EventLoopGroup = NIOSingletons.posixEventLoopGroup
    private let state = Mutex(State())
    /// What it shows in TLS; made when the first peer wants it.
    let credentials = Mutex<TLSCredentials?>(nil)
    private let inbound: AsyncStream<Serving>
    private let inboundContinuation: AsyncStream<Serving>.Continuation

    private struct Serving: Sendable {
        let stream: PeerStream
        let connection: Connection
        let handler: Handler
    }

    private struct State {
        var isClosing = false
        var listeners: [any Channel] = []
        var addresses: [Multiaddr] = []
        var connections: [PeerID: [Connection]] = [:]
        var watchers: [AsyncStream<PeerEvent>.Continuation] = []
        var handlers: [String: Handler] = [:]
        /// Connections of others whose handshake is not over, and open ones.
        var pendingInbound = 0, inboundCount = 0
        var inboundByAddress: [String: Int] = [:]
    }

    /// A node that does not listen yet.
    ///
    /// - Precondition: `config` names a way to encrypt.
    public init(key: PrivateKey, config: HostConfig = .init(), clock: any WorldClock = SystemClock()) {
        precondition(!config.securities.isEmpty, "a connection is encrypted")
        (self.key, self.config, self.clock) = (key, config, clock)
        peer = PeerID(key.publicKey)
        (inbound, inboundContinuation) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(config.servingMax))
    }

    // MARK: Protocols

    /// Answers streams of a protocol from now on.
    public func handle(_ name: String, _ handler: @escaping Handler) {
        state.withLock { $0.handlers[name] = handler }
    }

    /// The protocols that are answered.
    public var protocols: [String] {
        ([Identity.name, PingResponder.name] + state.withLock { Array($0.handlers.keys) }).sorted()
    }

    private func supports(_ name: String) -> Bool {
        name == Identity.name || name == PingResponder.name || state.withLock { $0.handlers[name] != nil }
    }

    /// Serves streams, each in a task of its own, until it is cancelled or the node is closed.
    public func run() async {
        await withDiscardingTaskGroup { tasks in
            for await serving in inbound {
                tasks.addTask {
                    // What went wrong on one stream is that stream's matter.
                    do { try await serving.handler(serving.stream, serving.connection) } catch {
                        serving.stream.reset()
                    }
                }
            }
            tasks.cancelAll()
        }
    }

    private func opened(_ stream: PeerStream, on connection: Connection) -> (any StreamResponder)? {
        switch stream.name {
        case PingResponder.name: return PingResponder()
        case Identity.name: return IdentifyResponder(message: identity(for: connection).bytes)
        default:
            guard let handler = state.withLock({ $0.handlers[stream.name] }) else {
                stream.reset()
                return nil
            }
            let serving = Serving(stream: stream, connection: connection, handler: handler)
            if case .enqueued = inboundContinuation.yield(serving) { return nil }
            // More wait than are served: others may have room.
            stream.reset()
            return nil
        }
    }

    /// What we say of ourselves to a peer.
    private func identity(for connection: Connection) -> Identity {
        var identity = Identity()
        identity.publicKey = key.publicKey.protobuf
        identity.listenAddresses = addresses
        identity.protocols = protocols
        identity.observedAddress = connection.remoteAddress.withoutPeerID
        identity.protocolVersion = config.protocolVersion
        identity.agent = config.agent
        let record = PeerRecord(
            peer: peer, sequence: UInt64(clock.sinceEpoch.components.seconds), addresses: addresses)
        // An RSA key of another program may be too short to sign with; then peers do without the record.
        if let sealed = try? record.sealed(with: key) { identity.signedPeerRecord = sealed.bytes }
        return identity
    }

    // MARK: Listening

    /// Where it listens.
    public var addresses: [Multiaddr] { state.withLock(\.addresses) }

    /// Listens at an address, such as `/ip4/0.0.0.0/tcp/4001`; port 0 takes any.
    ///
    /// - Returns: the address with its port.
    @discardableResult
    public func listen(at address: Multiaddr) async throws(ConnectionError) -> Multiaddr {
        guard let target = DialTarget(address), case .socket(let socket) = target else {
            throw .unsupported(address)
        }
        let channel: any Channel
        do {
            channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.recvAllocator, value: Self.allocator)
                .childChannelInitializer { [self] channel in accept(channel) }
                .bind(to: socket).get()
        } catch { throw .unreachable("\(address) cannot be listened at: \(error)") }
        guard let bound = channel.localAddress, let made = try? Multiaddr(socket: bound) else {
            throw .unsupported(address)
        }
        state.withLock {
            $0.listeners.append(channel)
            $0.addresses.append(made)
        }
        return made
    }

    static var allocator: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 4 << 10, initial: 64 << 10, maximum: 512 << 10)
    }

    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let remote = channel.remoteAddress, let address = try? Multiaddr(socket: remote) else {
            return channel.eventLoop.makeFailedFuture(ConnectionError.closed(.transport))
        }
        let place = address.ip?.description ?? ""
        let isTaken = state.withLock { state in
            guard !state.isClosing, state.pendingInbound < config.pendingMax,
                state.inboundCount < config.inboundMax,
                state.inboundByAddress[place, default: 0] < config.inboundPerAddressMax
            else { return false }
            state.pendingInbound += 1
            state.inboundCount += 1
            state.inboundByAddress[place, default: 0] += 1
            return true
        }
        guard isTaken else {
            return channel.eventLoop.makeFailedFuture(ConnectionError.tooMany("connections"))
        }
        let isPending = Shared(true)
        let handler = handler(
            .listener, channel, address, expected: nil,
            ready: { [self] _ in if isPending.exchange(false) { state.withLock { $0.pendingInbound -= 1 } } },
            closed: { [self] _ in
                if isPending.exchange(false) { state.withLock { $0.pendingInbound -= 1 } }
                state.withLock { state in
                    state.inboundCount -= 1
                    let count = state.inboundByAddress[place, default: 1]
                    state.inboundByAddress[place] = count > 1 ? count - 1 : nil
                }
            })
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(handler)
        }
    }

    /// A handler for a channel, which enters the connection among the others when it is ready.
    func handler(
        _ role: ConnectionMachine.Role, _ channel: any Channel, _ address: Multiaddr, expected: PeerID?,
        ready: @escaping @Sendable (Connection) -> Void,
        closed: @escaping @Sendable (ConnectionError) -> Void
    ) -> ConnectionHandler {
        let made = Shared<Connection?>(nil)
        return ConnectionHandler(
            role,
            ConnectionMachine.Config(
                key: key, expected: expected, staticKey: RandomBytes.make(32),
                ephemeralKey: RandomBytes.make(32), supports: { [self] in supports($0) },
                securities: config.securities),
            clock: clock, handshakeTimeout: config.handshakeTimeout,
            callbacks: .init(
                ready: { [self] terms, handler in
                    let connection = Connection(
                        terms, at: address, isOutbound: role == .dialer, channel, handler)
                    made.exchange(connection)
                    enter(connection)
                    ready(connection)
                },
                closed: { [self] error in
                    if let connection = made.get() { leave(connection) }
                    made.exchange(nil)
                    closed(error)
                },
                opened: { [self] stream in made.get().flatMap { opened(stream, on: $0) } },
                credentials: { [self] () throws(ConnectionError) in try tlsCredentials() }))
    }

    private func tlsCredentials() throws(ConnectionError) -> TLSCredentials {
        try credentials.withLock { (made) throws(ConnectionError) in
            if let made { return made }
            let new = try TLSCredentials(identity: key)
            made = new
            return new
        }
    }

    // MARK: Connections

    /// The open connections.
    public var connections: [Connection] {
        state.withLock { $0.connections.sorted { $0.key < $1.key }.flatMap(\.value) }
    }

    /// An open connection to a peer.
    public func connection(to peer: PeerID) -> Connection? {
        state.withLock { $0.connections[peer]?.first }
    }

    /// Who comes and goes from now on; those who are there come first.
    public func watch() -> AsyncStream<PeerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PeerEvent.self, bufferingPolicy: .bufferingOldest(config.watchedMax))
        state.withLock { state in
            for peer in state.connections.keys.sorted() { continuation.yield(.joined(peer)) }
            if state.isClosing { continuation.finish() } else { state.watchers.append(continuation) }
        }
        return stream
    }

    private func enter(_ connection: Connection) {
        let isWelcome = state.withLock { state in
            let count = state.connections[connection.peer, default: []].count
            guard !state.isClosing, count < config.perPeerMax else { return false }
            state.connections[connection.peer, default: []].append(connection)
            if count == 0 { for watcher in state.watchers { watcher.yield(.joined(connection.peer)) } }
            return true
        }
        if !isWelcome { connection.close() }
    }

    private func leave(_ connection: Connection) {
        state.withLock { state in
            guard var others = state.connections[connection.peer],
                let place = others.firstIndex(where: { $0 === connection })
            else { return }
            others.remove(at: place)
            state.connections[connection.peer] = others.isEmpty ? nil : others
            if others.isEmpty { for watcher in state.watchers { watcher.yield(.left(connection.peer)) } }
        }
    }

    var isClosing: Bool { state.withLock(\.isClosing) }

    /// Closes everything; the node is of no use afterwards.
    public func close() async {
        let (listeners, connections) = state.withLock { state in
            state.isClosing = true
            for watcher in state.watchers { watcher.finish() }
            return (state.listeners, state.connections.values.flatMap(\.self))
        }
        inboundContinuation.finish()
        for listener in listeners { listener.close(promise: nil) }
        for connection in connections { connection.close() }
        for connection in connections { await connection.closed() }
    }
}

/// A peer that came or went.
public enum PeerEvent: Sendable, Hashable {
    /// The first connection with it is open.
    case joined(PeerID)
    /// The last connection with it is gone.
    case left(PeerID)
}

/// A value that several threads see.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func get() -> Value { value.withLock(\.self) }
    /// Puts another value in its place; what it was.
    @discardableResult
    func exchange(_ new: Value) -> Value {
        value.withLock { value in
            defer { value = new }
            return value
        }
    }
}
