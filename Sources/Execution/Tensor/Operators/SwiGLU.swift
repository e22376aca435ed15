import CKernels

/// `silu(gate) * up` (Shazeer 2020, arXiv 2002.05202).
struct SwiGLU: Operator {
    static let name = "swiglu"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 2 && inputs[0] == inputs[1] && inputs[0].element == .float32,
            "gate and up, fp32 of one shape")
        return [inputs[0]]
    }
    var overwritable: [Int] { [0, 1] }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil] }
        return graph.apply(SwiGLUGradient(), [node.inputs[0], node.inputs[1], dy])
    }
    func run(_ frame: Frame) {
        let gate = frame.inputs[0]
        ck_swiglu_f32(
            frame.context, gate.count, gate.floats, frame.inputs[1].floats, frame.outputs[0].floats)
    }
}

/// The gradients of gate and up.
struct SwiGLUGradient: Operator {
    static let name = "swiglu_gradient"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 3 && Set(inputs).count == 1 && inputs[0].element == .float32,
            "gate, up and the gradient, fp32 of one shape")
        return [inputs[0], inputs[0]]
    }
    func run(_ frame: Frame) {
        let inputs = frame.inputs
        ck_swiglu_backward_f32(
            frame.context, inputs[0].count, inputs[0].floats, inputs[1].floats, inputs[2].floats,
            frame.outputs[0].floats, frame.outputs[1].floats)
    }
}

extension Graph {
    /// silu(gate) * up
    public mutating func swiglu(gate: Value, up: Value) -> Value { apply(SwiGLU(), [gate, up])[0] }
}
