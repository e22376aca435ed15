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
}
