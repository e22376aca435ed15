import Foundation
public import Multiformats
import NIOCore
import NIOPosix
import World

/// An address that did not lead to a peer, and why.
public struct DialFailure: Sendable, Hashable, CustomStringConvertible {
    /// The address.
    public let address: Multiaddr
    /// Why.
    public let error: ConnectionError

    /// One line.
    public var description: String { "\(address): \(error.layer.rawValue): \(error)" }
}

/// No address led to the peer.
public struct DialError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Each address and why, in the order they were tried.
    public let failures: [DialFailure]

    /// An error of these.
    public init(failures: [DialFailure]) { self.failures = failures }

    /// One line for each address.
    public var description: String {
        failures.isEmpty
            ? "no address is known; give one, or join a network that knows the peer"
            : failures.map(\.description).joined(separator: "\n")
    }
}

/// What a transport of ours connects to.
enum DialTarget {
    case socket(SocketAddress)
    case name(String, port: Int)

    /// `/ip4|ip6|dns|dns4|dns6/…/tcp/…`, maybe with a peer behind it; nil for anything else.
    init?(_ address: Multiaddr) {
        let plain = address.withoutPeerID ?? address
        guard plain.components.count == 2, plain.has(.tcp), let port = plain.port else { return nil }
        if let ip = plain.ip {
            guard let socket = try? SocketAddress(ipAddress: ip.description, port: Int(port)) else {
                return nil
            }
            self = .socket(socket)
        } else if let name = plain.hostName, !plain.has(.dnsaddr) {
            self = .name(name, port: Int(port))
        } else {
            return nil
        }
    }
}

extension Multiaddr {
    init(socket: SocketAddress) throws(MultiaddrError) {
        let family = if case .v6 = socket { "ip6" } else { "ip4" }
        // A zone, as in fe80::1%eth0, means nothing to others.
        let ip = (socket.ipAddress ?? "").prefix { $0 != "%" }
        try self.init(text: "/\(family)/\(ip)/tcp/\(socket.port ?? 0)")
    }
}

extension Host {
    /// Connects to an address, where a peer is expected if it names one.
    public func connect(to address: Multiaddr) async throws(ConnectionError) -> Connection {
        guard !isClosing else { throw .closing }
        guard let target = DialTarget(address) else { throw .unsupported(address) }
        let expected = address.peerID
        if expected == peer { throw .ourselves }
        // The first answer counts; a connection that is told of may end later.
        let outcome = Shared<CheckedContinuation<Result<Connection, ConnectionError>, Never>?>(nil)
        let tell: @Sendable (Result<Connection, ConnectionError>) -> Void = { result in
            outcome.exchange(nil)?.resume(returning: result)
        }
        return try await withCheckedContinuation { waiting in
            outcome.exchange(waiting)
            let bootstrap = ClientBootstrap(group: group)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.recvAllocator, value: Self.allocator)
                .connectTimeout(.nanoseconds(config.connectTimeout.nanoseconds))
                .channelInitializer { [self] channel in
                    let handler = handler(
                        .dialer, channel, address, expected: expected, ready: { tell(.success($0)) },
                        closed: { tell(.failure($0)) })
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
            let connected =
                switch target {
                case .socket(let socket): bootstrap.connect(to: socket)
                case .name(let name, let port): bootstrap.connect(host: name, port: port)
                }
            connected.whenFailure { tell(.failure(Self.unreachable($0, address))) }
        }.get()
    }

    private static func unreachable(_ error: any Error, _ address: Multiaddr) -> ConnectionError {
        if let failed = error as? NIOConnectionError, failed.connectionErrors.isEmpty {
            return .unknownName("\(failed.host) has no address")
        }
        if case ChannelError.connectTimeout(let time) = error {
            return .tooSlow(.transport, .nanoseconds(time.nanoseconds))
        }
        if let system = error as? IOError {
            return .unreachable("\(address): \(String(cString: strerror(system.errnoCode)))")
        }
        return .unreachable("\(address) does not answer (\(error))")
    }

    /// Connects to the first of a peer's addresses that leads to it (Happy Eyeballs, RFC 8305).
    ///
    /// The next one is tried as soon as one fails or does not answer for a while; when one is there, the
    /// others are given up.
    public func connect(to addresses: [Multiaddr]) async throws(DialError) -> Connection {
        let ordered = DialOrder.sorted(addresses)
        guard !ordered.isEmpty else { throw DialError(failures: []) }
        let result = await withTaskGroup(of: Attempt.self) { tasks in
            await race(ordered, &tasks)
        }
        return try result.get()
    }

    private enum Attempt: Sendable {
        case connected(Connection)
        case failed(DialFailure)
        case waited(Int)
    }

    private func race(
        _ addresses: [Multiaddr], _ tasks: inout TaskGroup<Attempt>
    ) async -> Result<Connection, DialError> {
        var failures: [DialFailure] = [], begun = 0, underway = 0
        func begin(_ tasks: inout TaskGroup<Attempt>) {
            guard begun < addresses.count else { return }
            let address = addresses[begun], number = begun, clock = clock
            let time = clock.uptime + config.dialStagger
            (begun, underway) = (begun + 1, underway + 1)
            tasks.addTask {
                do throws(ConnectionError) { return .connected(try await self.connect(to: address)) } catch {
                    return .failed(DialFailure(address: address, error: error))
                }
            }
            // A cancelled wait ends early, when nobody cares any more.
            tasks.addTask {
                try? await clock.sleep(until: time)
                return .waited(number)
            }
        }
        begin(&tasks)
        while let attempt = await tasks.next() {
            switch attempt {
            case .connected(let connection):
                tasks.cancelAll()
                // One that comes too late is closed.
                for await late in tasks { if case .connected(let other) = late { other.close() } }
                return .success(connection)
            case .failed(let failure):
                failures.append(failure)
                underway -= 1
                begin(&tasks)
                if underway == 0 {
                    tasks.cancelAll()
                    return .failure(DialError(failures: failures))
                }
            case .waited(let number): if number == begun - 1 { begin(&tasks) }
            }
        }
        return .failure(DialError(failures: failures))
    }
}

/// In which order addresses are tried.
enum DialOrder {
    /// Addresses on more at a time than this are a flood.
    static let addressesMax = 64

    /// Each once; near ones first, versions of IP in turn beginning with 6.
    static func sorted(_ addresses: [Multiaddr]) -> [Multiaddr] {
        var seen: Set<Multiaddr> = []
        let known = addresses.filter { seen.insert($0).inserted }.prefix(addressesMax)
        let near = known.filter { $0.isLoopback || $0.isPrivate }
        let far = known.filter { !($0.isLoopback || $0.isPrivate) }
        return alternating(Array(near)) + alternating(Array(far))
    }

    private static func alternating(_ addresses: [Multiaddr]) -> [Multiaddr] {
        var six = addresses.filter { $0.ip?.isVersion4 == false }[...]
        var others = addresses.filter { $0.ip?.isVersion4 != false }[...]
        var sorted: [Multiaddr] = []
        while !six.isEmpty || !others.isEmpty {
            if let next = six.popFirst() { sorted.append(next) }
            if let next = others.popFirst() { sorted.append(next) }
        }
        return sorted
    }
}
