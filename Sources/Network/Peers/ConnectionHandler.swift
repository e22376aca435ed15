import Keys
import Multiformats
import NIOCore
import NIOSSL
import NIOTLS
import Streams
import World

/// Carries a connection's machine on its event loop: bytes, times, and who waits for what.
///
/// Everything here happens on the loop of its channel.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    typealias Reading = CheckedContinuation<Result<[UInt8]?, StreamError>, Never>
    typealias Writing = CheckedContinuation<Result<Void, StreamError>, Never>
    typealias Opening = CheckedContinuation<Result<PeerStream, StreamError>, Never>

    /// What the host decides.
    struct Callbacks: Sendable {
        /// Streams may be opened; called once, before `closed`.
        var ready: @Sendable (ConnectionTerms, ConnectionHandler.Reference) -> Void
        /// It is over; called once.
        var closed: @Sendable (ConnectionError) -> Void
        /// The peer opened a stream: what answers it on the loop; nil where it was taken elsewhere.
        var opened: @Sendable (PeerStream) -> (any StreamResponder)?
        /// What to show in TLS.
        var credentials: @Sendable () throws(ConnectionError) -> TLSCredentials
    }

    /// A handler as others may hold it.
    typealias Reference = NIOLoopBound<ConnectionHandler>

    private struct Waiting {
        var reading: (continuation: Reading, limit: Int, timeout: Scheduled<Void>?)?
        var writing: [(bytes: [UInt8], offset: Int, continuation: Writing)] = []
        var opening: Opening?
        var responder: (any StreamResponder)?
        /// A responder's bytes for which there was no room yet, and whether the end is behind them.
        var unsent: [UInt8] = [], isEndUnsent = false
        var isReadable = false
    }

    private let role: ConnectionMachine.Role
    private var machine: ConnectionMachine
    private let clock: any WorldClock
    private let callbacks: Callbacks
    private let handshakeTimeout: Duration
    private var waiting: [YamuxStreamID: Waiting] = [:]
    private var context: ChannelHandlerContext?
    private var handshake: Scheduled<Void>?, refusals: Scheduled<Void>?
    private var output: [UInt8] = []
    private var isOver = false, isFlushing = false
    /// What the peer's certificate said, or why it was refused.
    private var found: Result<PublicKey, ConnectionError>?

    /// Bytes that are handed to the channel at a time.
    private static let flushMax = 256 << 10

    init(
        _ role: ConnectionMachine.Role, _ config: ConnectionMachine.Config, clock: any WorldClock,
        handshakeTimeout: Duration, callbacks: Callbacks
    ) {
        self.role = role
        machine = ConnectionMachine(role, config)
        (self.clock, self.handshakeTimeout, self.callbacks) = (clock, handshakeTimeout, callbacks)
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        handshake = context.eventLoop.scheduleTask(in: .nanoseconds(handshakeTimeout.nanoseconds)) {
            let handler = me.value
            handler.end(.tooSlow(handler.machine.layer, handler.handshakeTimeout))
        }
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        let buffer = unwrapInboundIn(data)
        do throws(ConnectionError) {
            try buffer.readableBytesView.withUnsafeBytes { (bytes) throws(ConnectionError) in
                try machine.receive(bytes, now: clock.uptime)
            }
        } catch {
            handleEvents()
            flush()
            return end(error)
        }
        handleEvents()
    }

    func channelReadComplete(context: ChannelHandlerContext) { flush() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { flush() }
    }

    func channelInactive(context: ChannelHandlerContext) { end(.closed(machine.layer)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // TLS only knows that its peer was refused, not why.
        if case .failure(let reason) = found { return end(reason) }
        end(TLSCredentials.reason(error, during: machine.layer))
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends what is to be sent, as far as the channel takes it.
    private func flush() {
        guard let context, !isFlushing else { return }
        isFlushing = true
        defer { isFlushing = false }
        while context.channel.isWritable, machine.wantsFlush {
            output.removeAll(keepingCapacity: true)
            do throws(ConnectionError) { _ = try machine.flush(into: &output, limit: Self.flushMax) } catch {
                return end(error)
            }
            guard !output.isEmpty else { break }
            // The channel may say within this call that it is writable again: the loop looks itself.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: output)), promise: nil)
            // Room may have come for those who wait to write.
            if !isOver { handleEvents() }
        }
    }

    /// Ends the connection; everyone who waits is told.
    func end(_ error: ConnectionError) {
        guard !isOver else { return }
        isOver = true
        flush()
        handshake?.cancel()
        refusals?.cancel()
        let waiting = waiting
        self.waiting = [:]
        for (_, var stream) in waiting { Self.fail(&stream, .closed) }
        callbacks.closed(error)
        context?.close(promise: nil)
    }

    private static func fail(_ stream: inout Waiting, _ error: StreamError) {
        stream.reading?.timeout?.cancel()
        stream.reading?.continuation.resume(returning: .failure(error))
        for write in stream.writing { write.continuation.resume(returning: .failure(error)) }
        stream.opening?.resume(returning: .failure(error))
        stream.responder?.failed(error)
        stream = Waiting()
    }

    // MARK: Events of the machine

    private func handleEvents() {
        for event in machine.takeEvents(now: clock.uptime) {
            switch event {
            case .startTLS(let rest): startTLS(rest)
            case .ready(let terms):
                handshake?.cancel()
                guard let context else { continue }
                callbacks.ready(terms, NIOLoopBound(self, eventLoop: context.eventLoop))
            case .opened(let id, let name): opened(id, name)
            case .agreed(let id, let name): agreed(id, name)
            case .refused(let id, let error): fail(id, .refused(error))
            case .reset(let id): fail(id, .reset)
            case .readable(let id):
                waiting[id]?.isReadable = true
                deliver(id)
            case .writable(let id): pump(id)
            case .pong: break
            }
        }
        scheduleRefusals()
    }

    private func scheduleRefusals() {
        guard refusals == nil, !isOver, let context, let due = machine.refusalsDue else { return }
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        let delay = max(.zero, due - clock.uptime)
        refusals = context.eventLoop.scheduleTask(in: .nanoseconds(delay.nanoseconds)) {
            let handler = me.value
            handler.refusals = nil
            handler.machine.releaseRefusals(now: handler.clock.uptime)
            handler.flush()
            handler.scheduleRefusals()
        }
    }

    private func fail(_ id: YamuxStreamID, _ error: StreamError) {
        guard var stream = waiting.removeValue(forKey: id) else { return }
        Self.fail(&stream, error)
    }

    private func stream(_ id: YamuxStreamID, _ name: String, _ context: ChannelHandlerContext) -> PeerStream {
        PeerStream(id, name, NIOLoopBound(self, eventLoop: context.eventLoop), context.eventLoop)
    }

    private func opened(_ id: YamuxStreamID, _ name: String) {
        guard let context else { return }
        waiting[id] = Waiting()
        if let responder = callbacks.opened(stream(id, name, context)) { begin(responder, id) }
    }

    private func agreed(_ id: YamuxStreamID, _ name: String) {
        guard let context, let opening = waiting[id]?.opening else { return }
        waiting[id]?.opening = nil
        opening.resume(returning: .success(stream(id, name, context)))
    }

    private func begin(_ responder: any StreamResponder, _ id: YamuxStreamID) {
        var responder = responder
        let reply = responder.begin(now: clock.uptime)
        waiting[id, default: Waiting()].responder = responder
        carryOut(reply, id)
    }

    private func carryOut(_ reply: StreamReply, _ id: YamuxStreamID) {
        if reply.isReset { return reset(id) }
        waiting[id]?.unsent += reply.bytes
        if reply.isEnd { waiting[id]?.isEndUnsent = true }
        pump(id)
    }

    /// Gives what came to whoever waits for it.
    private func deliver(_ id: YamuxStreamID) {
        guard let stream = waiting[id], stream.isReadable else { return }
        if var responder = stream.responder {
            waiting[id]?.isReadable = false
            guard let (bytes, isEnd) = take(id, limit: .max) else { return }
            let reply = responder.receive(bytes, isEnd: isEnd, now: clock.uptime)
            waiting[id]?.responder = responder
            carryOut(reply, id)
        } else if let reading = stream.reading {
            guard let (bytes, isEnd) = take(id, limit: reading.limit) else { return }
            guard !bytes.isEmpty || isEnd else {
                waiting[id]?.isReadable = false
                return
            }
            waiting[id]?.reading = nil
            reading.timeout?.cancel()
            reading.continuation.resume(returning: .success(bytes.isEmpty ? nil : bytes))
        }
    }

    private func take(_ id: YamuxStreamID, limit: Int) -> (bytes: [UInt8], isEnd: Bool)? {
        var bytes: [UInt8] = []
        do throws(YamuxError) {
            let isEnd = try machine.read(id, limit: limit, into: &bytes, now: clock.uptime)
            return (bytes, isEnd)
        } catch {
            // Both sides had ended it, and everything was read.
            return ([], true)
        }
    }

    /// Moves bytes of those who wait into the stream.
    private func pump(_ id: YamuxStreamID) {
        guard var stream = waiting[id] else { return }
        do throws(YamuxError) {
            if !stream.unsent.isEmpty {
                stream.unsent.removeFirst(try write(stream.unsent, from: 0, to: id))
            }
            if stream.unsent.isEmpty, stream.isEndUnsent {
                stream.isEndUnsent = false
                try machine.finish(id)
            }
            while let first = stream.writing.first {
                let count = try write(first.bytes, from: first.offset, to: id)
                guard first.offset + count == first.bytes.count else {
                    stream.writing[0].offset += count
                    break
                }
                stream.writing.removeFirst()
                first.continuation.resume(returning: .success(()))
            }
            waiting[id] = stream
        } catch {
            waiting[id] = nil
            Self.fail(&stream, .yamux(error))
        }
    }

    private func write(_ bytes: [UInt8], from offset: Int, to id: YamuxStreamID) throws(YamuxError) -> Int {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(YamuxError) in
            try machine.write(UnsafeRawBufferPointer(rebasing: bytes[offset...]), to: id)
        }
    }
}

