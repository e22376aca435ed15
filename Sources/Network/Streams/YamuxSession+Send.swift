extension YamuxSession {
    /// Takes in bytes for a stream, as many as there is room for.
    ///
    /// - Returns: how many were taken; `writable` tells when the others may come.
    public mutating func write(
        _ bytes: UnsafeRawBufferPointer, to id: YamuxStreamID
    ) throws(YamuxError) -> Int {
        guard let place = places[id] else { throw .noSuchStream(id) }
        guard !streams[place].isFinished else { throw .finished(id) }
        let taken = min(bytes.count, limits.unsentMax - streams[place].unsent.count)
        if taken < bytes.count { streams[place].isWriteBlocked = true }
        guard taken > 0 else { return 0 }
        streams[place].unsent.append(UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        makeReady(place)
        return taken
    }

    /// Appends frames that may be sent now: answers first, then credit, then data of one stream after the
    /// other.
    ///
    /// - Parameter limit: the most bytes to append; 1 KiB at least, or nothing might ever fit.
    /// - Returns: whether more waits.
    @discardableResult
    public mutating func flush(into output: inout [UInt8], limit: Int) -> Bool {
        precondition(limit >= 1024, "a flush has room for 1 KiB at least")
        let end = output.count + limit
        let room = (limit / YamuxHeader.byteCount) * YamuxHeader.byteCount
        answers.moveFirst(min(answers.count, room), into: &output)
        while output.count + YamuxHeader.byteCount <= end, let id = updating.popFirst() {
            flushUpdate(id, into: &output)
        }
        // A stream's data must not overtake its greeting.
        while updating.count == 0, let id = ready.first {
            let room = end - output.count - YamuxHeader.byteCount
            // Leave small rests to the next frame of the channel.
            let waiting = places[id].map { streams[$0].unsent.count } ?? 0
            guard room >= min(waiting, Self.dataLeast) else { break }
            _ = ready.popFirst()
            flushTurn(id, room: room, into: &output)
        }
        return wantsFlush
    }

    /// Less data than this does not begin a frame when more waits.
    private static let dataLeast = 512

    private mutating func flushUpdate(_ id: YamuxStreamID, into output: inout [UInt8]) {
        guard let place = places[id], streams[place].isUpdating else { return }
        let credit = UInt32(streams[place].credit)
        YamuxHeader(.windowUpdate, streams[place].greeting, id, credit).append(to: &output)
        streams[place].isUpdating = false
        streams[place].greeting = []
        streams[place].credit = 0
    }

    /// One frame of data, or the end.
    private mutating func flushTurn(_ id: YamuxStreamID, room: Int, into output: inout [UInt8]) {
        guard let place = places[id], streams[place].isReady else { return }
        streams[place].isReady = false
        let count = min(streams[place].unsent.count, streams[place].sendWindow, limits.frameMax, room)
        if count > 0 {
            YamuxHeader(.data, [], id, UInt32(count)).append(to: &output)
            streams[place].unsent.moveFirst(count, into: &output)
            streams[place].sendWindow -= count
            streams[place].hasSentData = true
            announceWrite(place)
        } else if streams[place].canSend, streams[place].unsent.isEmpty {
            YamuxHeader(.data, .fin, id, 0).append(to: &output)
            streams[place].isFinishSent = true
            // Unless the application has yet to read the peer's end.
            if streams[place].isOver, !streams[place].isReadAnnounced { return remove(place) }
        }
        makeReady(place)
    }

    private mutating func announceWrite(_ place: Int) {
        guard streams[place].isWriteBlocked, !streams[place].isFinished,
            streams[place].unsent.count <= limits.unsentMax / 2
        else { return }
        streams[place].isWriteBlocked = false
        events.append(.writable(streams[place].id))
    }
}
