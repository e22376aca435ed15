public import Bytes
public import Neural

/// What `config.json` says of a model.
public struct ModelConfig: Hashable, Sendable {
    /// The kinds of models that are built.
    public enum Family: String, Hashable, Sendable, CaseIterable {
        /// Llama 2 and 3, SmolLM2.
        case llama
        /// Qwen2 and Qwen2.5.
        case qwen2
        /// Qwen3.
        case qwen3

        /// The name of its class in transformers.
        public var architecture: String {
            switch self {
            case .llama: "LlamaForCausalLM"
            case .qwen2: "Qwen2ForCausalLM"
            case .qwen3: "Qwen3ForCausalLM"
            }
        }
    }

    /// Its kind.
    public var family: Family
    /// Its shape.
    public var transformer: TransformerConfig
    /// How its weights are stored.
    public var storedType = StoredType.f32
    /// The token that begins a text.
    public var beginToken: Int32?
    /// The tokens that end one.
    public var endTokens: [Int32] = []
    /// The token that fills up batches.
    public var padToken: Int32?

    /// A configuration of the family that has the shape's features.
    public init(_ transformer: TransformerConfig) {
        self.transformer = transformer
        let isQwen2 = transformer.attentionBias && !transformer.outputBias
        family = transformer.headNorm ? .qwen3 : isQwen2 ? .qwen2 : .llama
    }
}

/// Why a configuration is not taken.
public enum ModelConfigError: Error, Hashable, CustomStringConvertible {
    /// Another architecture than those built.
    case unknownArchitecture(String)
    /// A feature that is not built.
    case unsupported(key: String, value: String)
    /// A value is missing.
    case missing(String)
    /// A value is of the wrong kind or out of range.
    case invalid(key: String, value: String)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .unknownArchitecture(let name):
            "the architecture \(name) is not built; use a model of the kind "
                + ModelConfig.Family.allCases.map(\.architecture).joined(separator: ", ")
        case .unsupported(let key, let value):
            "\(key) = \(value) is not built; use a model without it"
        case .missing(let key): "the model's configuration has no \(key); is the file complete?"
        case .invalid(let key, let value):
            "\(key) = \(value) makes no model; is the configuration damaged?"
        }
    }
}

// MARK: Reading

extension ModelConfig {
    /// The configuration in a `config.json`, of transformers 4 or 5.
    public init(_ file: JSON) throws(ModelConfigError) {
        let family = try Self.family(file)
        let reader = ConfigFields(file)
        let heads = try reader.size("num_attention_heads", limit: 1 << 12)
        let width = try reader.size("hidden_size", limit: 1 << 20)
        var shape = TransformerConfig(
            vocabulary: try reader.size("vocab_size", limit: BytePairTokenizer.idLimit),
            width: width,
            feedForward: try reader.size("intermediate_size", limit: 1 << 20),
            layers: try reader.size("num_hidden_layers", limit: 1 << 10), heads: heads,
            keyHeads: try reader.size("num_key_value_heads", limit: 1 << 12, default: heads),
            headWidth: try reader.size("head_dim", limit: 1 << 12, default: width / heads))
        shape.epsilon = Float(try reader.number("rms_norm_eps", default: 1e-6))
        shape.contextLength = try reader.size(
            "max_position_embeddings", limit: 1 << 24, default: 2048)
        shape.tiedEmbeddings = try reader.flag("tie_word_embeddings")
        // Qwen2's own bias is part of the family; a flag beside it says nothing more.
        shape.outputBias = try reader.flag("attention_bias") && family != .qwen2
        shape.attentionBias = shape.outputBias || family == .qwen2
        shape.feedForwardBias = try reader.flag("mlp_bias") && family == .llama
        shape.headNorm = family == .qwen3
        try Self.checkFeatures(reader, family)
        (shape.rotaryBase, shape.rotaryScaling) = try Self.rotary(file)
        try Self.check(shape)
        self.init(shape)
        self.family = family
        storedType = Self.storedType(file)
        beginToken = try reader.tokens("bos_token_id", below: shape.vocabulary).first
        endTokens = try reader.tokens("eos_token_id", below: shape.vocabulary)
        padToken = try reader.tokens("pad_token_id", below: shape.vocabulary).first
    }

    private static func family(_ file: JSON) throws(ModelConfigError) -> Family {
        let name = file["architectures"]?.elements?.first?.text
        let type = file["model_type"]?.text
        if let name {
            guard let family = Family.allCases.first(where: { $0.architecture == name }) else {
                throw .unknownArchitecture(name)
            }
            return family
        }
        guard let type else { throw .missing("architectures") }
        guard let family = Family(rawValue: type) else { throw .unknownArchitecture(type) }
        return family
    }

    fileprivate static let typeNames: [StoredType: String] = [
        .f32: "float32", .bf16: "bfloat16", .f16: "float16",
    ]

    private static func storedType(_ file: JSON) -> StoredType {
        let name = (file["dtype"] ?? file["torch_dtype"])?.text
        return typeNames.first { $0.value == name }?.key ?? .f32
    }

