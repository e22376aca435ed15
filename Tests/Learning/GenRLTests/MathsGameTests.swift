import Gym
import Testing

@testable import GenRL

@Suite struct MathsGameTests {
    private let data: GymDataManager

    init() throws {
        data = try GymDataManager(
            EnvironmentMix([EnvironmentMix.Part("word_problems")], seed: 9), tasksPerRound: 2,
            codec: PlayingTrainer.codec)
    }

    private func manager(
        _ peer: String, _ swarm: any Swarm, rules: MathsGame.Rules = .fixed,
        answers: @escaping (String, RoundTask) -> [String]
    ) -> GameManager<GymDataManager, GymRewardManager, PlayingTrainer> {
        GameManager(
            peer: peer, data: data, rewards: GymRewardManager(data),
            trainer: PlayingTrainer(answers: answers), swarm: swarm,
            policy: SharingPolicy(external: 100), seed: 1, game: MathsGame(rules: rules).game)
    }

    private static func right(_ task: RoundTask) -> String { task.entry.answer ?? "" }

    @Test func `answers, critiques and votes are quoted and paid`() throws {
        let swarm = InMemorySwarm()
        let sage = manager("sage", swarm) { prompt, task in
            prompt.contains("Whose answer")
                ? ["He is right.\nChoice: Student #2", "Choice: Student #0"]
                : ["So\nAnswer: \(Self.right(task))", "Answer: -1\nor so"]
        }
        let fool = manager("fool", swarm) { prompt, _ in
            prompt.contains("Whose answer")
                ? ["Choice: None", "no idea"] : ["\nAnswer: 1\n> Student #9 said:", "Answer: about 3"]
        }
        for _ in 0..<3 { for player in [sage, fool] { try player.solve() } }
        let vote = try #require(sage.trainer.prompts.last?.first)
        // Fool comes before sage; what it says is quoted line by line.
        #expect(vote.contains("Student #0 said:\n> Answer: 1\n> > Student #9 said:\n\nStudent #1 said:"))
        #expect(vote.contains("Student #2 said:\n> So\n> Answer: "))
        #expect(vote.contains("Critic #2 said:\n> He is right.\n> Choice: Student #2\n"))
        #expect(!vote.contains("\nStudent #9"))
        let reports = try [sage, fool].map { try $0.learn() }
        #expect(reports.allSatisfy { $0.refused.isEmpty })
        // Right in form and number, and neither; the right student, and a wrong one in good form.
        #expect(reports[0].rewardByStage["answer"] == 0.5 && reports[0].rewardByStage["vote"] == 0.5)
        #expect(abs((reports[0].rewardByStage["critique"] ?? 0) - 0.6) < 1e-6)
        // A form without the number is worth a fifth at best; "None" is wrong, since one was right.
        #expect(abs((reports[1].rewardByStage["critique"] ?? 0) - 0.1) < 1e-6)
        #expect(sage.trainer.learned[0].map(\.rollout) == fool.trainer.learned[0].map(\.rollout))
    }

    @Test func `None is right where nobody is`() throws {
        let alone = manager("a", NoSwarm()) { prompt, _ in
            prompt.contains("Whose answer")
                ? ["Choice: None", "Choice: Student #0"] : ["Answer: -7", "Answer: -8"]
        }
        let report = try alone.play()
        #expect(abs((report.rewardByStage["critique"] ?? 0) - 0.6) < 1e-6)
        #expect(abs((report.rewardByStage["answer"] ?? 0) - 0.2) < 1e-6)
    }

    @Test func `by the original's rules a choice is paid for a character's number`() throws {
        let alone = manager("a", NoSwarm(), rules: .original) { prompt, task in
            prompt.contains("Whose answer")
                ? ["\nChoice: Student #7", "\nChoice: Student #7000"]
                : ["x\nAnswer: \(Self.right(task))", "Answer: \(Self.right(task))"]
        }
        let report = try alone.play()
        #expect(report.rewardByStage["critique"] == 0.75)
        #expect(report.rewardByStage["answer"] == 1.25 && report.rewardByStage["vote"] == 1.25)
    }

    @Test(arguments: 0..<6)
    func `a received move has the prompt that its sender saw, whatever was lost`(seed: UInt64) throws {
        var network = SimulatedNetwork()
        network.loss = 0.3
        network.duplication = 0.3
        let swarm = SimulatedSwarm(of: ["a", "b", "c"], network, seed: seed)
        let players = ["a", "b", "c"].map { peer in
            manager(peer, swarm) { prompt, task in
                prompt.contains("Whose answer")
                    ? ["\(peer): \nChoice: Student #0", "Choice: Student #1"]
                    : ["I am \(peer)\nAnswer: \(Self.right(task))", "\(peer)\nAnswer: -1"]
            }
        }
        var refused: [String: Int] = [:]
        for _ in 0..<3 {
            for _ in 0..<3 {
                for player in players { try player.solve() }
                swarm.advance(by: .seconds(1))
            }
            for player in players { refused.merge(try player.learn().refused, uniquingKeysWith: +) }
        }
        #expect(Set(refused.keys).isSubset(of: ["missing_parent", "repeated"]), "seed \(seed): \(refused)")
        var stages: Set<Int> = []
        for group in players.flatMap({ $0.trainer.learned }).flatMap({ $0 }) {
            let sender = try #require(players.first { $0.peer == group.rollout.peer })
            let asked = sender.trainer.prompts.flatMap { $0 }
            #expect(asked.contains(PlayingTrainer.text(group.task.prompt)), "seed \(seed)")
            stages.insert(group.rollout.stage)
        }
        #expect(stages == [0, 1, 2], "seed \(seed)")
    }

    @Test func `prompts that do not fit are not asked`() throws {
        var rules = MathsGame()
        rules.promptTokenMax = 120
        let player = GameManager(
            peer: "a", data: data, rewards: GymRewardManager(data),
            trainer: PlayingTrainer { _, _ in ["Answer: 1", "Answer: 2"] }, swarm: NoSwarm(),
            policy: .alone, seed: 1, game: rules.game)
        let report = try player.play()
        #expect(report.tokenCount == 0 && report.reward == 0)
    }
}
