/// What one side of a protocol says, where that needs no waiting: it runs on the connection's own thread.
protocol StreamResponder: Sendable {
    /// What to say first.
    mutating func begin(now: Duration) -> StreamReply
    /// What to say to some bytes, or to the end.
    mutating func receive(_ bytes: [UInt8], isEnd: Bool, now: Duration) -> StreamReply
    /// The stream is over before its time.
    mutating func failed(_ error: StreamError)
}

/// What a responder wants done.
struct StreamReply: Sendable {
    /// Bytes to send.
    var bytes: [UInt8] = []
    /// Whether nothing follows.
    var isEnd = false
    /// Whether the stream is to be reset.
    var isReset = false

    static let nothing = StreamReply()
    static let end = StreamReply(isEnd: true)
    static let reset = StreamReply(isReset: true)
}

/// Answers `/ipfs/ping/1.0.0`: what comes goes back (github.com/libp2p/specs, ping).
struct PingResponder: StreamResponder {
    static let name = "/ipfs/ping/1.0.0"
    /// Bytes of one ping.
    static let byteCount = 32
    private var pending: [UInt8] = []

    mutating func begin(now: Duration) -> StreamReply { .nothing }

    mutating func receive(_ bytes: [UInt8], isEnd: Bool, now: Duration) -> StreamReply {
        pending += bytes
        let whole = pending.count / Self.byteCount * Self.byteCount
        defer { pending.removeFirst(whole) }
        return StreamReply(bytes: Array(pending.prefix(whole)), isEnd: isEnd)
    }

    mutating func failed(_ error: StreamError) {}
}

/// Pings so many times, one after the other, and tells how long each took.
struct PingMeasurement: StreamResponder {
    private let count: Int
    private let payload: [UInt8]
    private let tell: @Sendable (Result<[Duration], StreamError>) -> Void
    private var times: [Duration] = []
    private var sentAt = Duration.zero
    private var pending: [UInt8] = []
    private var isOver = false

    init(
        count: Int, payload: [UInt8], tell: @escaping @Sendable (Result<[Duration], StreamError>) -> Void
    ) {
        precondition(count > 0 && payload.count == PingResponder.byteCount, "a ping has 32 bytes")
        (self.count, self.payload, self.tell) = (count, payload, tell)
    }

    mutating func begin(now: Duration) -> StreamReply {
        sentAt = now
        return StreamReply(bytes: payload)
    }

    mutating func receive(_ bytes: [UInt8], isEnd: Bool, now: Duration) -> StreamReply {
        pending += bytes
        if pending.count >= PingResponder.byteCount {
            guard pending == payload else {
                failed(.broken("a ping came back as something else"))
                return .reset
            }
            pending = []
            times.append(now - sentAt)
            if times.count == count {
                isOver = true
                tell(.success(times))
                return .end
            }
            return begin(now: now)
        }
        if isEnd { failed(.truncated) }
        return isEnd ? .end : .nothing
    }

    mutating func failed(_ error: StreamError) {
        guard !isOver else { return }
        isOver = true
        tell(.failure(error))
    }
}
