import CodeZero
import Foundation
import GenRL
import Language
import Neural
import Sandbox
import Tensor
import TestSupport
import Testing

@testable import Swarm

private let sandbox = try? Sandbox()

@Suite(.enabled(if: sandbox != nil, "this machine allows no sandbox"))
struct CodeZeroRunTests {
    private static let codec = TextCodec.characters(
        "\n" + String(String.UnicodeScalarView((32..<127).compactMap(Unicode.Scalar.init))))

    /// A few programs, each right for some questions about numbers, whatever the question.
    private struct Lessons: LessonSource {
        let identity = "programs"
        func lessons(_ positions: Range<Int>) -> [Lesson] {
            positions.map { position in
                let steps = ["n + 7", "n * 3", "n // 2"]
                let answer = "def f(n):\n return \(steps[position % steps.count])"
                let question = ProblemGenerator(seed: 3).problem(at: position, level: 1).problem.prompt
                return Lesson(prompt: codec.prompt(question), answer: codec.answer(answer))
            }
        }
    }

    /// A model that writes short programs, now and then the right one.
    private static func member() -> CodeZeroTeam.Member {
        var transformer = TransformerConfig(
            vocabulary: codec.vocabulary, width: 32, feedForward: 64, layers: 1, heads: 2)
        transformer.contextLength = 1536
        var config = SupervisedConfig(steps: 100, rate: 1e-2)
        config.batch = 12
        let engine = Engine(threads: 2)
        let training = SupervisedTraining(
            Weights(Transformer(transformer), seed: 1, on: engine), codec: codec,
            lessons: Lessons(), config: config, on: engine)
        while !training.isDone {
            do { _ = try training.advance() } catch { Issue.record("\(error)") }
        }
        return CodeZeroTeam.Member(training.learner.weights, codec, isTaught: true)
    }

    private static func config(_ decider: CodeZeroGame.Decider) -> CodeZeroConfig {
        var solver = GRPOConfig()
        solver.answersPerTask = 12
        solver.newTokenMax = 28
        var config = CodeZeroConfig(solver: solver, proposing: solver)
        config.proposer = .generator
        config.decider = decider
        config.proposals = 4
        config.heldOutCount = 4
        config.heldOutLevels = [2]
        config.seed = 9
        config.measureEvery = 2
        config.audits = 3
        return config
    }

    private static func run(_ member: CodeZeroTeam.Member) throws -> CodeZeroRun {
        // Evaluators that were taught nothing about judging: what they say is no more than repeatable. One is
        // asked for verdicts; the other one weighs likelihoods and learns from audits.
        var judge = member
        judge.isTaught = false
        return CodeZeroRun(
            config(.execution), CodeZeroTeam(solver: member, proposer: nil, evaluators: [judge, member]),
            sandbox: try #require(sandbox), cores: 2)
    }

    @Test func `a run goes on from a file with the same bits`() throws {
        let member = Self.member(), whole = try Self.run(member)
        for _ in 0..<4 { _ = try whole.play() }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "codezero-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("checkpoint")
        let first = try Self.run(member)
        #expect(try !first.resume(from: file))
        for _ in 0..<2 { _ = try first.play() }
        try first.keep(in: file)
        // What it does after being kept is lost.
        _ = try first.play()
        let second = try Self.run(member)
        #expect(try second.resume(from: file) && second.round == 2)
        for _ in 0..<2 { _ = try second.play() }
        #expect(second.rewards == whole.rewards && second.measurements == whole.measurements)
        #expect(second.weights.digest == whole.weights.digest)
        #expect(second.game.calibration == whole.game.calibration)
        #expect(second.game.pool == whole.game.pool && second.game.difficulty == whole.game.difficulty)
        #expect(second.game.voted == whole.game.voted)
        #expect(whole.students.count == 1)
        let judges = [whole, second].map { $0.students[0].model.learner.weights.digest }
        #expect(judges[0] == judges[1] && judges[0] != member.weights.digest)
        // It did learn.
        #expect(whole.weights.digest != member.weights.digest, "\(whole.rewards)")
        let other = CodeZeroRun(
            Self.config(.evaluators),
            CodeZeroTeam(solver: member, proposer: nil, evaluators: [member]),
            sandbox: try #require(sandbox), cores: 2)
        #expect(throws: RunCheckpointError.self) { try other.resume(from: file) }
    }

    @Test func `proposals of a model are refused for reasons that are counted`() throws {
        let member = Self.member()
        var config = Self.config(.execution)
        config.proposer = .model
        let run = CodeZeroRun(
            config, CodeZeroTeam(solver: member, proposer: member, evaluators: []),
            sandbox: try #require(sandbox), cores: 2)
        // It writes programs where proposals are asked for.
        let round = try run.play()
        #expect(round.accepted == 0 && round.refused == ["unreadable": 4])
        #expect(round.reward == nil && round.solverLoss == nil && run.round == 1)
        #expect(run.measurements.count == 1 && run.measurements[0].accuracy.isEmpty)
    }
}
