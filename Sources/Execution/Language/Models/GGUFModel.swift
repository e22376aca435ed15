import Neural

/// A model in a GGUF file: its configuration, tokenizer and tensors under their Hugging Face names.
public struct GGUFModel: Sendable {
    /// The file.
    public let file: GGUFFile
    /// The model's shape.
    public let config: ModelConfig

    /// The model in an open file; of the Llama, Qwen2 or Qwen3 architecture.
    public init(_ file: GGUFFile) throws(ModelConfigError) {
        self.file = file
        config = try Self.config(file)
    }

    // MARK: Configuration

    private static func config(_ file: GGUFFile) throws(ModelConfigError) -> ModelConfig {
        guard let name = file.metadata["general.architecture"]?.text else {
            throw .missing("general.architecture")
        }
        guard let family = ModelConfig.Family(rawValue: name) else {
            throw .unknownArchitecture(name)
        }
        let fields = GGUFFields(metadata: file.metadata, prefix: name)
        let heads = try fields.size("attention.head_count", limit: 1 << 12)
        let width = try fields.size("embedding_length", limit: 1 << 20)
        var shape = TransformerConfig(
            vocabulary: try vocabulary(file, fields), width: width,
            feedForward: try fields.size("feed_forward_length", limit: 1 << 20),
            layers: try fields.size("block_count", limit: 1 << 10), heads: heads,
            keyHeads: try fields.size("attention.head_count_kv", limit: 1 << 12, default: heads),
            headWidth: try fields.size(
                "attention.key_length", limit: 1 << 12, default: width / heads))
        guard shape.heads.isMultiple(of: shape.keyHeads) else {
            throw .invalid(key: "attention.head_count_kv", value: "\(shape.keyHeads)")
        }
        guard shape.headWidth.isMultiple(of: 2) else {
            throw .invalid(key: "attention.key_length", value: "\(shape.headWidth)")
        }
        shape.contextLength = try fields.size("context_length", limit: 1 << 24, default: 2048)
        shape.epsilon = Float(try fields.number("attention.layer_norm_rms_epsilon", default: 1e-5))
        shape.rotaryBase = try fields.number("rope.freq_base", default: 10_000)
        guard shape.rotaryBase > 1, shape.rotaryBase.isFinite, shape.epsilon > 0 else {
            throw .invalid(key: "rope.freq_base", value: "\(shape.rotaryBase)")
        }
        shape.rotaryScaling = try scaling(file, fields)
        shape.tiedEmbeddings = !file.tensors.contains { $0.name == "output.weight" }
        try biases(file, family, &shape)
        shape.headNorm = family == .qwen3
        if let window = fields.value("attention.sliding_window")?.wholeNumber, window > 0 {
            throw .unsupported(key: "attention.sliding_window", value: "\(window)")
        }
        var config = ModelConfig(shape)
        config.family = family
        config.storedType = .bf16
        config.beginToken = try token(file, "bos", below: shape.vocabulary)
        config.endTokens = try token(file, "eos", below: shape.vocabulary).map { [$0] } ?? []
        config.padToken = try token(file, "padding", below: shape.vocabulary)
        return config
    }

    /// The metadata says nothing of biases; their tensors do.
    private static func biases(
        _ file: GGUFFile, _ family: ModelConfig.Family, _ shape: inout TransformerConfig
    ) throws(ModelConfigError) {
        func has(_ part: String) -> Bool { file.tensors.contains { $0.name == "blk.0.\(part).bias" } }
        shape.attentionBias = family == .qwen2 || has("attn_q")
        shape.outputBias = has("attn_output")
        shape.feedForwardBias = has("ffn_down")
        guard shape.outputBias == (family != .qwen2 && shape.attentionBias) else {
            throw .unsupported(key: "attn_output.bias", value: "\(shape.outputBias)")
        }
        guard !shape.feedForwardBias || family == .llama else {
            throw .unsupported(key: "ffn_down.bias", value: "true")
        }
    }

