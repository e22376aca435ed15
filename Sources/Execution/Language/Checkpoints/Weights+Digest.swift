public import Keys
public import Neural
import Tensor

extension Weights {
    /// Names the model by what it computes with: SHA-256 over its shape and the fp32 bits of all weights in
    /// the order of their names. How it was stored, and how long a context it was made for, do not count.
    /// An adapter that is not merged counts with its settings.
    ///
    /// - Precondition: the weights are row-major, as a checkpoint or training has them.
    public var digest: Digest {
        let c = transformer.config
        var hasher = SHA256Hasher()
        hasher.update("starling model 1\n")
        for size in [c.vocabulary, c.width, c.feedForward, c.layers, c.heads, c.keyHeads, c.headWidth] {
            hasher.update(UInt64(size))
        }
        for feature in [c.tiedEmbeddings, c.attentionBias, c.headNorm] {
            hasher.update(UInt64(feature ? 1 : 0))
        }
        hasher.update(UInt64(c.epsilon.bitPattern))
        hasher.update(c.rotaryBase.bitPattern)
        switch c.rotaryScaling {
        case .none: hasher.update(UInt64(0))
        case .linear(let factor):
            hasher.update(UInt64(1))
            hasher.update(factor.bitPattern)
        case .llama3(let factor, let low, let high, let original):
            hasher.update(UInt64(2))
            for number in [factor, low, high] { hasher.update(number.bitPattern) }
            hasher.update(UInt64(original))
        }
        if let adapter = transformer.adapter { hasher.update("\(adapter)") }
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            precondition(
                tensor.layout == .rowMajor && tensor.type.element != .int32,
                "a digest is of rows of numbers, not of \(tensor.type)")
            hasher.update(UInt64(name.utf8.count))
            hasher.update(name)
            hasher.update(UInt64(TensorType(tensor.type.shape).byteCount))
            if tensor.type.element == .bfloat16 {
                Self.update(&hasher, widening: tensor.bytes)
            } else {
                hasher.update(tensor.bytes)
            }
        }
        return hasher.finalize()
    }

    /// Hashes bf16 numbers as the fp32 bits they stand for, a piece at a time.
    private static func update(_ hasher: inout SHA256Hasher, widening bytes: UnsafeRawBufferPointer) {
        let halves = bytes.bindMemory(to: UInt16.self), piece = 1 << 16
        for start in stride(from: 0, to: halves.count, by: piece) {
            let words = halves[start..<min(start + piece, halves.count)].map {
                (UInt32($0) << 16).littleEndian
            }
            words.withUnsafeBytes { hasher.update($0) }
        }
    }
}
