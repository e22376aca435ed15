import Gym
import Testing

@testable import GenRL

@Suite struct GameManagerTests {
    typealias Game = GameManager<GymDataManager, GymRewardManager, ScriptedTrainer>

    /// Answer 0 is right; answer 1 is wrong for every task but those of index divisible by 3.
    private func game(
        _ peer: String, _ swarm: any Swarm, policy: SharingPolicy = .init(external: 100)
    ) throws -> Game {
        let data = try TestWorld.data(tasks: 6)
        let trainer = ScriptedTrainer { task, answer in
            answer == 0 || task.id.index % 3 == 0 ? task.entry.answer ?? "" : "00"
        }
        return GameManager(
            peer: peer, data: data, rewards: GymRewardManager(data), trainer: trainer, swarm: swarm,
            policy: policy, seed: 1)
    }

    @Test func `a round alone is scored, filtered and learned from`() throws {
        let game = try game("a", NoSwarm())
        for round in 0..<4 {
            let tasks = try game.data.tasks(of: "a", round: round)
            let useful = tasks.filter { $0.id.index % 3 != 0 }
            let report = try game.play()
            #expect(report.round == round && game.round == round + 1)
            #expect(report.ownCount == useful.count && report.externalCount == 0)
            #expect(game.trainer.learned[round].map(\.task.id) == useful.map(\.id).sorted())
            #expect(game.trainer.learned[round].allSatisfy { $0.rewards == [1, 0] })
            let expected = Float(6 * 2 - useful.count) / 12
            #expect(abs(report.reward - expected) < 1e-6)
            #expect(report.rewardByPart == ["sort_digits": report.reward])
        }
    }

    @Test func `nodes learn from each other's answers, scored anew`() throws {
        let swarm = InMemorySwarm()
        let games = try ["c", "a", "b"].map { try game($0, swarm) }
        for game in games { try game.solve() }
        let reports = try games.map { try $0.learn() }
        for (game, report) in zip(games, reports) {
            let learned = try #require(game.trainer.learned.first)
            let others = learned.filter { $0.rollout.peer != game.peer }
            #expect(report.externalCount == others.count && !others.isEmpty)
            #expect(report.refused.isEmpty)
            #expect(others.map(\.rollout.peer) == others.map(\.rollout.peer).sorted())
            #expect(others.allSatisfy { $0.rewards == [1, 0] && $0.advantages.count == 2 })
        }
        let seen = games.map { $0.trainer.learned[0].map(\.task.id) }
        #expect(seen[0] == seen[1] && seen[1] == seen[2])
    }

    @Test func `what a peer should not have sent is refused and counted`() throws {
        let swarm = InMemorySwarm()
        let honest = try game("a", swarm), other = try game("b", swarm)
        try other.solve()
        var rollouts = swarm.rollouts(ofRound: 0, for: "a")
        let useful = rollouts.filter { $0.task.index % 3 != 0 }.count
        #expect(useful > 0)
        rollouts.append(rollouts[0])  // twice
        var easy = rollouts[0]  // a task of its own choice
        easy.task = TaskID(part: "sort_digits", seed: 7, index: 1)
        var forged = rollouts[1]  // somebody else's name
        forged.peer = "a"
        var held = rollouts[1]  // a held-out task
        held.task = try other.data.heldOut(1)[0].id
        var broken = rollouts[2]
        broken.completions[0].logProbabilities[0] = 1
        swarm.share(rollouts + [easy, forged, held, broken], of: "b", round: 0)
        let report = try honest.play()
        #expect(
            report.refused == [
                "repeated": 1, "not_assigned": 2, "bad_name": 1, "bad_log_probability": 1,
            ])
        #expect(report.externalCount == useful)
    }

    @Test func `a sender's text cannot buy a reward`() throws {
        let swarm = InMemorySwarm()
        let honest = try game("a", swarm), liar = try game("b", swarm)
        try liar.solve()
        var rollouts = swarm.rollouts(ofRound: 0, for: "a")
        for index in rollouts.indices {
            let task = try honest.data.task(rollouts[index].task)
            rollouts[index].completions[1].text = task.entry.answer ?? ""
        }
        swarm.share(rollouts, of: "b", round: 0)
        let report = try honest.play()
        #expect((report.refused["text_mismatch"] ?? 0) > 0)
        let learned = try #require(honest.trainer.learned.first)
        #expect(learned.allSatisfy { $0.rewards == [1, 0] })
    }

    @Test func `policies limit what is learned from, by a choice that seeds fix`() throws {
        func learned(_ seed: UInt64, _ policy: SharingPolicy) throws -> [TaskID] {
            let swarm = InMemorySwarm()
            let data = try TestWorld.data(tasks: 6)
            let games = ["a", "b", "c"].map { peer in
                GameManager(
                    peer: peer, data: data, rewards: GymRewardManager(data),
                    trainer: ScriptedTrainer { task, answer in
                        answer == 0 ? task.entry.answer ?? "" : "0"
                    }, swarm: swarm, policy: policy, seed: seed)
            }
            for game in games { try game.solve() }
            let report = try games[0].learn()
            #expect(report.ownCount == min(policy.own ?? 6, 6))
            return games[0].trainer.learned[0].map(\.task.id)
        }
        let four = SharingPolicy(own: 2, external: 4)
        #expect(try learned(1, four).count == 6)
        #expect(try learned(1, four) == learned(1, four))
        #expect(try learned(1, four) != learned(2, four))
        #expect(try learned(1, SharingPolicy(external: 0)).count == 6)
        #expect(try learned(1, SharingPolicy(external: 0, strategy: .all)).count == 18)
        #expect(try learned(1, SharingPolicy(own: 0, external: 3)).count == 3)
    }

    @Test func `evaluation answers held-out tasks and learns nothing`() throws {
        let game = try game("a", NoSwarm())
        let greedy = try game.evaluate(60, greedily: true)
        #expect(greedy.reward == 1 && greedy.solved == 1)
        let drawn = try game.evaluate(60, greedily: false)
        #expect(drawn.reward < 0.7 && drawn.reward > 0.1 && drawn.solved == drawn.reward)
        #expect(game.trainer.learned.isEmpty)
    }

    @Test func `the in-memory swarm forgets old rounds and hands nobody its own`() throws {
        let swarm = InMemorySwarm()
        let one = try game("a", swarm)
        for _ in 0..<5 { _ = try one.play() }
        #expect(swarm.rollouts(ofRound: 0, for: "b").isEmpty)
        #expect(swarm.rollouts(ofRound: 4, for: "b").count == 6)
        #expect(swarm.rollouts(ofRound: 4, for: "a").isEmpty)
    }
}
