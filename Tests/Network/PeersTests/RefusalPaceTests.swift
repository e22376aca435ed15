import Streams
import Testing

@testable import Peers

@Suite struct `Refusals` {
    /// A pace that has nothing left, at a time.
    static func exhausted(at now: Duration) -> RefusalPace {
        var pace = RefusalPace(), heldCount = 0
        for id in 0..<UInt32(RefusalPace.burst) where pace.holds([1], for: id, now: now) { heldCount += 1 }
        #expect(heldCount == 0 && pace.due == nil)
        return pace
    }

    @Test func `go out at once, then a few in each turn, in their order`() {
        let start = Duration.seconds(1), turn = RefusalPace.turn
        var pace = Self.exhausted(at: start)
        let held = (200..<UInt32(220)).filter { pace.holds([UInt8($0)], for: $0, now: start) }
        #expect(held.count == 20 && pace.due == start + turn)
        let early = pace.release(now: start)
        #expect(early.isEmpty)
        let first = pace.release(now: start + turn)
        #expect(first.map(\.id) == Array(200..<UInt32(200 + RefusalPace.perTurn)))
        #expect(first.map(\.answer) == (200..<200 + RefusalPace.perTurn).map { [UInt8($0)] })
        #expect(pace.due == start + turn + turn)
        // A later one waits behind those that are held, even when there is room.
        let isHeld = pace.holds([9], for: 300, now: .seconds(2))
        #expect(isHeld)
        let rest = pace.release(now: .seconds(3))
        #expect(rest.map(\.id) == [216, 217, 218, 219, 300] && pace.due == nil)
    }

    @Test func `are forgotten with their stream`() {
        var pace = Self.exhausted(at: .zero)
        let isHeld = pace.holds([7], for: 500, now: .zero)
        let answer = pace.drop(500), again = pace.drop(500), released = pace.release(now: .seconds(1))
        #expect(isHeld && answer == [7] && again == nil && released.isEmpty && pace.due == nil)
    }

    @Test func `are heard by a peer that asks for more than go out at once`() async throws {
        try await `Two nodes`.with { hosts, addresses in
            let connection = try await hosts[0].connect(to: addresses[1])
            let count = RefusalPace.burst + RefusalPace.perTurn + 5
            try await withThrowingDiscardingTaskGroup { tasks in
                for number in 0..<count {
                    tasks.addTask {
                        await #expect(throws: StreamError.refused(.nothingInCommon(["/no/\(number)"]))) {
                            _ = try await connection.open(["/no/\(number)"])
                        }
                    }
                }
            }
            #expect(try await connection.ping().count == 1)
        }
    }
}
