import TestSupport
import Testing

@testable import GenRL

@Suite struct AdvantagesTests {
    @Test func `equal the vectors of GenRL to the last digit given`() throws {
        #expect(Advantages.of([1, 0]) == [0.70710677, -0.70710677])
        let oneOfEight = try #require(Advantages.of([0, 0, 1, 0, 0, 0, 0, 0]))
        #expect(abs(oneOfEight[2] - 2.4748737) < 2e-7)
        #expect(oneOfEight.filter { abs($0 + 0.3535534) < 2e-7 }.count == 7)
    }

    @Test func `groups without a difference say nothing`() {
        #expect(Advantages.of([1, 1]) == nil)
        #expect(Advantages.of([0, 0, 0]) == nil)
        #expect(Advantages.of([0.5]) == nil)
        #expect(Advantages.of([]) == nil)
        #expect(Advantages.of([0, .nan]) == nil)
        #expect(Advantages.of([0, .infinity]) == nil)
    }

    @Test func `the mean alone is taken away where no division is asked for`() {
        #expect(Advantages.of([3, 0, 0], scale: .meanOnly) == [2, -1, -1])
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `sum to nothing and do not see scale or offset of the rewards`(seed: UInt64) throws {
        var random = Seed(seed)
        for _ in 0..<200 {
            let rewards = (0..<Int.random(in: 2...40, using: &random)).map { _ in
                Float(Int.random(in: 0...4, using: &random)) / 4
            }
            guard let advantages = Advantages.of(rewards) else {
                #expect(Set(rewards).count == 1, "seed \(seed): \(rewards)")
                continue
            }
            #expect(abs(advantages.reduce(0, +)) < 1e-4, "seed \(seed): \(rewards)")
            let moved = try #require(Advantages.of(rewards.map { 8 * $0 - 3 }))
            #expect(zip(advantages, moved).allSatisfy { abs($0 - $1) < 1e-5 }, "seed \(seed)")
            let order = advantages.indices.sorted { rewards[$0] < rewards[$1] }
            #expect(zip(order, order.dropFirst()).allSatisfy { advantages[$0] <= advantages[$1] })
        }
    }

    @Test(arguments: [UInt64(4), 5, 6])
    func `leaving one out compares with the mean of the others`(seed: UInt64) throws {
        var random = Seed(seed)
        for _ in 0..<100 {
            let rewards = (0..<Int.random(in: 2...12, using: &random)).map { _ in
                Float.random(in: -2...2, using: &random)
            }
            let advantages = try #require(Advantages.of(rewards, scale: .leaveOneOut))
            for (index, advantage) in advantages.enumerated() {
                var others = rewards
                others.remove(at: index)
                let mean = others.reduce(0, +) / Float(others.count)
                #expect(abs(advantage - (rewards[index] - mean)) < 1e-5, "seed \(seed)")
            }
            #expect(abs(advantages.reduce(0, +)) < 1e-4, "seed \(seed)")
        }
    }

    @Test func `rules over a step keep what the step is yet to normalise`() {
        #expect(Advantages.of([1, 1], scale: .stepDeviation) == [1, 1])
        #expect(Advantages.of([1, .nan], scale: .stepDeviation) == nil)
        #expect(Advantages.of([3, 1], scale: .groupMeanStepDeviation) == [1, -1])
        #expect(Advantages.of([1, 1], scale: .groupMeanStepDeviation) == nil)
        #expect(Advantages.of([0.5, 1], scale: .generalized) == [0.5, 1])
    }

    @Test(arguments: [UInt64(7), 8]) func `normalised numbers have mean 0 and deviation 1`(seed: UInt64) {
        var random = Seed(seed)
        let numbers = (0..<100).map { _ in Double.random(in: -3...9, using: &random) }
        let normalised = Advantages.normalised(numbers)
        let squares = normalised.reduce(0) { $0 + $1 * $1 }
        #expect(abs(normalised.reduce(0, +)) < 1e-9 && abs(squares / 99 - 1) < 1e-6, "seed \(seed)")
        #expect(Advantages.normalised([4]) == [0] && Advantages.normalised([]) == [])
        #expect(Advantages.normalised([2, 2]) == [0, 0])
    }

    @Test(arguments: [UInt64(9), 10])
    func `generalized advantages trust the critic as much as decay says`(seed: UInt64) {
        var random = Seed(seed)
        let rewards = (0..<9).map { _ in Double.random(in: -1...1, using: &random) }
        let values = (0..<9).map { _ in Double.random(in: -1...1, using: &random) }
        func advantages(_ decay: Double) -> [Double] {
            Advantages.generalized(rewards: rewards, values: values, discount: 1, decay: decay)
        }
        for token in rewards.indices {
            let next = token + 1 < 9 ? values[token + 1] : 0
            let whole = rewards[token...].reduce(0, +) - values[token]
            #expect(abs(advantages(0)[token] - (rewards[token] + next - values[token])) < 1e-12)
            #expect(abs(advantages(1)[token] - whole) < 1e-12, "seed \(seed)")
        }
    }
}
