public import Bytes

extension BytePairTokenizer {
    /// The tokenizer as a `tokenizer.json`, which the tokenizers package reads as well.
    public var file: JSON? {
        let vocabulary = parts.tokens.enumerated().compactMap { id, token in
            token.map { ($0, JSON.int(id)) }
        }
        let model: JSON = [
            "type": "BPE", "dropout": nil,
            "unk_token": parts.unknown.flatMap(token).map(JSON.text) ?? .null,
            "continuing_subword_prefix": nil, "end_of_word_suffix": nil, "fuse_unk": false,
            "byte_fallback": false, "ignore_merges": .flag(parts.ignoresMerges),
            "vocab": .members(vocabulary),
            "merges": .list(parts.merges.map { [.text($0.left), .text($0.right)] }),
        ]
        return [
            "version": "1.0", "truncation": nil, "padding": nil,
            "added_tokens": .list(parts.added.map(\.file)),
            "normalizer": parts.composes ? ["type": "NFC"] : nil,
            "pre_tokenizer": parts.preTokenizer.file, "post_processor": template,
            "decoder": Self.byteLevel(usesExpression: true), "model": model,
        ]
    }

    fileprivate static func byteLevel(usesExpression: Bool) -> JSON {
        [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": .flag(usesExpression),
        ]
    }

    private var template: JSON {
        guard !(parts.prefix + parts.suffix).isEmpty else { return .null }
        func name(_ id: Int32) -> String { token(id) ?? "<\(id)>" }
        func special(_ id: Int32) -> JSON {
            ["SpecialToken": ["id": .text(name(id)), "type_id": 0]]
        }
        func sequence(_ letter: String, _ type: Int) -> JSON {
            ["Sequence": ["id": .text(letter), "type_id": .int(type)]]
        }
        let before = parts.prefix.map(special)
        let after = parts.suffix.map(special)
        let single = before + [sequence("A", 0)] + after
        let used = Set(parts.prefix + parts.suffix).sorted()
        return [
            "type": "TemplateProcessing", "single": .list(single),
            "pair": .list(single + before + [sequence("B", 1)] + after),
            "special_tokens": .members(
                used.map { id in
                    let entry: JSON = [
                        "id": .text(name(id)), "ids": [.int(Int(id))], "tokens": [.text(name(id))],
                    ]
                    return (name(id), entry)
                }),
        ]
    }
}

extension AddedToken {
    var file: JSON {
        [
            "id": .int(Int(id)), "content": .text(content), "single_word": .flag(isSingleWord),
            "lstrip": .flag(stripsLeft), "rstrip": .flag(stripsRight),
            "normalized": .flag(isNormalized), "special": .flag(isSpecial),
        ]
    }
}

extension PreTokenizer {
    var file: JSON {
        var steps = steps
        // ByteLevel carries GPT-2's expression itself.
        let usesExpression = steps.last == .gpt2
        if usesExpression { steps.removeLast() }
        let byteLevel = BytePairTokenizer.byteLevel(usesExpression: usesExpression)
        guard !steps.isEmpty else { return byteLevel }
        return ["type": "Sequence", "pretokenizers": .list(steps.map(\.file) + [byteLevel])]
    }
}

extension PreTokenizer.Step {
    fileprivate var file: JSON {
        switch self {
        case .digits(let individual):
            ["type": "Digits", "individual_digits": .flag(individual)]
        case .gpt2: Self.split(PreTokenizer.gpt2Expression)
        case .llama3(let digits):
            Self.split(
                digits == 1 ? PreTokenizer.qwen2Expression : PreTokenizer.llama3Expression)
        }
    }

    private static func split(_ expression: String) -> JSON {
        [
            "type": "Split", "pattern": ["Regex": .text(expression)], "behavior": "Isolated",
            "invert": false,
        ]
    }
}
