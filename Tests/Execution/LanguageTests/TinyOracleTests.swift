import Bytes
import Foundation
import Neural
import Tensor
import TestSupport
import Testing

@testable import Language

/// Checkpoints made by transformers with what it computes from them.
@Suite(.enabled(if: Fixtures.sharedExists("tiny_oracles"), "no shared fixtures beside the checkout"))
struct TinyOracleTests {
    static let names = ["llama3rope", "qwen2", "qwen2_untied", "qwen3", "smollm2"]

    private struct Oracle {
        let arrays: [String: NumPyArchive.Array]
        let weights: Weights
        let loss: Double, lossAfterStep: Double
        let greedy: [Int32]
        let sequences: [[Int32]]
    }

    private func oracle(_ name: String) throws -> Oracle {
        let folder = Fixtures.shared("tiny_oracles/\(name)")
        func json(_ file: String) throws -> JSON {
            try JSON(parsing: String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8))
        }
        let weights = try PretrainedModel(path: folder.path).weights()
        let answers = try json("oracle.json")
        let arrays = try NumPyArchive(folder.appendingPathComponent("oracle.npz")).arrays
        let ids = try #require(arrays["ids"])
        let time = ids.shape[1]
        let sequences = (0..<ids.shape[0]).map { row in
            ids.elements[(row * time)..<((row + 1) * time)].map { Int32($0) }
        }
        return Oracle(
            arrays: arrays, weights: weights, loss: try #require(answers["loss"]?.realNumber),
            lossAfterStep: try #require(answers["loss_after_adamw_lr1e3"]?.realNumber),
            greedy: try #require(answers["greedy16"]?.elements).compactMap { $0.wholeNumber.map { Int32($0) } },
            sequences: sequences)
    }

    /// The mean negative log-likelihood of every token but the first.
    private func batch(_ sequences: [[Int32]]) -> Batch {
        let scored = sequences.indices.flatMap { sequence in
            (1..<sequences[sequence].count).map {
                Batch.ScoredToken(sequence: sequence, position: $0)
            }
        }
        let weight = [Float](repeating: 1 / Float(scored.count), count: scored.count)
        return Batch(sequences: sequences, scored: scored, inputs: ["weight": weight])
    }

    @Test(arguments: names) func `logits agree`(name: String) throws {
        let oracle = try oracle(name), engine = Engine(threads: 2)
        let generator = Generator(oracle.weights, on: engine)
        let expected = try #require(oracle.arrays["logits"])
        let scale = expected.elements.map(abs).max() ?? 1
        let vocabulary = expected.shape[2]
        var worst = 0.0
        for (row, tokens) in oracle.sequences.enumerated() {
            let logits = try generator.logits(tokens)
            for sample in 0..<expected.shape[1] {
                for id in 0..<vocabulary {
                    let wanted = expected.elements[(row * expected.shape[1] + sample) * vocabulary + id]
                    worst = max(worst, abs(Double(logits[sample * 8][id]) - wanted))
                }
            }
        }
        #expect(worst <= 1e-4 * scale, "\(worst) of \(scale)")
    }

    @Test(arguments: names) func `loss, gradients and one AdamW step agree`(name: String) throws {
        let oracle = try oracle(name), engine = Engine(threads: 2)
        var optimizer = OptimizerConfig(rate: 1e-3)
        optimizer.beta2 = 0.999
        optimizer.weightDecay = 0.01
        optimizer.clip = 1e30
        let learner = Learner(oracle.weights, optimizer: optimizer, on: engine)
        let data = batch(oracle.sequences)
        let report = try learner.step(LikelihoodObjective(), [data])
        #expect(abs(Double(report.loss) - oracle.loss) < 1e-5)
        for (key, expected) in oracle.arrays where key.hasPrefix("grad.") {
            let gradient = learner.gradient(of: String(key.dropFirst(5)))
            let scale = expected.elements.map(abs).max() ?? 1
            let worst = zip(gradient, expected.elements).map { abs(Double($0) - $1) }.max() ?? 1
            #expect(worst <= 1e-4 * scale, "\(key): \(worst) of \(scale)")
            #expect(gradient.count == expected.elements.count)
        }
        let after = try learner.step(LikelihoodObjective(), [data])
        #expect(abs(Double(after.loss) - oracle.lossAfterStep) < 2e-5)
    }

    @Test(arguments: names) func `greedy tokens agree`(name: String) throws {
        let oracle = try oracle(name), engine = Engine(threads: 1)
        let generator = Generator(oracle.weights, on: engine)
        let request = GenerationRequest(
            prompt: Array(oracle.sequences[0].prefix(8)), maxNewTokens: 16, sampling: .greedy)
        #expect(try generator.generate([request])[0].tokens == oracle.greedy)
    }
}
