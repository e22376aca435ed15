import CKernels

/// Root-mean-square normalisation of each row (Zhang & Sennrich 2019, arXiv 1910.07467), see `ck_norm.h`.
///
/// Inputs `x [..., N]`, `weight [N]`; outputs the normalised rows and `r [rows]` for the gradient.
struct RMSNorm: Operator {
    static let name = "rmsnorm"
    let epsilon: Float

    init(epsilon: Float) { self.epsilon = epsilon }
    init(from attributes: inout AttributeReader) throws(ProgramError) { epsilon = try attributes.float() }
    func encode(into attributes: inout AttributeWriter) { attributes.float(epsilon) }

    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 2 && inputs[1].shape == [inputs[0].shape.last],
            "rows and a weight of their length")
        return [inputs[0], TensorType([inputs[0].shape.rows])]
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil] }
        return graph.apply(RMSNormGradient(), node.inputs + [node.outputs[1], dy])
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0]
        ck_rmsnorm_f32(
            frame.context, x.rows, x.last, x.floats, frame.inputs[1].floats, epsilon,
            frame.outputs[0].floats, frame.outputs[1].floats)
    }
}

/// The gradients of rows and weight.
struct RMSNormGradient: Operator {
    static let name = "rmsnorm_gradient"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 4 && inputs[1].shape == [inputs[0].shape.last] && inputs[3] == inputs[0]
                && inputs[2].shape.count == inputs[0].shape.rows, "x, weight, r and the gradient")
        return [inputs[0], inputs[1]]
    }
    func run(_ frame: Frame) {
        let inputs = frame.inputs
        ck_rmsnorm_backward_f32(
            frame.context, inputs[0].rows, inputs[0].last, inputs[0].floats, inputs[1].floats,
            inputs[2].floats, inputs[3].floats, frame.outputs[0].floats, frame.outputs[1].floats)
    }
}

/// Layer normalisation of each row (Ba et al. 2016, arXiv 1607.06450), see `ck_norm.h`.
///
/// Inputs `x [..., N]`, `weight [N]`, `bias [N]`; outputs the rows and `[rows, 2]` mean and r.
struct LayerNorm: Operator {
    static let name = "layernorm"
    let epsilon: Float

    init(epsilon: Float) { self.epsilon = epsilon }
    init(from attributes: inout AttributeReader) throws(ProgramError) { epsilon = try attributes.float() }
    func encode(into attributes: inout AttributeWriter) { attributes.float(epsilon) }

    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        let row = inputs.first.map { Shape([$0.shape.last]) }
        try require(
            inputs.count == 3 && inputs[1].shape == row && inputs[2].shape == row,
            "rows, a weight and a bias of their length")
        return [inputs[0], TensorType([inputs[0].shape.rows, 2])]
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil, nil] }
        return graph.apply(
            LayerNormGradient(), [node.inputs[0], node.inputs[1], node.outputs[1], dy])
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0]
        ck_layernorm_f32(
            frame.context, x.rows, x.last, x.floats, frame.inputs[1].floats, frame.inputs[2].floats,
            epsilon, frame.outputs[0].floats, frame.outputs[1].floats)
    }
}

/// The gradients of rows, weight and bias.
struct LayerNormGradient: Operator {
    static let name = "layernorm_gradient"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 4 && inputs[1].shape == [inputs[0].shape.last] && inputs[3] == inputs[0]
                && inputs[2].shape.count == 2 * inputs[0].shape.rows, "x, weight, statistics, gradient")
        return [inputs[0], inputs[1], inputs[1]]
    }
    func run(_ frame: Frame) {
        let inputs = frame.inputs
        ck_layernorm_backward_f32(
            frame.context, inputs[0].rows, inputs[0].last, inputs[0].floats, inputs[1].floats,
            inputs[2].floats, inputs[3].floats, frame.outputs[0].floats, frame.outputs[1].floats,
            frame.outputs[2].floats)
    }
}

extension Graph {
    /// Root-mean-square normalisation of the rows of `x [..., N]` with `weight [N]`.
    public mutating func rmsNorm(_ x: Value, weight: Value, epsilon: Float) -> Value {
        apply(RMSNorm(epsilon: epsilon), [x, weight])[0]
    }
    /// Layer normalisation of the rows of `x [..., N]` with `weight [N]` and `bias [N]`.
    public mutating func layerNorm(_ x: Value, weight: Value, bias: Value, epsilon: Float) -> Value {
        apply(LayerNorm(epsilon: epsilon), [x, weight, bias])[0]
    }
}
