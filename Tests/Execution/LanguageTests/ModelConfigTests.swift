import Bytes
import Language
import Neural
import Testing

@Suite struct ModelConfigTests {
    private func config(_ change: [(String, JSON)] = []) -> JSON {
        var members: [(String, JSON)] = [
            ("architectures", ["Qwen2ForCausalLM"]), ("model_type", "qwen2"), ("hidden_size", 64),
            ("intermediate_size", 176), ("num_hidden_layers", 2), ("num_attention_heads", 4),
            ("num_key_value_heads", 2), ("vocab_size", 320), ("rms_norm_eps", 1e-6),
            ("rope_theta", 1_000_000.0), ("tie_word_embeddings", true), ("eos_token_id", [2, 3]),
            ("use_sliding_window", false), ("torch_dtype", "bfloat16"),
        ]
        members.removeAll { member in change.contains { $0.0 == member.0 } }
        return .members(members + change)
    }

    @Test func `reads both forms of rotary settings`() throws {
        let old = try ModelConfig(config())
        #expect(old.transformer.rotaryBase == 1_000_000 && old.transformer.headWidth == 16)
        #expect(old.family == .qwen2 && old.transformer.attentionBias && old.endTokens == [2, 3])
        #expect(old.storedType == .bf16 && old.transformer.tiedEmbeddings)
        let new = try ModelConfig(
            config([
                ("rope_theta", nil),
                ("rope_parameters", ["rope_type": "default", "rope_theta": 1_000_000.0]),
            ]))
        #expect(new == old)
        let scaling: JSON = [
            "rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
        ]
        let llama = try ModelConfig(
            config([
                ("architectures", ["LlamaForCausalLM"]), ("rope_scaling", scaling),
                ("rope_theta", 500_000),
            ]))
        #expect(
            llama.transformer.rotaryScaling
                == .llama3(
                    factor: 32, lowFrequency: 1, highFrequency: 4, originalContext: 8192))
        #expect(llama.transformer.rotaryBase == 500_000)
        let linear = try ModelConfig(config([("rope_scaling", ["type": "linear", "factor": 2])]))
        #expect(linear.transformer.rotaryScaling == .linear(factor: 2))
        let biased = try ModelConfig(
            config([
                ("architectures", ["LlamaForCausalLM"]), ("attention_bias", true), ("mlp_bias", true),
            ]))
        #expect(biased.family == .llama && biased.transformer.attentionBias)
        #expect(biased.transformer.outputBias && biased.transformer.feedForwardBias)
        #expect(!old.transformer.outputBias && !llama.transformer.attentionBias)
        for config in [old, llama, linear, biased] {
            #expect(try ModelConfig(JSON(parsing: config.file.text(.pretty(indent: 2)))) == config)
        }
    }

    private static let refused: [([(String, JSON)], ModelConfigError)] = [
        ([("architectures", ["GPT2LMHeadModel"])], .unknownArchitecture("GPT2LMHeadModel")),
        ([("architectures", nil), ("model_type", "mamba")], .unknownArchitecture("mamba")),
        ([("architectures", nil), ("model_type", nil)], .missing("architectures")),
        ([("use_sliding_window", true)], .unsupported(key: "use_sliding_window", value: "true")),
        ([("mlp_bias", true)], .unsupported(key: "mlp_bias", value: "true")),
        ([("hidden_act", "gelu")], .unsupported(key: "hidden_act", value: "gelu")),
        ([("rope_scaling", ["rope_type": "yarn"])], .unsupported(key: "rope_type", value: "yarn")),
        ([("rope_scaling", ["type": "linear"])], .missing("factor")),
        (
            [("layer_types", ["sliding_attention"])],
            .unsupported(key: "layer_types", value: "\"sliding_attention\"")
        ),
        (
            [("architectures", ["LlamaForCausalLM"]), ("sliding_window", 4096)],
            .unsupported(key: "sliding_window", value: "4096")
        ),
        (
            [("quantization_config", ["quant_method": "gptq"])],
            .unsupported(key: "quantization_config", value: "gptq")
        ),
        ([("hidden_size", nil)], .missing("hidden_size")),
        ([("hidden_size", 0)], .invalid(key: "hidden_size", value: "0")),
        ([("hidden_size", 1e9)], .invalid(key: "hidden_size", value: "1000000000.0")),
        ([("num_hidden_layers", 1_000_000)], .invalid(key: "num_hidden_layers", value: "1000000")),
        ([("num_key_value_heads", 3)], .invalid(key: "num_key_value_heads", value: "3")),
        ([("head_dim", 15)], .invalid(key: "head_dim", value: "15")),
        ([("num_attention_heads", 128)], .invalid(key: "head_dim", value: "0")),
        ([("eos_token_id", 320)], .invalid(key: "eos_token_id", value: "320")),
        ([("tie_word_embeddings", "yes")], .invalid(key: "tie_word_embeddings", value: "\"yes\"")),
        ([("rms_norm_eps", 0)], .invalid(key: "rms_norm_eps", value: "0.0")),
        ([("rope_theta", -1)], .invalid(key: "rope_theta", value: "-1.0")),
    ]

    @Test(arguments: refused)
    func `what is not built or makes no model is refused`(
        change: [(String, JSON)], error: ModelConfigError
    ) {
        #expect(throws: error) { try ModelConfig(config(change)) }
    }

    @Test func `recommendations read and write`() throws {
        let file: JSON = [
            "bos_token_id": 1, "eos_token_id": [2, 3], "pad_token_id": 0, "do_sample": true,
            "temperature": 0.7, "top_k": 20, "top_p": 0.8, "repetition_penalty": 1.05,
        ]
        let config = try GenerationConfig(file)
        #expect(config.endTokens == [2, 3] && config.topK == 20 && config.temperature == 0.7)
        #expect(config.file == file)
        #expect(throws: ModelConfigError.invalid(key: "top_p", value: "2.0")) {
            try GenerationConfig(["top_p": 2])
        }
        #expect(try GenerationConfig(["top_k": 0]).topK == nil)
    }
}
