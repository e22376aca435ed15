public import Bytes

/// Reads `tokenizer.json`, the format of the tokenizers package.
///
/// What a file asks for and is not built here is an error that names it: a tokenizer that nearly
/// does the same would quietly give a model other tokens than it was trained on.
public enum TokenizerFile {
    /// The tokenizer that a file describes.
    public static func tokenizer(_ file: JSON) throws(TokenizerError) -> any Tokenizer {
        guard let model = file["model"] else { throw .malformed("no model") }
        if model["type"]?.text == "WordLevel" { return try CharacterTokenizer(file) }
        return try BytePairTokenizer(file)
    }

    /// A flag that may be missing or null.
    static func flag(
        _ value: JSON, _ key: String, default missing: Bool = false
    ) throws(TokenizerError) -> Bool {
        guard let found = value[key] else { return missing }
        guard let flag = found.flag else { throw .malformed("\(found.kind) as \(key)") }
        return flag
    }

    /// An id within bounds.
    static func id(_ value: JSON?) throws(TokenizerError) -> Int32 {
        guard let number = value?.wholeNumber else {
            throw .malformed("\(value?.kind ?? "nothing") where an id belongs")
        }
        guard (0..<BytePairTokenizer.idLimit).contains(number) else { throw .badID(number) }
        return Int32(number)
    }

    /// `model.vocab` as spellings by id.
    static func vocabulary(_ model: JSON) throws(TokenizerError) -> [String?] {
        guard let members = model["vocab"]?.orderedMembers else { throw .malformed("no vocab") }
        var tokens: [String?] = []
        tokens.reserveCapacity(members.count)
        for member in members {
            let id = Int(try id(member.value))
            if id >= tokens.count {
                tokens += [String?](repeating: nil, count: id + 1 - tokens.count)
            }
            guard tokens[id] == nil else { throw .badID(id) }
            tokens[id] = member.key
        }
        return tokens
    }

    /// `added_tokens`.
    static func addedTokens(_ file: JSON) throws(TokenizerError) -> [AddedToken] {
        var tokens: [AddedToken] = []
        for entry in file["added_tokens"]?.elements ?? [] {
            guard let content = entry["content"]?.text else {
                throw .malformed("an added token without content")
            }
            var token = AddedToken(id: try id(entry["id"]), content: content)
            token.isSpecial = try flag(entry, "special")
            token.isSingleWord = try flag(entry, "single_word")
            token.stripsLeft = try flag(entry, "lstrip")
            token.stripsRight = try flag(entry, "rstrip")
            token.isNormalized = try flag(entry, "normalized", default: !token.isSpecial)
            tokens.append(token)
        }
        return tokens
    }

    /// Fields that must be absent, null, false or empty.
    static func refuse(
        _ keys: [String], in value: JSON, part: String
    ) throws(TokenizerError) {
        for key in keys {
            guard let found = value[key], found != false, found != "" else { continue }
            throw .unsupported(part: "\(part) option \(key)", value: found.text(.compact))
        }
    }

    /// A part, or the parts of a `Sequence`.
    static func sequence(_ value: JSON?, _ key: String) -> [JSON] {
        guard let value else { return [] }
        guard value["type"]?.text == "Sequence" else { return [value] }
        return value[key]?.elements ?? []
    }

    static func unsupported(_ part: String, _ value: JSON?) -> TokenizerError {
        .unsupported(part: part, value: value?["type"]?.text ?? value?.text(.compact) ?? "none")
    }
}

extension BytePairTokenizer {
    /// The tokenizer that a `tokenizer.json` describes.
    public init(_ file: JSON) throws(TokenizerError) {
        guard let model = file["model"] else { throw .malformed("no model") }
        guard model["type"] == nil || model["type"] == "BPE" else {
            throw TokenizerFile.unsupported("model", model)
        }
        try TokenizerFile.refuse(
            [
                "dropout", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
                "byte_fallback",
            ],
            in: model, part: "model")
        var parts = Parts(
            tokens: try TokenizerFile.vocabulary(model), merges: try Self.merges(model),
            added: try TokenizerFile.addedTokens(file),
            preTokenizer: try Self.preTokenizer(file["pre_tokenizer"]))
        parts.ignoresMerges = try TokenizerFile.flag(model, "ignore_merges")
        parts.composes = try Self.composes(file["normalizer"])
        if let unknown = model["unk_token"]?.text {
            parts.unknown = parts.tokens.firstIndex { $0.map(ExactText.init) == ExactText(unknown) }
                .map(Int32.init)
        }
        try Self.readTemplate(file["post_processor"], into: &parts)
        for decoder in TokenizerFile.sequence(file["decoder"], "decoders")
        where decoder["type"] != "ByteLevel" {
            throw TokenizerFile.unsupported("decoder", decoder)
        }
        guard file["decoder"] != nil else { throw TokenizerFile.unsupported("decoder", nil) }
        try self.init(parts)
    }

