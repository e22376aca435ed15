import Tensor

/// How rotary frequencies are stretched for long contexts.
public enum RotaryScaling: Hashable, Sendable {
    /// As they are.
    case none
    /// All positions divided by a factor.
    case linear(factor: Double)
    /// Llama 3.1: long waves divided by the factor, short ones kept, a ramp between.
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalContext: Int)
}

/// The shape of a decoder transformer of the Llama, Qwen2 or Qwen3 family.
public struct TransformerConfig: Hashable, Sendable {
    /// Tokens in the vocabulary (V).
    public var vocabulary: Int
    /// Width of the residual stream (C).
    public var width: Int
    /// Width of the gated feed-forward layer.
    public var feedForward: Int
    /// Blocks.
    public var layers: Int
    /// Query heads (H) and key-value heads; the former are a multiple of the latter.
    public var heads: Int, keyHeads: Int
    /// Numbers per head, even.
    public var headWidth: Int
    /// Added under the root of RMSNorm.
    public var epsilon: Float = 1e-5
    /// The base of the rotary frequencies.
    public var rotaryBase: Double = 10_000
    /// How they are stretched.
    public var rotaryScaling = RotaryScaling.none
    /// Whether the output projection is the token embedding.
    public var tiedEmbeddings = true
    /// Whether the query, key and value projections have a bias (Qwen2).
    public var attentionBias = false
    /// Whether attention's output projection has one too (Llama and Qwen3 with `attention_bias`).
    public var outputBias = false
    /// Whether the projections of the feed-forward layer have a bias (Llama with `mlp_bias`).
    public var feedForwardBias = false
    /// Whether each head's queries and keys are normalised before they turn (Qwen3).
    public var headNorm = false
    /// The longest sequence the model was made for.
    public var contextLength = 2048

    /// A shape; the rest has defaults.
    public init(
        vocabulary: Int, width: Int, feedForward: Int, layers: Int, heads: Int, keyHeads: Int? = nil,
        headWidth: Int? = nil
    ) {
        self.vocabulary = vocabulary
        self.width = width
        self.feedForward = feedForward
        self.layers = layers
        self.heads = heads
        self.keyHeads = keyHeads ?? heads
        self.headWidth = headWidth ?? width / max(heads, 1)
    }

    /// The rotary frequencies `[headWidth / 2]`, in radians per position.
    public var rotaryFrequencies: [Float] {
        (0..<headWidth / 2).map { index in
            let plain = 1 / Canonical.power(rotaryBase, Double(2 * index) / Double(headWidth))
            return Float(stretched(plain))
        }
    }

    private func stretched(_ frequency: Double) -> Double {
        switch rotaryScaling {
        case .none: return frequency
        case .linear(let factor): return frequency / factor
        case .llama3(let factor, let low, let high, let original):
            let wave = 2 * Double.pi / frequency
            if wave > Double(original) / low { return frequency / factor }
            if wave < Double(original) / high { return frequency }
            let ramp = (Double(original) / wave - low) / (high - low)
            return (1 - ramp) * frequency / factor + ramp * frequency
        }
    }

    /// The number of weights, tied ones counted once.
    public var parameterCount: Int {
        Transformer(self).parameters.reduce(0) { $0 + $1.shape.count }
    }
}
