import TestSupport
import Testing

@testable import GenRL

@Suite struct SimulatedSwarmTests {
    private let peers = ["a", "b", "c"]

    private func rollout(_ peer: String, _ index: Int, round: Int = 0) -> Rollout {
        Rollout(
            task: TaskID(part: "p", seed: 0, index: index), peer: peer, round: round,
            model: ModelID(family: "f", step: 0),
            completions: [Completion(tokens: [0], text: "", logProbabilities: [-1])])
    }

    private func swarm(
        seed: UInt64 = 1, _ change: (inout SimulatedNetwork) -> Void = { _ in }
    ) -> SimulatedSwarm {
        var network = SimulatedNetwork()
        change(&network)
        return SimulatedSwarm(of: peers, network, seed: seed)
    }

    @Test func `messages arrive when their time has come, and not before`() {
        let swarm = swarm()
        let sent = (0..<50).map { rollout("a", $0) }
        swarm.share(sent, of: "a", round: 0)
        #expect(swarm.received(ofRound: 0, for: "b").isEmpty)
        swarm.advance(by: .milliseconds(100))
        let early = swarm.received(ofRound: 0, for: "b").count
        #expect(early > 0 && early < 50)
        swarm.advance(by: .milliseconds(200))
        let all = swarm.received(ofRound: 0, for: "b")
        #expect(all.count == 50 && Set(all.map(\.rollout)) == Set(sent))
        #expect(all.map(\.rollout) != sent, "unequal delays reorder")
        #expect(all.allSatisfy { $0.sender == "a" })
        #expect(swarm.received(ofRound: 0, for: "a").isEmpty)
        #expect(swarm.received(ofRound: 1, for: "b").isEmpty)
    }

    @Test func `what is said again is sent once`() {
        let swarm = swarm()
        swarm.share([rollout("a", 0)], of: "a", round: 0)
        swarm.share([rollout("a", 0), rollout("a", 1)], of: "a", round: 0)
        swarm.advance(by: .seconds(1))
        #expect(swarm.received(ofRound: 0, for: "b").count == 2)
    }

    @Test func `loss, doubling and absence follow their shares, by draws of the seed`() {
        func counts(_ seed: UInt64) -> (SimulatedSwarm.Counters, [Int]) {
            let swarm = swarm(seed: seed) { network in
                network.loss = 0.25
                network.duplication = 0.5
            }
            for peer in peers { swarm.share((0..<400).map { rollout(peer, $0) }, of: peer, round: 0) }
            swarm.advance(by: .seconds(1))
            return (swarm.counters, peers.map { swarm.received(ofRound: 0, for: $0).count })
        }
        let (counters, arrived) = counts(7)
        #expect(counters.sent == 1200)
        #expect((500...700).contains(counters.lost) && (800...1000).contains(counters.doubled))
        #expect(arrived.reduce(0, +) == 2400 - counters.lost + counters.doubled)
        let again = counts(7)
        #expect(again.0 == counters && again.1 == arrived)
        #expect(counts(8).0 != counters)

        let cut = swarm { $0.absence = 0.5 }
        let spells = (0..<1000).map { cut.isAbsent("a", at: .seconds(10 * $0)) }
        #expect((400...600).contains(spells.count { $0 }))
        let away = spells.firstIndex(of: true) ?? 0
        cut.advance(by: .seconds(10 * away))
        cut.share([rollout("a", 0)], of: "a", round: 0)
        cut.advance(by: .seconds(1))
        #expect(cut.received(ofRound: 0, for: "b").isEmpty && cut.counters.absent == 1)
    }

    @Test func `a flood ends at the limits of one peer`() {
        let swarm = swarm { network in
            network.rolloutsPerPeer = 20
            network.bytesPerPeer = 1000
        }
        let byteCount = RolloutPayload.encode([rollout("a", 0)]).count
        swarm.share((0..<5000).map { rollout("a", $0) }, of: "a", round: 0)
        swarm.share([rollout("b", 0)], of: "b", round: 0)
        swarm.advance(by: .seconds(1))
        let fromA = swarm.received(ofRound: 0, for: "c").count { $0.sender == "a" }
        #expect(fromA == min(20, 1000 / byteCount))
        #expect(swarm.counters.overLimit == 5000 - fromA)
        #expect(swarm.received(ofRound: 0, for: "c").contains { $0.sender == "b" })
    }

    @Test func `old rounds are forgotten`() {
        let swarm = swarm { $0.roundsKept = 2 }
        for round in 0..<5 { swarm.share([rollout("a", 0, round: round)], of: "a", round: round) }
        swarm.advance(by: .seconds(1))
        #expect((0..<5).map { swarm.received(ofRound: $0, for: "b").count } == [0, 0, 0, 1, 1])
    }
}
