import CKernels

/// Softmax of each row, see `ck_softmax.h`.
struct Softmax: Operator {
    static let name = "softmax"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 1 && inputs[0].element == .float32, "one fp32 tensor")
        return inputs
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil] }
        return graph.apply(SoftmaxGradient(), [node.outputs[0], dy])
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0]
        ck_softmax_f32(frame.context, x.rows, x.last, x.floats, frame.outputs[0].floats)
    }
}

/// The gradient of softmax from its result and the result's gradient.
struct SoftmaxGradient: Operator {
    static let name = "softmax_gradient"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 2 && inputs[0] == inputs[1], "the result and its gradient")
        return [inputs[0]]
    }
    func run(_ frame: Frame) {
        let y = frame.inputs[0]
        ck_softmax_backward_f32(
            frame.context, y.rows, y.last, y.floats, frame.inputs[1].floats, frame.outputs[0].floats)
    }
}

/// The log-probability, in nats, of one class per row of logits; a class below 0 gives 0 and no gradient.
///
/// Inputs `logits [R, V]`, `targets int32 [R]`; outputs `[R]` and `[R, 2]`, the row's maximum and sum.
struct SelectedLogProbability: Operator {
    static let name = "selected_log_probability"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 2 && inputs[1].element == .int32
                && inputs[1].shape.count == inputs[0].shape.rows, "logits and a class for each row")
        return [TensorType([inputs[0].shape.rows]), TensorType([inputs[0].shape.rows, 2])]
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil] }
        let gradient = SelectedLogProbabilityGradient()
        return [graph.apply(gradient, node.inputs + [node.outputs[1], dy])[0], nil]
    }
    func run(_ frame: Frame) {
        let logits = frame.inputs[0]
        ck_selected_logprob_f32(
            frame.context, logits.rows, logits.last, logits.floats, frame.inputs[1].integers,
            frame.outputs[0].floats, frame.outputs[1].floats)
    }
}

/// The gradient of the logits; it may take their memory over.
struct SelectedLogProbabilityGradient: Operator {
    static let name = "selected_log_probability_gradient"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        let rows = inputs.first?.shape.rows
        try require(
            inputs.count == 4 && inputs[1].element == .int32 && inputs[1].shape.count == rows
                && inputs[2].shape.count == 2 * (rows ?? 0) && inputs[3].shape.count == rows,
            "logits, classes, statistics, gradient")
        return [inputs[0]]
    }
    var overwritable: [Int] { [0] }
    func run(_ frame: Frame) {
        let logits = frame.inputs[0]
        ck_selected_logprob_backward_f32(
            frame.context, logits.rows, logits.last, logits.floats, frame.inputs[1].integers,
            frame.inputs[2].floats, frame.inputs[3].floats, frame.outputs[0].floats)
    }
}

extension Graph {
    /// Softmax over the innermost axis.
    public mutating func softmax(_ x: Value) -> Value { apply(Softmax(), [x])[0] }
    /// Log-probabilities `[R]`, in nats, of `targets [R]` under `logits [R, V]`; 0 where the target is
    /// below 0.
    public mutating func selectedLogProbabilities(_ logits: Value, at targets: Value) -> Value {
        apply(SelectedLogProbability(), [logits, targets])[0]
    }
}