// MARK: - TLS

extension ConnectionHandler {
    /// Puts TLS between the channel and this handler; `rest` came behind the agreement to it.
    private func startTLS(_ rest: [UInt8]) {
        guard let context else { return }
        do {
            let credentials = try callbacks.credentials()
            let tls = try credentials.handler(role) { [weak self] in self?.check($0) ?? false }
            // The agreement itself goes out as it is.
            output.removeAll(keepingCapacity: true)
            _ = try machine.flush(into: &output, limit: Self.flushMax)
            if !output.isEmpty {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: output)), promise: nil)
            }
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(tls, position: .before(self))
            guard !rest.isEmpty else { return }
            // Nothing stands before TLS: what goes in at the front of the pipeline goes to it.
            pipeline.fireChannelRead(NIOAny(ByteBuffer(bytes: rest)))
        } catch { end(error as? ConnectionError ?? .tls("\(error)")) }
    }

    /// Whether the peer's certificates are taken; TLS asks once.
    private func check(_ certificates: [NIOSSLCertificate]) -> Bool {
        do throws(ConnectionError) {
            let ders = certificates.prefix(2).compactMap { try? $0.toDERBytes() }
            found = .success(try machine.key(ofCertificates: ders, now: clock.sinceEpoch))
            return true
        } catch {
            found = .failure(error)
            return false
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let agreed)? = event as? TLSUserEvent, !isOver else {
            return context.fireUserInboundEventTriggered(event)
        }
        // A resumed session would come here without a certificate; libp2p has none.
        guard case .success(let key) = found else { return end(.certificate(.notOne(count: 0))) }
        // A peer that ignores what is offered is none of libp2p's.
        guard let agreed else { return end(.tls("the peer agrees to no protocol within TLS")) }
        machine.secured(by: key, muxer: agreed == TLSCredentials.withoutMuxer ? nil : agreed)
        handleEvents()
        flush()
    }
}

