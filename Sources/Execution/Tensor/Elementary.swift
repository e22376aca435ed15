import CKernels

/// Elementary functions and random numbers as the kernels define them, for constants that are made on the
/// host and must be equal on every machine. No function of the platform's mathematics library is used.
public enum Canonical {
    /// base^exponent for a positive base, fp64.
    public static func power(_ base: Double, _ exponent: Double) -> Double { ck_pow64(base, exponent) }
    /// The cosine, fp64.
    public static func cosine(_ x: Double) -> Double { ck_cos64(x) }
    /// e^x, fp64.
    public static func exp(_ x: Double) -> Double { ck_exp64(x) }
    /// The natural logarithm, fp64.
    public static func log(_ x: Double) -> Double { ck_log64(x) }

    /// Four random words of Philox4x32-10 for a key and a 128-bit counter (stream, index).
    public static func philox(key: UInt64, stream: UInt64, index: UInt64) -> [UInt32] {
        var words: [UInt32] = [0, 0, 0, 0]
        ck_philox(key, stream, index, &words)
        return words
    }

    /// A uniform number in [0, 1) with 24 random bits.
    public static func uniform(key: UInt64, stream: UInt64, index: UInt64) -> Float {
        Float(philox(key: key, stream: stream, index: index)[0] >> 8) * 0x1p-24
    }
}

extension Tensor {
    /// Fills with normal numbers of the given deviation, from Philox counters of one stream.
    public func fillNormal(deviation: Float, key: UInt64, stream: UInt64, on engine: Engine) {
        let elements = floats
        engine.exclusively {
            ck_normal_f32(engine.context, key, stream, elements.count, elements.baseAddress)
            ck_affine_f32(
                engine.context, elements.count, elements.baseAddress, deviation, 0, elements.baseAddress)
        }
    }

    /// Fills with uniform numbers of [-bound, bound), from Philox counters of one stream.
    public func fillUniform(bound: Float, key: UInt64, stream: UInt64, on engine: Engine) {
        let elements = floats
        engine.exclusively {
            ck_uniform_f32(engine.context, key, stream, elements.count, elements.baseAddress)
            ck_affine_f32(
                engine.context, elements.count, elements.baseAddress, 2 * bound, -bound,
                elements.baseAddress)
        }
    }

    /// Sets every element.
    public func fill(_ value: Float) { floats.update(repeating: value) }

    /// Writes a row-major matrix, fp32 or bf16, into this tensor of the same shape, whatever its layout.
    public func load(_ other: Tensor, on engine: Engine) {
        precondition(
            other.layout == .rowMajor && other.type.shape == type.shape, "\(other.type) into \(type)")
        engine.exclusively {
            switch (layout, type.element, other.type.element) {
            case (.panels, let element, let source):
                let rows = type.shape[0], columns = type.shape[1]
                ck_pack(
                    engine.context, element.kernelType, columns, rows, other.base, source.kernelType, 1,
                    columns, base)
            case (.rowMajor, .bfloat16, .float32):
                ck_f32_to_bf16(
                    engine.context, type.shape.count, other.floats.baseAddress,
                    base.assumingMemoryBound(to: UInt16.self))
            case (.rowMajor, .float32, .bfloat16):
                ck_bf16_to_f32(
                    engine.context, type.shape.count,
                    other.base.assumingMemoryBound(to: UInt16.self), floats.baseAddress)
            default: copy(from: other)
            }
        }
    }

    /// The fp32 row-major copy of a weight, whatever its layout and element type.
    public func dense(on engine: Engine) -> Tensor {
        let result = Tensor(TensorType(type.shape))
        guard layout == .panels else {
            result.load(self, on: engine)
            return result
        }
        engine.exclusively {
            ck_unpack(
                engine.context, type.element.kernelType, type.shape[1], type.shape[0], base,
                result.floats.baseAddress, 1, type.shape[1])
        }
        return result
    }

    /// The index of the first element that is not finite, or nil.
    public func firstFault(on engine: Engine) -> Int? {
        let elements = floats
        let index = engine.exclusively {
            ck_first_fault_f32(engine.context, elements.count, elements.baseAddress)
        }
        return index < 0 ? nil : index
    }
}

/// How a token is drawn from logits.
public struct Sampling: Hashable, Sendable {
    /// Logits are divided by it; 0 takes the largest.
    public var temperature: Float
    /// Only the so many largest are kept; 0 keeps all.
    public var topK: Int
    /// Only the most probable that together reach this probability are kept; 1 keeps all.
    public var topP: Float
    /// Only those at least this fraction as probable as the most probable are kept; 0 keeps all.
    public var minP: Float

    /// Sampling from the whole distribution unless said.
    public init(temperature: Float = 1, topK: Int = 0, topP: Float = 1, minP: Float = 0) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
    }

    /// Always the most probable token.
    public static let greedy = Sampling(temperature: 0)
}

/// Draws tokens from rows of logits, with workspace of its own.
public final class Sampler {
    private let engine: Engine
    private let vocabulary: Int
    private let workspace: Tensor
    private let scaled: Tensor

    /// A sampler for rows of `vocabulary` logits.
    public init(vocabulary: Int, on engine: Engine) {
        self.engine = engine
        self.vocabulary = vocabulary
        workspace = Tensor(TensorType([max(1, ck_sample_scratch(vocabulary) / 4 + 1)]))
        scaled = Tensor(TensorType([vocabulary]))
    }

    /// One token for one row, with its log-probability under softmax(logits / temperature) over all tokens,
    /// computed exactly as a training program computes it. Greedy drawing scores at temperature 1. Logits
    /// that hold a NaN or no finite maximum give the token -1.
    public func draw(
        _ logits: UnsafePointer<Float>, _ sampling: Sampling, uniform: Float
    ) -> (token: Int32, logProbability: Float) {
        engine.exclusively {
            var settings = ck_sampling(
                temperature: sampling.temperature, top_p: sampling.topP, min_p: sampling.minP,
                top_k: Int32(clamping: sampling.topK))
            let token = ck_sample_f32(
                engine.instructionSet.kernelName, vocabulary, logits, &settings, uniform, workspace.base)
            guard token >= 0 else { return (token, .nan) }
            return (token, logProbability(of: token, logits, temperature: sampling.temperature))
        }
    }

    private func logProbability(
        of token: Int32, _ logits: UnsafePointer<Float>, temperature: Float
    ) -> Float {
        var row = logits
        if temperature > 0, temperature != 1 {
            ck_affine_f32(
                engine.context, vocabulary, logits, 1 / temperature, 0, scaled.floats.baseAddress)
            row = UnsafePointer(scaled.base.assumingMemoryBound(to: Float.self))
        }
        var target = token, result: Float = 0
        ck_selected_logprob_f32(engine.context, 1, vocabulary, row, &target, &result, nil)
        return result
    }
}