    private static func checkFeatures(
        _ reader: ConfigFields, _ family: Family
    ) throws(ModelConfigError) {
        let file = reader.file
        for key in ["mlp_bias", "use_sliding_window"] where try reader.flag(key) {
            if family == .llama, key == "mlp_bias" { continue }
            throw .unsupported(key: key, value: "true")
        }
        if family == .llama, let window = file["sliding_window"] {
            throw .unsupported(key: "sliding_window", value: window.text())
        }
        let activation = file["hidden_act"]?.text ?? "silu"
        guard activation == "silu" else { throw .unsupported(key: "hidden_act", value: activation) }
        for type in file["layer_types"]?.elements ?? [] where type != "full_attention" {
            throw .unsupported(key: "layer_types", value: type.text())
        }
        let partial = try reader.number("partial_rotary_factor", default: 1)
        guard partial == 1 else {
            throw .unsupported(key: "partial_rotary_factor", value: "\(partial)")
        }
        if let quantization = file["quantization_config"] {
            throw .unsupported(
                key: "quantization_config", value: quantization["quant_method"]?.text ?? "some")
        }
    }

    private static func check(_ shape: TransformerConfig) throws(ModelConfigError) {
        guard shape.heads.isMultiple(of: shape.keyHeads) else {
            throw .invalid(key: "num_key_value_heads", value: "\(shape.keyHeads)")
        }
        guard shape.headWidth.isMultiple(of: 2) else {
            throw .invalid(key: "head_dim", value: "\(shape.headWidth)")
        }
        guard shape.epsilon > 0, shape.epsilon.isFinite else {
            throw .invalid(key: "rms_norm_eps", value: "\(shape.epsilon)")
        }
    }

    /// Transformers 4 has `rope_theta` and `rope_scaling`, 5 has both in `rope_parameters`.
    private static func rotary(_ file: JSON) throws(ModelConfigError) -> (Double, RotaryScaling) {
        let old = file["rope_scaling"] ?? [:]
        let rope = file["rope_parameters"] ?? old
        guard rope.orderedMembers != nil else {
            throw .invalid(key: "rope_scaling", value: rope.text())
        }
        let top = ConfigFields(file)
        let fields = ConfigFields(rope)
        let base = try fields.number(
            "rope_theta", default: try top.number("rope_theta", default: 1e4))
        guard base > 1, base.isFinite else { throw .invalid(key: "rope_theta", value: "\(base)") }
        let type = (rope["rope_type"] ?? rope["type"])?.text ?? "default"
        switch type {
        case "default": return (base, .none)
        case "linear": return (base, .linear(factor: try fields.positive("factor")))
        case "llama3":
            let low = try fields.positive("low_freq_factor")
            let high = try fields.positive("high_freq_factor")
            guard high > low else { throw .invalid(key: "high_freq_factor", value: "\(high)") }
            return (
                base,
                .llama3(
                    factor: try fields.positive("factor"), lowFrequency: low, highFrequency: high,
                    originalContext: try fields.size(
                        "original_max_position_embeddings", limit: 1 << 24))
            )
        default: throw .unsupported(key: "rope_type", value: type)
        }
    }
}

// MARK: Writing

extension ModelConfig {
    /// The configuration as a `config.json` that transformers 4 and 5 read.
    public var file: JSON {
        let shape = transformer
        func token(_ id: Int32?) -> JSON { id.map { .int(Int($0)) } ?? .null }
        let ends: JSON =
            endTokens.count > 1 ? .ints(endTokens.map(Int.init)) : token(endTokens.first)
        var members: [(String, JSON)] = [
            ("architectures", [.text(family.architecture)]), ("model_type", .text(family.rawValue)),
            ("hidden_act", "silu"), ("hidden_size", .int(shape.width)),
            ("intermediate_size", .int(shape.feedForward)),
            ("num_hidden_layers", .int(shape.layers)), ("num_attention_heads", .int(shape.heads)),
            ("num_key_value_heads", .int(shape.keyHeads)), ("head_dim", .int(shape.headWidth)),
            ("vocab_size", .int(shape.vocabulary)),
            ("max_position_embeddings", .int(shape.contextLength)),
            // The shortest decimal of the fp32 number: 1e-06, not 9.999999974752427e-07.
            ("rms_norm_eps", .real(Double(shape.epsilon.description) ?? Double(shape.epsilon))),
            ("rope_theta", .real(shape.rotaryBase)), ("rope_scaling", scaling),
            ("tie_word_embeddings", .flag(shape.tiedEmbeddings)),
            ("bos_token_id", token(beginToken)),
            ("eos_token_id", ends), ("pad_token_id", token(padToken)),
            ("torch_dtype", .text(Self.typeNames[storedType] ?? "float32")),
            ("attention_dropout", 0.0), ("use_cache", true), ("initializer_range", 0.02),
        ]
        if family != .qwen2 { members += [("attention_bias", .flag(shape.outputBias))] }
        if family == .llama { members += [("mlp_bias", .flag(shape.feedForwardBias))] }
        if family != .llama { members += [("use_sliding_window", false), ("sliding_window", nil)] }
        return .members(members)
    }

    private var scaling: JSON {
        switch transformer.rotaryScaling {
        case .none: .null
        case .linear(let factor): ["rope_type": "linear", "factor": .real(factor)]
        case .llama3(let factor, let low, let high, let original):
            [
                "rope_type": "llama3", "factor": .real(factor), "low_freq_factor": .real(low),
                "high_freq_factor": .real(high), "original_max_position_embeddings": .int(original),
            ]
        }
    }
}
