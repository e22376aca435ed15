// Learning from preferences: DPO (arXiv 2305.18290), see `PreferenceObjective`.
//
// Pairs are taken in a random order that is new in each pass over them and a function of the seed: step s
// takes places s * B ..< (s + 1) * B of the passes in a row, so nothing but the step has to be remembered.

import Keys
import Language
public import Neural
public import Tensor

/// How a model is taught by preferences.
public struct PreferenceConfig: Hashable, Sendable {
    /// How much a difference of log-probabilities says.
    public var beta: Float = 0.1
    /// Optimizer steps.
    public var steps: Int
    /// Pairs in a step.
    public var batch = 32
    /// How weights follow gradients.
    public var optimizer: OptimizerConfig
    /// Pairs with longer sequences, question and answer, are passed over.
    public var tokenMax = 1024
    /// How sequences lie in microbatches.
    public var packing = SequencePacking()
    /// Key of the order.
    public var seed: UInt64 = 0

    /// A configuration: linear to 0 over the steps.
    public init(steps: Int, rate: Double = 1e-5) {
        self.steps = steps
        optimizer = OptimizerConfig(rate: rate)
        optimizer.warmup = min(10, steps / 4)
        optimizer.decay = .linear(steps: steps, floor: 0)
    }
}

/// A run that learns from preferences, one step at a time.
public final class PreferenceTraining {
    /// The configuration.
    public let config: PreferenceConfig
    /// The model in training.
    public let learner: Learner
    /// Losses of all steps so far.
    public private(set) var losses: [Float] = []
    /// Pairs that fit.
    public let pairCount: Int

    private let pairs: [[TrainingSequence]]
    private let reference: Learner
    private let identity: String

    /// A run that goes on from weights, which it moves in place; a copy of them is the reference.
    public init(
        _ weights: Weights, codec: TextCodec, pairs: [PreferencePair], config: PreferenceConfig,
        on engine: Engine
    ) throws(PreferenceError) {
        precondition(config.steps >= 1 && config.batch >= 1, "a run has a step")
        self.config = config
        self.pairs = pairs.compactMap { Self.sequences($0, codec, tokenMax: config.tokenMax) }
        guard !self.pairs.isEmpty else {
            throw pairs.isEmpty ? .empty : .nothingFits(tokenMax: config.tokenMax)
        }
        pairCount = self.pairs.count
        learner = Learner(weights, optimizer: config.optimizer, on: engine)
        reference = Learner(weights.copy(on: engine), optimizer: config.optimizer, on: engine)
        // Pairs and first weights are a part of what the run is.
        var tokens: [UInt8] = []
        for sequence in self.pairs.joined() {
            for token in sequence.prompt + [-1] + sequence.tail + [-1] {
                withUnsafeBytes(of: token.littleEndian) { tokens += $0 }
            }
        }
        identity = RunIdentity.of([
            "preferences", "\(config)", "\(weights.transformer)", Digest(of: tokens).hex, weights.digest.hex,
        ])
    }

    /// The chosen sequence, then the rejected one.
    private static func sequences(
        _ pair: PreferencePair, _ codec: TextCodec, tokenMax: Int
    ) -> [TrainingSequence]? {
        let prompt = codec.prompt(pair.prompt)
        let tails = [pair.chosen, pair.rejected].map { codec.answer($0) + [codec.stopTokens[0]] }
        guard !prompt.isEmpty, tails.allSatisfy({ prompt.count + $0.count <= tokenMax }) else { return nil }
        return zip(tails, [Float(1), -1]).map { tail, sign in
            TrainingSequence(
                prompt: prompt, tail: tail,
                inputs: ["sign": Array(repeating: sign, count: tail.count)])
        }
    }

    /// Steps taken.
    public var step: Int { losses.count }
    /// Whether all steps are taken.
    public var isDone: Bool { step >= config.steps }

    /// Takes the next step.
    public func advance() throws(NumericFault) -> StepReport {
        let units = Self.weighed(
            Self.places(step, of: pairs.count, config).map { pairs[$0] })
        let batches = config.packing.batches(
            units: units, vocabulary: learner.transformer.config.vocabulary
        ).map { batch in
            var batch = batch
            batch.inputs["reference"] = reference.score(batch)
            return batch
        }
        let report = try learner.step(PreferenceObjective(beta: config.beta), batches)
        losses.append(report.loss)
        return report
    }

    /// Which pairs a step takes.
    static func places(_ step: Int, of count: Int, _ config: PreferenceConfig) -> [Int] {
        var orders: [Int: [Int]] = [:]
        return (step * config.batch..<(step + 1) * config.batch).map { place in
            let pass = place / count
            let order =
                orders[pass]
                ?? {
                    var random = CounterRandom(key: config.seed, stream: UInt64(pass))
                    return random.permutation(of: count)
                }()
            orders[pass] = order
            return order[place % count]
        }
    }

    /// Each pair counts the same, and each token has its part of that.
    static func weighed(_ units: [[TrainingSequence]]) -> [[TrainingSequence]] {
        units.map { unit in
            let weight = 1 / (Float(units.count) * Float(unit.reduce(0) { $0 + $1.tail.count }))
            return unit.map { sequence in
                var sequence = sequence
                sequence.inputs["weight"] = Array(repeating: weight, count: sequence.tail.count)
                return sequence
            }
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
