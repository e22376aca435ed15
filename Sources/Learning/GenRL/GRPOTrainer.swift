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
    /// How answers and their rewards become a loss.
    public var algorithm: Algorithm
    /// Passes over a round's rollouts, and optimizer steps in each.
    public var epochs = 1, minibatches = 1
    /// How sequences lie in microbatches.
    public var packing = SequencePacking()
    /// Element type of the matrices when answering and training.
    public var element = ElementType.float32
    /// Key of all random numbers.
    public var seed: UInt64 = 0

    /// The settings of `docs/algorithms.md`: AdamW (0.9, 0.95) with ten steps of warm-up.
    public init(_ algorithm: Algorithm = .dapo, rate: Double = 3e-4) {
        self.algorithm = algorithm
        optimizer = OptimizerConfig(rate: rate)
        optimizer.warmup = 10
    }

    /// The objective of these settings.
    public var objective: PolicyObjective { algorithm.objective(temperature: temperature) }
    /// How rewards become advantages.
    public var advantageScale: AdvantageScale { algorithm.advantages }
}

/// A transformer that learns from scored answers: GRPO (arXiv 2402.03300) and its kin, see `Algorithm`.
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
        var weights = weights.multiplying(in: config.element)
        if config.algorithm.critic != nil, !weights.transformer.hasValueHead {
            weights = weights.addingValueHead(on: engine)
        }
        rule = RolloutRule(
            family: family, completionCount: config.answersPerTask, tokenMax: config.newTokenMax,
            codec: codec)
        learner = Learner(weights, optimizer: config.optimizer, on: engine)
        generator = Generator(weights, element: config.element, on: engine)
        reference =
            config.algorithm.needsReference
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
        // Tokens of groups without signal, where a node does not filter them, only make the mean smaller.
        let tokens = groups.reduce(0) { $0 + $1.rollout.tokenCount }
        let share = Float(sequences.reduce(0) { $0 + $1.tail.count }) / Float(tokens)
        var random = CounterRandom(key: config.seed, stream: (2 * UInt64(round) + 3) << 32)
        var report: StepReport?
        for _ in 0..<config.epochs {
            for part in parts(of: sequences.count, &random) {
                let (chosen, weight) = weighed(part.map { sequences[$0] }, by: share)
                var step = try self.step(config.packing.batches(chosen, vocabulary: vocabulary))
                // Weights that do not sum to 1 make no mean: the report's numbers are means.
                if config.algorithm.averaging == .constant {
                    step.metrics = step.metrics.mapValues { $0 / weight }
                }
                report = step
            }
        }
        return report
    }

    private func step(_ batches: [Batch]) throws(NumericFault) -> StepReport {
        guard let critic = config.algorithm.critic else { return try learner.step(config.objective, batches) }
        return try learner.step(ActorCriticObjective(policy: config.objective, critic: critic), batches)
    }

    private var vocabulary: Int { learner.transformer.config.vocabulary }

    /// Which sequences each step of an epoch takes; all in order where there is one step.
    private func parts(of count: Int, _ random: inout CounterRandom) -> [[Int]] {
        guard config.minibatches > 1 else { return [Array(0..<count)] }
        let order = random.permutation(of: count), steps = min(config.minibatches, count)
        return (0..<steps).map { step in Array(order[count * step / steps..<count * (step + 1) / steps]) }
    }

    /// What is learned from, but for weights: the answers of groups that say something.
    private func sequences(_ groups: [ScoredRollout]) -> [TrainingSequence] {
        var sequences = groups.map { group in
            group.rollout.completions.map {
                TrainingSequence(prompt: group.task.prompt, tail: $0.tokens, inputs: [:])
            }
        }
        let inputs = PolicyInputs(
            answers(groups, sequences), algorithm: config.algorithm, lengthMax: config.newTokenMax)
        for (group, inputs) in inputs.groups.enumerated() {
            for (answer, inputs) in (inputs ?? []).enumerated() {
                sequences[group][answer].inputs = inputs
            }
            if inputs == nil { sequences[group] = [] }
        }
        return sequences.flatMap { $0 }
    }

    /// The answers as an algorithm sees them, scored anew by other models where it asks for that.
    private func answers(
        _ groups: [ScoredRollout], _ sequences: [[TrainingSequence]]
    ) -> [[ScoredAnswer]] {
        let flat = sequences.flatMap { $0 }
        let temperature = config.temperature
        let references = reference.map { model in
            numbers(flat) { model.score($0, temperature: temperature) }
        }
        let current =
            config.algorithm.importanceCap > 0
            ? numbers(flat) { learner.score($0, temperature: temperature) } : nil
        let values = config.algorithm.critic == nil ? nil : numbers(flat, learner.values)
        var next = 0
        return groups.map { group in
            zip(group.rewards, group.rollout.completions).map { reward, completion in
                defer { next += 1 }
                var answer = ScoredAnswer(reward: reward, behaviour: completion.logProbabilities)
                if let current {
                    answer.behaviour = current[next]
                    answer.sender = completion.logProbabilities
                }
                if let references { answer.reference = references[next] }
                if let values { answer.values = values[next] }
                return answer
            }
        }
    }

    /// A number for each token of the tails, by a forward pass of training, however they are packed.
    private func numbers(_ sequences: [TrainingSequence], _ pass: (Batch) -> [Float]) -> [[Float]] {
        var numbers = Array(repeating: [Float](), count: sequences.count)
        for members in config.packing.layout(sequences.map { [$0] }, vocabulary: vocabulary) {
            var rest = pass(SequencePacking.batch(members.map { sequences[$0] }))[...]
            for member in members {
                let count = sequences[member].tail.count
                numbers[member] = Array(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
        }
        return numbers
    }

    /// Gives the tokens of a step their weights, times a factor, and says what they sum to.
    private func weighed(
        _ sequences: [TrainingSequence], by factor: Float
    ) -> (sequences: [TrainingSequence], sum: Float) {
        let algorithm = config.algorithm
        let weights = PolicyInputs.weights(
            sequences.map(\.tail.count), algorithm.averaging, lengthMax: config.newTokenMax)
        var weighed = sequences, sum: Float = 0
        for (index, weight) in weights.enumerated() {
            let count = sequences[index].tail.count, weight = weight * factor
            weighed[index].inputs["weight"] = Array(repeating: weight, count: count)
            if let share = PolicyInputs.share(ofLength: count, algorithm.ratio) {
                weighed[index].inputs["share"] = Array(repeating: share, count: count)
            }
            sum += weight * Float(count)
        }
        return (weighed, sum)
    }
}
