import TestSupport
import Testing

@testable import GenRL

@Suite struct SharingPolicyTests {
    typealias Candidate = SharingPolicy.Candidate

    private func candidates(_ count: Int, seed: UInt64) -> [Candidate] {
        var seed = Seed(seed)
        return (0..<count).map { index in
            Candidate(
                peer: "peer-\(index % 7)", part: "part-\(seed.next() % 3)", age: Int(seed.next() % 4),
                distance: Int(seed.next() % 5), strength: Float(seed.next() % 5) / 4)
        }
    }

    private func chosen(
        _ strategy: SharingPolicy.Strategy, _ external: [Candidate], count: Int = 10, seed: UInt64 = 1
    ) -> [Int] {
        SharingPolicy(external: count, strategy: strategy).choose(
            own: [], external: external, seed: seed, peer: "a", round: 3
        ).external
    }

    @Test(arguments: SharingPolicy.Strategy.allCases)
    func `a choice is of different rollouts, with signal but for one rule, and a function of its seed`(
        strategy: SharingPolicy.Strategy
    ) {
        for start in 0..<20 as Range<UInt64> {
            let external = candidates(60, seed: start)
            let picks = chosen(strategy, external, seed: start)
            #expect(picks == picks.sorted() && Set(picks).count == picks.count, "seed \(start)")
            #expect(strategy == .uniform || picks.allSatisfy { external[$0].strength > 0 }, "seed \(start)")
            #expect(picks == chosen(strategy, external, seed: start))
            switch strategy {
            case .all: #expect(picks.count == external.count { $0.strength > 0 })
            default: #expect(picks.count == 10)
            }
            #expect(chosen(strategy, [], seed: start).isEmpty)
        }
        // Between equals a draw decides.
        let equals = (0..<60).map {
            Candidate(peer: "peer-\($0)", part: "part", age: 0, distance: 0, strength: 1)
        }
        let choices = Set((0..<8).map { chosen(strategy, equals, seed: UInt64($0)) })
        #expect(strategy == .all ? choices.count == 1 : choices.count > 1)
    }

    @Test func `each strategy takes what it is named after`() {
        let external = candidates(60, seed: 4)
        let strong = external.filter { $0.strength > 0 }
        let byStrength = strong.map(\.strength).sorted(by: >).prefix(10)
        #expect(chosen(.advantage, external).map { external[$0].strength }.sorted(by: >) == Array(byStrength))
        let fresh = strong.map { $0.age * 10 + $0.distance }.sorted().prefix(10)
        #expect(
            chosen(.staleness, external).map { external[$0].age * 10 + external[$0].distance }.sorted()
                == Array(fresh))
        let counts = Dictionary(grouping: chosen(.diversity, external, count: 14)) { external[$0].peer }
        #expect(counts.values.allSatisfy { $0.count == 2 } && counts.count == 7)
        // The demo's draw takes groups without signal as well.
        let weak = external.map { candidate in
            var candidate = candidate
            candidate.strength = 0
            return candidate
        }
        #expect(chosen(.uniform, weak).count == 10 && chosen(.filtered, weak).isEmpty)
    }

    @Test func `own rollouts with signal are taken, all or as many as asked`() {
        let own = candidates(20, seed: 2)
        let useful = own.indices.filter { own[$0].strength > 0 }
        func picks(_ count: Int?) -> [Int] {
            SharingPolicy(own: count, external: 0).choose(
                own: own, external: [], seed: 1, peer: "a", round: 0
            ).own
        }
        #expect(picks(nil) == useful)
        #expect(picks(3).count == 3 && Set(picks(3)).isSubset(of: useful))
        #expect(picks(0).isEmpty)
    }
}
