import Keys
import Multiformats
import Streams
import Synchronization

/// One connection from its first byte to the protocols of its streams, without a socket or a clock.
///
///     bytes -> multistream -> Noise -> (multistream ->) yamux -> multistream of each stream -> events
///
/// TLS is done outside: after `startTLS` no bytes come until `secured(by:muxer:)`, and then plain ones.
///
/// What is to be sent is appended by `flush`. An error ends the connection; what `flush` gives then is the
/// reason for the other side.
struct ConnectionMachine: ~Copyable {
    /// Which side this is.
    enum Role: Sendable { case dialer, listener }

    /// What happened.
    enum Event: Sendable {
        /// From now on both sides speak TLS; `rest` is the first of what the other side said in it.
        case startTLS(rest: [UInt8])
        /// Streams may be opened.
        case ready(ConnectionTerms)
        /// The peer opened a stream for a protocol of ours.
        case opened(YamuxStreamID, String)
        /// A stream of ours has its protocol.
        case agreed(YamuxStreamID, String)
        /// The peer speaks none of the protocols that a stream of ours was to have.
        case refused(YamuxStreamID, MultistreamError)
        /// A stream has something to read, or its end.
        case readable(YamuxStreamID)
        /// A stream takes more.
        case writable(YamuxStreamID)
        /// A stream is over.
        case reset(YamuxStreamID)
        /// The answer to a ping of the connection.
        case pong(Duration)
    }

    /// What both sides need to know.
    struct Config: Sendable {
        var key: PrivateKey
        /// Whom a dialer wants to find; nil for anybody.
        var expected: PeerID?
        /// 32 random bytes each, for this connection only.
        var staticKey: [UInt8], ephemeralKey: [UInt8]
        /// Whether a protocol is spoken here.
        var supports: @Sendable (String) -> Bool
        var limits = YamuxLimits()
        /// What is proposed in this order, or agreed to; not empty.
        var securities = SecurityProtocol.allCases
    }

    private enum Phase: Sendable {
        case security(Negotiation)
        case noise(NoiseHandshake)
        /// TLS shakes hands outside.
        case tls
        case muxer(Negotiation, PublicKey)
        case open(ConnectionTerms)
        case over
    }

    private enum Negotiation: Sendable {
        case dialing(MultistreamDialer)
        case listening(MultistreamListener)

        mutating func receive(
            _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
        ) throws(MultistreamError) -> MultistreamProgress {
            switch self {
            case .dialing(var dialer):
                defer { self = .dialing(dialer) }
                return try dialer.receive(bytes, into: &output)
            case .listening(var listener):
                defer { self = .listening(listener) }
                return try listener.receive(bytes, into: &output)
            }
        }
    }

    /// Whom the handshake met; its check runs where only a constant may be seen.
    private final class Found: Sendable {
        let peer = Mutex<PeerID?>(nil)
    }

    private let role: Role
    private let config: Config
    private var phase: Phase
    private let found = Found()
    /// Before encryption: bytes to send as they are.
    private var plain: [UInt8] = []
    /// Within encryption, before streams.
    private var within: [UInt8] = []
    private var channel: NoiseChannel?
    /// Whether TLS encrypts, outside.
    private var isSecuredOutside = false
    private var yamux: YamuxSession
    private var opened: [UInt8] = []
    private var negotiating: [YamuxStreamID: Negotiation] = [:]
    private var refusals = RefusalPace()
    /// What came behind an agreement, before anybody read it.
    private var leftovers: [YamuxStreamID: [UInt8]] = [:]
    private var events: [Event] = []

    /// A connection that has not said anything.
    init(_ role: Role, _ config: Config) {
        self.role = role
        self.config = config
        yamux = YamuxSession(role: role == .dialer ? .dialer : .listener, limits: config.limits)
        let security = config.securities.map(\.rawValue)
        if role == .dialer {
            let dialer = MultistreamDialer(proposals: security)
            dialer.start(into: &plain)
            phase = .security(.dialing(dialer))
        } else {
            phase = .security(.listening(MultistreamListener(supported: Set(security))))
        }
    }

    /// What a connection is doing, for whoever wonders why it does not go on.
    var layer: ConnectionLayer {
        switch phase {
        case .security, .noise, .tls: .security
        case .muxer, .open, .over: .muxer
        }
    }
    /// How the two speak, once they do.
    var terms: ConnectionTerms? { if case .open(let terms) = phase { terms } else { nil } }

