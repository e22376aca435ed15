import Tensor
import TestSupport
import Testing

@testable import Neural

@Suite struct PrefixRowsTests {
    @Test func `rows of a common beginning are shared, and only those`() {
        let rows = PrefixRows([[5, 6, 7], [5, 6, 8, 7], [6, 5], [5, 6, 7]], time: 5)
        #expect(rows.tokens == [5, 6, 7, 8, 7, 6, 5])
        #expect(rows.positions == [0, 1, 2, 2, 3, 0, 1])
        #expect(rows.fold == [0, 1, 2, 7, 8, 10, 11])
        #expect(
            rows.spread == [
                0, 1, 2, -1, -1, 0, 1, 3, 4, -1, 5, 6, -1, -1, -1, 0, 1, 2, -1, -1,
            ])
    }

    /// Answers to one question, a second question, and every answer token scored.
    private func group(_ vocabulary: Int) -> Batch {
        var random = Seed(5)
        func tokens(_ count: Int) -> [Int32] {
            (0..<count).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &random) }
        }
        let question = tokens(9), other = tokens(7)
        let sequences = [question, question, question, other, other].map { $0 + tokens(4) }
        let scored = sequences.enumerated().flatMap { index, tokens in
            (tokens.count - 4..<tokens.count).map { Batch.ScoredToken(sequence: index, position: $0) }
        }
        let weight = scored.indices.map { Float($0 % 3) - 0.7 }
        return Batch(sequences: sequences, scored: scored, inputs: ["weight": weight])
    }

    @Test(arguments: smallConfigs)
    func `sharing changes no score, and gradients by rounding only`(config: TransformerConfig) throws {
        let engine = Engine(threads: 2)
        let weights = Weights(Transformer(config), seed: 2, on: engine)
        let batch = group(config.vocabulary)
        // One sequence per batch shares nothing.
        let alone = batch.sequences.indices.map { index in
            let chosen = batch.scored.indices.filter { batch.scored[$0].sequence == index }
            return Batch(
                sequences: [batch.sequences[index]],
                scored: chosen.map { .init(sequence: 0, position: batch.scored[$0].position) },
                inputs: ["weight": chosen.map { batch.inputs["weight"]![$0] }])
        }
        func learner() -> Learner {
            Learner(weights.copy(on: engine), optimizer: OptimizerConfig(rate: 1e-3), on: engine)
        }
        let shared = learner(), apart = learner()
        let scores = shared.score(batch).map(\.bitPattern)
        #expect(scores == alone.flatMap { apart.score($0) }.map(\.bitPattern))
        _ = try shared.step(LikelihoodObjective(), [batch])
        _ = try apart.step(LikelihoodObjective(), alone)
        for name in weights.tensors.keys {
            let expected = apart.gradient(of: name), found = shared.gradient(of: name)
            let scale = expected.map(abs).max() ?? 0
            #expect(scale > 0, "\(name)")
            for (a, b) in zip(expected, found) {
                #expect(abs(a - b) <= 2e-5 * scale, "\(name): \(a) and \(b)")
            }
        }
    }
}
