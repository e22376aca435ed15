import Foundation
import GenRL
import Keys
import Language
import Neural
import Tensor

/// The training run whose result every machine must get: a tiny transformer that has every feature of
/// the families we read, taught by likelihood and by GRPO on answers it draws itself.
///
/// Odd steps score given sequences in two microbatches; even steps draw answers through the key-value
/// cache, and learn from them with a clipped ratio and a divergence. So every kernel of training and of
/// generation leaves its bits in the result.
final class ReproTraining {
    /// How large the model and its batches are.
    struct Size: Hashable {
        var name: String
        var vocabulary: Int, width: Int, feedForward: Int, layers: Int, heads: Int, keyHeads: Int
        var headWidth: Int
        /// Given sequences in a microbatch and their greatest length.
        var sequences: Int, length: Int
        /// Prompts, and answers drawn for each.
        var prompts: Int, answers: Int, answerLength: Int

        /// Small enough for the scalar definition; no size is a multiple of a vector.
        static let small = Size(
            name: "small", vocabulary: 97, width: 52, feedForward: 140, layers: 2, heads: 4,
            keyHeads: 2, headWidth: 14, sequences: 3, length: 29, prompts: 3, answers: 4,
            answerLength: 9)
        /// Large enough that threads divide matrix products in several ways and sums have several parts.
        static let wide = Size(
            name: "wide", vocabulary: 1009, width: 160, feedForward: 432, layers: 2, heads: 5,
            keyHeads: 1, headWidth: 32, sequences: 5, length: 77, prompts: 4, answers: 6,
            answerLength: 17)

        static let all = [small, wide]
    }

    let learner: Learner
    private let size: Size
    private let generator: Generator
    private static let seed: UInt64 = 20_250_117

    init(_ size: Size, on engine: Engine) {
        self.size = size
        var config = TransformerConfig(
            vocabulary: size.vocabulary, width: size.width, feedForward: size.feedForward,
            layers: size.layers, heads: size.heads, keyHeads: size.keyHeads,
            headWidth: size.headWidth)
        config.attentionBias = true
        config.headNorm = true
        config.tiedEmbeddings = size.name == Size.small.name
        config.rotaryScaling = .llama3(
            factor: 4, lowFrequency: 1, highFrequency: 4, originalContext: 64)
        let weights = Weights(Transformer(config), seed: Self.seed, on: engine)
        var optimizer = OptimizerConfig(rate: 3e-3)
        optimizer.warmup = 10
        optimizer.weightDecay = 0.01
        optimizer.decay = .cosine(steps: 400, floor: 0.1)
        learner = Learner(weights, optimizer: optimizer, on: engine)
        // Answers of the wide model come from bf16 products: their ratio is not 1, and is clipped.
        generator = Generator(
            weights, element: size.name == Size.wide.name ? .bfloat16 : .float32, on: engine)
    }

    /// Takes the next step.
    func advance() throws {
        let step = learner.stepCount
        if step % 2 == 0 {
            _ = try learner.step(LikelihoodObjective(), [given(step, part: 0), given(step, part: 1)])
        } else {
            let objective = PolicyObjective(divergenceWeight: 0.05, temperature: 0.8)
            _ = try learner.step(objective, [try drawn(step, temperature: objective.temperature)])
        }
    }

