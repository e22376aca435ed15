import CKernels

/// Rows of a table by id: `table [V, N]`, `ids int32 [R]` to `[R, N]`, always fp32.
struct Embedding: Operator {
    static let name = "embedding"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 2 && inputs[0].shape.rank == 2 && inputs[1].element == .int32,
            "a table [V, N] and ids")
        return [TensorType([inputs[1].shape.count, inputs[0].shape.last])]
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil] }
        let rows = graph.shape(node.inputs[0])[0]
        return [graph.apply(EmbeddingGradient(vocabulary: rows), [node.inputs[1], dy])[0], nil]
    }
    func run(_ frame: Frame) {
        let table = frame.inputs[0], ids = frame.inputs[1]
        ck_embedding_f32(
            frame.context, ids.count, table.last, table.type.shape[0], table.pointer,
            table.type.element.kernelType, table.layout == .panels ? 1 : 0, ids.integers,
            frame.outputs[0].floats)
    }
}

/// The gradient of the table: each row's contributions are added in the order of the ids.
struct EmbeddingGradient: Operator {
    static let name = "embedding_gradient"
    let vocabulary: Int

    init(vocabulary: Int) { self.vocabulary = vocabulary }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        vocabulary = try attributes.integer()
        guard (1...(1 << 30)).contains(vocabulary) else { throw .malformed("a vocabulary of at least 1") }
    }
    func encode(into attributes: inout AttributeWriter) { attributes.integer(vocabulary) }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 2 && inputs[0].element == .int32
                && inputs[0].shape.count == inputs[1].shape.rows, "ids and the gradient of each row")
        guard let shape = Shape(checking: [vocabulary, inputs[1].shape.last]) else {
            throw ShapeError(operatorName: Self.name, message: "the table is too large")
        }
        return [TensorType(shape)]
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        [
            nil,
            gradients[0].map {
                graph.reshape(graph.embedding($0, node.inputs[0]), graph.shape(node.inputs[1]))
            },
        ]
    }
    func run(_ frame: Frame) {
        let ids = frame.inputs[0], dy = frame.inputs[1]
        ck_embedding_backward_f32(
            frame.context, ids.count, dy.last, vocabulary, ids.integers, dy.floats,
            frame.outputs[0].floats, 0)
    }
}

extension Graph {
    /// Rows of `table [V, N]` by `ids [R]`: `[R, N]`.
    public mutating func embedding(_ table: Value, _ ids: Value) -> Value {
        apply(Embedding(), [table, ids])[0]
    }
    /// Rows of `x [..., N]` by number; the gradient adds up.
    public mutating func gatherRows(_ x: Value, _ rows: Value) -> Value {
        embedding(flattened(x), rows)
    }
    /// Adds row i of `x [R, N]` to row `rows[i]` of a result `[count, N]`; other rows are +0.
    ///
    /// Each sum is a chain over i, ascending: the same operator, and the same bits, as the gradient of an
    /// embedding. A row number outside `0..<count` leaves its row out.
    public mutating func scatterRows(_ x: Value, _ rows: Value, count: Int) -> Value {
        apply(EmbeddingGradient(vocabulary: count), [rows, x])[0]
    }
    /// Gives every element of `x [R]` the sum of its segment: those elements that have the same number.
    ///
    /// A sum is a chain, ascending. Segments are numbered from 0, below R; an element with another number
    /// belongs to none and gets +0.
    public mutating func segmentSums(_ x: Value, _ segments: Value) -> Value {
        let shape = self.shape(x), count = shape.count
        let sums = scatterRows(reshape(x, [count, 1]), segments, count: count)
        return reshape(embedding(sums, segments), shape)
    }
}
