import Streams
import TestSupport
import Testing

@Suite struct YamuxSessionTests {
    @Test func `a dialer's stream begins with a window update, and its data follow at once`() throws {
        var session = YamuxSession(role: .dialer)
        let id = try session.open(now: .zero)
        #expect(id == 1)
        #expect(try session.write([1, 2, 3], to: id) == 3)
        #expect(session.wantsFlush)
        #expect(session.flushed() == frame(1, flags: syn, stream: 1, length: 0) + dataFrame(1, [1, 2, 3]))
        #expect(!session.wantsFlush)
        #expect(try session.open(now: .zero) == 3)
        var listener = YamuxSession(role: .listener)
        #expect(try listener.open(now: .zero) == 2)
    }

    @Test func `a stream that begins with data is acknowledged, read and answered`() throws {
        var session = YamuxSession(role: .listener)
        try session.receive(dataFrame(7, [5, 6], flags: syn))
        #expect(session.takeEvents() == [.opened(7), .received(7)])
        #expect(try session.readAll(7) == [5, 6])
        #expect(try session.write([9], to: 7) == 1)
        #expect(session.flushed() == frame(1, flags: ack, stream: 7, length: 0) + dataFrame(7, [9]))
    }

    @Test func `credit that comes with the beginning adds to the window`() throws {
        var limits = YamuxLimits()
        limits.unsentMax = 1 << 20
        var session = YamuxSession(role: .listener, limits: limits)
        try session.receive(frame(1, flags: syn, stream: 1, length: 1000))
        #expect(try session.write([UInt8](repeating: 1, count: 300_000), to: 1) == 300_000)
        let sent = session.flushed().count
        #expect(sent == 12 + 262_144 + 1000 + 12 * 17)
        try session.receive(frame(1, stream: 1, length: 1 << 20))
        #expect(session.flushed().count == 300_000 - 263_144 + 12 * 3)
    }

