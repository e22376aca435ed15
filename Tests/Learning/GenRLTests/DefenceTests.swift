import Gym
import Neural
import Tensor
import Testing

@testable import GenRL

@Suite struct DefenceTests {
    typealias Game = GameManager<GymDataManager, GymRewardManager, PlayingTrainer>

    private func game(
        _ peer: String, _ swarm: any Swarm, external: Int = 100, answerCount: Int = 2,
        _ change: (inout Defence) -> Void = { _ in }
    ) throws -> Game {
        let data = try GymDataManager(
            TestWorld.sorting(digits: 3), tasksPerRound: 3, codec: PlayingTrainer.codec)
        var defence = Defence()
        change(&defence)
        return GameManager(
            peer: peer, data: data, rewards: GymRewardManager(data),
            trainer: PlayingTrainer(answerCount: answerCount) { _, task in
                [task.entry.answer ?? ""] + (1..<answerCount).map { "\($0)" }
            }, swarm: swarm, policy: SharingPolicy(external: external), seed: 1, defence: defence)
    }

    @Test func `a sender cannot speak in another's name`() throws {
        let swarm = InMemorySwarm()
        let honest = try game("a", swarm), victim = try game("c", swarm)
        try victim.solve()
        var forged = swarm.rollouts(ofRound: 0, for: "a")
        for index in forged.indices { forged[index].completions.swapAt(0, 1) }
        swarm.share(forged, of: "b", round: 0)  // before c, by name
        let report = try honest.play()
        #expect(report.refused == ["other_sender": 3] && report.externalCount == 3)
        let learned = honest.trainer.learned[0].filter { $0.rollout.peer == "c" }
        #expect(learned.allSatisfy { $0.rewards == [1, 0] })
    }

    @Test func `a flood is counted, not read, and crowds nobody out`() throws {
        let swarm = InMemorySwarm()
        let honest = try game("z", swarm), flooder = try game("a", swarm), other = try game("b", swarm)
        try flooder.solve()
        try other.solve()
        let own = swarm.rollouts(ofRound: 0, for: "b")
        let flood = (0..<9000).map { index in
            var rollout = own[index % own.count]
            rollout.model.step = index
            return rollout
        }
        swarm.share(flood, of: "a", round: 0)
        let report = try honest.play()
        let quota = 3 * Defence.quotaFactor + Defence.quotaSpare
        #expect(report.refused == ["over_quota": 9000 - quota, "repeated": quota - 3])
        #expect(report.externalCount == 6)
    }

    @Test func `claims that are too low are found out, honest ones are not`() throws {
        func report(scoring: Float, audits: Int) throws -> RoundReport {
            let swarm = InMemorySwarm()
            let game = try game("a", swarm, answerCount: 4) { $0.audits = audits }
            let other = try self.game("b", swarm, answerCount: 4)
            try other.solve()
            game.trainer.scoring = scoring
            return try game.play()
        }
        // Our own model gives the tokens as much as claimed, hardly more, or less: nothing to see.
        for scoring in [-2 as Float, -1.9, -2.5, -20] {
            let report = try report(scoring: scoring, audits: 4)
            #expect(report.refused.isEmpty && report.externalCount == 3)
        }
        let lied = try report(scoring: -0.5, audits: 8)
        #expect(lied.refused == ["implausible": 3] && lied.externalCount == 0)
        #expect(try report(scoring: -0.5, audits: 0).externalCount == 3)
        #expect(try report(scoring: .nan, audits: 1).refused == ["implausible": 3])
    }

    @Test func `an honest peer's evidence is at most 1 in expectation, whatever the models`() {
        // Two models over four tokens; all sequences of two tokens, weighed by the sender's model.
        let sender: [Double] = [0.7, 0.2, 0.06, 0.04], receiver: [Double] = [0.05, 0.15, 0.2, 0.6]
        var expectation = 0.0
        for i in sender.indices {
            for j in sender.indices {
                let answer = ClaimedAnswer(
                    prompt: [0], tokens: [Int32(i), Int32(j)],
                    claimed: [Float(log(sender[i])), Float(log(sender[j]))])
                let own = [Float(log(receiver[i])), Float(log(receiver[j]))]
                expectation += sender[i] * sender[j] * exp(answer.evidence(own))
            }
        }
        #expect(abs(expectation - 1) < 1e-5)
    }

