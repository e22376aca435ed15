import Streams
import TestSupport
import Testing

/// Two sessions with a link between them that delays, and a clock that moves only when told.
struct YamuxLink {
    var dialer: YamuxSession
    var listener: YamuxSession
    var now = Duration.zero
    let delay: Duration
    private var toListener: [(due: Duration, bytes: [UInt8])] = []
    private var toDialer: [(due: Duration, bytes: [UInt8])] = []

    init(roundTrip: Duration, limits: YamuxLimits = YamuxLimits()) {
        delay = roundTrip / 2
        dialer = YamuxSession(role: .dialer)
        listener = YamuxSession(role: .listener, limits: limits)
    }

    /// Sends what waits, then moves the clock by half a round trip and delivers.
    mutating func step() throws {
        toListener.append((now + delay, dialer.flushed()))
        toDialer.append((now + delay, listener.flushed()))
        now += delay
        while let first = toListener.first, first.due <= now {
            try listener.receive(first.bytes, now: now)
            toListener.removeFirst()
        }
        while let first = toDialer.first, first.due <= now {
            try dialer.receive(first.bytes, now: now)
            toDialer.removeFirst()
        }
    }

    /// Writes all that `id` takes.
    mutating func fill(_ id: YamuxStreamID) throws {
        let chunk = [UInt8](repeating: 1, count: 64 << 10)
        while try dialer.write(chunk, to: id) == chunk.count {
            toListener.append((now + delay, dialer.flushed()))
        }
    }
}

@Suite struct YamuxWindowTests {
    @Test func `a reader that keeps up gets a window for the length of the path`() throws {
        var link = YamuxLink(roundTrip: .milliseconds(100))
        let id = try link.dialer.open(now: link.now)
        var read: [Int] = []
        for _ in 0..<60 {
            try link.fill(id)
            try link.step()
            guard link.listener.streamCount > 0 else { continue }
            read.append(try link.listener.readAll(id, now: link.now).count)
        }
        #expect(link.listener.roundTrip == .milliseconds(100))
        let early = read.prefix(4).max() ?? 0, late = read.suffix(10).max() ?? 0
        #expect(early <= 256 << 10)
        #expect(late > 8 << 20, "\(read)")
    }

    @Test func `a slow reader's window does not grow`() throws {
        var link = YamuxLink(roundTrip: .milliseconds(10))
        let id = try link.dialer.open(now: link.now)
        var output: [UInt8] = []
        for _ in 0..<2000 {
            try link.fill(id)
            try link.step()
            guard link.listener.streamCount > 0 else { continue }
            _ = try link.listener.read(id, limit: 3000, into: &output, now: link.now)
            #expect(link.listener.unreadByteCount <= 256 << 10)
        }
        #expect(output.count > 5_000_000)
    }

    @Test func `the windows of all streams grow within one budget`() throws {
        var limits = YamuxLimits()
        limits.windowGrowthMax = 1 << 20
        var link = YamuxLink(roundTrip: .milliseconds(100), limits: limits)
        let ids = try (0..<8).map { _ in try link.dialer.open(now: .zero) }
        for step in 0..<60 {
            for id in ids { try link.fill(id) }
            try link.step()
            // In the end nobody reads, and all windows are used up.
            guard step < 50, link.listener.streamCount == ids.count else { continue }
            for id in ids { _ = try link.listener.readAll(id, now: link.now) }
        }
        #expect(link.listener.unreadByteCount == 8 * 256 << 10 + 1 << 20)
    }

    @Test func `an application that does not read bounds both sides`() throws {
        var session = YamuxSession(role: .dialer), reader = YamuxSession(role: .listener)
        let id = try session.open(now: .zero)
        let chunk = [UInt8](repeating: 1, count: 10_000)
        var written = 0, isFull = false
        for _ in 0..<200 {
            let taken = try session.write(chunk, to: id)
            written += taken
            isFull = isFull || taken < chunk.count
            try reader.receive(session.flushed())
            try session.receive(reader.flushed())
        }
        #expect(isFull && reader.unreadByteCount == 256 << 10)
        #expect(written == 512 << 10)
        #expect(session.takeEvents().isEmpty)
        // Credit comes for what is read, from half a window on.
        var output: [UInt8] = []
        _ = try reader.read(id, limit: 100_000, into: &output, now: .zero)
        #expect(reader.flushed().isEmpty)
        _ = try reader.read(id, limit: 100_000, into: &output, now: .zero)
        let ping = frame(2, flags: syn, stream: 0, length: 1)
        #expect(reader.flushed() == ping + frame(1, stream: id, length: 200_000))
        try session.receive(frame(1, stream: id, length: 200_000))
        #expect(session.flushed().count > 200_000)
        #expect(session.takeEvents() == [.writable(id)])
    }

    @Test func `nobody gets credit for a stream that sends no more`() throws {
        var session = YamuxSession(role: .listener)
        try session.receive(dataFrame(1, [UInt8](repeating: 1, count: 200_000), flags: syn | fin))
        #expect(try session.readAll(1).count == 200_000)
        #expect(session.flushed() == frame(1, flags: ack, stream: 1, length: 0))
    }
}
