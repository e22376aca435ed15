import Streams
import TestSupport
import Testing

/// Two sessions that do random things over a connection that cuts bytes anywhere.
struct YamuxWorld {
    private static let pattern = (0..<100_256).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 7) }

    var seed: Seed
    var sessions = [YamuxSession(role: .dialer), YamuxSession(role: .listener)]
    /// Bytes on the way to each side.
    var wires: [[UInt8]] = [[], []]
    /// Bytes that each side wrote and read, by stream.
    var written: [[YamuxStreamID: [UInt8]]] = [[:], [:]]
    var read: [[YamuxStreamID: [UInt8]]] = [[:], [:]]
    var finished: [Set<YamuxStreamID>] = [[], []]
    var ended: [Set<YamuxStreamID>] = [[], []]
    var now = Duration.zero

    init(_ number: UInt64) { seed = Seed(number) }

    mutating func random(_ range: Range<Int>) -> Int { Int.random(in: range, using: &seed) }

    mutating func act() throws {
        let side = random(0..<2)
        switch random(0..<12) {
        case 0 where written[side].count < 8:
            written[side][try sessions[side].open(now: now)] = []
        case 1...4: try write(side)
        case 5 where random(0..<8) == 0: try finish(side)
        case 6...7: flush(side)
        case 8...9: try deliver(side)
        default: try readSome(side)
        }
        now += .microseconds(random(0..<500))
        for session in sessions { #expect(session.unreadByteCount <= YamuxLimits().unreadMax) }
    }

    private mutating func write(_ side: Int) throws {
        guard let id = written[side].keys.sorted().randomElement(using: &seed), !finished[side].contains(id)
        else { return }
        let count = random(0..<[10, 1000, 100_000][random(0..<3)]), start = random(0..<256)
        let bytes = Array(Self.pattern[start..<start + count])
        let taken = try sessions[side].write(bytes, to: id)
        written[side][id]?.append(contentsOf: bytes.prefix(taken))
    }

    private mutating func finish(_ side: Int) throws {
        guard let id = written[side].keys.sorted().randomElement(using: &seed),
            finished[side].insert(id).inserted
        else { return }
        try sessions[side].finish(id)
    }

    mutating func flush(_ side: Int) {
        sessions[side].flush(into: &wires[1 - side], limit: random(1024..<70_000))
    }

    mutating func deliver(_ side: Int) throws {
        let largest = [1, 15, 2000, 100_000][random(0..<4)]
        let piece = wires[side].prefix(random(0..<largest + 1))
        try sessions[side].receive(Array(piece), now: now)
        wires[side].removeFirst(piece.count)
        for event in sessions[side].takeEvents() {
            switch event {
            case .opened(let id):
                #expect(written[side][id] == nil)
                written[side][id] = []
            case .reset, .goneAway: Issue.record("nobody asked for \(event)")
            case .received, .writable, .pong: break
            }
        }
    }

    private mutating func readSome(_ side: Int) throws {
        guard let id = written[side].keys.sorted().randomElement(using: &seed), !ended[side].contains(id)
        else { return }
        var output = read[side].removeValue(forKey: id) ?? []
        let limit = [1, 5000, .max][random(0..<3)]
        if try sessions[side].read(id, limit: limit, into: &output, now: now).isEnd { ended[side].insert(id) }
        read[side][id] = output
    }

    /// Lets everything arrive and be read.
    mutating func settle() throws {
        for side in [0, 1] {
            for id in written[side].keys.sorted() where finished[side].insert(id).inserted {
                try sessions[side].finish(id)
            }
        }
        for _ in 0..<2000 {
            for side in [0, 1] {
                flush(side)
                try deliver(side)
                for id in written[side].keys where finished[side].insert(id).inserted {
                    try sessions[side].finish(id)
                }
                for _ in 0..<4 { try readSome(side) }
            }
            if sessions.allSatisfy({ $0.streamCount == 0 && !$0.wantsFlush }), wires == [[], []] { return }
        }
    }
}

@Suite struct YamuxPropertyTests {
    @Test(arguments: 0..<24)
    func `all bytes arrive in order, whatever two sides do and however bytes are cut`(number: UInt64) throws {
        var world = YamuxWorld(number)
        for _ in 0..<1500 { try world.act() }
        try world.settle()
        for side in [0, 1] {
            let mine = world.written[side], theirs = world.read[1 - side]
            #expect(mine.count == world.written[1 - side].count, "seed \(number)")
            for (id, bytes) in mine { #expect(theirs[id] ?? [] == bytes, "seed \(number), stream \(id)") }
            #expect(world.sessions[side].streamCount == 0, "seed \(number): streams are left")
            #expect(world.sessions[side].unreadByteCount == 0, "seed \(number)")
        }
    }

    @Test(arguments: 0..<40) func `the same bytes do the same, however they are cut`(number: UInt64) throws {
        var seed = Seed(number)
        var said: [UInt8] = [], ids: [UInt32] = []
        for _ in 0..<60 {
            let id = UInt32(2 * Int.random(in: 0..<6, using: &seed) + 1)
            let isNew = !ids.contains(id)
            if isNew { ids.append(id) }
            let data = [UInt8](repeating: UInt8(id), count: Int.random(in: 0...3000, using: &seed))
            switch Int.random(in: 0..<8, using: &seed) {
            case 0: said += frame(2, flags: syn, stream: 0, length: UInt32(data.count))
            case 1: said += frame(1, flags: isNew ? syn : 0, stream: id, length: UInt32(data.count))
            case 2: said += frame(1, flags: isNew ? syn | rst : rst, stream: id, length: 0)
            case 3: said += dataFrame(id, [], flags: isNew ? syn | fin : fin)
            case 4: said += frame(3, stream: 0, length: 0)
            default: said += dataFrame(id, data, flags: isNew ? syn : 0)
            }
        }
        func outcome(_ pieces: [[UInt8]]) throws -> ([YamuxEvent], [UInt8], YamuxError?, [[UInt8]]) {
            var session = YamuxSession(role: .listener), failure: YamuxError?
            do { for piece in pieces { try session.receive(piece) } } catch { failure = error as? YamuxError }
            let flushed = session.flushed()
            return (session.takeEvents(), flushed, failure, ids.map { (try? session.readAll($0)) ?? [] })
        }
        let whole = try outcome([said]), cut = try outcome(pieces(said, &seed))
        #expect(
            whole.0 == cut.0 && whole.1 == cut.1 && whole.2 == cut.2 && whole.3 == cut.3, "seed \(number)")
    }
}