    /// What happened since the last call.
    mutating func takeEvents(now: Duration) -> [Event] {
        // Sending makes room, and so events.
        takeYamuxEvents(now: now)
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    // MARK: - Bytes of the other side

    /// Takes in bytes, in any pieces.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, now: Duration) throws(ConnectionError) {
        var rest = bytes
        while !rest.isEmpty {
            switch phase {
            case .security(var negotiation):
                let progress: MultistreamProgress
                do { progress = try negotiation.receive(rest, into: &plain) } catch {
                    throw fail(.negotiation(.security, error))
                }
                phase = .security(negotiation)
                guard case .agreed(let name, let count) = progress else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                if name == SecurityProtocol.tls.rawValue {
                    phase = .tls
                    events.append(.startTLS(rest: Array(rest)))
                    return
                }
                try beginNoise()
            case .noise(var handshake):
                // One owner at a time: the handshake's buffers are not copied.
                phase = .over
                let progress: NoiseProgress
                do { progress = try handshake.receive(rest, into: &plain) } catch {
                    throw fail(error == .identityRefused ? refusal() : .noise(error))
                }
                guard case .agreed(let agreement, let count) = progress else {
                    phase = .noise(handshake)
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                try secured(agreement)
            case .tls: throw fail(.tls("the peer says something before its handshake is over"))
            case .muxer, .open:
                if isSecuredOutside {
                    try receivePlain(rest, now: now)
                } else {
                    try receiveSealed(rest, now: now)
                }
                return
            case .over: return
            }
        }
    }

    private mutating func fail(_ error: ConnectionError) -> ConnectionError {
        phase = .over
        return error
    }

    private mutating func beginNoise() throws(ConnectionError) {
        let expected = config.expected, own = PeerID(config.key.publicKey), found = found
        let identity: NoiseIdentity
        do {
            identity = try NoiseIdentity(
                staticKey: config.staticKey, publicKeyProtobuf: config.key.publicKey.protobuf
            ) { [key = config.key] message throws(KeyError) in try key.sign(message) }
        } catch { throw fail(.closed(.security)) }
        var handshake = NoiseHandshake(
            role: role == .dialer ? .initiator : .responder, identity: identity,
            ephemeral: config.ephemeralKey, muxers: [YamuxSession.name]
        ) { remote in
            guard let key = try? PublicKey(protobuf: remote.publicKeyProtobuf[...]),
                key.isSignature(remote.signature, of: remote.signedMessage)
            else { return false }
            let peer = PeerID(key)
            found.peer.withLock { $0 = peer }
            return peer != own && (expected == nil || peer == expected)
        }
        do { try handshake.start(into: &plain) } catch { throw fail(.noise(error)) }
        phase = .noise(handshake)
    }

    /// Why an identity was refused, which the handshake does not tell.
    private func refusal() -> ConnectionError {
        guard let peer = found.peer.withLock(\.self) else { return .noise(.identityRefused) }
        if peer == PeerID(config.key.publicKey) { return .ourselves }
        return config.expected.map { .wrongPeer(expected: $0, found: peer) } ?? .noise(.identityRefused)
    }

    private mutating func secured(_ agreement: NoiseAgreement) throws(ConnectionError) {
        do { channel = try NoiseChannel(agreement.keys) } catch { throw fail(.noise(error)) }
        guard let key = try? PublicKey(protobuf: agreement.remote.publicKeyProtobuf[...]) else {
            throw fail(.noise(.identityRefused))
        }
        secured(by: key, agreed: agreement.muxer)
    }

    /// Whose connection it is by the certificates of TLS; a wrong peer is refused, and so are we ourselves.
    ///
    /// - Parameter now: the time since 1970-01-01 UTC.
    func key(ofCertificates certificates: [[UInt8]], now: Duration) throws(ConnectionError) -> PublicKey {
        guard certificates.count == 1 else { throw .certificate(.notOne(count: certificates.count)) }
        let key: PublicKey
        do { key = try PeerCertificate(der: certificates[0], now: now).key } catch {
            throw .certificate(error)
        }
        let peer = PeerID(key)
        guard peer != PeerID(config.key.publicKey) else { throw .ourselves }
        if let expected = config.expected, peer != expected {
            throw .wrongPeer(expected: expected, found: peer)
        }
        return key
    }

    /// TLS is there, with the peer that has this key; the muxer is nil where it is still to be negotiated.
    ///
    /// - Precondition: `startTLS` was the last event.
    mutating func secured(by key: PublicKey, muxer: String?) {
        guard case .tls = phase else { preconditionFailure("TLS ends where it was begun") }
        isSecuredOutside = true
        secured(by: key, agreed: muxer)
    }

    private mutating func secured(by key: PublicKey, agreed muxer: String?) {
        if let muxer { return ready(key, muxer) }
        if role == .dialer {
            let dialer = MultistreamDialer(proposals: [YamuxSession.name])
            dialer.start(into: &within)
            phase = .muxer(.dialing(dialer), key)
        } else {
            phase = .muxer(.listening(MultistreamListener(supported: [YamuxSession.name])), key)
        }
    }

    private mutating func ready(_ key: PublicKey, _ muxer: String) {
        let security = isSecuredOutside ? SecurityProtocol.tls : .noise
        let terms = ConnectionTerms(
            peer: PeerID(key), key: key, security: security.rawValue, muxer: muxer)
        phase = .open(terms)
        events.append(.ready(terms))
    }

    private mutating func receiveSealed(
        _ bytes: UnsafeRawBufferPointer, now: Duration
    ) throws(ConnectionError) {
        var plaintext: [UInt8] = []
        swap(&plaintext, &opened)
        defer {
            plaintext.removeAll(keepingCapacity: true)
            swap(&plaintext, &opened)
        }
        do { try channel?.open(bytes, into: &plaintext) } catch { throw fail(.noise(error)) }
        guard !plaintext.isEmpty else { return }
        try plaintext.span.bytes.withUnsafeBytes { (bytes) throws(ConnectionError) in
            try receivePlain(bytes, now: now)
        }
    }

    private mutating func receivePlain(
        _ bytes: UnsafeRawBufferPointer, now: Duration
    ) throws(ConnectionError) {
        var used = 0
        if case .muxer(var negotiation, let key) = phase {
            let progress: MultistreamProgress
            do { progress = try negotiation.receive(bytes, into: &within) } catch {
                throw fail(.negotiation(.muxer, error))
            }
            phase = .muxer(negotiation, key)
            guard case .agreed(let muxer, let count) = progress else { return }
            used = count
            ready(key, muxer)
        }
        guard used < bytes.count else { return }
        do {
            try yamux.receive(UnsafeRawBufferPointer(rebasing: bytes[used...]), now: now)
        } catch { throw fail(.yamux(error)) }
    }

    // MARK: - Bytes for the other side

    /// Whether `flush` has something to append.
    var wantsFlush: Bool { !plain.isEmpty || !within.isEmpty || yamux.wantsFlush }

    /// Appends what is to be sent, about `limit` bytes at most.
    ///
    /// - Returns: whether more waits.
    mutating func flush(into output: inout [UInt8], limit: Int) throws(ConnectionError) -> Bool {
        output += plain
        plain.removeAll(keepingCapacity: true)
        if isSecuredOutside {
            flushPlain(into: &output, limit: limit)
            return yamux.wantsFlush
        }
        guard var sealer = channel.take() else { return false }
        do throws(NoiseError) {
            try seal(with: &sealer, into: &output, limit: limit)
            channel = consume sealer
        } catch { throw fail(.noise(error)) }
        return yamux.wantsFlush
    }

    private mutating func flushPlain(into output: inout [UInt8], limit: Int) {
        output += within
        within.removeAll(keepingCapacity: true)
        yamux.flush(into: &output, limit: max(limit, NoiseChannel.framePlaintextBest))
    }

    private mutating func seal(
        with sealer: inout NoiseChannel, into output: inout [UInt8], limit: Int
    ) throws(NoiseError) {
        let end = output.count + limit
        if !within.isEmpty {
            try within.span.bytes.withUnsafeBytes { (bytes) throws(NoiseError) in
                try sealer.seal(bytes, into: &output)
            }
            within.removeAll(keepingCapacity: true)
        }
        while output.count < end, yamux.wantsFlush {
            let before = output.count
            try sealer.sealFrame(into: &output) { output in
                yamux.flush(into: &output, limit: NoiseChannel.framePlaintextBest)
            }
            // What waits for credit does not count as more.
            if output.count == before { break }
        }
    }
}

// MARK: - Streams

extension ConnectionMachine {
    /// Opens a stream that is to have the first of these protocols that the peer speaks.
    ///
    /// With one proposal, what is written goes out at once behind it.
    mutating func open(_ protocols: [String], now: Duration) throws(YamuxError) -> YamuxStreamID {
        let id = try yamux.open(now: now)
        let dialer = MultistreamDialer(proposals: protocols)
        var greeting: [UInt8] = []
        dialer.start(into: &greeting)
        negotiating[id] = .dialing(dialer)
        try write(greeting, to: id)
        return id
    }

