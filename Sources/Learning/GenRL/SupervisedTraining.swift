// Supervised warm-up: the mean over a step's answer tokens of -log p(token), question tokens read only.
//
//     loss = -(1 / N) * sum over answers, over tokens t of (answer, stop) of log p(t | question, before t)
//
// Questions come from the training stream of the mix: step s takes questions s * B ..< (s + 1) * B of one
// stream of tasks, so no question order has to be remembered.

import Gym
public import Neural
public import Tensor

/// How a model is taught to answer by examples.
public struct SupervisedConfig: Sendable, Equatable {
    /// What is asked.
    public var mix: EnvironmentMix
    /// What is taught of it.
    public var lessons = Lessons.answers
    /// Optimizer steps.
    public var steps: Int
    /// Questions in a step.
    public var batch = 64
    /// How weights follow gradients.
    public var optimizer: OptimizerConfig
    /// Longer questions are passed over.
    public var promptTokenMax = 512
    /// Longer answers are passed over.
    public var answerTokenMax = 128
    /// How sequences lie in microbatches.
    public var packing = SequencePacking()
    /// The seed of the first weights.
    public var seed: UInt64 = 0

    /// What is taught of a question.
    public enum Lessons: Hashable, Sendable {
        /// Its answer.
        case answers
        /// The moves of a study group of so many players, stage by stage in turn.
        case maths(players: Int)
    }

    /// A configuration: cosine to 0 over the steps, 3e-3 at the top.
    public init(_ mix: EnvironmentMix, steps: Int, rate: Double = 3e-3) {
        self.mix = mix
        self.steps = steps
        optimizer = OptimizerConfig(rate: rate)
        optimizer.warmup = min(10, steps / 4)
        optimizer.decay = .cosine(steps: steps, floor: 0)
    }
}

/// A supervised run, one step at a time.
public final class SupervisedTraining {
    /// The configuration.
    public let config: SupervisedConfig
    /// The model in training.
    public let learner: Learner
    /// How text becomes tokens.
    public let codec: TextCodec
    /// Losses of all steps so far.
    public private(set) var losses: [Float] = []

    private let data: GymDataManager
    private let identity: String

    /// A run from new weights of a shape.
    public convenience init(
        _ transformer: Transformer, codec: TextCodec, config: SupervisedConfig, on engine: Engine
    ) throws(TaskError) {
        try self.init(
            Weights(transformer, seed: config.seed, on: engine), codec: codec, config: config, on: engine)
    }

    /// A run that goes on from weights, which it moves in place.
    public init(
        _ weights: Weights, codec: TextCodec, config: SupervisedConfig, on engine: Engine
    ) throws(TaskError) {
        self.config = config
        self.codec = codec
        data = try GymDataManager(
            config.mix, tasksPerRound: config.batch, promptTokenMax: config.promptTokenMax, codec: codec)
        learner = Learner(weights, optimizer: config.optimizer, on: engine)
        identity = RunIdentity.of(["supervised", "\(config)", "\(weights.transformer)"])
    }

    /// Steps taken.
    public var step: Int { losses.count }
    /// Whether all steps are taken.
    public var isDone: Bool { step >= config.steps }

    /// Takes the next step.
    public func advance() throws -> StepReport {
        let tasks = try data.tasks(of: "supervised", round: step)
        let sequences = tasks.enumerated().compactMap { position, task -> TrainingSequence? in
            guard let (prompt, text) = lesson(task, position) else { return nil }
            let tail = codec.answer(text) + [codec.stopTokens[0]]
            guard tail.count <= config.answerTokenMax else { return nil }
            return TrainingSequence(prompt: prompt, tail: tail, inputs: [:])
        }
        guard !sequences.isEmpty else {
            throw TaskError.badMix(reason: "no question of step \(step) has an answer that fits")
        }
        let weight = 1 / Float(sequences.reduce(0) { $0 + $1.tail.count })
        let weighed = sequences.map { sequence in
            var sequence = sequence
            sequence.inputs["weight"] = Array(repeating: weight, count: sequence.tail.count)
            return sequence
        }
        let report = try learner.step(
            LikelihoodObjective(),
            config.packing.batches(weighed, vocabulary: learner.transformer.config.vocabulary))
        losses.append(report.loss)
        return report
    }

    /// What is asked about a task, and what is taught to say.
    private func lesson(_ task: RoundTask, _ position: Int) -> (prompt: [Int32], answer: String)? {
        switch config.lessons {
        case .answers:
            return task.entry.answer.map { (task.prompt, $0) }
        case .maths(let players):
            var random = CounterRandom(
                key: config.seed ^ 0x4C45_5353, stream: UInt64(step) << 32 | UInt64(position))
            return MathsLessons(maths: MathsGame(), players: players).lesson(
                task, stage: MathsLessons.stages[position % MathsLessons.stages.count], codec: codec, &random)
        }
    }

    /// The run at rest. Its tensors are those of the learner: write it out before the next step.
    public func checkpoint() -> RunCheckpoint {
        RunCheckpoint(of: learner, losses: losses, identity: identity)
    }

    /// Goes on where a checkpoint of the same run left off.
    public func restore(_ checkpoint: RunCheckpoint) throws(RunCheckpointError) {
        losses = try checkpoint.restore(learner, withLossesOf: identity)
    }
}
