import Language
import Neural
import Tensor

/// The suite `model`: whole steps of the engine, weights random, logits of the last position only.
extension Kernels {
    /// One step: forward, backward, clipping and AdamW; every token but the first is scored.
    func training(_ benchmark: Benchmark) throws -> [Call] {
        let size = try benchmark.sizes(\.batch, \.time)
        let (batch, time) = (size[0], size[1])
        let engine = Engine(threads: Int(threads))
        let weights = try weights(of: benchmark, on: engine)
        let learner = Learner(weights, optimizer: OptimizerConfig(rate: 1e-5), on: engine)
        let ids = tokens(batch * time, below: weights.transformer.config.vocabulary)
        let sequences = (0..<batch).map { Array(ids[$0 * time..<($0 + 1) * time]) }
        let scored = (0..<batch).flatMap { sequence in
            (1..<time).map { Batch.ScoredToken(sequence: sequence, position: $0) }
        }
        let share = [Float](repeating: 1 / Float(scored.count), count: scored.count)
        let data = Batch(sequences: sequences, scored: scored, inputs: ["weight": share])
        return [Call(variant: "step") { _ = try learner.step(LikelihoodObjective(), [data]) }]
    }

    /// Reads a prompt into an empty cache.
    func prefill(_ benchmark: Benchmark) throws -> [Call] {
        let size = try benchmark.sizes(\.batch, \.time)
        let (batch, time) = (size[0], size[1])
        let generator = try generator(of: benchmark)
        guard generator.reserve(slots: batch, capacity: time) >= batch else {
            throw Unsupported(reason: "the cache does not hold \(batch) sequences")
        }
        let prompt = tokens(time, below: generator.transformer.config.vocabulary)
        return [
            Call(variant: "prefill") {
                for slot in 0..<batch {
                    let rows = prompt.enumerated().map {
                        Generator.Row(token: $1, slot: slot, position: $0)
                    }
                    generator.run(rows, logitsOf: [time - 1]) { _, _ in }
                }
            }
        ]
    }

    /// `steps` tokens for `batch` sequences, each time from a context of `context`.
    func decoding(_ benchmark: Benchmark) throws -> [Call] {
        let size = try benchmark.sizes(\.batch, \.context, \.steps)
        let (batch, context, steps) = (size[0], size[1], size[2])
        let generator = try generator(of: benchmark)
        guard generator.reserve(slots: batch, capacity: context + steps) >= batch else {
            throw Unsupported(reason: "the cache does not hold \(batch) sequences")
        }
        let ids = tokens(context + steps, below: generator.transformer.config.vocabulary)
        for slot in 0..<batch {
            let rows = (0..<context).map {
                Generator.Row(token: ids[$0], slot: slot, position: $0)
            }
            generator.run(rows, logitsOf: [context - 1]) { _, _ in }
        }
        return [
            Call(variant: "decode") {
                for position in context..<context + steps {
                    let rows = (0..<batch).map {
                        Generator.Row(token: ids[position], slot: $0, position: position)
                    }
                    generator.run(rows, logitsOf: Array(rows.indices)) { _, _ in }
                }
            }
        ]
    }

    private func generator(of benchmark: Benchmark) throws -> Generator {
        let engine = Engine(threads: Int(threads))
        let weights = try weights(of: benchmark, on: engine)
        return Generator(weights, element: try benchmark.element(), on: engine)
    }

    private func weights(of benchmark: Benchmark, on engine: Engine) throws -> Weights {
        guard let shape = benchmark.shape else {
            throw WorkerError(reason: "\(benchmark.op) needs the shape of a model")
        }
        guard ["llama", "qwen2"].contains(shape.family) else {
            throw Unsupported(reason: "no family \(shape.family)")
        }
        var config = TransformerConfig(
            vocabulary: shape.vocab, width: shape.hidden, feedForward: shape.ff,
            layers: shape.layers, heads: shape.heads, keyHeads: shape.kv, headWidth: shape.dim)
        config.attentionBias = shape.family == "qwen2"
        let transformer = Transformer(config, product: try benchmark.element())
        return Weights(transformer, seed: 1, on: engine)
    }

    private func tokens(_ count: Int, below vocabulary: Int) -> [Int32] {
        (0..<count).map {
            let uniform = Canonical.uniform(key: 5, stream: 0, index: UInt64($0))
            return Int32(uniform * Float(vocabulary))
        }
    }
}
