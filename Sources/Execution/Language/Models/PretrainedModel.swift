public import Bytes
import Neural
public import World

/// A model on disk: a Hugging Face folder, a GGUF file, or a llama2.c file with its tokenizer
/// beside it.
///
/// Opening reads configurations and headers; weights are mapped, and read when they are used.
public struct PretrainedModel: Sendable {
    /// The model's shape.
    public var config: ModelConfig
    /// How it likes to be sampled.
    public var generation = GenerationConfig()
    /// Its tokenizer, if there is one.
    public var tokenizer: (any Tokenizer)?
    /// Its chat template, if it has one.
    public var chatTemplate: ChatTemplate?
    /// Names that the template may use: `bos_token`, `eos_token`.
    public var templateVariables: [String: JSON] = [:]
    /// Its weights.
    public var checkpoint: Checkpoint

    /// The tokens after which an answer ends: those of both configurations.
    public var endTokens: Set<Int32> { Set(config.endTokens + generation.endTokens) }

    /// Opens whatever kind of model is at `path`.
    public init(path: String) throws(ModelFileError) {
        if Folder.exists(path) {
            try self.init(folder: path)
            return
        }
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .file(error) }
        if file.bytes.starts(with: GGUFFile.magic) {
            try self.init(gguf: file)
        } else {
            try self.init(story: file)
        }
    }

    // MARK: GGUF

    private init(gguf mapped: MappedFile) throws(ModelFileError) {
        let file: GGUFFile
        do throws(CheckpointError) { file = try GGUFFile(mapped) } catch {
            throw .checkpoint(error)
        }
        let model: GGUFModel
        do throws(ModelConfigError) { model = try GGUFModel(file) } catch {
            throw .config(path: mapped.path, error)
        }
        config = model.config
        do throws(CheckpointError) { checkpoint = try model.checkpoint() } catch {
            throw .checkpoint(error)
        }
        do throws(TokenizerError) { tokenizer = try file.tokenizer() } catch {
            throw .tokenizer(path: mapped.path, error)
        }
        generation.beginToken = config.beginToken
        generation.endTokens = config.endTokens
        generation.padToken = config.padToken
        if let source = file.chatTemplate {
            chatTemplate = try Self.template(source, mapped.path)
        }
        templateVariables = Self.variables(config, tokenizer)
    }

    // MARK: llama2.c

    private init(story mapped: MappedFile) throws(ModelFileError) {
        let model: StoryModel
        do throws(CheckpointError) { model = try StoryModel(mapped) } catch {
            throw .checkpoint(error)
        }
        config = model.config
        checkpoint = model.checkpoint
        generation.beginToken = config.beginToken
        generation.endTokens = config.endTokens
        let folder = Folder.parent(of: mapped.path)
        let names = ["tok\(config.transformer.vocabulary).bin", "tokenizer.bin"]
        for name in names {
            let file: MappedFile
            do throws(FileError) { file = try MappedFile(path: "\(folder)/\(name)") } catch {
                guard error.isMissing else { throw .file(error) }
                continue
            }
            do throws(TokenizerError) { tokenizer = try StoryTokenizer(file.bytes) } catch {
                throw .tokenizer(path: file.path, error)
            }
            break
        }
    }

    // MARK: Shared

    static func template(_ source: String, _ path: String) throws(ModelFileError) -> ChatTemplate {
        do throws(ChatTemplateError) { return try ChatTemplate(source) } catch {
            throw .template(path: path, error)
        }
    }

    static func variables(_ config: ModelConfig, _ tokenizer: (any Tokenizer)?) -> [String: JSON] {
        var variables: [String: JSON] = [:]
        for (name, id) in [("bos_token", config.beginToken), ("eos_token", config.endTokens.first)] {
            if let id, let token = tokenizer?.token(id) { variables[name] = .text(token) }
        }
        return variables
    }
}

/// Why a model on disk cannot be opened or written.
public enum ModelFileError: Error, Hashable, CustomStringConvertible {
    /// The file system refused.
    case file(FileError)
    /// A file is not JSON.
    case json(path: String, JSONError)
    /// The configuration is not taken.
    case config(path: String, ModelConfigError)
    /// The tokenizer is not taken.
    case tokenizer(path: String, TokenizerError)
    /// The template is not taken.
    case template(path: String, ChatTemplateError)
    /// The weights are not taken.
    case checkpoint(CheckpointError)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .json(let path, let error): "\(path): \(error)"
        case .config(let path, let error): "\(path): \(error)"
        case .tokenizer(let path, let error): "\(path): \(error)"
        case .template(let path, let error): "\(path): \(error)"
        case .checkpoint(let error): error.description
        }
    }
}
