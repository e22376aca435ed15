import Language
public import Neural
public import Tensor

/// How a model answers and learns by GRPO.
public struct GRPOConfig: Hashable, Sendable {
    /// Answers to one task (G), at least 2.
    public var answersPerTask = 16
    /// Tokens of an answer, the stop token included.
    public var newTokenMax = 16
    /// The temperature answers are drawn at. Nothing else shapes the distribution: ratios are exact.
    public var temperature: Float = 1
    /// How weights follow gradients.
    public var optimizer: OptimizerConfig
    /// The bounds of the ratio.
    public var clipLow: Float = 0.2, clipHigh: Float = 0.28
    /// Where the ratio is cut off.
    public var ratioCap: Float = 10
    /// The weight of the divergence from the model at the start; 0 leaves it out.
    public var divergenceWeight: Float = 0
    /// How rewards become advantages.
    public var advantageScale = AdvantageScale.groupDeviation
    /// Passes over a round's rollouts, and optimizer steps in each.
    public var epochs = 1, minibatches = 1
    /// How sequences lie in microbatches.
    public var packing = SequencePacking()
    /// Element type of the matrices when answering and training.
    public var element = ElementType.float32
    /// Key of all random numbers.
    public var seed: UInt64 = 0

    /// The settings of `docs/algorithms.md`: AdamW (0.9, 0.95) with ten steps of warm-up.
    public init(rate: Double = 3e-4) {
        optimizer = OptimizerConfig(rate: rate)
        optimizer.warmup = 10
    }

    /// The objective of these settings.
    public var objective: GRPOObjective {
        GRPOObjective(
            clipLow: clipLow, clipHigh: clipHigh, ratioCap: ratioCap,
            divergenceWeight: divergenceWeight, temperature: temperature)
    }
}

/// A transformer that learns from scored answers: GRPO (arXiv 2402.03300).
///
/// Everything it does is a function of its weights, the configuration and its arguments.
public final class GRPOTrainer: Trainer {
    /// The settings.
    public let config: GRPOConfig
    /// The weights in training.
    public let learner: Learner
    /// How text becomes tokens.
    public let codec: TextCodec
    /// What rollouts of this swarm look like.
    public let rule: RolloutRule

    private let generator: Generator
    private let reference: Learner?
    private var generatorStep = 0

    /// A trainer that moves `weights` in place.
    public init(
        _ weights: Weights, family: String, codec: TextCodec, config: GRPOConfig, on engine: Engine
    ) {
        precondition(config.answersPerTask >= 2 && config.newTokenMax >= 1, "a group has two answers")
        precondition(config.epochs >= 1 && config.minibatches >= 1, "a round has a step")
        precondition(config.temperature > 0, "answers are drawn, not chosen")
        precondition(codec.vocabulary <= weights.transformer.config.vocabulary, "tokens of the model")
        self.config = config
        self.codec = codec
        // Answering and training multiply alike, so a fresh answer of our own has a ratio of exactly 1.
        let weights = weights.multiplying(in: config.element)
        rule = RolloutRule(
            family: family, completionCount: config.answersPerTask, tokenMax: config.newTokenMax,
            codec: codec)
        learner = Learner(weights, optimizer: config.optimizer, on: engine)
        generator = Generator(weights, element: config.element, on: engine)
        reference =
            config.divergenceWeight > 0
            ? Learner(weights.copy(on: engine), optimizer: config.optimizer, on: engine) : nil
    }

    /// The family and the steps taken.
    public var model: ModelID { ModelID(family: rule.family, step: learner.stepCount) }

    /// Draws the answers of a round.
    public func generate(_ tasks: [RoundTask], round: Int) throws -> [[Completion]] {
        let count = config.answersPerTask
        let requests = tasks.enumerated().flatMap { position, task in
            (0..<count).map { answer in
                request(
                    task, Sampling(temperature: config.temperature), stream: 2 * UInt64(round) + 2,
                    offset: position * count + answer)
            }
        }
        let made = try made(requests)
        return tasks.indices.map { position in
            made[position * count..<(position + 1) * count].map { generation in
                Completion(
                    tokens: generation.tokens, text: codec.text(generation.tokens),
                    logProbabilities: generation.logProbabilities)
            }
        }
    }

    /// One answer per task, the most probable tokens or drawn ones.
    public func answer(_ tasks: [RoundTask], greedily: Bool) throws -> [String] {
        let sampling = greedily ? Sampling.greedy : Sampling(temperature: config.temperature)
        let requests = tasks.enumerated().map { position, task in
            request(task, sampling, stream: 1, offset: position)
        }
        return try made(requests).map { codec.text($0.tokens) }
    }

    private func made(_ requests: [GenerationRequest]) throws -> [Generation] {
        if generatorStep != learner.stepCount {
            generator.load(learner.weights)
            generatorStep = learner.stepCount
        }
        return try generator.generate(requests)
    }

    /// Streams of one seed never meet: the upper half says what for, the lower which answer.
    private func request(
        _ task: RoundTask, _ sampling: Sampling, stream: UInt64, offset: Int
    ) -> GenerationRequest {
        GenerationRequest(
            prompt: task.prompt, maxNewTokens: config.newTokenMax, sampling: sampling,
            seed: config.seed, stream: stream << 32 | UInt64(offset), stopTokens: Set(codec.stopTokens))
    }

    /// Learns from a round's rollouts; the report is that of the last step.
    public func train(_ groups: [ScoredRollout], round: Int) throws -> StepReport? {
        let sequences = sequences(groups)
        guard !sequences.isEmpty else { return nil }
        var random = CounterRandom(key: config.seed, stream: (2 * UInt64(round) + 3) << 32)
        var report: StepReport?
        for _ in 0..<config.epochs {
            for part in parts(of: sequences.count, &random) {
                let chosen = weighed(part.map { sequences[$0] })
                let batches = config.packing.batches(
                    chosen, vocabulary: learner.transformer.config.vocabulary)
                report = try learner.step(config.objective, withReference(batches))
            }
        }
        return report
    }

    /// Which sequences each step of an epoch takes; all in order where there is one step.
    private func parts(of count: Int, _ random: inout CounterRandom) -> [[Int]] {
        guard config.minibatches > 1 else { return [Array(0..<count)] }
        let order = random.permutation(of: count), steps = min(config.minibatches, count)
        return (0..<steps).map { step in Array(order[count * step / steps..<count * (step + 1) / steps]) }
    }

    private func sequences(_ groups: [ScoredRollout]) -> [TrainingSequence] {
        groups.flatMap { group in
            zip(group.rollout.completions, group.advantages).map { completion, advantage in
                TrainingSequence(
                    prompt: group.task.prompt, tail: completion.tokens,
                    inputs: [
                        "advantage": Array(repeating: advantage, count: completion.tokens.count),
                        "behaviour": completion.logProbabilities,
                    ])
            }
        }
    }

    /// Gives every scored token of a step the same weight.
    private func weighed(_ sequences: [TrainingSequence]) -> [TrainingSequence] {
        let weight = 1 / Float(sequences.reduce(0) { $0 + $1.tail.count })
        return sequences.map { sequence in
            var sequence = sequence
            sequence.inputs["weight"] = Array(repeating: weight, count: sequence.tail.count)
            return sequence
        }
    }

    private func withReference(_ batches: [Batch]) -> [Batch] {
        guard let reference else { return batches }
        return batches.map { batch in
            var batch = batch
            batch.inputs["reference"] = reference.score(batch, temperature: config.temperature)
            return batch
        }
    }
}
