import Bytes
import Foundation
import Neural
import Tensor
import Testing

@testable import Language

/// The folder of random checkpoints.
private let folder = ProcessInfo.processInfo.environment["STARLING_ORACLES"].map {
    URL(fileURLWithPath: $0)
}

/// Random checkpoints of `Tests/Conformance/transformers/run`: every family, odd shapes, biases, both
/// forms of config.json, shards, bf16; logits, loss and the gradient of every parameter.
@Suite(.enabled(if: folder != nil, "STARLING_ORACLES names no folder"))
struct TransformersOracleTests {
    /// The cases in the folder's index; none if it cannot be read, which a test of its own reports.
    static let names = (try? index()) ?? []

    static func index() throws -> [String] {
        let file = try #require(folder).appendingPathComponent("index.json")
        let index = try JSON(parsing: String(contentsOf: file, encoding: .utf8))
        return try #require(index.elements).map { try #require($0["name"]?.text) }
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

    @Test(arguments: names) func `loss, every gradient and one AdamW step agree`(name: String) throws {
        let oracle = try oracle(name)
        #expect(Set(oracle.gradients.keys) == Set(oracle.weights.transformer.parameters.map(\.name)))
        let training = try oracle.training(on: Engine(threads: 2))
        let worst = training.gradients.max { $0.value.relative < $1.value.relative }
        print(
            "\(name): loss \(training.loss - oracle.loss), after a step",
            "\(training.lossAfterStep - oracle.lossAfterStep),",
            worst.map { "gradient \($0.value.relative) of \($0.key)" } ?? "no gradients")
        #expect(abs(training.loss - oracle.loss) < 1e-5)
        for (parameter, difference) in training.gradients {
            #expect(difference.relative <= 1e-3, "\(parameter): \(difference)")
        }
        #expect(abs(training.lossAfterStep - oracle.lossAfterStep) < 5e-5)
    }

    @Test(arguments: names) func `greedy tokens agree`(name: String) throws {
        let oracle = try oracle(name)
        #expect(try oracle.continuation(on: Engine(threads: 2)) == oracle.greedy)
    }
}
