import Bytes
import Gym
import Keys
import Neural
import Testing

@testable import GenRL

/// A game of three roles as CodeZero plays it: a number is proposed, solved, judged.
@Suite struct GameTests {
    typealias Manager = GameManager<GymDataManager, GymRewardManager, PlayingTrainer>

    private static let mix = EnvironmentMix(
        [EnvironmentMix.Part("word_problems", configuration: .members([("max_number", .int(20))]))],
        seed: 5)

    private func data(tasks: Int = 2) throws -> GymDataManager {
        try GymDataManager(Self.mix, tasksPerRound: tasks, codec: PlayingTrainer.codec)
    }

    /// Proposers give numbers, solvers double each, evaluators say whether they did.
    private static let roles = Game(
        "doubling",
        stages: [
            .init(
                "propose", role: .proposer, turns: { _ in [.init("propose")] },
                rewards: { node, tree in
                    // What a proposal is worth is known when its solutions are.
                    let solved = tree.children(of: node.id).filter { $0.stage == 1 }
                        .contains { $0.texts.contains("right") }
                    return node.texts.map { _ in solved ? 1 : 0 }
                }),
            .init(
                "solve", role: .solver,
                turns: { tree in
                    tree.nodes(inStage: 0).flatMap { $0.texts.map { Game.Turn("solve " + $0) } }
                }, rewards: { node, _ in node.texts.map { $0 == "right" ? 1 : 0 } }),
            .init(
                "judge", role: .evaluator, isLearned: false,
                turns: { tree in tree.nodes(inStage: 1).map { Game.Turn("judge " + $0.texts[0]) } },
                rewards: { node, _ in node.texts.map { _ in 0 } }),
        ], assignment: .common, movesMax: 64,
        plays: { peer, role in
            switch role {
            case .proposer: peer == "p"
            case .solver: peer.hasPrefix("s")
            default: peer == "e"
            }
        },
        isOver: { tree in tree.nodes(inStage: 0).contains { $0.texts.contains("stop") } })

    private func manager(
        _ peer: String, _ swarm: any Swarm, game: Game = roles, saying word: String = "7"
    ) throws -> Manager {
        let data = try data()
        let trainer = PlayingTrainer { prompt, _ in
            prompt == "propose"
                ? [word, "8"] : prompt.hasPrefix("solve 7") ? ["right", "wrong"] : ["x", "x"]
        }
        return GameManager(
            peer: peer, data: data, rewards: GymRewardManager(data), trainer: trainer, swarm: swarm,
            policy: SharingPolicy(external: 100), seed: 1, game: game)
    }

    @Test func `roles play their stages and all see the same tree`() throws {
        let swarm = InMemorySwarm()
        let managers = try ["p", "s1", "s2", "e"].map { try manager($0, swarm) }
        for _ in 0..<3 { for manager in managers { try manager.solve() } }
        // One proposal and two prompts of it for each of two tasks; two solvers make four judgements.
        #expect(managers[0].trainer.prompts.map(\.count) == [2])
        #expect(managers[1].trainer.prompts.map(\.count) == [4])
        #expect(managers[3].trainer.prompts.map(\.count) == [8])
        let reports = try managers.map { try $0.learn() }
        #expect(reports.allSatisfy { $0.refused.isEmpty && $0.round == 0 })
        #expect(reports[0].rewardByStage == ["propose": 1])
        #expect(reports[1].rewardByStage == ["solve": 0.25])
        // Groups with a right and a wrong answer: two tasks of two solvers; judges are not learned from.
        let learned = managers.map { $0.trainer.learned[0] }
        #expect(learned.allSatisfy { $0.count == 4 && $0.allSatisfy { $0.rollout.stage == 1 } })
        #expect(learned.allSatisfy { $0.map(\.rollout) == learned[0].map(\.rollout) })
        let prompts = Set(learned[0].map { PlayingTrainer.text($0.task.prompt) })
        #expect(prompts == ["solve 7"])
    }

    @Test func `a game that is over has no further turns`() throws {
        let swarm = InMemorySwarm()
        let managers = try ["p", "s1"].map { try manager($0, swarm, saying: "stop") }
        for _ in 0..<3 { for manager in managers { try manager.solve() } }
        #expect(managers[1].trainer.prompts.isEmpty)
        #expect(try managers[1].learn().tokenCount == 0)
    }

    @Test func `moves that the game does not have are refused`() throws {
        let swarm = InMemorySwarm()
        let solver = try manager("s1", swarm), proposer = try manager("p", swarm)
        try proposer.solve()
        try solver.solve()
        try solver.solve()
        let proposals = swarm.rollouts(ofRound: 0, for: "s1")
        var moves = swarm.rollouts(ofRound: 0, for: "p")
        #expect(proposals.count == 2 && moves.count == 4)
        moves[0].turn = 2  // there are two prompts
        moves[1].parents = []  // sees nothing, so there is no prompt
        moves[3].parents = [RolloutID(of: "nobody")]  // a node nobody has
        var proposal = proposals[0]  // not a proposer
        proposal.peer = "s1"
        var beyond = moves[2]
        beyond.stage = 3
        beyond.parents = []
        let good = moves[2]
        swarm.share([proposal, moves[0], moves[1], moves[3], beyond, good], of: "s1", round: 0)
        for _ in 0..<2 { try proposer.solve() }
        let report = try proposer.learn()
        #expect(report.refused == ["wrong_turn": 4, "missing_parent": 1])
        #expect(report.externalCount == 1)
    }

    @Test func `a stage draws from streams of its own, and the simplest game from those of its round`() throws
    {
        final class Recorder: Trainer {
            let inner = PlayingTrainer { _, _ in ["a", "b"] }
            var rounds: [Int] = []
            var model: ModelID { inner.model }
            var rule: RolloutRule { inner.rule }
            func generate(_ tasks: [RoundTask], round: Int) -> [[Completion]] {
                rounds.append(round)
                return inner.generate(tasks, round: round)
            }
            func answer(_ tasks: [RoundTask], greedily: Bool) -> [String] { [] }
            func train(_ groups: [ScoredRollout], round: Int) -> StepReport? {
                rounds.append(-round)
                return nil
            }
        }
        let data = try data()
        func rounds(_ game: Game?) throws -> [Int] {
            let recorder = Recorder()
            let manager = GameManager(
                peer: "a", data: data, rewards: GymRewardManager(data), trainer: recorder,
                swarm: NoSwarm(), policy: .alone, seed: 1, game: game)
            for _ in 0..<3 { _ = try manager.play() }
            return recorder.rounds
        }
        #expect(try rounds(nil) == [0, 0, 1, -1, 2, -2])
        #expect(try rounds(MathsGame().game) == [0, 1, 2, 0, 3, 4, 5, -3, 6, 7, 8, -6])
    }
}
