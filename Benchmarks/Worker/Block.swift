import Foundation

/// The time of one call: the median of the rounds of a block, as the other sides measure it.
struct Block {
    let secondsPerCall: Double
    let calls: Int

    private static let roundSeconds = 0.0012

    /// Runs `call` for about `seconds`: rounds of enough calls to be measured, at least one.
    ///
    /// One thread is timed in CPU time, more in wall-clock time.
    init(of call: Call, seconds: Double, threads: Int32) throws {
        let clock = threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC
        try call.run()
        var start = Self.now(clock)
        try call.run()
        let once = max(Self.now(clock) - start, 1e-7)
        let perRound = max(1, Int(Self.roundSeconds / once))
        var rounds: [Double] = []
        let end = Self.now(CLOCK_MONOTONIC) + seconds
        repeat {
            start = Self.now(clock)
            for _ in 0..<perRound { try call.run() }
            rounds.append((Self.now(clock) - start) / Double(perRound))
        } while Self.now(CLOCK_MONOTONIC) < end
        rounds.sort()
        let middle = rounds.count / 2
        let odd = rounds.count % 2 == 1
        secondsPerCall = odd ? rounds[middle] : (rounds[middle - 1] + rounds[middle]) / 2
        calls = perRound * rounds.count
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}
