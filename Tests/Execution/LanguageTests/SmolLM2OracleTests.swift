import Bytes
import Foundation
import Neural
import Tensor
import Testing

@testable import Language

/// The GGUF, and the folder that `Tests/Conformance/smollm2/run` makes of it with transformers' answers.
private let environment = ProcessInfo.processInfo.environment
private let modelPath = environment["STARLING_SMOLLM2_GGUF"]
private let folderPath = environment["STARLING_SMOLLM2"]

/// SmolLM2-135M-Instruct, read from its GGUF, against transformers on the same dequantised weights.
@Suite(
    .enabled(
        if: modelPath != nil && folderPath != nil,
        "STARLING_SMOLLM2_GGUF and STARLING_SMOLLM2 name no model"))
struct SmolLM2OracleTests {
    /// How far a log-probability may be off, in nats; transformers differs from itself by 1e-5.
    private static let tolerance = 1e-4

    private func model() throws -> PretrainedModel {
        try PretrainedModel(path: try #require(modelPath))
    }

    private func answers(_ key: String) throws -> [JSON] {
        let file = URL(fileURLWithPath: try #require(folderPath)).appendingPathComponent("oracle.json")
        let answers = try JSON(parsing: String(contentsOf: file, encoding: .utf8))[key]?.elements
        return try #require(answers)
    }

    private func same(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard let first = one.baseAddress, let second = other.baseAddress else { return false }
        return one.count == other.count && memcmp(first, second, one.count) == 0
    }

    private func numbers(_ value: JSON?) throws -> [Double] {
        try #require(value?.elements).map { try #require($0.realNumber) }
    }

    @Test func `the GGUF and the Hugging Face folder are the same model, bit for bit`() throws {
        let one = try model(), other = try PretrainedModel(path: try #require(folderPath))
        #expect(one.config.transformer == other.config.transformer)
        #expect(one.endTokens == other.endTokens)
        #expect(one.checkpoint.tensors.count == other.checkpoint.tensors.count)
        for parameter in Transformer(one.config.transformer).parameters {
            let found = try one.checkpoint.tensor(parameter.name).floats()
            let expected = try other.checkpoint.tensor(parameter.name).floats()
            let isEqual = found.withUnsafeBytes { one in
                expected.withUnsafeBytes { same(one, $0) }
            }
            #expect(isEqual, "\(parameter.name)")
        }
        for chat in try answers("chats") {
            let prompt = try #require(chat["prompt"]?.text)
            let ids = other.tokenizer?.encode(prompt, addingSpecials: false)
            #expect(try ids == ModelOracle.ids(chat["ids"]))
        }
    }

    @Test func `chats are rendered, read and answered as by transformers`() throws {
        let model = try model(), tokenizer = try #require(model.tokenizer)
        let chats = try answers("chats")
        #expect(chats.count >= 7)
        var requests: [GenerationRequest] = []
        for chat in chats {
            let prompt = try #require(model.chatTemplate).render(
                try #require(chat["chat"]?.elements), generating: true,
                variables: model.templateVariables)
            #expect(prompt == chat["prompt"]?.text)
            requests.append(
                GenerationRequest(
                    prompt: tokenizer.encode(prompt, addingSpecials: false), maxNewTokens: 40,
                    sampling: .greedy, stopTokens: model.endTokens))
            #expect(try requests[requests.count - 1].prompt == ModelOracle.ids(chat["ids"]))
        }
        let generator = Generator(try model.weights(), on: Engine(threads: 2))
        for (chat, answer) in zip(chats, try generator.generate(requests)) {
            #expect(try answer.tokens == ModelOracle.ids(chat["greedy"]))
            #expect(tokenizer.decode(answer.tokens) == chat["text"]?.text)
            let difference = ModelOracle.Difference(
                answer.logProbabilities, try numbers(chat["logprobs"]))
            print("log-probabilities of an answer: \(difference)")
            #expect(difference.worst <= Self.tolerance, "\(difference)")
        }
    }

    @Test func `texts are as probable as to transformers`() throws {
        let model = try model(), tokenizer = try #require(model.tokenizer)
        let texts = try answers("texts")
        #expect(!texts.isEmpty)
        let sequences = try texts.map {
            tokenizer.encode(try #require($0["text"]?.text), addingSpecials: false)
        }
        #expect(try sequences == texts.map { try ModelOracle.ids($0["ids"]) })
        let scored = sequences.enumerated().flatMap { index, tokens in
            tokens.indices.dropFirst().map { Batch.ScoredToken(sequence: index, position: $0) }
        }
        let learner = Learner(
            try model.weights(), optimizer: OptimizerConfig(rate: 0), on: Engine(threads: 2))
        let scores = learner.score(Batch(sequences: sequences, scored: scored, inputs: [:]))
        let difference = ModelOracle.Difference(
            scores, try texts.flatMap { try numbers($0["logprobs"]) })
        print("log-probabilities of texts: \(difference)")
        #expect(difference.worst <= Self.tolerance, "\(difference)")
    }
}
