import Bytes
import Foundation
import GenRL
import Language
import Neural
import Tensor

/// Weights to learn with, and how text becomes their tokens.
struct StartingModel {
    /// What stands beside the weights on disk.
    var pretrained: PretrainedModel
    var weights: Weights
    var codec: TextCodec

    /// Token 0 of a character model ends an answer, token 1 stands between question and answer.
    static let marks = ["<|end|>", "<|answer|>"]

    /// The model that a recipe starts from.
    ///
    /// - Parameter texts: what a new model's pieces of words are learned from.
    init(_ recipe: Recipe, on engine: Engine, texts: () throws -> [String] = { [] }) throws {
        switch recipe.model {
        case .folder(let path):
            pretrained = try PretrainedModel(path: NSString(string: path).expandingTildeInPath)
            // A model under an adapter is never moved: in bf16 there is no fp32 copy of it.
            let read =
                recipe.adapter != nil && recipe.element == .bfloat16
                ? try pretrained.halvedWeights(on: engine) : try pretrained.weights()
            weights = Self.adapted(read, recipe, on: engine)
        case .new(let shape, let spelling):
            var config = ModelConfig(shape)
            config.endTokens = [0]
            pretrained = PretrainedModel(
                new: config,
                tokenizer: try Self.tokenizer(spelling, texts),
                chatTemplate: try ChatTemplate("{{ messages[-1]['content'] }}\(Self.marks[1])"))
            weights = Self.newWeights(shape, recipe, on: engine)
        }
        codec = try pretrained.codec(instruction: recipe.instruction)
    }
}

extension StartingModel {
    /// The same model from the first weights of another seed; what it reads and writes is not made again.
    func renewed(_ recipe: Recipe, on engine: Engine) -> StartingModel {
        guard case .new(let shape, _) = recipe.model else { return self }
        var renewed = self
        renewed.weights = Self.newWeights(shape, recipe, on: engine)
        return renewed
    }

    private static func newWeights(
        _ shape: TransformerConfig, _ recipe: Recipe, on engine: Engine
    ) -> Weights {
        adapted(Weights(Transformer(shape), seed: UInt64(recipe.seed), on: engine), recipe, on: engine)
    }

    private static func adapted(_ weights: Weights, _ recipe: Recipe, on engine: Engine) -> Weights {
        recipe.adapter.map { weights.adding($0, seed: UInt64(recipe.seed), on: engine) } ?? weights
    }

    private static func tokenizer(
        _ spelling: Recipe.Spelling, _ texts: () throws -> [String]
    ) throws -> any Tokenizer {
        switch spelling {
        case .alphabet(let letters): return try CharacterTokenizer(alphabet: letters, specials: marks)
        case .pieces(let count):
            let texts = try texts()
            guard !texts.isEmpty else {
                throw Failure(
                    "pieces are learned from what is taught; give model.alphabet, or teach something")
            }
            return try BytePairTokenizer(learningFrom: texts, merges: count, specials: marks)
        }
    }
}

extension PretrainedModel {
    /// How the learning loop speaks with the model.
    ///
    /// - Parameter instruction: A sentence after each question.
    func codec(instruction: String) throws -> TextCodec {
        let tokenizer = try requireTokenizer()
        let first = config.endTokens.prefix(1)
        let ends = first + endTokens.subtracting(first).sorted()
        guard !ends.isEmpty else {
            throw Failure("the model names no token that ends an answer; add eos_token_id to config.json")
        }
        // A template that cannot be rendered is told now; a single question that fails is passed over.
        _ = try prompt("1 + 1?")
        let model = self
        return TextCodec(
            vocabulary: config.transformer.vocabulary, stopTokens: Array(ends),
            prompt: { question in
                let text = instruction.isEmpty ? question : "\(question) \(instruction)"
                return (try? model.prompt(text)) ?? []
            },
            answer: { tokenizer.encode($0, addingSpecials: false) },
            text: { tokens in tokenizer.decode(tokens.filter { !ends.contains($0) }) })
    }
}
