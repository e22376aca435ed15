import Streams
import TestSupport
import Testing

@Suite struct YamuxHostileTests {
    private func refusal(
        of frames: [[UInt8]], limits: YamuxLimits = YamuxLimits(), role: YamuxSession.Role = .listener
    ) -> YamuxError? {
        var session = YamuxSession(role: role, limits: limits)
        return refusal(of: frames, by: &session)
    }

    private func refusal(of frames: [[UInt8]], by session: inout YamuxSession) -> YamuxError? {
        do { for frame in frames { try session.receive(frame) } } catch { return error as? YamuxError }
        return nil
    }

    /// Streams that end as soon as they begin.
    private func storm(_ count: UInt32) -> [[UInt8]] {
        (0..<count).map { number in
            let id = 2 * number + 1
            return frame(1, flags: syn, stream: id, length: 0) + frame(1, flags: rst, stream: id, length: 0)
        }
    }

    private let begin = frame(1, flags: syn, stream: 1, length: 0)

    @Test func `a session says why it ends, and takes nothing more`() throws {
        var session = YamuxSession(role: .listener)
        let error = YamuxError.badHeader(version: 1, type: 1)
        #expect(throws: error) { try session.receive([1] + begin.dropFirst()) }
        #expect(session.flushed() == frame(3, stream: 0, length: 1))
        #expect(throws: error) { try session.receive(begin) }
        #expect(throws: error) { try session.open(now: .zero) }
        #expect(session.streamCount == 0)
    }

    @Test func `headers and numbers that may not be are refused`() {
        #expect(refusal(of: [frame(4, stream: 1, length: 0)]) == .badHeader(version: 0, type: 4))
        #expect(refusal(of: [frame(0, flags: syn, stream: 0, length: 0)]) == .badStreamID(0))
        #expect(refusal(of: [frame(0, stream: 0, length: 0)]) == .badStreamID(0))
        #expect(refusal(of: [frame(0, flags: syn, stream: 2, length: 0)]) == .badStreamID(2))
        #expect(refusal(of: [frame(0, stream: 2, length: 0)]) == .badStreamID(2), "never opened")
        #expect(refusal(of: [begin], role: .dialer) == .badStreamID(1))
        #expect(refusal(of: [begin, begin]) == .badStreamID(1))
        #expect(refusal(of: [begin, frame(1, flags: syn, stream: 3, length: 0)]) == nil)
    }

    @Test func `data beyond the window end the session, before they are stored`() {
        let header = frame(0, stream: 1, length: 262_145)
        var session = YamuxSession(role: .listener)
        #expect(refusal(of: [begin, header], by: &session) == .windowExceeded(stream: 1))
        let data = dataFrame(1, [UInt8](repeating: 0, count: 262_144))
        session = YamuxSession(role: .listener)
        #expect(refusal(of: [begin, data, dataFrame(1, [0])], by: &session) == .windowExceeded(stream: 1))
        #expect(session.unreadByteCount == 262_144)
        #expect(refusal(of: [frame(0, flags: syn, stream: 1, length: .max)]) == .windowExceeded(stream: 1))
    }

    @Test func `more credit than 32 bits hold is refused`() {
        let most = frame(1, stream: 1, length: .max - 262_144)
        #expect(refusal(of: [begin, most]) == nil)
        #expect(refusal(of: [begin, most, frame(1, stream: 1, length: 1)]) == .windowOverflow(stream: 1))
        #expect(refusal(of: [begin, frame(1, stream: 1, length: .max)]) == .windowOverflow(stream: 1))
    }

    @Test func `data behind the end are refused`() {
        let end = dataFrame(1, [1], flags: fin)
        #expect(refusal(of: [begin, end, dataFrame(1, [1])]) == .dataAfterEnd(stream: 1))
        #expect(refusal(of: [begin, end, frame(1, stream: 1, length: 9)]) == nil)
    }

    @Test func `data for streams that are over are taken as far as their windows were open`() {
        let data = dataFrame(1, [UInt8](repeating: 0, count: 262_144))
        var session = YamuxSession(role: .listener)
        #expect(refusal(of: [begin], by: &session) == nil)
        session.reset(1)
        #expect(refusal(of: [data], by: &session) == nil)
        #expect(refusal(of: [dataFrame(1, [0])], by: &session) == .windowExceeded(stream: 1))
        // A peer that resets a stream itself has nothing left to send.
        let reset = frame(1, flags: rst, stream: 1, length: 0)
        #expect(refusal(of: [begin, reset, dataFrame(1, [0])]) == .windowExceeded(stream: 1))
        #expect(refusal(of: [frame(0, stream: 99, length: 1, data: [0])]) == .windowExceeded(stream: 99))
    }

