import Bytes
import Foundation
import Neural
import Tensor
import TestSupport
import Testing

@testable import Language

/// A small checkpoint, and what transformers computes from it.
struct ModelOracle {
    let weights: Weights
    let sequences: [[Int32]]
    /// The tokens whose mean negative log-likelihood is the loss.
    let scored: [Batch.ScoredToken]
    /// Logits `[B, T / stride, V]`, of every so manieth token.
    let logits: [Double], logitStride: Int
    /// Gradients of the loss by parameter name.
    let gradients: [String: [Double]]
    let loss: Double, lossAfterStep: Double
    /// How far `lossAfterStep` is from the same in fp64.
    var lossAfterStepNoise = 0.0
    let prompt: [Int32], greedy: [Int32]

    /// Whether two arrays are the same numbers, and how far they are apart.
    struct Difference: CustomStringConvertible {
        /// The largest absolute difference; infinite where the counts differ or a number is none.
        private(set) var worst = 0.0
        /// The largest absolute number expected.
        private(set) var scale = 0.0
        var relative: Double { worst == 0 ? 0 : worst / scale }
        var description: String { "\(worst) of \(scale)" }

        init(_ found: some Collection<Float>, _ expected: some Collection<Double>) {
            if found.count != expected.count { worst = .infinity }
            for (one, other) in zip(found, expected) {
                let distance = abs(Double(one) - other)
                worst = max(worst, distance.isNaN ? .infinity : distance)
                scale = max(scale, abs(other))
            }
        }
    }

    /// What a learner made of the oracle's batch.
    struct Training {
        let loss: Double, lossAfterStep: Double
        let gradients: [String: Difference]
    }
}

// MARK: - Our side

extension ModelOracle {
    /// Our logits against the oracle's, each sequence read at once.
    func logitDifference(on engine: Engine) throws -> Difference {
        let generator = Generator(weights, on: engine)
        var found: [Float] = []
        for tokens in sequences {
            let rows = try generator.logits(tokens)
            for row in stride(from: 0, to: rows.count, by: logitStride) { found += rows[row] }
        }
        return Difference(found, logits)
    }

    /// Loss and gradients of the batch, and the loss after one AdamW step on it.
    func training(on engine: Engine) throws -> Training {
        var optimizer = OptimizerConfig(rate: 1e-3)
        optimizer.beta2 = 0.999
        optimizer.weightDecay = 0.01
        optimizer.clip = 1e30
        let learner = Learner(weights, optimizer: optimizer, on: engine)
        let mean = [Float](repeating: 1 / Float(scored.count), count: scored.count)
        let batch = Batch(sequences: sequences, scored: scored, inputs: ["weight": mean])
        let report = try learner.step(LikelihoodObjective(), [batch])
        let differences = gradients.map { name, expected in
            (name, Difference(learner.gradient(of: name), expected))
        }
        let after = try learner.step(LikelihoodObjective(), [batch])
        return Training(
            loss: Double(report.loss), lossAfterStep: Double(after.loss),
            gradients: Dictionary(uniqueKeysWithValues: differences))
    }

    /// As many greedy tokens after the prompt as the oracle has.
    func continuation(on engine: Engine) throws -> [Int32] {
        let request = GenerationRequest(
            prompt: prompt, maxNewTokens: greedy.count, sampling: .greedy)
        return try Generator(weights, on: engine).generate([request])[0].tokens
    }
}

// MARK: - Reading

extension ModelOracle {
    /// An oracle of the shared fixtures: `oracle.npz` and `oracle.json` beside the checkpoint.
    init(fixture folder: URL) throws {
        let answers = try Self.answers(folder)
        let arrays = try NumPyArchive(folder.appendingPathComponent("oracle.npz")).arrays
        let ids = try #require(arrays["ids"])
        let sequences = Self.rows(ids.elements.map { Int32($0) }, ids.shape[1])
        var gradients: [String: [Double]] = [:]
        for (key, array) in arrays where key.hasPrefix("grad.") {
            gradients[String(key.dropFirst(5))] = array.elements
        }
        self.init(
            weights: try PretrainedModel(path: folder.path).weights(), sequences: sequences,
            scored: sequences.indices.flatMap { sequence in
                (1..<ids.shape[1]).map { Batch.ScoredToken(sequence: sequence, position: $0) }
            },
            logits: try #require(arrays["logits"]).elements, logitStride: 8, gradients: gradients,
            loss: try #require(answers["loss"]?.realNumber),
            lossAfterStep: try #require(answers["loss_after_adamw_lr1e3"]?.realNumber),
            prompt: Array(sequences[0].prefix(8)), greedy: try Self.ids(answers["greedy16"]))
    }

    /// A case of `Tests/Conformance/transformers_oracle.py`, or of `peft_oracle.py` with an adapter.
    init(conformance folder: URL) throws {
        let answers = try Self.answers(folder)
        let path = folder.appendingPathComponent("oracle.safetensors").path
        let tensors = try Checkpoint(SafetensorsFile(path: path).tensors).tensors
        let ids = try #require(tensors["ids"])
        let sequences = Self.rows(Self.integers(ids), ids.shape[1])
        let labels = Self.rows(Self.integers(try #require(tensors["labels"])), ids.shape[1])
        var scored: [Batch.ScoredToken] = []
        for (sequence, row) in labels.enumerated() {
            // The first token has no predecessor, whatever its label.
            for position in row.indices.dropFirst() where row[position] >= 0 {
                scored.append(Batch.ScoredToken(sequence: sequence, position: position))
            }
        }
        var gradients: [String: [Double]] = [:]
        for (key, slice) in tensors where key.hasPrefix("grad.") {
            gradients[String(key.dropFirst(5))] = try slice.floats().map(Double.init)
        }
        var weights = try PretrainedModel(path: folder.path).weights()
        let adapter = folder.appendingPathComponent("adapter").path
        if FileManager.default.fileExists(atPath: adapter) {
            weights = try PretrainedAdapter(folder: adapter).applied(to: weights)
        }
        self.init(
            weights: weights, sequences: sequences, scored: scored,
            logits: try #require(tensors["logits"]).floats().map(Double.init),
            logitStride: 1, gradients: gradients, loss: try #require(answers["loss"]?.realNumber),
            lossAfterStep: try #require(answers["loss_after_step"]?.realNumber),
            lossAfterStepNoise: answers["noise"]?["loss_after_step"]?.realNumber ?? 0,
            prompt: try Self.ids(answers["prompt"]), greedy: try Self.ids(answers["greedy"]))
    }

    private static func answers(_ folder: URL) throws -> JSON {
        let file = folder.appendingPathComponent("oracle.json")
        return try JSON(parsing: String(contentsOf: file, encoding: .utf8))
    }

    static func ids(_ value: JSON?) throws -> [Int32] {
        try #require(value?.elements).map { Int32(try #require($0.wholeNumber)) }
    }

    private static func rows(_ elements: [Int32], _ width: Int) -> [[Int32]] {
        stride(from: 0, to: elements.count, by: width).map { Array(elements[$0..<($0 + width)]) }
    }

    private static func integers(_ slice: TensorSlice) -> [Int32] {
        slice.withBytes { bytes in
            (0..<slice.count).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
        }
    }
}

extension ModelOracle {
    /// The cases that the index of a folder names.
    static func names(in folder: URL) throws -> [String] {
        let file = folder.appendingPathComponent("index.json")
        let index = try JSON(parsing: String(contentsOf: file, encoding: .utf8))
        return try #require(index.elements).map { try #require($0["name"]?.text) }
    }
}
