import Bytes
import NIOCore
import Streams

/// A stream of bytes to a peer, in both directions, for one protocol.
///
/// One task reads it at a time, and one writes. Whoever has no more to do with it calls `reset`, or `finish`
/// and reads to the end.
public final class PeerStream: Sendable {
    /// The protocol that both sides agreed on.
    public let name: String
    private let id: YamuxStreamID
    private let handler: ConnectionHandler.Reference
    private let loop: any EventLoop

    init(_ id: YamuxStreamID, _ name: String, _ handler: ConnectionHandler.Reference, _ loop: any EventLoop) {
        (self.id, self.name, self.handler, self.loop) = (id, name, handler, loop)
    }

    private func onLoop(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
        let handler = handler
        if loop.inEventLoop { body(handler.value) } else { loop.execute { body(handler.value) } }
    }

    /// What came, at least one byte; nil at the end.
    ///
    /// - Parameters:
    ///   - limit: the most bytes.
    ///   - within: how long to wait; nil for as long as the connection lives.
    public func read(limit: Int = 1 << 20, within time: Duration? = nil) async throws(StreamError) -> [UInt8]?
    {
        let id = id
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { (reading: ConnectionHandler.Reading) in
                onLoop { $0.read(id, limit: limit, within: time, reading) }
            }
        } onCancel: {
            onLoop { $0.cancelRead(id, .closed) }
        }.get()
    }

    /// Writes all of some bytes; returns when the stream has taken them, as late as a slow peer makes it.
    public func write(_ bytes: [UInt8]) async throws(StreamError) {
        guard !bytes.isEmpty else { return }
        let id = id
        try await withCheckedContinuation { (writing: ConnectionHandler.Writing) in
            onLoop { $0.write(id, bytes, writing) }
        }.get()
    }

    /// Writes no more; the peer reads the end.
    public func finish() { onLoop { [id] in $0.finish(id) } }

    /// Ends it at once, for both sides.
    public func reset() { onLoop { [id] in $0.reset(id) } }
}

/// Messages with their length before them, as most protocols of libp2p send them.
public struct MessageReader: ~Copyable {
    private let stream: PeerStream
    private let limit: Int
    private var pending: [UInt8] = []

    /// Messages of a stream of so many bytes at most.
    public init(_ stream: PeerStream, limit: Int) { (self.stream, self.limit) = (stream, limit) }

    /// The next message; nil at the end.
    public mutating func next(within time: Duration? = nil) async throws(StreamError) -> [UInt8]? {
        while true {
            let decoded: Varint.Decoded
            do throws(VarintError) { decoded = try Varint.decode(pending, limit: UInt64(limit)) } catch {
                throw .tooLong(limit: limit)
            }
            if case .value(let count, let byteCount) = decoded, pending.count >= byteCount + Int(count) {
                defer { pending.removeFirst(byteCount + Int(count)) }
                return Array(pending[byteCount..<(byteCount + Int(count))])
            }
            guard let more = try await stream.read(within: time) else {
                guard pending.isEmpty else { throw .truncated }
                return nil
            }
            pending += more
        }
    }
}

extension PeerStream {
    /// Writes a message with its length before it.
    public func writeMessage(_ bytes: [UInt8]) async throws(StreamError) {
        try await write(Varint.bytes(UInt64(bytes.count)) + bytes)
    }
}
