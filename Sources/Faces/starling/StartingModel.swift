import GenRL
import Keys
import Neural
import Tensor

/// Weights to learn with, and how text becomes their tokens.
struct StartingModel {
    var weights: Weights
    var codec: TextCodec
    /// The alphabet of a character model; nil where a tokenizer came with the weights.
    var alphabet: String?

    /// The model that a recipe starts from.
    init(_ recipe: Recipe, on engine: Engine) throws {
        switch recipe.model {
        case .new(let config, let alphabet):
            weights = Weights(Transformer(config), seed: UInt64(recipe.seed), on: engine)
            codec = .characters(alphabet)
            self.alphabet = alphabet
        case .folder(let path):
            throw Failure("\(path): model folders cannot be read yet")
        }
    }
}

extension Weights {
    /// Names the model: SHA-256 over its configuration and its weights in the order of their names.
    var digest: Digest {
        var text = "\(transformer.config)\n"
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            text += "\(name) \(tensor.type) \(Digest(of: tensor.bytes).hex)\n"
        }
        return Digest(of: Array(text.utf8))
    }
}
