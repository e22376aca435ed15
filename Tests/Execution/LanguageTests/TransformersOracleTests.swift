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
        #expect(difference.relative <= 1e-5, "\(difference)")
    }

    @Test(arguments: names) func `loss, every gradient and one AdamW step agree`(name: String) throws {
        let oracle = try oracle(name)
        #expect(Set(oracle.gradients.keys) == Set(oracle.weights.transformer.parameters.map(\.name)))
        let training = try oracle.training(on: Engine(threads: 2))
        let worst = training.gradients.filter { $0.value.scale > 0 }.values.map(\.relative).max()
        print("\(name): loss \(training.loss - oracle.loss), gradients \(worst ?? .nan)")
        #expect(abs(training.loss - oracle.loss) < 1e-5)
        let largest = training.gradients.values.map(\.scale).max() ?? 0
        for (parameter, difference) in training.gradients {
            // A query that sees one key has no gradient: where transformers' terms cancel exactly,
            // ours leave the rounding of what cancels.
            let isClose =
                difference.scale > 0 ? difference.relative <= 1e-4 : difference.worst <= 1e-6 * largest
            #expect(isClose, "\(parameter): \(difference)")
        }
        // Both losses are fp32; where the oracle's is off, ours may be as much, to the other side.
        let tolerance = max(2e-5, 3 * oracle.lossAfterStepNoise)
        #expect(abs(training.lossAfterStep - oracle.lossAfterStep) < tolerance)
    }

    @Test(arguments: names) func `greedy tokens agree`(name: String) throws {
        let oracle = try oracle(name)
        #expect(try oracle.continuation(on: Engine(threads: 2)) == oracle.greedy)
    }
}
