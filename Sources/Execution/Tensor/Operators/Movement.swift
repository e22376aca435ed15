import CKernels

/// The same elements under another shape.
struct Reshape: Operator {
    static let name = "reshape"
    let shape: Shape

    init(_ shape: Shape) { self.shape = shape }
    init(from attributes: inout AttributeReader) throws(ProgramError) { shape = try attributes.shape() }
    func encode(into attributes: inout AttributeWriter) { attributes.shape(shape) }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 1 && inputs[0].shape.count == shape.count, "as many elements as \(shape)")
        return [TensorType(shape, inputs[0].element)]
    }
    var isView: Bool { true }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        let shape = graph.shape(node.inputs[0])
        return [gradients[0].map { graph.reshape($0, shape) }]
    }
    func run(_ frame: Frame) {}
}

/// A tensor of one repeated number.
struct Fill: Operator {
    static let name = "fill"
    let shape: Shape, value: Float

    init(_ shape: Shape, _ value: Float) {
        self.shape = shape
        self.value = value
    }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        shape = try attributes.shape()
        value = try attributes.float()
    }
    func encode(into attributes: inout AttributeWriter) {
        attributes.shape(shape)
        attributes.float(value)
    }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.isEmpty, "no inputs")
        return [TensorType(shape)]
    }
    func run(_ frame: Frame) { frame.outputs[0].floats.update(repeating: value, count: shape.count) }
}

/// `y[b, c, r] = x[b, r, c]`
struct Transpose: Operator {
    static let name = "transpose"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 1 && inputs[0].shape.rank >= 2 && inputs[0].element == .float32, "fp32 matrices")
        let dimensions = inputs[0].shape.dimensions
        return [TensorType(Shape(dimensions.dropLast(2) + dimensions.suffix(2).reversed()))]
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        [gradients[0].map { graph.transpose($0) }]
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0], rows = x.type.shape[x.type.shape.rank - 2]
        ck_transpose_f32(
            frame.context, x.count / (rows * x.last), rows, x.last, x.floats, frame.outputs[0].floats)
    }
}

extension Graph {
    /// The same elements under another shape; costs nothing.
    public mutating func reshape(_ x: Value, _ shape: Shape) -> Value {
        self.shape(x) == shape ? x : apply(Reshape(shape), [x])[0]
    }
    /// A tensor of one repeated number.
    public mutating func fill(_ shape: Shape, _ value: Float) -> Value { apply(Fill(shape, value), [])[0] }
    /// Swaps the two innermost axes.
    public mutating func transpose(_ x: Value) -> Value { apply(Transpose(), [x])[0] }
}
