import Synchronization
import Testing
import World

@Suite(.timeLimit(.minutes(1))) struct ClockTests {
    @Test func `the machine's clocks go forward`() {
        let clock = SystemClock()
        let first = clock.uptime
        #expect(clock.uptime >= first)
        #expect(clock.sinceEpoch > .seconds(1_700_000_000))
    }

    @Test func `the simulated clock moves only when told`() {
        let clock = SimulatedClock(sinceEpoch: .seconds(100))
        #expect(clock.uptime == .zero)
        clock.advance(by: .seconds(5))
        #expect(clock.sinceEpoch == .seconds(105))
    }

    @Test func `sleepers wake when they are due`() async throws {
        let clock = SimulatedClock()
        try await clock.sleep(until: .zero)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for second in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(until: .seconds(second))
                    return second
                }
            }
            while clock.sleeperCount < 3 { await Task.yield() }
            for expected in 1...3 {
                clock.advance(by: .seconds(1))
                let woken = try await group.next()
                #expect(woken == expected)
            }
        }
    }

    @Test func `a cancelled sleeper wakes with an error`() async {
        let clock = SimulatedClock()
        let task = Task { try await clock.sleep(until: .seconds(1)) }
        while clock.sleeperCount < 1 { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeperCount == 0)
    }
}
