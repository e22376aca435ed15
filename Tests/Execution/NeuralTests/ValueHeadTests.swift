import Tensor
import TestSupport
import Testing

@testable import Neural

/// Likelihood, and the squared distance of values from returns: the two halves of an actor and a critic.
struct SquaredValues: ValueObjective {
    var valueWeight: Float = 0.7
    let inputNames = ["weight", "return"]
    let temperature: Float = 1

    func loss(
        in graph: inout Graph, logProbabilities: Value, values: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
        let weight = graph.input("weight", graph.shape(values))
        let distance = graph.subtract(values, graph.input("return", graph.shape(values)))
        let square = graph.sum(graph.multiply(weight, graph.multiply(distance, distance)))
        let policy = graph.negate(graph.sum(graph.multiply(logProbabilities, weight)))
        return (
            graph.add(policy, graph.affine(square, scale: valueWeight, offset: 0)),
            [("square", square)]
        )
    }
}

/// A batch with a return for each scored token.
func valueBatch(_ vocabulary: Int, seed: UInt64) -> Batch {
    var batch = sampleBatch(vocabulary, seed: seed)
    batch.inputs["return"] = batch.scored.map { token in
        Float(batch.sequences[token.sequence][token.position] % 3) - 0.5
    }
    return batch
}

@Suite struct ValueHeadTests {
    private func learner(
        _ config: TransformerConfig, adapter: LoRAConfig? = nil, rate: Double = 0.01,
        on engine: Engine
    ) -> Learner {
        var weights = Weights(Transformer(config), seed: 1, on: engine)
        if let adapter { weights = weights.adding(adapter, seed: 2, on: engine) }
        weights = weights.addingValueHead(on: engine)
        return Learner(weights, optimizer: OptimizerConfig(rate: rate), on: engine)
    }

    @Test(arguments: smallConfigs)
    func `a new head says 0, changes no score, and learns returns`(
        config: TransformerConfig
    ) throws {
        let engine = Engine(threads: 2)
        let learner = learner(config, on: engine)
        let batch = valueBatch(config.vocabulary, seed: 3)
        #expect(learner.values(batch) == Array(repeating: 0, count: batch.scored.count))
        let plain = Learner(
            Weights(Transformer(config), seed: 1, on: engine), optimizer: OptimizerConfig(rate: 0),
            on: engine)
        #expect(learner.score(batch) == plain.score(batch))
        let first = try learner.step(SquaredValues(), [batch])
        var last = first
        for _ in 0..<80 { last = try learner.step(SquaredValues(), [batch]) }
        let found = learner.values(batch), wanted = batch.inputs["return"] ?? []
        let square = zip(found, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        #expect(square / Float(found.count) < 0.05, "\(square) after \(last)")
        #expect((last.metrics["square"] ?? 1) < 0.05 && (first.metrics["square"] ?? 0) > 0.3)
    }

    @Test func `a value does not depend on the other sequences of the batch`() throws {
        let engine = Engine(threads: 1), config = smallConfigs[1]
        let learner = learner(config, on: engine)
        let batch = valueBatch(config.vocabulary, seed: 5)
        _ = try learner.step(SquaredValues(), [batch])
        let together = learner.values(batch)
        #expect(Set(together).count > 5)
        var alone: [Float] = []
        for sequence in batch.sequences {
            let scored = (1..<sequence.count).map { Batch.ScoredToken(sequence: 0, position: $0) }
            alone += learner.values(Batch(sequences: [sequence], scored: scored, inputs: [:]))
        }
        #expect(together.map(\.bitPattern) == alone.map(\.bitPattern))
    }

    @Test(arguments: [nil, LoRAConfig(rank: 4)])
    func `gradients of head and trunk are slopes of the loss`(adapter: LoRAConfig?) throws {
        let engine = Engine(threads: 2), config = smallConfigs[3]
        let learner = learner(config, adapter: adapter, rate: 0, on: engine)
        let weights = learner.weights, batch = valueBatch(config.vocabulary, seed: 6)
        for (index, parameter) in learner.transformer.trained.enumerated()
        where parameter.start == .constant(0) {
            weights[parameter.name].fillUniform(
                bound: 0.3, key: 5, stream: UInt64(index), on: engine)
        }
        // A rate of 0 leaves the weights, so a step is a measurement.
        func loss() throws -> Double { Double(try learner.step(SquaredValues(), [batch]).loss) }
        _ = try loss()
        let gradients = learner.transformer.trained.map { ($0.name, learner.gradient(of: $0.name)) }
        for (name, gradient) in gradients {
            let tensor = weights[name], before = tensor.array()
            let size = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(size > 0, "\(name)")
            // Along the gradient the slope is its length; a step that is large beside rounding, small
            // beside curvature.
            let reach = 2e-3 / max(size, 0.05)
            func moved(_ by: Double) throws -> Double {
                for index in before.indices {
                    tensor.floats[index] = before[index] + Float(by * Double(gradient[index]))
                }
                defer { for index in before.indices { tensor.floats[index] = before[index] } }
                return try loss()
            }
            let slope = (try moved(reach) - moved(-reach)) / (2 * reach * size)
            #expect(abs(slope - size) <= 0.02 * size + 2e-4, "\(name): \(slope) and \(size)")
        }
    }
}