    private func log(_ x: Double) -> Double { Canonical.log(x) }
    private func exp(_ x: Double) -> Double { Canonical.exp(x) }

    @Test func `an honest model is scored again to the same bits`() throws {
        let engine = Engine(threads: 1)
        var config = GRPOConfig()
        config.answersPerTask = 8
        config.newTokenMax = 4
        let data = try TestWorld.data(digits: 2, tasks: 5)
        let trainer = GRPOTrainer(
            try TestWorld.pupil(on: engine), family: "f", codec: data.codec, config: config, on: engine)
        let tasks = try data.tasks(of: "a", round: 0)
        var answers: [ClaimedAnswer] = []
        for (task, completions) in zip(tasks, try trainer.generate(tasks, round: 0)) {
            answers += completions.map {
                ClaimedAnswer(prompt: task.prompt, tokens: $0.tokens, claimed: $0.logProbabilities)
            }
        }
        let scores = try #require(trainer.score(answers))
        #expect(scores.count == 40 && Set(answers.map(\.tokens.count)).count > 1)
        for (answer, own) in zip(answers, scores) {
            #expect(own.map(\.bitPattern) == answer.claimed.map(\.bitPattern))
            #expect(answer.evidence(own) == 0)
        }
    }

    @Test func `a window takes what comes late, once, and lets answering run ahead`() throws {
        var network = SimulatedNetwork()
        network.roundsKept = 6
        let swarm = SimulatedSwarm(of: ["a", "b"], network, seed: 3)
        let games = try ["a", "b"].map { try game($0, swarm) { $0.staleness = 2 } }
        var reports: [RoundReport] = []
        for round in 0..<6 {
            for game in games { while game.canSolve { try game.solve() } }
            // Rounds that are learned from are two behind those that are answered.
            #expect(games.allSatisfy { $0.round == round })
            reports += try games.map { try $0.learn() }
            swarm.advance(by: .milliseconds(60))
        }
        #expect(reports.allSatisfy { $0.refused.isEmpty })
        let learned = games[0].trainer.learned.flatMap { $0 }.filter { $0.rollout.peer == "b" }
        #expect(Set(learned.map(\.rollout)).count == learned.count, "no rollout is learned from twice")
        #expect(learned.count >= 6)
        // In step, nothing of the same round arrives in time.
        let strict = SimulatedSwarm(of: ["a", "b"], network, seed: 3)
        let steps = try ["a", "b"].map { try game($0, strict) }
        for _ in 0..<6 {
            for game in steps { try game.solve() }
            for game in steps { #expect(try game.learn().externalCount == 0) }
            strict.advance(by: .milliseconds(60))
        }
    }

    @Test func `a replay is refused within a window and beyond it`() throws {
        let swarm = InMemorySwarm(roundsKept: 8)
        let honest = try game("a", swarm) { $0.staleness = 1 }
        let replayer = try game("b", swarm) { $0.staleness = 1 }
        var first: [Rollout] = []
        var externals: [Int] = []
        for round in 0..<4 {
            while replayer.canSolve { try replayer.solve() }
            if round == 0 { first = swarm.rollouts(ofRound: 0, for: "a") }
            var replayed = first
            for index in replayed.indices { replayed[index].round = round }
            // Old answers under the new number, and under their own.
            swarm.share(round == 0 ? first : replayed + first, of: "b", round: round)
            _ = try replayer.learn()
            while honest.canSolve { try honest.solve() }
            let report = try honest.learn()
            externals.append(report.externalCount)
            if round > 0 {
                #expect((report.refused["wrong_round"] ?? 0) >= 3)
                #expect((report.refused["not_assigned"] ?? 0) >= 3)
            }
        }
        #expect(externals == [3, 0, 0, 0])
    }
}
