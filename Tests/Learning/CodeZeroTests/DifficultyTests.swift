import GenRL
import TestSupport
import Testing

@testable import CodeZero

@Suite struct `The difficulty` {
    @Test func `falls while nobody solves anything, to the first level`() {
        var difficulty = DifficultyController(start: 3)
        var moves = 0
        for _ in 0..<40 { moves += difficulty.record([false, false, false, false]) ? 1 : 0 }
        #expect(difficulty.level == 1 && moves == 2)
    }

    @Test func `rises while everybody solves everything, to the last level`() {
        var difficulty = DifficultyController(start: 1)
        for _ in 0..<40 { difficulty.record([true, true, true, true]) }
        #expect(difficulty.level == 5)
    }

    @Test(arguments: [0.3, 0.5, 0.7]) func `stays where the rate is in its band, noise and all`(rate: Double)
    {
        var seed = Seed(0x000D_1FF1)
        var moved = 0
        for _ in 0..<50 {
            var difficulty = DifficultyController(start: 3)
            for _ in 0..<25 {
                let group = (0..<8).map { _ in Double(seed.next() >> 11) / Double(1 << 53) < rate }
                if difficulty.record(group) { moved += 1 }
            }
        }
        // Fifty runs of 200 attempts each. At an edge of the band chance may move it now and then.
        #expect(moved <= (rate == 0.5 ? 0 : 15), "\(moved) moves at \(rate)")
    }

    @Test func `finds the level where a solver is in the band`() {
        var seed = Seed(42)
        var difficulty = DifficultyController(start: 1)
        // Solves level n with probability 0.95, 0.85, 0.5, 0.1, 0.
        let skill = [0.95, 0.85, 0.5, 0.1, 0]
        var atThird = 0
        for round in 0..<300 {
            let rate = skill[difficulty.level - 1]
            difficulty.record((0..<8).map { _ in Double(seed.next() >> 11) / Double(1 << 53) < rate })
            if round >= 100, difficulty.level == 3 { atThird += 1 }
        }
        #expect(atThird > 190, "\(atThird) of 200 rounds")
    }

    @Test func `needs some attempts before it moves`() {
        var difficulty = DifficultyController(start: 3)
        let early = difficulty.record([Bool](repeating: true, count: 11))
        let later = difficulty.record([true])
        #expect(!early && later && difficulty.solveRate == nil)
    }

    @Test func `makes a proposer prefer what is neither easy nor hopeless`() {
        #expect([0, 0.25, 0.5, 0.75, 1].map(learnability) == [0, 0.5, 1, 0.5, 0])
        #expect([-1, 2, Double.nan].map(learnability) == [0, 0, 0])
    }
}
