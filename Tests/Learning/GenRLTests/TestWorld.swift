import Bytes
import Gym
import Neural
import Tensor

@testable import GenRL

/// What small tests share: digits to sort, characters as tokens, a model of a few thousand weights.
enum TestWorld {
    static let codec = TextCodec.characters("0123456789")

    static func sorting(digits: Int, seed: Int = 7) -> EnvironmentMix {
        EnvironmentMix(
            [
                EnvironmentMix.Part(
                    "sort_digits",
                    configuration: .members([
                        ("min_digits", .int(digits)), ("max_digits", .int(digits)),
                    ]))
            ], seed: seed)
    }

    static func data(digits: Int = 3, tasks: Int = 4) throws -> GymDataManager {
        try GymDataManager(sorting(digits: digits), tasksPerRound: tasks, codec: codec)
    }

    static let shape = Transformer(
        TransformerConfig(vocabulary: 13, width: 32, feedForward: 64, layers: 1, heads: 2))

    /// A model that knows a little about sorting two digits: it is right at times, wrong at times.
    static func pupil(on engine: Engine, steps: Int = 40) throws -> Weights {
        var config = SupervisedConfig(steps: steps, rate: 1e-2)
        config.batch = 32
        let training = try SupervisedTraining(
            shape, codec: codec, plan: .init(sorting(digits: 2, seed: 3)), config: config, on: engine)
        while !training.isDone { _ = try training.advance() }
        return training.learner.weights
    }

    static func bits(_ weights: Weights) -> [String: [UInt32]] {
        weights.tensors.mapValues { $0.floats.map(\.bitPattern) }
    }
}

/// A trainer that answers by a rule and remembers what it was given.
final class ScriptedTrainer: Trainer {
    var model = ModelID(family: "scripted", step: 0)
    let rule: RolloutRule
    var learned: [[ScoredRollout]] = []
    private let answers: (RoundTask, _ answer: Int) -> String

    init(answerCount: Int = 2, answers: @escaping (RoundTask, Int) -> String) {
        rule = RolloutRule(
            family: "scripted", completionCount: answerCount, tokenMax: 8, codec: TestWorld.codec)
        self.answers = answers
    }

    func generate(_ tasks: [RoundTask], round: Int) -> [[Completion]] {
        tasks.map { task in
            (0..<rule.completionCount).map { answer in
                let text = answers(task, answer)
                let tokens = TestWorld.codec.answer(text) + [0]
                return Completion(
                    tokens: tokens, text: text,
                    logProbabilities: Array(repeating: -1, count: tokens.count))
            }
        }
    }

    func answer(_ tasks: [RoundTask], greedily: Bool) -> [String] {
        tasks.map { answers($0, greedily ? 0 : 1) }
    }

    func train(_ groups: [ScoredRollout], round: Int) -> StepReport? {
        learned.append(groups)
        model.step += 1
        return StepReport(loss: 0.5, gradientNorm: 1, metrics: ["ratio": 1], rate: 0.1)
    }
}