    private static func vocabulary(
        _ file: GGUFFile, _ fields: GGUFFields
    ) throws(ModelConfigError) -> Int {
        let embedding = file.tensors.first { $0.name == "token_embd.weight" }?.shape.first
        let tokens = file.metadata["tokenizer.ggml.tokens"]?.elements?.count
        return try fields.size(
            "vocab_size", limit: BytePairTokenizer.idLimit, default: embedding ?? tokens)
    }

    private static func scaling(
        _ file: GGUFFile, _ fields: GGUFFields
    ) throws(ModelConfigError) -> RotaryScaling {
        // Llama 3.1 and later: the factors are a tensor, from which the rule cannot be read back.
        guard !file.tensors.contains(where: { $0.name.hasPrefix("rope_freqs") }) else {
            throw .unsupported(
                key: "rope_freqs", value: "a tensor; take the Hugging Face folder instead")
        }
        switch fields.value("rope.scaling.type")?.text ?? "none" {
        case "none": return .none
        case "linear": return .linear(factor: try fields.number("rope.scaling.factor", default: 1))
        case let other: throw .unsupported(key: "rope.scaling.type", value: other)
        }
    }

    private static func token(
        _ file: GGUFFile, _ name: String, below limit: Int
    ) throws(ModelConfigError) -> Int32? {
        let key = "tokenizer.ggml.\(name)_token_id"
        guard let value = file.metadata[key] else { return nil }
        guard let id = value.wholeNumber, (0..<limit).contains(id) else {
            throw .invalid(key: key, value: "\(value)")
        }
        return Int32(id)
    }

    // MARK: Tensors

    private static let layerNames = [
        "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm",
        "attn_k_norm": "self_attn.k_norm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    ]
    private static let wholeNames = [
        "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
    ]

    /// The checkpoint: names and row order as Hugging Face has them.
    public func checkpoint() throws(CheckpointError) -> Checkpoint {
        var slices: [TensorSlice] = []
        for slice in file.tensors {
            guard let name = Self.name(slice.name) else {
                throw .unsupported(path: file.path, what: "a tensor \(slice.name)")
            }
            slices.append(slice.renamed(name, rows: try rows(slice, name)))
        }
        return try Checkpoint(slices)
    }

    static func name(_ name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, let whole = wholeNames[parts[0]] { return "\(whole).\(parts[1])" }
        guard parts.count == 4, parts[0] == "blk", let layer = Int(parts[1]),
            let part = layerNames[parts[2]]
        else { return nil }
        return "model.layers.\(layer).\(part).\(parts[3])"
    }

    /// Llama's Q and K are stored for rotation of neighbours; everything else is as it was.
    private func rows(_ slice: TensorSlice, _ name: String) throws(CheckpointError)
        -> TensorSlice.RowOrder
    {
        guard config.family == .llama else { return .plain }
        let heads: Int
        if name.contains("q_proj") {
            heads = config.transformer.heads
        } else if name.contains("k_proj") {
            heads = config.transformer.keyHeads
        } else {
            return .plain
        }
        guard let rows = slice.shape.first, rows == heads * config.transformer.headWidth else {
            throw .badTensor(name: slice.name, reason: "has \(slice.shape) for \(heads) heads")
        }
        return .interleaved(heads: heads)
    }
}

/// Typed values of GGUF metadata below an architecture's prefix.
private struct GGUFFields {
    let metadata: [String: GGUFValue]
    let prefix: String

    func value(_ key: String) -> GGUFValue? { metadata["\(prefix).\(key)"] }

    func size(
        _ key: String, limit: Int, default missing: Int? = nil
    ) throws(ModelConfigError) -> Int {
        guard let number = value(key)?.wholeNumber ?? missing else {
            throw .missing("\(prefix).\(key)")
        }
        guard (1...limit).contains(number) else {
            throw .invalid(key: "\(prefix).\(key)", value: "\(number)")
        }
        return number
    }

    /// The decimal that an fp32 stands for: 1e-5, not 9.999999747378752e-06.
    func number(_ key: String, default missing: Double) throws(ModelConfigError) -> Double {
        guard let value = value(key) else { return missing }
        guard let number = value.realNumber, let short = Double(Float(number).description) else {
            throw .invalid(key: "\(prefix).\(key)", value: "\(value)")
        }
        return short
    }
}