    private mutating func write(_ bytes: [UInt8], to id: YamuxStreamID) throws(YamuxError) {
        guard !bytes.isEmpty else { return }
        _ = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(YamuxError) in
            try yamux.write(bytes, to: id)
        }
    }

    /// Takes in bytes for a stream, as many as there is room for; `writable` tells when the others may come.
    mutating func write(_ bytes: UnsafeRawBufferPointer, to id: YamuxStreamID) throws(YamuxError) -> Int {
        try yamux.write(bytes, to: id)
    }

    /// Moves what came on a stream behind `output`; whether that was the end.
    mutating func read(
        _ id: YamuxStreamID, limit: Int, into output: inout [UInt8], now: Duration
    ) throws(YamuxError) -> Bool {
        guard negotiating[id] == nil else { return false }
        if var left = leftovers.removeValue(forKey: id) {
            output += left.prefix(limit)
            left.removeFirst(min(limit, left.count))
            guard left.isEmpty else {
                leftovers[id] = left
                return false
            }
            // Both sides may have ended the stream with what was left.
            guard yamux.isOpen(id) else { return true }
        }
        return try yamux.read(id, limit: limit, into: &output, now: now).isEnd
    }

    /// Sends no more on a stream.
    mutating func finish(_ id: YamuxStreamID) throws(YamuxError) { try yamux.finish(id) }

