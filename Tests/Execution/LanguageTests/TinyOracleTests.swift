import Neural
import Tensor
import TestSupport
import Testing

@testable import Language

/// Checkpoints made by transformers with what it computes from them.
@Suite(.enabled(if: Fixtures.sharedExists("tiny_oracles"), "no shared fixtures beside the checkout"))
struct TinyOracleTests {
    static let names = ["llama3rope", "qwen2", "qwen2_untied", "qwen3", "smollm2"]

    private func oracle(_ name: String) throws -> ModelOracle {
        try ModelOracle(fixture: Fixtures.shared("tiny_oracles/\(name)"))
    }

    @Test(arguments: names) func `logits agree`(name: String) throws {
        let difference = try oracle(name).logitDifference(on: Engine(threads: 2))
        #expect(difference.relative <= 1e-4, "\(difference)")
    }

    @Test(arguments: names) func `loss, gradients and one AdamW step agree`(name: String) throws {
        let oracle = try oracle(name)
        let training = try oracle.training(on: Engine(threads: 2))
        #expect(abs(training.loss - oracle.loss) < 1e-5)
        #expect(!training.gradients.isEmpty)
        for (parameter, difference) in training.gradients {
            #expect(difference.relative <= 1e-4, "\(parameter): \(difference)")
        }
        #expect(abs(training.lossAfterStep - oracle.lossAfterStep) < 2e-5)
    }

    @Test(arguments: names) func `greedy tokens agree`(name: String) throws {
        let oracle = try oracle(name)
        #expect(try oracle.continuation(on: Engine(threads: 1)) == oracle.greedy)
    }
}
