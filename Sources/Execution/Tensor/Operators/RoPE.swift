import CKernels

/// Rotary position embedding (Su et al. 2021, arXiv 2104.09864), half-split pairs, see `ck_rope.h`.
///
/// Inputs `x [R, heads * dim]`, `positions int32 [R]`, `cosine` and `sine [P, dim / 2]`; output as `x`.
struct RoPE: Operator {
    static let name = "rope"
    let dim: Int
    let inverse: Bool

    init(dim: Int, inverse: Bool) {
        self.dim = dim
        self.inverse = inverse
    }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        dim = try attributes.integer()
        inverse = try attributes.flag()
        guard (2...(1 << 20)).contains(dim) else { throw .malformed("a head of 2 numbers or more") }
    }
    func encode(into attributes: inout AttributeWriter) {
        attributes.integer(dim)
        attributes.flag(inverse)
    }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 4, "x, positions, cosine and sine")
        try require(
            dim % 2 == 0 && inputs[0].shape.last % dim == 0 && inputs[1].element == .int32
                && inputs[1].shape.count == inputs[0].shape.rows && inputs[2] == inputs[3]
                && inputs[2].shape.last == dim / 2, "rows of whole heads of \(dim) and tables of \(dim / 2)")
        return [inputs[0]]
    }
    var overwritable: [Int] { [0] }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil, nil, nil] }
        let turned = RoPE(dim: dim, inverse: !inverse)
        return [graph.apply(turned, [dy] + node.inputs.dropFirst())[0], nil, nil, nil]
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0]
        ck_rope_f32(
            frame.context, x.rows, x.last / dim, dim, x.floats, x.last, frame.inputs[1].integers,
            frame.inputs[2].floats, frame.inputs[3].floats, inverse ? 1 : 0, frame.outputs[0].floats,
            x.last)
    }
}

extension Graph {
    /// Turns the heads of `x [R, heads * dim]` by their position.
    public mutating func rope(_ x: Value, dim: Int, positions: Value, cosine: Value, sine: Value) -> Value {
        apply(RoPE(dim: dim, inverse: false), [x, positions, cosine, sine])[0]
    }
}

extension Tensor {
    /// Cosines and sines of `position * frequency`, both fp32 `[positions, frequencies]`.
    public static func rotaryTables(
        positions: Int, frequencies: [Float]
    ) -> (cosine: Tensor, sine: Tensor) {
        let type = TensorType([positions, frequencies.count])
        let cosine = Tensor(type), sine = Tensor(type)
        ck_rope_table(
            positions, frequencies.count, frequencies, cosine.floats.baseAddress,
            sine.floats.baseAddress)
        return (cosine, sine)
    }
}
