// Supervised warm-up: the mean over a step's answer tokens of -log p(token), question tokens read only.
//
//     loss = -(1 / N) * sum over answers, over tokens t of (answer, stop) of log p(t | question, before t)
//
// Step s takes lessons s * B ..< (s + 1) * B of a stream, so no order has to be remembered.

import Gym
public import Neural
public import Tensor

/// Where questions and their answers come from: a stream that is a function of the position.
public protocol LessonSource: Sendable {
    /// Names what the lessons depend on; a kept run goes on with the same ones only.
    var identity: String { get }
    /// The lessons at some positions, as tokens, the answers without a stop token. Fewer where a question
    /// has no answer.
    func lessons(_ positions: Range<Int>) throws(TaskError) -> [Lesson]
}

/// A question and its answer.
public struct Lesson: Sendable, Hashable {
    /// Tokens that are read.
    public var prompt: [Int32]
    /// Tokens that are learned, without the one that stops.
    public var answer: [Int32]

    /// A lesson of these parts.
    public init(prompt: [Int32], answer: [Int32]) {
        self.prompt = prompt
        self.answer = answer
    }
}

/// Lessons of a mix of environments: what they ask and the answers they know.
public struct GymLessons: LessonSource {
    /// What is taught of a question.
    public enum Teaching: Hashable, Sendable {
        /// Its answer.
        case answers
        /// The moves of a study group of so many players, stage by stage in turn.
        case maths(players: Int)
    }

    /// What is taught.
    public struct Plan: Sendable, Equatable {
        /// What is asked.
        public var mix: EnvironmentMix
        /// What is taught of it.
        public var teaching: Teaching
        /// Longer questions are passed over.
        public var promptTokenMax: Int

        /// A plan.
        public init(_ mix: EnvironmentMix, teaching: Teaching = .answers, promptTokenMax: Int = 512) {
            (self.mix, self.teaching, self.promptTokenMax) = (mix, teaching, promptTokenMax)
        }
    }

    private let plan: Plan
    private let data: GymDataManager

    /// Lessons from the training stream of a mix.
    public init(_ plan: Plan, codec: TextCodec) throws(TaskError) {
        self.plan = plan
        data = try GymDataManager(
            plan.mix, tasksPerRound: 1, promptTokenMax: plan.promptTokenMax, codec: codec)
    }

    /// Questions and answers of the beginning of the stream, to learn a vocabulary from.
    public static func texts(_ mix: EnvironmentMix, count: Int = 2000) throws(TaskError) -> [String] {
        let data = try GymDataManager(
            mix, tasksPerRound: count, promptTokenMax: .max, codec: .characters(" "))
        return try data.tasks(of: "supervised", round: 0).flatMap { task in
            [task.entry.question] + (task.entry.answer.map { [$0] } ?? [])
        }
    }

    /// The plan.
    public var identity: String { "\(plan)" }

    /// The questions of one stream.
    public func lessons(_ positions: Range<Int>) throws(TaskError) -> [Lesson] {
        var lessons: [Lesson] = []
        for position in positions {
            for task in try data.tasks(of: "supervised", round: position) {
                if let lesson = lesson(task, position) { lessons.append(lesson) }
            }
        }
        return lessons
    }

    private func lesson(_ task: RoundTask, _ position: Int) -> Lesson? {
        switch plan.teaching {
        case .answers:
            return task.entry.answer.map { Lesson(prompt: task.prompt, answer: data.codec.answer($0)) }
        case .maths(let players):
            var random = CounterRandom(
                key: UInt64(plan.mix.seed) ^ 0x4C45_5353, stream: UInt64(position))
            let stage = MathsLessons.stages[position % MathsLessons.stages.count]
            return MathsLessons(maths: MathsGame(), players: players).lesson(
                task, stage: stage, codec: data.codec, &random
            ).map { Lesson(prompt: $0.prompt, answer: data.codec.answer($0.answer)) }
        }
    }
}

/// How a model is taught to answer by examples.
public struct SupervisedConfig: Sendable, Hashable {
    /// Optimizer steps.
    public var steps: Int
    /// Questions in a step.
    public var batch = 64
    /// How weights follow gradients.
    public var optimizer: OptimizerConfig
    /// Longer answers are passed over.
    public var answerTokenMax = 128
    /// How sequences lie in microbatches.
    public var packing = SequencePacking()
    /// The seed of the first weights.
    public var seed: UInt64 = 0

    /// A configuration: cosine to 0 over the steps, 3e-3 at the top.
    public init(steps: Int, rate: Double = 3e-3) {
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

    private let lessons: any LessonSource
    private let identity: String

    /// A run from new weights of a shape, over the questions of environments.
    public convenience init(
        _ transformer: Transformer, codec: TextCodec, plan: GymLessons.Plan, config: SupervisedConfig,
        on engine: Engine
    ) throws(TaskError) {
        self.init(
            Weights(transformer, seed: config.seed, on: engine), codec: codec,
            lessons: try GymLessons(plan, codec: codec), config: config, on: engine)
    }

    /// A run that goes on from weights, which it moves in place.
    public init(
        _ weights: Weights, codec: TextCodec, lessons: any LessonSource, config: SupervisedConfig,
        on engine: Engine
    ) {
        self.config = config
        self.codec = codec
        self.lessons = lessons
        learner = Learner(weights, optimizer: config.optimizer, on: engine)
        identity = RunIdentity.of(
            ["supervised", "\(config)", lessons.identity, "\(weights.transformer)"])
    }

    /// Steps taken.
    public var step: Int { losses.count }
    /// Whether all steps are taken.
    public var isDone: Bool { step >= config.steps }

    /// Takes the next step.
    public func advance() throws -> StepReport {
        let positions = step * config.batch..<(step + 1) * config.batch
        let report = try learner.imitate(
            try lessons.lessons(positions), codec: codec, packing: config.packing,
            answerTokenMax: config.answerTokenMax)
        guard let report else {
            throw TaskError.badMix(reason: "no question of step \(step) has an answer that fits")
        }
        losses.append(report.loss)
        return report
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

extension Learner {
    /// Takes a step towards the answers of some lessons, each token counting as much as any other.
    ///
    /// - Parameter answerTokenMax: lessons with longer answers, the stop token counted, are left out.
    /// - Returns: what the step did; nil where no lesson was left, and none was taken.
    public func imitate(
        _ lessons: [Lesson], codec: TextCodec, packing: SequencePacking = SequencePacking(),
        answerTokenMax: Int = .max
    ) throws -> StepReport? {
        let sequences = lessons.compactMap { lesson -> TrainingSequence? in
            let tail = lesson.answer + [codec.stopTokens[0]]
            guard tail.count <= answerTokenMax else { return nil }
            return TrainingSequence(prompt: lesson.prompt, tail: tail, inputs: [:])
        }
        guard !sequences.isEmpty else { return nil }
        let weight = 1 / Float(sequences.reduce(0) { $0 + $1.tail.count })
        let weighed = sequences.map { sequence in
            var sequence = sequence
            sequence.inputs["weight"] = Array(repeating: weight, count: sequence.tail.count)
            return sequence
        }
        return try step(
            LikelihoodObjective(), packing.batches(weighed, vocabulary: transformer.config.vocabulary))
    }
}
