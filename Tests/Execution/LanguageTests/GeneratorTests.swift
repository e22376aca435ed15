import Neural
import Tensor
import TestSupport
import Testing

@testable import Language

@Suite struct GeneratorTests {
    private let config: TransformerConfig = {
        var config = TransformerConfig(
            vocabulary: 61, width: 32, feedForward: 64, layers: 2, heads: 4, keyHeads: 2)
        config.headNorm = true
        return config
    }()

    private func requests(_ count: Int, temperature: Float = 1) -> [GenerationRequest] {
        var random = Seed(11)
        return (0..<count).map { index in
            let prompt = (0...(index / 2 % 7)).map { _ in Int32.random(in: 0..<61, using: &random) }
            return GenerationRequest(
                prompt: index % 2 == 1 ? [7, 8, 9] : prompt, maxNewTokens: 5 + index % 70,
                sampling: Sampling(temperature: temperature), seed: 3, stream: UInt64(index))
        }
    }

    /// Weights far from zero, so that the distribution is no flat line.
    private func weights(_ engine: Engine, product: ElementType = .float32) -> Weights {
        let weights = Weights(Transformer(config, product: product), seed: 1, on: engine)
        for (name, tensor) in weights.tensors where tensor.type.shape.rank == 2 {
            for index in tensor.floats.indices { tensor.floats[index] *= name.contains("embed") ? 20 : 6 }
        }
        return weights
    }

    @Test(arguments: [ElementType.float32, .bfloat16], [Float(1), 0.7])
    func `log-probabilities of generation and training are equal to the last bit`(
        product: ElementType, temperature: Float
    ) throws {
        let engine = Engine(threads: 2)
        let weights = weights(engine, product: product)
        let generator = Generator(weights, element: product, on: engine)
        let asked = requests(9, temperature: temperature)
        let made = try generator.generate(asked)
        let learner = Learner(weights, optimizer: OptimizerConfig(rate: 1), on: engine)
        let sequences = zip(asked, made).map { $0.prompt + $1.tokens }
        let scored = zip(asked, made).enumerated().flatMap { index, pair in
            pair.1.tokens.indices.map {
                Batch.ScoredToken(sequence: index, position: pair.0.prompt.count + $0)
            }
        }
        let scores = learner.score(
            Batch(sequences: sequences, scored: scored, inputs: [:]), temperature: temperature)
        let generated = made.flatMap(\.logProbabilities)
        #expect(scores.map(\.bitPattern) == generated.map(\.bitPattern))
        #expect(Set(made.map(\.tokens)).count > 5)
    }

    @Test func `a result does not depend on its neighbours or the slots at hand`() throws {
        let engine = Engine(threads: 2)
        let generator = Generator(weights(engine), on: engine)
        let asked = requests(12)
        let together = try generator.generate(asked)
        generator.cacheByteCountMax = 1
        let single = Generator(weights(engine), on: engine)
        single.cacheByteCountMax = 1
        #expect(try single.generate(asked) == together)
        #expect(try asked.map { try generator.generate([$0])[0] } == together)
    }

    @Test func `stops at a stop token and where the observer says so`() throws {
        let engine = Engine(threads: 1)
        let generator = Generator(weights(engine), on: engine)
        var request = requests(1)[0]
        request.maxNewTokens = 60
        let free = try generator.generate([request])[0]
        #expect(free.tokens.count == 60 && free.finish == .length)
        request.stopTokens = [free.tokens[10]]
        let stopped = try generator.generate([request])[0]
        let end = free.tokens.firstIndex(of: free.tokens[10]) ?? 10
        #expect(stopped.tokens == Array(free.tokens.prefix(end + 1)) && stopped.finish == .stop)
        request.stopTokens = []
        var seen = 0
        let observed = try generator.generate([request]) { _, _ in
            seen += 1
            return seen < 4
        }[0]
        #expect(observed.tokens == Array(free.tokens.prefix(4)) && observed.finish == .stop)
    }

    @Test func `logits agree with prefill in parts`() throws {
        let engine = Engine(threads: 2)
        let generator = Generator(weights(engine), on: engine)
        let tokens = (0..<700).map { Int32($0 * 7 % 61) }
        let whole = try generator.logits(tokens)
        let part = try generator.logits(Array(tokens.prefix(100)))
        #expect(whole.count == 700 && Array(whole.prefix(100)) == part)
    }

    @Test func `requests that cannot run say why`() {
        let generator = Generator(weights(Engine(threads: 1)), on: Engine(threads: 1))
        func error(_ prompt: [Int32], _ new: Int) -> GenerationError? {
            do throws(GenerationError) {
                _ = try generator.generate([GenerationRequest(prompt: prompt, maxNewTokens: new)])
                return nil
            } catch { return error }
        }
        #expect(error([], 1) == .emptyPrompt)
        #expect(error([61], 1) == .unknownToken(61, vocabulary: 61))
        #expect(error([1, 2], 5000) == .tooLong(tokens: 5002, context: 2048))
    }
}