    private static func merges(_ model: JSON) throws(TokenizerError) -> [Merge] {
        guard let entries = model["merges"]?.elements else { throw .malformed("no merges") }
        var merges: [Merge] = []
        merges.reserveCapacity(entries.count)
        for entry in entries {
            switch entry {
            case .text(let text): merges.append(try merge(text))
            case .list(let pair):
                guard pair.count == 2, let left = pair[0].text, let right = pair[1].text else {
                    throw .malformed("a merge that is not of two tokens")
                }
                merges.append(Merge(left: left, right: right))
            default: throw .malformed("\(entry.kind) as a merge")
            }
        }
        return merges
    }

    /// A merge as "left right".
    static func merge(_ text: String) throws(TokenizerError) -> Merge {
        let sides = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
        guard sides.count == 2, let left = String(sides[0]), let right = String(sides[1]) else {
            throw .malformed("the merge \"\(text)\", which is not of two tokens")
        }
        return Merge(left: left, right: right)
    }

    private static func composes(_ normalizer: JSON?) throws(TokenizerError) -> Bool {
        let steps = TokenizerFile.sequence(normalizer, "normalizers")
        for step in steps where step["type"] != "NFC" {
            throw TokenizerFile.unsupported("normalizer", step)
        }
        return !steps.isEmpty
    }

    private static func preTokenizer(_ value: JSON?) throws(TokenizerError) -> PreTokenizer {
        var steps: [PreTokenizer.Step] = []
        var isByteLevel = false
        for step in TokenizerFile.sequence(value, "pretokenizers") {
            // After ByteLevel text is no longer text; nothing known cuts it further.
            guard !isByteLevel else { throw TokenizerFile.unsupported("pre-tokenizer", value) }
            switch step["type"]?.text {
            case "ByteLevel":
                isByteLevel = true
                if try TokenizerFile.flag(step, "add_prefix_space", default: true) {
                    throw .unsupported(part: "pre-tokenizer option", value: "add_prefix_space")
                }
                if try TokenizerFile.flag(step, "use_regex", default: true) { steps.append(.gpt2) }
            case "Digits":
                steps.append(
                    .digits(individual: try TokenizerFile.flag(step, "individual_digits")))
            case "Split": steps.append(try split(step))
            default: throw TokenizerFile.unsupported("pre-tokenizer", step)
            }
        }
        guard isByteLevel else { throw TokenizerFile.unsupported("pre-tokenizer", value) }
        return PreTokenizer(steps: steps)
    }

    private static func split(_ step: JSON) throws(TokenizerError) -> PreTokenizer.Step {
        let behaviour = step["behavior"]?.text ?? "none"
        guard behaviour == "Isolated" else {
            throw .unsupported(part: "pre-tokenizer behavior", value: behaviour)
        }
        try TokenizerFile.refuse(["invert"], in: step, part: "pre-tokenizer")
        switch step["pattern"]?["Regex"]?.text {
        case PreTokenizer.gpt2Expression: return .gpt2
        case PreTokenizer.llama3Expression: return .llama3(digits: 3)
        case PreTokenizer.qwen2Expression: return .llama3(digits: 1)
        default:
            throw .unsupported(
                part: "pre-tokenizer pattern", value: step["pattern"]?.text(.compact) ?? "none")
        }
    }

    private static func readTemplate(
        _ value: JSON?, into parts: inout Parts
    ) throws(TokenizerError) {
        for processor in TokenizerFile.sequence(value, "processors") {
            switch processor["type"]?.text {
            case "ByteLevel": break  // It changes offsets only, which nothing here uses.
            case "TemplateProcessing":
                (parts.prefix, parts.suffix) = try template(processor)
            default: throw TokenizerFile.unsupported("post-processor", processor)
            }
        }
    }

    private static func template(_ value: JSON) throws(TokenizerError) -> ([Int32], [Int32]) {
        var sides: [[Int32]] = [[]]
        for item in value["single"]?.elements ?? [] {
            if item["Sequence"] != nil {
                sides.append([])
            } else if let name = item["SpecialToken"]?["id"]?.text,
                let ids = value["special_tokens"]?[name]?["ids"]?.elements
            {
                for id in ids { sides[sides.count - 1].append(try TokenizerFile.id(id)) }
            } else {
                throw .malformed("a template with \(item.text(.compact))")
            }
        }
        guard sides.count == 2 else { throw .malformed("a template that is not of one sequence") }
        return (sides[0], sides[1])
    }
}
