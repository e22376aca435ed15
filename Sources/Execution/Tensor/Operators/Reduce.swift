import CKernels

/// What is made of each row or of all elements.
enum Reduction: Int, Sendable {
    /// RED16 over each row: `[..., N]` to `[rows]`.
    case sumRows
    /// The largest of each row.
    case maximumRows
    /// The index of the largest of each row, the lowest if several are; int32.
    case argmaxRows
    /// Over all rows, ascending, in blocks of 256: `[..., N]` to `[N]`.
    case sumColumns
    /// RED16 over all elements: `[1]`.
    case sum
    /// RED16 of the squares of all elements: `[1]`.
    case sumSquares
}

/// Sums and maxima in one fixed order, see `ck_reduce.h`.
struct Reduce: Operator {
    static let name = "reduce"
    let reduction: Reduction

    init(_ reduction: Reduction) { self.reduction = reduction }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        reduction = try attributes.choice(Reduction.self)
    }
    func encode(into attributes: inout AttributeWriter) { attributes.integer(reduction.rawValue) }

    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 1 && inputs[0].element == .float32, "one fp32 tensor")
        let shape = inputs[0].shape
        switch reduction {
        case .sumRows, .maximumRows: return [TensorType([shape.rows])]
        case .argmaxRows: return [TensorType([shape.rows], .int32)]
        case .sumColumns: return [TensorType([shape.last])]
        case .sum, .sumSquares: return [TensorType([1])]
        }
    }

    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil] }
        let x = node.inputs[0], ones = graph.fill(graph.shape(node.inputs[0]), 1)
        switch reduction {
        case .sumRows: return [graph.multiplyColumn(ones, dy)]
        case .sumColumns: return [graph.multiplyRow(ones, dy)]
        case .sum: return [graph.scale(ones, by: dy)]
        case .sumSquares: return [graph.scale(graph.affine(x, scale: 2, offset: 0), by: dy)]
        case .argmaxRows: return [nil]
        case .maximumRows: preconditionFailure("the gradient of a row maximum is not built")
        }
    }

    func run(_ frame: Frame) {
        let x = frame.inputs[0], y = frame.outputs[0], context = frame.context
        switch reduction {
        case .sumRows: ck_sum_rows_f32(context, x.rows, x.last, x.floats, y.floats)
        case .maximumRows: ck_max_rows_f32(context, x.rows, x.last, x.floats, y.floats)
        case .argmaxRows: ck_argmax_rows_f32(context, x.rows, x.last, x.floats, y.integers)
        case .sumColumns: ck_sum_columns_f32(context, x.rows, x.last, x.floats, y.floats)
        case .sum: ck_sum_rows_f32(context, 1, x.count, x.floats, y.floats)
        case .sumSquares: ck_sum_squares_f32(context, x.count, x.floats, y.floats)
        }
    }
}

extension Graph {
    /// The sum of each row: `[..., N]` to `[rows]`.
    public mutating func sumRows(_ x: Value) -> Value { apply(Reduce(.sumRows), [x])[0] }
    /// The sum over all rows: `[..., N]` to `[N]`.
    public mutating func sumColumns(_ x: Value) -> Value { apply(Reduce(.sumColumns), [x])[0] }
    /// The sum of all elements: `[1]`.
    public mutating func sum(_ x: Value) -> Value { apply(Reduce(.sum), [x])[0] }
    /// The sum of the squares of all elements: `[1]`.
    public mutating func sumSquares(_ x: Value) -> Value { apply(Reduce(.sumSquares), [x])[0] }
    /// The largest of each row: `[..., N]` to `[rows]`.
    public mutating func maximumRows(_ x: Value) -> Value { apply(Reduce(.maximumRows), [x])[0] }
    /// The index of the largest of each row, the lowest of equals: `[..., N]` to int32 `[rows]`.
    public mutating func argmaxRows(_ x: Value) -> Value { apply(Reduce(.argmaxRows), [x])[0] }
}
