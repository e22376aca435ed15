import Bytes
import Foundation
import Neural
import Tensor
import TestSupport
import Testing

@testable import Language

/// Models with adapters that PEFT wrote, and what it computes from them; golden values of the repository.
@Suite struct AdapterGoldenTests {
    static let names = ["llama_qv", "qwen3_rslora"]

    private func oracle(_ name: String) throws -> ModelOracle {
        let folder = Fixtures.root.appendingPathComponent("Tests/Golden/adapters/\(name)")
        return try ModelOracle(conformance: folder)
    }

    @Test(arguments: names) func `logits agree`(name: String) throws {
        let difference = try oracle(name).logitDifference(on: Engine(threads: 2))
        #expect(difference.relative <= 1e-5, "\(difference)")
    }

    @Test(arguments: names) func `loss, gradients of A and B and one AdamW step agree`(
        name: String
    ) throws {
        try oracle(name).compareTraining()
    }

    @Test(arguments: names) func `greedy tokens agree`(name: String) throws {
        let oracle = try oracle(name)
        #expect(try oracle.continuation(on: Engine(threads: 1)) == oracle.greedy)
    }

    @Test(arguments: names) func `the merged model says the same`(name: String) throws {
        let oracle = try oracle(name), engine = Engine(threads: 2)
        let generator = Generator(oracle.weights.merged(on: engine), on: engine)
        #expect(generator.transformer.adapter == nil)
        var found: [Float] = []
        for tokens in oracle.sequences { found += try generator.logits(tokens).flatMap { $0 } }
        let difference = ModelOracle.Difference(found, oracle.logits)
        #expect(difference.relative <= 1e-5, "\(difference)")
    }
}

/// The folder of random models with adapters.
private let folder = ProcessInfo.processInfo.environment["STARLING_ADAPTERS"].map {
    URL(fileURLWithPath: $0)
}

/// The cases of `Tests/Conformance/peft/run`. What is written here PEFT reads afterwards.
@Suite(.enabled(if: folder != nil, "STARLING_ADAPTERS names no folder"))
struct AdapterOracleTests {
    static let names = (try? index()) ?? []

    static func index() throws -> [String] {
        try ModelOracle.names(in: try #require(folder))
    }

    private func oracle(_ name: String) throws -> ModelOracle {
        try ModelOracle(conformance: try #require(folder).appendingPathComponent(name))
    }

    @Test func `the folder has cases`() throws {
        #expect(try !Self.index().isEmpty)
    }

    @Test(arguments: names) func `logits agree`(name: String) throws {
        let difference = try oracle(name).logitDifference(on: Engine(threads: 2))
        print("\(name): logits \(difference)")
        #expect(difference.relative <= 1e-4, "\(difference)")
    }

    @Test(arguments: names) func `loss, gradients of A and B and one AdamW step agree`(
        name: String
    ) throws {
        try oracle(name).compareTraining()
    }

    @Test(arguments: names) func `an adapter that is trained here is written for PEFT`(
        name: String
    ) throws {
        let oracle = try oracle(name), engine = Engine(threads: 2)
        let learner = Learner(
            oracle.weights, optimizer: OptimizerConfig(rate: 0.02), on: engine)
        let mean = [Float](repeating: 1 / Float(oracle.scored.count), count: oracle.scored.count)
        let batch = Batch(
            sequences: oracle.sequences, scored: oracle.scored, inputs: ["weight": mean])
        for _ in 0..<5 { _ = try learner.step(LikelihoodObjective(), [batch]) }
        let target = try #require(folder).appendingPathComponent("\(name)/ours").path
        try PretrainedAdapter.write(learner.weights, to: target, baseName: nil)
        let generator = Generator(learner.weights, on: engine)
        let logits = try oracle.sequences.map { try generator.logits($0).flatMap { $0 } }
        let shape = [
            oracle.sequences.count, oracle.sequences[0].count,
            learner.transformer.config.vocabulary,
        ]
        var writer = try SafetensorsWriter(
            path: "\(target)/logits.safetensors",
            entries: [.init(name: "logits", type: .f32, shape: shape)])
        try writer.append(logits.flatMap { $0 })
        try writer.commit()
    }
}

extension ModelOracle {
    /// Loss, every gradient and the loss after a step, against the oracle's.
    fileprivate func compareTraining() throws {
        #expect(Set(gradients.keys) == Set(weights.transformer.trained.map(\.name)))
        let training = try training(on: Engine(threads: 2))
        #expect(abs(training.loss - loss) < 1e-5)
        for (parameter, difference) in training.gradients {
            #expect(difference.scale > 0, "\(parameter)")
            #expect(difference.relative <= 1e-3, "\(parameter): \(difference)")
        }
        let tolerance = max(2e-5, 3 * lossAfterStepNoise)
        #expect(abs(training.lossAfterStep - lossAfterStep) < tolerance)
    }
}
