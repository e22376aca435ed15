import CKernels

/// Matrix product, see `ck_matmul.h` for its arithmetic.
///
/// `a` is `[..., M, K]` (`[..., K, M]` if transposed), `b` is `[K, N]` (`[N, K]` if transposed) or has the
/// same leading axes as `a`; an optional bias is `[N]`. The result is `[..., M, N]`.
struct MatMul: Operator {
    static let name = "matmul"
    /// Whether `a` and `b` are stored transposed.
    var transposeA = false, transposeB = false
    /// bf16 products quantise both operands; sums are fp32 always.
    var product = ElementType.float32

    init(transposeA: Bool, transposeB: Bool, product: ElementType) {
        self.transposeA = transposeA
        self.transposeB = transposeB
        self.product = product
    }

    init(from attributes: inout AttributeReader) throws(ProgramError) {
        transposeA = try attributes.flag()
        transposeB = try attributes.flag()
        product = try attributes.flag() ? .bfloat16 : .float32
    }

    func encode(into attributes: inout AttributeWriter) {
        attributes.flag(transposeA)
        attributes.flag(transposeB)
        attributes.flag(product == .bfloat16)
    }

    /// M, N and K, the batch extents, and whether `b` has them too.
    private func extents(_ inputs: [TensorType]) throws(ShapeError) -> (m: Int, n: Int, k: Int, lead: [Int]) {
        try require(inputs.count == 2 || inputs.count == 3, "two matrices and an optional bias")
        let a = inputs[0].shape, b = inputs[1].shape
        try require(a.rank >= 2 && b.rank >= 2, "matrices have two axes or more, not \(a) and \(b)")
        let (m, k) = transposeA ? (a.last, a[a.rank - 2]) : (a[a.rank - 2], a.last)
        let (n, kb) = transposeB ? (b[b.rank - 2], b.last) : (b.last, b[b.rank - 2])
        try require(k == kb, "\(a) and \(b) do not share the inner extent")
        let lead = Array(a.dimensions.dropLast(2))
        try require(
            b.rank == 2 && (lead.isEmpty || !transposeA) || Array(b.dimensions.dropLast(2)) == lead,
            "\(b) has the leading axes of \(a), or none")
        if inputs.count == 3 { try require(inputs[2].shape == [n], "the bias is [\(n)]") }
        return (m, n, k, lead)
    }

    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        let (m, n, _, lead) = try extents(inputs)
        try require(inputs[0].element == .float32, "the left operand is fp32")
        try require(
            inputs[1].element == .float32 || inputs[1].element == product, "a bf16 weight needs bf16 products"
        )
        guard let shape = Shape(checking: lead + [m, n]) else {
            throw ShapeError(operatorName: Self.name, message: "the result is too large")
        }
        return [TensorType(shape)]
    }

    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return node.inputs.map { _ in nil } }
        let a = node.inputs[0], b = node.inputs[1]
        let da =
            transposeA
            ? graph.matmul(b, dy, transposeA: transposeB, transposeB: true, product: product)
            : graph.matmul(dy, b, transposeB: !transposeB, product: product)
        // A weight shared by all rows sees them as one matrix.
        let flatA = graph.shape(b).rank == 2 && !transposeA ? graph.flattened(a) : a
        let flatDY = graph.shape(b).rank == 2 && !transposeA ? graph.flattened(dy) : dy
        let db =
            transposeB
            ? graph.matmul(flatDY, flatA, transposeA: true, transposeB: transposeA, product: product)
            : graph.matmul(flatA, flatDY, transposeA: !transposeA, product: product)
        let dbias = node.inputs.count == 3 ? graph.sumColumns(dy) : nil
        return [da, db] + (dbias.map { [$0] } ?? [])
    }

    func run(_ frame: Frame) {
        let a = frame.inputs[0], b = frame.inputs[1], y = frame.outputs[0]
        let shared = b.type.shape.rank == 2
        let m = shared && !transposeA ? y.rows : y.type.shape[y.type.shape.rank - 2]
        let k = transposeA ? a.type.shape[a.type.shape.rank - 2] : a.last
        var product = ck_matmul()
        product.batch = y.count / (m * y.last)
        product.m = m
        product.n = y.last
        product.k = k
        product.a = UnsafePointer(a.floats)
        product.a_batch = m * k
        (product.a_row, product.a_col) = transposeA ? (1, m) : (k, 1)
        product.b = UnsafeRawPointer(b.pointer)
        product.b_batch = shared ? 0 : k * y.last
        (product.b_row, product.b_col) = transposeB ? (1, k) : (y.last, 1)
        product.b_type = b.type.element.kernelType
        product.b_packed = b.layout == .panels ? 1 : 0
        precondition(b.layout == .rowMajor || transposeB, "a weight in panels is used as [N, K]")
        product.c = y.floats
        product.c_batch = m * y.last
        product.c_row = y.last
        product.bias = frame.inputs.count == 3 ? UnsafePointer(frame.inputs[2].floats) : nil
        product.product = self.product.kernelType
        ck_matmul_run(frame.context, &product)
    }
}

extension Graph {
    /// Matrix product `[..., M, K] x [K, N]`, either operand optionally stored transposed, plus a bias `[N]`.
    public mutating func matmul(
        _ a: Value, _ b: Value, bias: Value? = nil, transposeA: Bool = false, transposeB: Bool = false,
        product: ElementType = .float32
    ) -> Value {
        let operation = MatMul(transposeA: transposeA, transposeB: transposeB, product: product)
        return apply(operation, [a, b] + (bias.map { [$0] } ?? []))[0]
    }

    /// All axes but the innermost as one.
    public mutating func flattened(_ value: Value) -> Value {
        let shape = shape(value)
        return shape.rank == 2 ? value : reshape(value, [shape.rows, shape.last])
    }
}
