import Bytes
import World

/// The files of a Hugging Face model folder.
public enum ModelFolder {
    /// The model's shape.
    public static let config = "config.json"
    /// How it likes to be sampled.
    public static let generation = "generation_config.json"
    /// Its tokenizer.
    public static let tokenizer = "tokenizer.json"
    /// What the tokenizer's marks are.
    public static let tokenizerConfig = "tokenizer_config.json"
    /// Its chat template.
    public static let chatTemplate = "chat_template.jinja"

    /// A file's text; nil if it does not exist.
    static func text(_ path: String) throws(ModelFileError) -> String? {
        do throws(FileError) { return try MappedFile.text(path: path) } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
    }

    /// A JSON file; nil if it does not exist.
    static func json(_ path: String) throws(ModelFileError) -> JSON? {
        guard let text = try text(path) else { return nil }
        do throws(JSONError) { return try JSON(parsing: text) } catch {
            throw .json(path: path, error)
        }
    }
}

extension PretrainedModel {
    /// Opens a Hugging Face folder.
    public init(folder: String) throws(ModelFileError) {
        let configPath = "\(folder)/\(ModelFolder.config)"
        guard let configFile = try ModelFolder.json(configPath) else {
            throw .file(.missing(configPath))
        }
        do throws(ModelConfigError) { config = try ModelConfig(configFile) } catch {
            throw .config(path: configPath, error)
        }
        let generationPath = "\(folder)/\(ModelFolder.generation)"
        if let file = try ModelFolder.json(generationPath) {
            do throws(ModelConfigError) { generation = try GenerationConfig(file) } catch {
                throw .config(path: generationPath, error)
            }
        }
        do throws(CheckpointError) { checkpoint = try Checkpoint(folder: folder) } catch {
            throw .checkpoint(error)
        }
        try readTokenizer(folder)
    }

    private mutating func readTokenizer(_ folder: String) throws(ModelFileError) {
        let path = "\(folder)/\(ModelFolder.tokenizer)"
        if let file = try ModelFolder.json(path) {
            do throws(TokenizerError) { tokenizer = try TokenizerFile.tokenizer(file) } catch {
                throw .tokenizer(path: path, error)
            }
        }
        templateVariables = Self.variables(config, tokenizer)
        let marks = try ModelFolder.json("\(folder)/\(ModelFolder.tokenizerConfig)") ?? [:]
        for name in ["bos_token", "eos_token", "pad_token", "unk_token"] {
            // Older files have an object with the token's flags.
            guard let text = marks[name]?.text ?? marks[name]?["content"]?.text else { continue }
            templateVariables[name] = .text(text)
        }
        let templatePath = "\(folder)/\(ModelFolder.chatTemplate)"
        if let source = try ModelFolder.text(templatePath) {
            chatTemplate = try Self.template(source, templatePath)
        } else if let source = Self.inlineTemplate(marks) {
            chatTemplate = try Self.template(source, "\(folder)/\(ModelFolder.tokenizerConfig)")
        }
    }

    /// The template in `tokenizer_config.json`: one, or a list of which one is the default.
    private static func inlineTemplate(_ marks: JSON) -> String? {
        guard let value = marks["chat_template"] else { return nil }
        if let text = value.text { return text }
        let named = value.elements?.first { $0["name"] == "default" }
        return (named ?? value.elements?.first)?["template"]?.text
    }
}
