import Language
import Neural
import Tensor

/// The model of a case, with random weights.
private func model(_ given: Case, _ engine: Engine) throws -> Weights {
    let shape = try given.part("shape")
    var config = TransformerConfig(
        vocabulary: try shape.integer("vocab"), width: try shape.integer("hidden"),
        feedForward: try shape.integer("ff"), layers: try shape.integer("layers"),
        heads: try shape.integer("heads"), keyHeads: try shape.integer("kv"),
        headWidth: try shape.integer("dim"))
    config.attentionBias = try shape.text("family") == "qwen2"
    return Weights(Transformer(config, product: try given.element()), seed: 1, on: engine)
}

private func tokens(_ count: Int, _ vocabulary: Int) -> [Int32] {
    (0..<count).map {
        Int32(Canonical.uniform(key: 5, stream: 0, index: UInt64($0)) * Float(vocabulary))
    }
}

/// One step: forward, backward, clipping and AdamW, every token but the first scored.
func training(_ given: Case, _ engine: Engine) throws -> [String: () -> Void] {
    let weights = try model(given, engine)
    let learner = Learner(weights, optimizer: OptimizerConfig(rate: 1e-5), on: engine)
    let batch = try given.integer("batch"), time = try given.integer("time")
    let vocabulary = weights.transformer.config.vocabulary
    let sequences = (0..<batch).map { Array(tokens(time * ($0 + 1), vocabulary).suffix(time)) }
    let scored = (0..<batch).flatMap { sequence in
        (1..<time).map { Batch.ScoredToken(sequence: sequence, position: $0) }
    }
    let weight = [Float](repeating: 1 / Float(scored.count), count: scored.count)
    let data = Batch(sequences: sequences, scored: scored, inputs: ["weight": weight])
    return [
        "step": {
            do {
                _ = try learner.step(LikelihoodObjective(), [data])
            } catch { preconditionFailure("\(error)") }
        }
    ]
}

/// Reads a prompt; logits of the last position.
func prefill(_ given: Case, _ engine: Engine) throws -> [String: () -> Void] {
    let weights = try model(given, engine)
    let generator = Generator(weights, element: try given.element(), on: engine)
    let prompt = tokens(try given.integer("time"), weights.transformer.config.vocabulary)
    _ = generator.reserve(slots: 1, capacity: prompt.count)
    let rows = prompt.enumerated().map { Generator.Row(token: $1, slot: 0, position: $0) }
    return ["prefill": { generator.run(rows, logitsOf: [rows.count - 1]) { _, _ in } }]
}

/// `steps` tokens for `batch` sequences from a context of `context`.
func decoding(_ given: Case, _ engine: Engine) throws -> [String: () -> Void] {
    let weights = try model(given, engine)
    let generator = Generator(weights, element: try given.element(), on: engine)
    let batch = try given.integer("batch"), context = try given.integer("context")
    let steps = try given.integer("steps"), vocabulary = weights.transformer.config.vocabulary
    _ = generator.reserve(slots: batch, capacity: context + steps)
    let ids = tokens(context + steps, vocabulary)
    for slot in 0..<batch {
        let rows = (0..<context).map { Generator.Row(token: ids[$0], slot: slot, position: $0) }
        generator.run(rows, logitsOf: []) { _, _ in }
    }
    return [
        "decode": {
            for step in 0..<steps {
                let rows = (0..<batch).map {
                    Generator.Row(token: ids[context + step], slot: $0, position: context + step)
                }
                generator.run(rows, logitsOf: Array(rows.indices)) { _, _ in }
            }
        }
    ]
}
