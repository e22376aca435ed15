extension YamuxSession {
    /// Takes in bytes of the peer, in any pieces.
    ///
    /// - Parameter now: the time since some fixed moment, which never goes back.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, now: Duration) throws(YamuxError) {
        if let failure { throw failure }
        do throws(YamuxError) {
            try parse(bytes, now: now)
        } catch {
            failure = error
            goAway(.protocolError)
            throw error
        }
    }

    private mutating func parse(_ bytes: UnsafeRawBufferPointer, now: Duration) throws(YamuxError) {
        var offset = 0
        while true {
            if frameRest > 0 {
                let taken = min(frameRest, bytes.count - offset)
                guard taken > 0 else { return }
                deliver(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + taken]))
                offset += taken
                frameRest -= taken
                if frameRest == 0, frame.flags.contains(.fin) { receiveFinish(frame.stream) }
                continue
            }
            if partialHeader.isEmpty, bytes.count - offset >= YamuxHeader.byteCount {
                let header = try YamuxHeader(bytes, at: offset)
                offset += YamuxHeader.byteCount
                try begin(header, now: now)
                continue
            }
            let taken = min(YamuxHeader.byteCount - partialHeader.count, bytes.count - offset)
            guard taken > 0 else { return }
            partialHeader.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + taken]))
            offset += taken
            guard partialHeader.count == YamuxHeader.byteCount else { return }
            let header = try partialHeader.span.bytes.withUnsafeBytes { (whole) throws(YamuxError) in
                try YamuxHeader(whole, at: 0)
            }
            partialHeader.removeAll(keepingCapacity: true)
            try begin(header, now: now)
        }
    }

    private mutating func begin(_ header: YamuxHeader, now: Duration) throws(YamuxError) {
        switch header.type {
        case .ping: try receivePing(header, now: now)
        case .goAway:
            isRemoteGoingAway = true
            events.append(.goneAway(header.length))
            try countIdle(now)
        case .data, .windowUpdate: try beginStreamFrame(header, now: now)
        }
        // Numbers of streams that are over wait in `updating` and `ready`, four bytes each, until a flush.
        let waiting = answers.count + 4 * (updating.count + ready.count - 2 * places.count)
        guard waiting <= limits.answersMax else { throw .peerDoesNotRead }
    }

    private mutating func countIdle(_ now: Duration) throws(YamuxError) {
        guard idleFrames.take(now: now) else { throw .tooManyIdleFrames }
    }

    private mutating func receivePing(_ header: YamuxHeader, now: Duration) throws(YamuxError) {
        if header.flags.contains(.syn) {
            guard pings.take(now: now) else { throw .tooManyPings }
            answer(YamuxHeader(.ping, .ack, 0, header.length))
            return
        }
        guard header.flags.contains(.ack), header.length == pingValue, let sent = pingSent else {
            return try countIdle(now)
        }
        pingSent = nil
        let measured = max(now - sent, .zero)
        roundTrip = roundTrip.map { ($0 + measured) / 2 } ?? measured
        roundTripTime = now
        events.append(.pong(measured))
    }

    private mutating func beginStreamFrame(_ header: YamuxHeader, now: Duration) throws(YamuxError) {
        if header.flags.contains(.syn) { try beginStream(header.stream, now: now) }
        guard let place = places[header.stream] else { return try receiveStray(header, now: now) }
        if header.length == 0 && header.flags.isEmpty { try countIdle(now) }
        if header.flags.contains(.ack), !streams[place].isAcknowledged {
            streams[place].isAcknowledged = true
            unacknowledgedCount -= 1
        }
        switch header.type {
        case .data: try beginData(header, place)
        default: try addCredit(Int(header.length), to: place)
        }
        // A reset does not wait for the frame's data, which nobody would read.
        if header.flags.contains(.rst) {
            try receiveReset(header.stream, now: now)
        } else if header.flags.contains(.fin), frameRest == 0 {
            receiveFinish(header.stream)
        }
    }

    private mutating func beginStream(_ id: YamuxStreamID, now: Duration) throws(YamuxError) {
        let isDialers = id & 1 == 1
        guard id != 0, isDialers == (role == .listener), places[id] == nil else { throw .badStreamID(id) }
        guard !isGoingAway, inboundCount < limits.inboundStreamsMax else {
            guard resets.take(now: now) else { throw .tooManyResets }
            answer(YamuxHeader(.windowUpdate, .rst, id, 0))
            strayDataMax += YamuxLimits.windowStart
            return
        }
        events.append(.opened(id))
        update(insert(YamuxStream(id, isOutbound: false, now: now)))
    }

    /// A frame of a stream that is over, or never was.
    private mutating func receiveStray(_ header: YamuxHeader, now: Duration) throws(YamuxError) {
        let id = header.stream
        let isOurs = (id & 1 == 1) == (role == .dialer)
        guard id != 0, !isOurs || UInt64(id) < nextID else { throw .badStreamID(id) }
        // Data are counted as bytes; a refused beginning is counted already.
        guard header.type == .data, header.length > 0 else {
            return header.flags.contains(.syn) ? () : try countIdle(now)
        }
        strayDataMax -= Int(header.length)
        guard strayDataMax >= 0 else { throw .windowExceeded(stream: id) }
        frame = header
        frameRest = Int(header.length)
    }

    private mutating func addCredit(_ credit: Int, to place: Int) throws(YamuxError) {
        guard streams[place].sendWindow + credit <= Int(UInt32.max) else {
            throw .windowOverflow(stream: streams[place].id)
        }
        streams[place].sendWindow += credit
        makeReady(place)
    }

    private mutating func beginData(_ header: YamuxHeader, _ place: Int) throws(YamuxError) {
        let id = header.stream, length = Int(header.length)
        guard length > 0 else { return }
        guard !streams[place].isRemoteFinished else { throw .dataAfterEnd(stream: id) }
        guard length <= streams[place].receiveWindow else { throw .windowExceeded(stream: id) }
        streams[place].receiveWindow -= length
        frame = header
        frameRest = length
        guard unreadCount + length > limits.unreadMax else { return }
        // Its window is charged, so the frame's data are passed over like those of any stream that is over.
        reset(id)
        events.append(.reset(id))
    }

    private mutating func deliver(_ data: UnsafeRawBufferPointer) {
        guard let place = places[frame.stream] else { return }
        streams[place].unread.append(data)
        unreadCount += data.count
        announceRead(place)
    }

    private mutating func receiveReset(_ id: YamuxStreamID, now: Duration) throws(YamuxError) {
        guard let place = places[id] else { return }
        let isInVain = !streams[place].isOutbound && !streams[place].hasSentData
        // A peer that resets a stream sends nothing more on it.
        streams[place].receiveWindow = 0
        remove(place)
        events.append(.reset(id))
        guard !isInVain || resets.take(now: now) else { throw .tooManyResets }
    }

    private mutating func receiveFinish(_ id: YamuxStreamID) {
        guard let place = places[id], !streams[place].isRemoteFinished else { return }
        streams[place].isRemoteFinished = true
        announceRead(place)
    }

    private mutating func announceRead(_ place: Int) {
        guard !streams[place].isReadAnnounced else { return }
        streams[place].isReadAnnounced = true
        events.append(.received(streams[place].id))
    }
}