// MARK: - What others ask for

extension ConnectionHandler {
    func open(_ protocols: [String], _ opening: Opening) {
        guard !isOver else { return opening.resume(returning: .failure(.closed)) }
        do throws(YamuxError) {
            let id = try machine.open(protocols, now: clock.uptime)
            waiting[id] = Waiting(opening: opening)
            flush()
        } catch { opening.resume(returning: .failure(.yamux(error))) }
    }

    /// Opens a stream for what answers on the loop; it is told if that fails.
    func open(_ name: String, _ responder: some StreamResponder) {
        var responder: any StreamResponder = responder
        guard !isOver else { return responder.failed(.closed) }
        do throws(YamuxError) {
            let id = try machine.open([name], now: clock.uptime)
            begin(responder, id)
            flush()
        } catch { responder.failed(.yamux(error)) }
    }

    func read(_ id: YamuxStreamID, limit: Int, within time: Duration?, _ reading: Reading) {
        guard let context, let stream = waiting[id] else {
            return reading.resume(returning: .failure(.reset))
        }
        precondition(stream.reading == nil, "one reads a stream at a time")
        var timeout: Scheduled<Void>?
        if let time {
            let me = NIOLoopBound(self, eventLoop: context.eventLoop)
            timeout = context.eventLoop.scheduleTask(in: .nanoseconds(time.nanoseconds)) {
                me.value.cancelRead(id, .tooSlow(time))
            }
        }
        waiting[id]?.reading = (reading, limit, timeout)
        // Something may be left of an earlier read.
        waiting[id]?.isReadable = true
        deliver(id)
        flush()
    }

    func cancelRead(_ id: YamuxStreamID, _ error: StreamError) {
        guard let reading = waiting[id]?.reading else { return }
        waiting[id]?.reading = nil
        reading.timeout?.cancel()
        reading.continuation.resume(returning: .failure(error))
    }

    func write(_ id: YamuxStreamID, _ bytes: [UInt8], _ writing: Writing) {
        guard waiting[id] != nil else { return writing.resume(returning: .failure(.reset)) }
        waiting[id]?.writing.append((bytes, 0, writing))
        pump(id)
        flush()
    }

    func finish(_ id: YamuxStreamID) {
        guard waiting[id] != nil else { return }
        waiting[id]?.isEndUnsent = true
        pump(id)
        flush()
    }

    func reset(_ id: YamuxStreamID) {
        machine.reset(id)
        fail(id, .reset)
        flush()
    }

    func close() {
        machine.goAway()
        end(.closing)
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
