import Tensor
import TestSupport
import Testing

@testable import Neural

/// Small models of each family, odd shapes included.
let smallConfigs: [TransformerConfig] = {
    var llama = TransformerConfig(
        vocabulary: 31, width: 24, feedForward: 40, layers: 2, heads: 3, keyHeads: 1)
    llama.rotaryScaling = .llama3(
        factor: 8, lowFrequency: 1, highFrequency: 4, originalContext: 32)
    var biased = llama
    biased.attentionBias = true
    biased.outputBias = true
    biased.feedForwardBias = true
    var qwen2 = TransformerConfig(
        vocabulary: 33, width: 32, feedForward: 48, layers: 2, heads: 4, keyHeads: 2)
    qwen2.attentionBias = true
    qwen2.tiedEmbeddings = false
    var qwen3 = TransformerConfig(
        vocabulary: 40, width: 32, feedForward: 64, layers: 1, heads: 2, keyHeads: 2, headWidth: 24)
    qwen3.headNorm = true
    return [llama, biased, qwen2, qwen3]
}()

/// Sequences of several lengths with every token but the first scored.
func sampleBatch(_ vocabulary: Int, seed: UInt64) -> Batch {
    var random = Seed(seed)
    let sequences = [5, 12, 9].map { count in
        (0..<count).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &random) }
    }
    let scored = sequences.enumerated().flatMap { index, tokens in
        (1..<tokens.count).map { Batch.ScoredToken(sequence: index, position: $0) }
    }
    let weight = [Float](repeating: 1 / Float(scored.count), count: scored.count)
    return Batch(sequences: sequences, scored: scored, inputs: ["weight": weight])
}

@Suite struct LearnerTests {
    @Test(arguments: smallConfigs)
    func `learns a batch by heart`(config: TransformerConfig) throws {
        let engine = Engine(threads: 2)
        let weights = Weights(Transformer(config), seed: 1, on: engine)
        let learner = Learner(weights, optimizer: OptimizerConfig(rate: 0.01), on: engine)
        let batch = sampleBatch(config.vocabulary, seed: 3)
        let first = try learner.step(LikelihoodObjective(), [batch])
        var last = first
        for _ in 0..<60 { last = try learner.step(LikelihoodObjective(), [batch]) }
        #expect(first.loss > 2.5)
        #expect(last.loss < 0.3, "from \(first.loss) to \(last.loss)")
        #expect(learner.stepCount == 61)
    }

    @Test(arguments: smallConfigs)
    func `moves the same bits on every instruction set and thread count`(
        config: TransformerConfig
    ) throws {
        var expected: [String: [UInt32]] = [:]
        for set in InstructionSet.allCases where set.isSupported {
            for threads in [1, 2] {
                let engine = Engine(instructionSet: set, threads: threads)
                let weights = Weights(Transformer(config), seed: 1, on: engine)
                let learner = Learner(weights, optimizer: OptimizerConfig(rate: 0.01), on: engine)
                for step in 0..<20 {
                    let batch = sampleBatch(config.vocabulary, seed: UInt64(step))
                    _ = try learner.step(LikelihoodObjective(), [batch, batch])
                }
                for (name, tensor) in learner.weights.tensors {
                    let bits = tensor.floats.map(\.bitPattern)
                    if let known = expected[name] {
                        #expect(known == bits, "\(name) on \(set) with \(threads) threads")
                    }
                    expected[name] = bits
                }
            }
        }
    }

    @Test func `a score does not depend on the other sequences of the batch`() {
        let engine = Engine(threads: 1), config = smallConfigs[1]
        let learner = Learner(
            Weights(Transformer(config), seed: 1, on: engine), optimizer: OptimizerConfig(rate: 0.01),
            on: engine)
        let batch = sampleBatch(config.vocabulary, seed: 5)
        let together = learner.score(batch)
        var alone: [Float] = []
        for sequence in batch.sequences {
            let scored = (1..<sequence.count).map { Batch.ScoredToken(sequence: 0, position: $0) }
            alone += learner.score(Batch(sequences: [sequence], scored: scored, inputs: [:]))
        }
        #expect(together.map(\.bitPattern) == alone.map(\.bitPattern))
    }

    @Test func `a fault leaves the weights as they were`() throws {
        let engine = Engine(threads: 1), config = smallConfigs[0]
        let weights = Weights(Transformer(config), seed: 1, on: engine)
        let learner = Learner(weights, optimizer: OptimizerConfig(rate: 0.01), on: engine)
        var batch = sampleBatch(config.vocabulary, seed: 5)
        batch.inputs["weight"]?[0] = .nan
        let before = weights["model.norm.weight"].array()
        #expect(throws: NumericFault(step: 1, quantity: "loss")) {
            try learner.step(LikelihoodObjective(), [batch])
        }
        #expect(weights["model.norm.weight"].array() == before)
        #expect(learner.stepCount == 0)
    }

    @Test func `the rate rises, then falls along its curve`() {
        var optimizer = OptimizerConfig(rate: 2)
        optimizer.warmup = 4
        #expect(optimizer.rate(atStep: 1) == 0.5)
        #expect(optimizer.rate(atStep: 4) == 2)
        #expect(optimizer.rate(atStep: 400) == 2)
        optimizer.decay = .linear(steps: 14, floor: 0.5)
        #expect(optimizer.rate(atStep: 9) == 1.5)
        #expect(optimizer.rate(atStep: 99) == 1)
        optimizer.decay = .cosine(steps: 14, floor: 0)
        #expect(abs(optimizer.rate(atStep: 9) - 1) < 1e-12)
        #expect(abs(optimizer.rate(atStep: 14)) < 1e-12)
    }
}