/// What a read gave.
public struct YamuxRead: Hashable, Sendable {
    /// How many bytes were appended.
    public let byteCount: Int
    /// Whether no more will come.
    public let isEnd: Bool

    /// A read that gave so much.
    public init(byteCount: Int, isEnd: Bool) {
        self.byteCount = byteCount
        self.isEnd = isEnd
    }
}

extension YamuxSession {
    /// Moves received bytes of a stream behind `output`, and gives the peer credit for as many.
    ///
    /// What is left behind is not announced again before more comes.
    public mutating func read(
        _ id: YamuxStreamID, limit: Int = .max, into output: inout [UInt8], now: Duration
    ) throws(YamuxError) -> YamuxRead {
        guard let place = places[id] else { throw .noSuchStream(id) }
        let count = min(max(limit, 0), streams[place].unread.count)
        streams[place].unread.moveFirst(count, into: &output)
        streams[place].isReadAnnounced = false
        unreadCount -= count
        guard streams[place].isRemoteFinished else {
            giveCredit(place, now: now)
            return YamuxRead(byteCount: count, isEnd: false)
        }
        let isEnd = streams[place].unread.isEmpty
        if streams[place].isOver { remove(place) }
        return YamuxRead(byteCount: count, isEnd: isEnd)
    }

    /// Gives credit once half a window is due, so that a frame of credit serves many of data.
    private mutating func giveCredit(_ place: Int, now: Duration) {
        let outstanding = streams[place].receiveWindow + streams[place].unread.count
        var size = streams[place].receiveWindowSize
        guard size - outstanding >= size / 2 else { return }
        if isFast(size - outstanding, of: size, since: streams[place].creditTime, now: now) {
            let growth = min(size, limits.windowMax - size)
            if growth > 0, windowGrowth + growth <= limits.windowGrowthMax {
                windowGrowth += growth
                size += growth
            }
        }
        streams[place].receiveWindowSize = size
        streams[place].receiveWindow += size - outstanding
        streams[place].credit += size - outstanding
        streams[place].creditTime = now
        update(place)
    }

    /// Whether a whole window would be used within two round trips: then the window, and not the peer or the
    /// application, is what limits the stream.
    private mutating func isFast(_ used: Int, of size: Int, since start: Duration, now: Duration) -> Bool {
        let isFresh = roundTripTime.map { now - $0 <= limits.roundTripAgeMax } ?? false
        let isAsked = pingSent.map { now - $0 <= limits.roundTripAgeMax } ?? false
        if !isFresh, !isAsked { ping(now: now) }
        guard let roundTrip else { return false }
        return (now - start) * size <= roundTrip * (2 * used)
    }
}
