import Keys
public import Multiformats
import NIOCore
import Streams

/// A connection to a peer that proved who it is.
public final class Connection: Sendable {
    /// Who it is, and how the two speak.
    public let terms: ConnectionTerms
    /// Where the peer is, as this side sees it.
    public let remoteAddress: Multiaddr
    /// Whether this side dialled.
    public let isOutbound: Bool

    private let channel: any Channel
    private let handler: ConnectionHandler.Reference

    init(
        _ terms: ConnectionTerms, at remoteAddress: Multiaddr, isOutbound: Bool, _ channel: any Channel,
        _ handler: ConnectionHandler.Reference
    ) {
        (self.terms, self.remoteAddress, self.isOutbound) = (terms, remoteAddress, isOutbound)
        (self.channel, self.handler) = (channel, handler)
    }

    /// The peer.
    public var peer: PeerID { terms.peer }
    /// Whether it is open.
    public var isOpen: Bool { channel.isActive }

    private func onLoop(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
        let handler = handler
        if channel.eventLoop.inEventLoop {
            body(handler.value)
        } else {
            channel.eventLoop.execute { body(handler.value) }
        }
    }

    /// Opens a stream for the first of these protocols that the peer speaks.
    public func open(_ protocols: [String]) async throws(StreamError) -> PeerStream {
        try await withCheckedContinuation { (opening: ConnectionHandler.Opening) in
            onLoop { $0.open(protocols, opening) }
        }.get()
    }

    /// Asks who the peer is.
    public func identify() async throws(StreamError) -> Identity {
        try await withCheckedContinuation {
            (waiting: CheckedContinuation<Result<Identity, StreamError>, Never>) in
            onLoop { $0.open(Identity.name, IdentifyReader { waiting.resume(returning: $0) }) }
        }.get()
    }

    /// Pings so many times, one after the other; how long each took.
    ///
    /// - Precondition: `count` is above 0.
    public func ping(count: Int = 1) async throws(StreamError) -> [Duration] {
        precondition(count > 0, "a ping is one at least")
        let payload = RandomBytes.make(PingResponder.byteCount)
        return try await withCheckedContinuation {
            (waiting: CheckedContinuation<Result<[Duration], StreamError>, Never>) in
            onLoop {
                $0.open(
                    PingResponder.name,
                    PingMeasurement(count: count, payload: payload) { waiting.resume(returning: $0) })
            }
        }.get()
    }

    /// Closes it for both sides.
    public func close() { onLoop { $0.close() } }

    /// Waits until it is closed.
    func closed() async {
        await withCheckedContinuation { (waiting: CheckedContinuation<Void, Never>) in
            channel.closeFuture.whenComplete { _ in waiting.resume() }
        }
    }
}

/// Bytes that nobody can guess.
enum RandomBytes {
    static func make(_ count: Int) -> [UInt8] {
        var system = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            withUnsafeBytes(of: system.next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }
}
