/// yamux: many streams over one connection, as a machine without clock, sockets or randomness
/// (github.com/hashicorp/yamux/blob/master/spec.md; libp2p's `/yamux/1.0.0`).
///
///     connection → receive → nextEvent, read ┐
///                                            application
///     connection ← flush ← write, finish  ───┘
///
/// Bytes that the connection received go to `receive`; events say what to do about them. What is written
/// waits, within bounds, until `flush` appends frames for the connection; a connection that cannot send does
/// not flush, so streams fill up and `write` takes nothing. The peer gets credit for more only as the
/// application reads.
///
/// An error of `receive` ends the session: flush once more, for the reason, and close the connection.
public struct YamuxSession: Sendable {
    /// The protocol's name in multistream-select.
    public static let name = "/yamux/1.0.0"

    /// Which side this is.
    public enum Role: Sendable {
        /// The side that dialed; its streams have odd numbers.
        case dialer
        /// The side that was dialed.
        case listener
    }

    let role: Role
    let limits: YamuxLimits
    /// Streams, each where `places` says; changed where they are, so that their bytes are not copied.
    var streams: [YamuxStream] = []
    var places: [YamuxStreamID: Int] = [:]
    var freePlaces: [Int] = []
    /// What ended the session.
    var failure: YamuxError?

    // Receiving.
    /// A header that is not whole.
    var partialHeader: [UInt8] = []
    /// The data frame that is being received, and how much of it is still to come.
    var frame = YamuxHeader(.data, [], 0, 0)
    var frameRest = 0
    /// Data that may still come for streams that are over: what their windows left open.
    var strayDataMax = 0
    var unreadCount = 0
    var windowGrowth = 0
    var inboundCount = 0
    var resets: RateAllowance
    var pings: RateAllowance
    var idleFrames: RateAllowance
    var events: [YamuxEvent] = []
    var eventHead = 0

    // Sending.
    var nextID: UInt64
    var unacknowledgedCount = 0
    /// Whole frames that answer the peer.
    var answers = ByteQueue()
    /// Streams with credit or a greeting to give.
    var updating = IDQueue()
    /// Streams with data to send, each once: they take turns.
    var ready = IDQueue()
    var isGoingAway = false
    var isRemoteGoingAway = false

    // The round trip.
    var pingValue: UInt32 = 0
    var pingSent: Duration?
    /// The smoothed time of a round trip; nil before the first answer.
    public internal(set) var roundTrip: Duration?
    var roundTripTime: Duration?

    /// A session without streams.
    public init(role: Role, limits: YamuxLimits = YamuxLimits()) {
        self.role = role
        self.limits = limits
        nextID = role == .dialer ? 1 : 2
        resets = RateAllowance(limits.resets)
        pings = RateAllowance(limits.pings)
        idleFrames = RateAllowance(limits.idleFrames)
    }

    /// How many streams there are.
    public var streamCount: Int { places.count }
    /// Whether there is such a stream: one of which something may still come or go.
    public func isOpen(_ id: YamuxStreamID) -> Bool { places[id] != nil }
    /// Received bytes that were not read yet.
    public var unreadByteCount: Int { unreadCount }
    /// Whether `flush` has something to append.
    public var wantsFlush: Bool { !answers.isEmpty || updating.count > 0 || ready.count > 0 }

    /// What happened, in order; nil when there is no more.
    public mutating func nextEvent() -> YamuxEvent? {
        guard eventHead < events.count else {
            events.removeAll(keepingCapacity: events.count <= 64)
            eventHead = 0
            return nil
        }
        defer { eventHead += 1 }
        return events[eventHead]
    }

    /// Opens a stream; what is written goes out at once, without waiting for the peer.
    public mutating func open(now: Duration) throws(YamuxError) -> YamuxStreamID {
        if let failure { throw failure }
        guard !isGoingAway, !isRemoteGoingAway else { throw .goneAway }
        guard unacknowledgedCount < limits.unacknowledgedMax else { throw .tooManyUnacknowledged }
        guard let id = YamuxStreamID(exactly: nextID) else { throw .streamsExhausted }
        nextID += 2
        unacknowledgedCount += 1
        update(insert(YamuxStream(id, isOutbound: true, now: now)))
        return id
    }

    /// Sends no more on a stream; what was written still goes out.
    public mutating func finish(_ id: YamuxStreamID) throws(YamuxError) {
        guard let place = places[id] else { throw .noSuchStream(id) }
        streams[place].isFinished = true
        makeReady(place)
    }

    /// Ends a stream at once, with what is unread and unsent; nothing if it is over already.
    public mutating func reset(_ id: YamuxStreamID) {
        guard let place = places[id] else { return }
        // A peer that was not told of the beginning need not hear of the end.
        let isKnown = !streams[place].greeting.contains(.syn)
        remove(place)
        if isKnown { answer(YamuxHeader(.windowUpdate, .rst, id, 0)) }
    }

    /// Asks for the round trip; `pong` says when it is known. Windows need no call: they ask by themselves.
    public mutating func ping(now: Duration) {
        pingValue &+= 1
        pingSent = now
        answer(YamuxHeader(.ping, .syn, 0, pingValue))
    }

    /// Takes no more streams of the peer, and opens none; those that are open go on.
    public mutating func goAway(_ reason: YamuxGoAway) {
        guard !isGoingAway else { return }
        isGoingAway = true
        answer(YamuxHeader(.goAway, [], 0, reason.rawValue))
    }

    // MARK: - Parts that several others need

    mutating func answer(_ header: YamuxHeader) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(YamuxHeader.byteCount)
        header.append(to: &bytes)
        bytes.withUnsafeBytes { answers.append($0) }
    }

    /// Queues the stream for credit or a greeting.
    mutating func update(_ place: Int) {
        guard !streams[place].isUpdating else { return }
        streams[place].isUpdating = true
        updating.append(streams[place].id)
    }

    /// Queues the stream for a turn to send, if it would use it.
    mutating func makeReady(_ place: Int) {
        guard streams[place].canSend, !streams[place].isReady else { return }
        streams[place].isReady = true
        ready.append(streams[place].id)
    }

    /// Takes a new stream in; where it is.
    mutating func insert(_ stream: YamuxStream) -> Int {
        let place = freePlaces.popLast() ?? streams.count
        if place == streams.count { streams.append(stream) } else { streams[place] = stream }
        places[stream.id] = place
        if !stream.isOutbound { inboundCount += 1 }
        return place
    }

    /// Forgets a stream.
    mutating func remove(_ place: Int) {
        let stream = streams[place]
        places[stream.id] = nil
        // Frees its bytes.
        streams[place] = YamuxStream(0, isOutbound: true, now: .zero)
        freePlaces.append(place)
        unreadCount -= stream.unread.count
        windowGrowth -= stream.windowGrowth
        if !stream.isOutbound { inboundCount -= 1 }
        if !stream.isAcknowledged { unacknowledgedCount -= 1 }
        // The peer may have sent this before it learns that the stream is over.
        if !stream.isRemoteFinished { strayDataMax += stream.receiveWindow }
    }
}