    /// Ends a stream at once.
    mutating func reset(_ id: YamuxStreamID) {
        forget(id)
        yamux.reset(id)
    }

    private mutating func forget(_ id: YamuxStreamID) {
        negotiating[id] = nil
        leftovers[id] = nil
        _ = refusals.drop(id)
    }

    /// When `releaseRefusals` is to be called; nil when nothing waits for it.
    var refusalsDue: Duration? { refusals.due }

    /// Sends refusals that were held back.
    mutating func releaseRefusals(now: Duration) {
        for (id, answer) in refusals.release(now: now) {
            do { try write(answer, to: id) } catch { reset(id) }
        }
    }

    /// Says that no more streams are taken.
    mutating func goAway() { yamux.goAway(.normal) }

    private mutating func takeYamuxEvents(now: Duration) {
        while let event = yamux.nextEvent() {
            switch event {
            case .opened(let id):
                negotiating[id] = .listening(MultistreamListener(supports: config.supports))
            case .received(let id):
                if negotiating[id] != nil { negotiate(id, now: now) } else { events.append(.readable(id)) }
            case .writable(let id): if negotiating[id] == nil { events.append(.writable(id)) }
            case .reset(let id):
                forget(id)
                events.append(.reset(id))
            case .pong(let time): events.append(.pong(time))
            case .goneAway: break
            }
        }
    }

    private mutating func negotiate(_ id: YamuxStreamID, now: Duration) {
        guard var negotiation = negotiating[id] else { return }
        let isOurs = if case .dialing = negotiation { true } else { false }
        do {
            var bytes: [UInt8] = [], answer: [UInt8] = []
            let isEnd = try yamux.read(id, into: &bytes, now: now).isEnd
            let progress = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(MultistreamError) in
                try negotiation.receive(bytes, into: &answer)
            }
            negotiating[id] = negotiation
            // Who says more before it has its answer does not wait for it.
            if let held = refusals.drop(id) { try write(held, to: id) }
            if case .listening(let listener) = negotiation, case .more = progress, listener.refusedCount > 0,
                !answer.isEmpty, !isEnd, refusals.holds(answer, for: id, now: now)
            {
                return
            }
            try write(answer, to: id)
            guard case .agreed(let name, let count) = progress else {
                if isEnd { throw MultistreamError.notMultistream }
                return
            }
            negotiating[id] = nil
            if count < bytes.count { leftovers[id] = Array(bytes[count...]) }
            events.append(isOurs ? .agreed(id, name) : .opened(id, name))
            if isEnd || count < bytes.count { events.append(.readable(id)) }
        } catch {
            reset(id)
            let reason = error as? MultistreamError ?? .notMultistream
            events.append(isOurs ? .refused(id, reason) : .reset(id))
        }
    }
}