    /// SHA-256 over weights and moments by name, and the step they belong to.
    var hash: String {
        var text = "step \(learner.stepCount)\n"
        for (group, tensors) in [
            ("weight", learner.weights.tensors), ("first", learner.first), ("second", learner.second),
        ] {
            for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
                text += "\(group) \(name) \(tensor.type) \(Digest(of: tensor.bytes).hex)\n"
            }
        }
        return Digest(of: Array(text.utf8)).hex
    }

    // MARK: - Data

    private func token(_ stream: UInt64, _ index: Int) -> Int32 {
        let uniform = Canonical.uniform(key: Self.seed, stream: stream, index: UInt64(index))
        return min(Int32(uniform * Float(size.vocabulary)), Int32(size.vocabulary - 1))
    }

    /// Sequences of several lengths in which each token follows from the one before it, most of the time.
    private func given(_ step: Int, part: Int) -> Batch {
        var batch = Batch(sequences: [], scored: [], inputs: [:])
        for sequence in 0..<size.sequences {
            let stream = UInt64(step * 64 + part * 32 + sequence + 1)
            let length = size.length - (sequence * 5) % size.length / 2
            var tokens = [token(stream, 0)]
            for position in 1..<length {
                let isRule = token(stream, position + 4096) % 5 != 0
                tokens.append(
                    isRule
                        ? (tokens[position - 1] * 3 + 1) % Int32(size.vocabulary)
                        : token(stream, position))
                batch.scored.append(.init(sequence: sequence, position: position))
            }
            batch.sequences.append(tokens)
        }
        let weight = 0.5 / Float(batch.scored.count)
        batch.inputs = ["weight": Array(repeating: weight, count: batch.scored.count)]
        return batch
    }

    /// Answers drawn from the model as it is, rewarded for each token that follows the rule.
    func drawn(_ step: Int, temperature: Float) throws -> Batch {
        generator.load(learner.weights)
        let requests = (0..<size.prompts * size.answers).map { index in
            let prompt = (0...(index / size.answers)).map { token(UInt64(step * 64 + 63), $0) }
            return GenerationRequest(
                prompt: prompt, maxNewTokens: size.answerLength,
                sampling: Sampling(temperature: temperature), seed: Self.seed,
                stream: UInt64(step) << 32 | UInt64(index), stopTokens: [0])
        }
        let answers = try generator.generate(requests)
        let rewards = zip(requests, answers).map { request, answer in
            let tokens = request.prompt.suffix(1) + answer.tokens
            let hits = zip(tokens, tokens.dropFirst()).count {
                $1 == ($0 * 3 + 1) % Int32(size.vocabulary)
            }
            // Half a hit in eight for even tokens, so that the first rewards differ already.
            return Float(hits) + Float(answer.tokens.count { $0 % 2 == 0 }) / 16
        }
        var batch = Batch(
            sequences: [], scored: [],
            inputs: ["advantage": [], "behaviour": [], "weight": [], "reference": []])
        for group in stride(from: 0, to: requests.count, by: size.answers) {
            let members = group..<(group + size.answers)
            let advantages = Advantages.of(Array(rewards[members]))
            for (index, position) in members.enumerated() {
                append(
                    requests[position].prompt, answers[position], advantages?[index] ?? 0, to: &batch)
            }
        }
        batch.inputs["weight"] = Array(
            repeating: 1 / Float(batch.scored.count), count: batch.scored.count)
        return batch
    }

    private func append(
        _ prompt: [Int32], _ answer: Generation, _ advantage: Float, to batch: inout Batch
    ) {
        for position in answer.tokens.indices {
            batch.scored.append(
                .init(sequence: batch.sequences.count, position: prompt.count + position))
        }
        batch.sequences.append(prompt + answer.tokens)
        let count = answer.tokens.count
        batch.inputs["advantage"]?.append(contentsOf: Array(repeating: advantage, count: count))
        batch.inputs["behaviour"]?.append(contentsOf: answer.logProbabilities)
        // A reference that differs from the model, so that the divergence and its gradient are not 0.
        batch.inputs["reference"]?.append(contentsOf: answer.logProbabilities.map { 0.9 * $0 - 0.1 })
    }
}

extension ReproTraining {
    /// Names the run a checkpoint belongs to.
    private var identity: String { RunIdentity.of(["starling repro", "\(size)"]) }

    /// Keeps the run in a file that is whole or not there.
    func keep(in file: URL) throws {
        try CheckpointFile.save(RunCheckpoint(of: learner, identity: identity), to: file)
    }

    /// Goes on where the file left off; false if there is none.
    func resume(from file: URL) throws -> Bool {
        guard let checkpoint = try CheckpointFile.load(file) else { return false }
        try checkpoint.require(identity: identity)
        try checkpoint.restore(learner)
        return true
    }
}
