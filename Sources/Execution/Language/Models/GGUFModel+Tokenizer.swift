extension GGUFFile {
    /// The tokenizer in the file's metadata: byte-level merges of a known pre-tokenizer.
    public func tokenizer() throws(TokenizerError) -> BytePairTokenizer {
        let model = metadata["tokenizer.ggml.model"]?.text ?? "none"
        guard model == "gpt2" else { throw .unsupported(part: "model", value: model) }
        let tokens = try texts("tokens").map(Optional.some)
        guard tokens.count <= BytePairTokenizer.idLimit else { throw .badID(tokens.count) }
        var merges: [BytePairTokenizer.Merge] = []
        for text in try texts("merges") { merges.append(try BytePairTokenizer.merge(text)) }
        let pre = metadata["tokenizer.ggml.pre"]?.text ?? "none"
        var parts = BytePairTokenizer.Parts(
            tokens: tokens, merges: merges, added: try addedTokens(tokens),
            preTokenizer: PreTokenizer(steps: []))
        switch pre {
        case "gpt-2": parts.preTokenizer.steps = [.gpt2]
        case "smollm": parts.preTokenizer.steps = [.digits(individual: true), .gpt2]
        case "qwen2":
            parts.preTokenizer.steps = [.llama3(digits: 1)]
            parts.composes = true
        case "llama-bpe", "llama3", "llama-v3":
            parts.preTokenizer.steps = [.llama3(digits: 3)]
            parts.ignoresMerges = true
        default: throw .unsupported(part: "pre-tokenizer", value: pre)
        }
        if metadata["tokenizer.ggml.add_bos_token"]?.flag ?? parts.ignoresMerges {
            parts.prefix = try special("bos", tokens.count)
        }
        if metadata["tokenizer.ggml.add_eos_token"]?.flag == true {
            parts.suffix = try special("eos", tokens.count)
        }
        return try BytePairTokenizer(parts)
    }

    /// The model's chat template.
    public var chatTemplate: String? { metadata["tokenizer.chat_template"]?.text }

    private func texts(_ key: String) throws(TokenizerError) -> [String] {
        guard let elements = metadata["tokenizer.ggml.\(key)"]?.elements else {
            throw .malformed("no tokenizer.ggml.\(key)")
        }
        let texts = elements.compactMap(\.text)
        guard texts.count == elements.count else { throw .malformed("other than text in \(key)") }
        return texts
    }

    private func special(_ name: String, _ count: Int) throws(TokenizerError) -> [Int32] {
        guard let id = metadata["tokenizer.ggml.\(name)_token_id"]?.wholeNumber else { return [] }
        guard (0..<count).contains(id) else { throw .badID(id) }
        return [Int32(id)]
    }

    /// Control tokens (3) are marks; user-defined ones (4) are text that stays whole.
    private func addedTokens(_ tokens: [String?]) throws(TokenizerError) -> [AddedToken] {
        let kinds = metadata["tokenizer.ggml.token_type"]?.elements ?? []
        guard kinds.isEmpty || kinds.count == tokens.count else {
            throw .malformed("\(kinds.count) token types for \(tokens.count) tokens")
        }
        return kinds.enumerated().compactMap { id, kind in
            guard let token = tokens[id], kind == .int(3) || kind == .int(4) else { return nil }
            return AddedToken(id: Int32(id), content: token, isSpecial: kind == .int(3))
        }
    }
}