    @Test func `streams beyond the limit are refused, and a flood of them ends the session`() {
        var session = YamuxSession(role: .listener)
        let flood = (0..<10_000).map { frame(1, flags: syn, stream: UInt32(2 * $0 + 1), length: 0) }
        #expect(refusal(of: flood, by: &session) == .tooManyResets)
        #expect(session.streamCount == 1024)
        #expect(session.flushed().count < 100_000)
        session = YamuxSession(role: .listener)
        #expect(refusal(of: Array(flood.prefix(1025)), by: &session) == nil)
        #expect(session.flushed().starts(with: frame(1, flags: rst, stream: 2049, length: 0)))
        // A refused stream's first data are on their way already.
        let early = dataFrame(2051, [UInt8](repeating: 1, count: 200_000), flags: syn)
        #expect(refusal(of: [early, dataFrame(1, [3])], by: &session) == nil)
        #expect(session.unreadByteCount == 1)
    }

    @Test func `a reset storm ends the session, unless it is as slow as a refused protocol`() throws {
        let storm = storm(10_000)
        var session = YamuxSession(role: .listener)
        #expect(refusal(of: storm, by: &session) == .tooManyResets)
        session = YamuxSession(role: .listener)
        for (number, frames) in storm.enumerated() {
            try session.receive(frames, now: .milliseconds(number))
            _ = session.takeEvents()
            _ = session.flushed()
        }
        #expect(session.streamCount == 0 && !session.wantsFlush)
    }

    @Test func `a peer that waits for each answer may try again as fast as it likes`() throws {
        var session = YamuxSession(role: .listener)
        for number: UInt32 in 0..<20_000 {
            let id = 2 * number + 1
            try session.receive(dataFrame(id, [1], flags: syn))
            _ = try session.write([2], to: id)
            #expect(session.flushed().count == 12 + 13)
            try session.receive(frame(1, flags: rst, stream: id, length: 0))
            #expect(session.takeEvents() == [.opened(id), .received(id), .reset(id)])
        }
        #expect(session.streamCount == 0 && !session.wantsFlush)
    }

    @Test func `a ping flood ends the session, and patience restores the allowance`() throws {
        let ping = frame(2, flags: syn, stream: 0, length: 0)
        var session = YamuxSession(role: .listener)
        #expect(refusal(of: Array(repeating: ping, count: 64), by: &session) == nil)
        try session.receive(ping, now: .seconds(1))
        for _ in 0..<15 { try session.receive(ping, now: .seconds(1)) }
        #expect(throws: YamuxError.tooManyPings) { try session.receive(ping, now: .seconds(1)) }
    }

    @Test func `frames that say nothing are counted`() {
        let nothing: [[UInt8]] = [
            frame(0, stream: 1, length: 0), frame(1, stream: 1, length: 0), frame(1, stream: 77, length: 5),
            frame(2, flags: ack, stream: 0, length: 3), frame(3, stream: 0, length: 0),
        ]
        for frame in nothing {
            let flood = [begin] + Array(repeating: frame, count: 20_000)
            #expect(refusal(of: flood) == .tooManyIdleFrames)
        }
    }

    @Test func `a peer that asks and never reads is left`() {
        var limits = YamuxLimits()
        limits.pings = .init(burst: 100_000, perSecond: 1)
        let pings = Array(repeating: frame(2, flags: syn, stream: 0, length: 0), count: 10_000)
        #expect(refusal(of: pings, limits: limits) == .peerDoesNotRead)
        limits.resets = .init(burst: 100_000, perSecond: 1)
        let storm = storm(50_000)
        #expect(refusal(of: storm, limits: limits) == .peerDoesNotRead)
    }

    @Test func `many slow streams cannot fill the memory`() throws {
        var limits = YamuxLimits()
        limits.unreadMax = 1 << 20
        var session = YamuxSession(role: .listener, limits: limits)
        let data = [UInt8](repeating: 0, count: 200_000)
        for number in 0..<10 { try session.receive(dataFrame(UInt32(2 * number + 1), data, flags: syn)) }
        #expect(session.unreadByteCount == 1_000_000)
        #expect(session.streamCount == 5)
        let resets = session.takeEvents().filter { if case .reset = $0 { true } else { false } }
        #expect(resets.count == 5)
        for number in 0..<5 { _ = try session.readAll(UInt32(2 * number + 1)) }
        try session.receive(dataFrame(101, data, flags: syn))
        #expect(try session.readAll(101) == data)
    }

    @Test func `errors say what to try`() {
        for error: YamuxError in [
            .badHeader(version: 1, type: 2), .badStreamID(1), .windowExceeded(stream: 1),
            .windowOverflow(stream: 1), .dataAfterEnd(stream: 1), .tooManyResets, .tooManyPings,
            .tooManyIdleFrames, .peerDoesNotRead, .noSuchStream(1), .finished(1), .tooManyUnacknowledged,
            .streamsExhausted, .goneAway,
        ] { #expect(error.description.contains { $0 == ";" || $0 == "?" }) }
    }
}
