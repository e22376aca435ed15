import ArgumentParser
import Bytes
import Foundation
import Language
import Neural
import Tensor
import World

/// Which model, and in which numbers.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The model: a Hugging Face folder, a GGUF file or a llama2.c file.", valueName: "path"))
    var model: String

    private var path: String { NSString(string: model).expandingTildeInPath }

    /// Opens it: configuration, tokenizer and the places of the weights.
    func open() throws -> PretrainedModel { try PretrainedModel(path: path) }

    /// Its tokenizer alone; weights need not be there.
    func tokenizer() throws -> any Tokenizer {
        let file = Folder.exists(path) ? "\(path)/\(ModelFolder.tokenizer)" : path
        if file.hasSuffix(".json") {
            return try TokenizerFile.tokenizer(try JSON(parsing: try MappedFile.text(path: file)))
        }
        let mapped = try MappedFile(path: file)
        guard mapped.bytes.starts(with: GGUFFile.magic) else { return try open().requireTokenizer() }
        return try GGUFFile(mapped).tokenizer()
    }
}

/// The numbers of matrix products.
enum Precision: String, CaseIterable, ExpressibleByArgument {
    case fp32, bf16

    var element: ElementType { self == .bf16 ? .bfloat16 : .float32 }
    var stored: StoredType { self == .bf16 ? .bf16 : .f32 }
}

extension PretrainedModel {
    /// The weights, with the low-rank adapter in a folder on them.
    func weights(adapter: String?) throws -> Weights {
        let weights = try weights()
        guard let adapter else { return weights }
        let folder = NSString(string: adapter).expandingTildeInPath
        return try PretrainedAdapter(folder: folder).applied(to: weights)
    }

    /// The tokenizer; a model of tokens alone cannot be spoken to.
    func requireTokenizer() throws -> any Tokenizer {
        guard let tokenizer else {
            throw Failure("the model has no tokenizer; put its tokenizer.json beside the weights")
        }
        return tokenizer
    }

    /// The tokens of what a user says, up to where the answer begins.
    func prompt(_ text: String, system: String? = nil, isRaw: Bool = false) throws -> [Int32] {
        let tokenizer = try requireTokenizer()
        guard let chatTemplate, !isRaw else {
            if system != nil, !isRaw {
                throw Failure("the model has no chat template; leave --system out")
            }
            return tokenizer.encode(text, addingSpecials: true)
        }
        var messages: [ChatMessage] = []
        if let system { messages.append(ChatMessage(role: "system", content: system)) }
        messages.append(ChatMessage(role: "user", content: text))
        let rendered = try chatTemplate.render(
            messages, generating: true, variables: templateVariables,
            date: CivilTime(sinceEpoch: SystemClock().sinceEpoch))
        return tokenizer.encode(rendered, addingSpecials: false)
    }
}