    @Test func `each side ends for itself, and the stream is forgotten after both`() throws {
        var session = YamuxSession(role: .dialer)
        let id = try session.open(now: .zero)
        _ = try session.write([1], to: id)
        try session.finish(id)
        #expect(throws: YamuxError.finished(id)) { try session.write([2], to: id) }
        let sent = session.flushed()
        #expect(sent.suffix(25) == dataFrame(id, [1]) + frame(0, flags: fin, stream: id, length: 0))
        try session.receive(frame(1, flags: ack, stream: id, length: 0) + dataFrame(id, [7, 8], flags: fin))
        #expect(session.takeEvents() == [.received(id)])
        var output: [UInt8] = []
        #expect(
            try session.read(id, limit: 1, into: &output, now: .zero) == YamuxRead(byteCount: 1, isEnd: false)
        )
        #expect(session.streamCount == 1)
        #expect(try session.read(id, into: &output, now: .zero) == YamuxRead(byteCount: 1, isEnd: true))
        #expect(output == [7, 8] && session.streamCount == 0 && session.unreadByteCount == 0)
        #expect(throws: YamuxError.noSuchStream(id)) { try session.readAll(id) }
    }

    @Test func `an end that was read before ours goes out leaves nothing behind`() throws {
        var session = YamuxSession(role: .listener)
        try session.receive(dataFrame(1, [], flags: syn | fin))
        #expect(session.takeEvents() == [.opened(1), .received(1)])
        var output: [UInt8] = []
        #expect(try session.read(1, into: &output, now: .zero).isEnd)
        _ = try session.write([4], to: 1)
        try session.finish(1)
        #expect(
            session.flushed().suffix(25) == dataFrame(1, [4]) + frame(0, flags: fin, stream: 1, length: 0))
        #expect(session.streamCount == 0)
    }

    @Test func `a reset takes the stream away at once, on either side`() throws {
        var session = YamuxSession(role: .dialer)
        let id = try session.open(now: .zero), other = try session.open(now: .zero)
        _ = session.flushed()
        _ = try session.write([1, 2, 3], to: id)
        session.reset(id)
        session.reset(id)
        #expect(session.flushed() == frame(1, flags: rst, stream: id, length: 0))
        try session.receive(frame(1, flags: rst, stream: other, length: 0))
        #expect(session.takeEvents() == [.reset(other)])
        #expect(session.streamCount == 0)
        // A stream that nobody was told of needs no word.
        session.reset(try session.open(now: .zero))
        #expect(session.flushed().isEmpty)
    }

    @Test func `frames of a stream that is over are passed over`() throws {
        var session = YamuxSession(role: .dialer)
        let id = try session.open(now: .zero), other = try session.open(now: .zero)
        _ = session.flushed()
        session.reset(id)
        let late = dataFrame(id, [UInt8](repeating: 1, count: 100_000)) + frame(1, stream: id, length: 5)
        try session.receive(late + dataFrame(other, [3]))
        #expect(session.takeEvents() == [.received(other)])
        #expect(try session.readAll(other) == [3])
        #expect(session.unreadByteCount == 0)
    }

    @Test func `a reset in the middle of a frame drops the rest of the frame`() throws {
        var session = YamuxSession(role: .listener)
        let whole = dataFrame(1, [UInt8](repeating: 1, count: 100), flags: syn)
        try session.receive(Array(whole.prefix(50)))
        session.reset(1)
        try session.receive(Array(whole.dropFirst(50)) + dataFrame(3, [8], flags: syn))
        #expect(session.takeEvents() == [.opened(1), .received(1), .opened(3), .received(3)])
        #expect(try session.readAll(3) == [8])
    }

    @Test func `a ping is answered with its value, and ours measure the round trip`() throws {
        var session = YamuxSession(role: .listener)
        try session.receive(frame(2, flags: syn, stream: 0, length: 0xDEAD_BEEF))
        #expect(session.flushed() == frame(2, flags: ack, stream: 0, length: 0xDEAD_BEEF))
        session.ping(now: .seconds(1))
        #expect(session.flushed() == frame(2, flags: syn, stream: 0, length: 1))
        try session.receive(frame(2, flags: ack, stream: 0, length: 2), now: .seconds(2))
        #expect(session.roundTrip == nil, "not the ping that was asked")
        try session.receive(frame(2, flags: ack, stream: 0, length: 1), now: .milliseconds(1250))
        #expect(session.takeEvents() == [.pong(.milliseconds(250))])
        #expect(session.roundTrip == .milliseconds(250))
    }

    @Test func `after going away no stream begins, and open ones go on`() throws {
        var session = YamuxSession(role: .listener)
        try session.receive(frame(1, flags: syn, stream: 1, length: 0))
        session.goAway(.normal)
        try session.receive(frame(1, flags: syn, stream: 3, length: 0) + dataFrame(1, [6]))
        #expect(session.takeEvents() == [.opened(1), .received(1)])
        #expect(try session.readAll(1) == [6])
        let answers = frame(3, stream: 0, length: 0) + frame(1, flags: rst, stream: 3, length: 0)
        #expect(session.flushed() == answers + frame(1, flags: ack, stream: 1, length: 0))
        #expect(throws: YamuxError.goneAway) { try session.open(now: .zero) }
        var other = YamuxSession(role: .dialer)
        try other.receive(frame(3, stream: 0, length: 2))
        #expect(other.takeEvents() == [.goneAway(2)])
        #expect(throws: YamuxError.goneAway) { try other.open(now: .zero) }
    }

    @Test func `a peer that does not acknowledge makes the opener wait`() throws {
        var session = YamuxSession(role: .dialer)
        for _ in 0..<256 { _ = try session.open(now: .zero) }
        #expect(throws: YamuxError.tooManyUnacknowledged) { try session.open(now: .zero) }
        try session.receive(
            frame(1, flags: ack, stream: 1, length: 0) + frame(1, flags: rst, stream: 3, length: 0))
        _ = try session.open(now: .zero)
        _ = try session.open(now: .zero)
        #expect(throws: YamuxError.tooManyUnacknowledged) { try session.open(now: .zero) }
    }

    @Test func `streams take turns, one frame each`() throws {
        var session = YamuxSession(role: .dialer)
        let ids = try (0..<3).map { _ in try session.open(now: .zero) }
        _ = session.flushed()
        for id in ids { _ = try session.write([UInt8](repeating: 1, count: 40_000), to: id) }
        var order: [UInt32] = []
        var rest = session.flushed()[...]
        while !rest.isEmpty {
            let bytes = Array(rest.prefix(12))
            order.append(UInt32(bytes[7]))
            rest = rest.dropFirst(12 + (Int(bytes[9]) << 16 | Int(bytes[10]) << 8 | Int(bytes[11])))
        }
        // The first flush of 32 KiB ends within the turn of the second stream.
        #expect(order.prefix(6) == [1, 3, 5, 1, 3, 5])
        #expect(Set(order) == [1, 3, 5] && order.count <= 12)
    }

    @Test func `a flush keeps its limit`() throws {
        var session = YamuxSession(role: .dialer)
        let id = try session.open(now: .zero)
        _ = try session.write([UInt8](repeating: 1, count: 100_000), to: id)
        for limit in [1024, 1500, 4096, 65519] {
            var output: [UInt8] = [1, 2]
            let more = session.flush(into: &output, limit: limit)
            #expect(more && output.count <= limit + 2 && output.count > limit - 600)
        }
    }
}
