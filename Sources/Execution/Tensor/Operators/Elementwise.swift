import CKernels

/// Functions of one number.
enum UnaryFunction: Int, Sendable {
    case negate, absolute, exp, log, tanh, sigmoid, silu, gelu, relu, square, squareRoot, reciprocal
    case sin, cos
    /// Rounds to bf16; gradients pass as if it did nothing.
    case roundBFloat16

    var kernel: ck_unary { ck_unary(rawValue: UInt32(rawValue)) }
}

/// `y = f(x)` for each element.
struct Unary: Operator {
    static let name = "unary"
    let function: UnaryFunction

    init(_ function: UnaryFunction) { self.function = function }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        function = try attributes.choice(UnaryFunction.self)
    }
    func encode(into attributes: inout AttributeWriter) { attributes.integer(function.rawValue) }

    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 1 && inputs[0].element == .float32, "one fp32 tensor")
        return inputs
    }
    var overwritable: [Int] { [0] }

    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil] }
        let x = node.inputs[0], y = node.outputs[0]
        switch function {
        case .negate: return [graph.negate(dy)]
        case .absolute:
            let zero = graph.fill(graph.shape(x), 0)
            return [graph.select(graph.step(x, zero), graph.negate(dy), dy)]
        case .exp: return [graph.multiply(dy, y)]
        case .log: return [graph.divide(dy, x)]
        case .tanh: return [graph.multiply(dy, graph.affine(graph.square(y), scale: -1, offset: 1))]
        case .sigmoid:
            return [graph.multiply(dy, graph.multiply(y, graph.affine(y, scale: -1, offset: 1)))]
        case .silu: return [graph.binary(.siluGradient, x, dy)]
        case .gelu: return [graph.binary(.geluGradient, x, dy)]
        case .relu:
            let zero = graph.fill(graph.shape(x), 0)
            return [graph.multiply(dy, graph.step(zero, x))]
        case .square: return [graph.multiply(dy, graph.affine(x, scale: 2, offset: 0))]
        case .squareRoot: return [graph.divide(graph.affine(dy, scale: 0.5, offset: 0), y)]
        case .reciprocal: return [graph.negate(graph.multiply(dy, graph.square(y)))]
        case .sin: return [graph.multiply(dy, graph.unary(.cos, x))]
        case .cos: return [graph.negate(graph.multiply(dy, graph.unary(.sin, x)))]
        case .roundBFloat16: return [dy]
        }
    }

    func run(_ frame: Frame) {
        let x = frame.inputs[0]
        ck_unary_f32(frame.context, function.kernel, x.count, x.floats, frame.outputs[0].floats)
    }
}

/// Functions of two numbers.
enum BinaryFunction: Int, Sendable {
    case add, subtract, multiply, divide, minimum, maximum, siluGradient, geluGradient, step

    var kernel: ck_binary { ck_binary(rawValue: UInt32(rawValue)) }
}

/// `y = f(a, b)` for each element; `b` has the shape of `a`, of its innermost axis (each row meets the same
/// `b`), or of its rows (each row meets one number).
struct Binary: Operator {
    static let name = "binary"
    let function: BinaryFunction
    let broadcast: Broadcast

    /// How `b` meets `a`.
    enum Broadcast: Int, Sendable { case none, row, column }

    init(_ function: BinaryFunction, _ broadcast: Broadcast) {
        self.function = function
        self.broadcast = broadcast
    }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        function = try attributes.choice(BinaryFunction.self)
        broadcast = try attributes.choice(Broadcast.self)
    }
    func encode(into attributes: inout AttributeWriter) {
        attributes.integer(function.rawValue)
        attributes.integer(broadcast.rawValue)
    }

    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 2 && inputs.allSatisfy { $0.element == .float32 }, "two fp32 tensors")
        let a = inputs[0].shape, b = inputs[1].shape
        switch broadcast {
        case .none: try require(a == b, "\(a) and \(b) differ")
        case .row: try require(b == [a.last], "\(b) is no row of \(a)")
        case .column: try require(b.count == a.rows, "\(b) is no column of \(a)")
        }
        return [inputs[0]]
    }
    var overwritable: [Int] { broadcast == .none ? [0, 1] : [0] }

    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil] }
        let a = node.inputs[0], b = node.inputs[1]
        func folded(_ gradient: Value) -> Value {
            switch broadcast {
            case .none: return gradient
            case .row: return graph.sumColumns(gradient)
            case .column:
                let sums = graph.sumRows(gradient)
                return graph.shape(sums) == graph.shape(b) ? sums : graph.reshape(sums, graph.shape(b))
            }
        }
        switch function {
        case .add: return [dy, folded(dy)]
        case .subtract: return [dy, folded(graph.negate(dy))]
        case .multiply:
            return [graph.binary(.multiply, dy, b, broadcast), folded(graph.multiply(dy, a))]
        case .divide:
            let da = graph.binary(.divide, dy, b, broadcast)
            let quotient = graph.multiply(da, node.outputs[0])
            return [da, folded(graph.negate(quotient))]
        case .minimum, .maximum:
            precondition(broadcast == .none, "gradients of a broadcast minimum are not built")
            let zero = graph.fill(graph.shape(a), 0)
            let less = function == .minimum ? graph.step(a, b) : graph.step(b, a)
            return [graph.select(less, dy, zero), graph.select(less, zero, dy)]
        case .siluGradient, .geluGradient:
            preconditionFailure("second derivatives of SiLU and GELU are not built")
        case .step: return [nil, nil]
        }
    }

    func run(_ frame: Frame) {
        let a = frame.inputs[0], b = frame.inputs[1].floats, y = frame.outputs[0].floats
        switch broadcast {
        case .none: ck_binary_f32(frame.context, function.kernel, a.count, a.floats, b, y)
        case .row:
            ck_binary_row_f32(frame.context, function.kernel, a.rows, a.last, a.floats, b, y)
        case .column:
            ck_binary_column_f32(frame.context, function.kernel, a.rows, a.last, a.floats, b, y)
        }
    }
}

/// `y = fma(x, scale, offset)` with constants.
struct Affine: Operator {
    static let name = "affine"
    let scale: Float, offset: Float

    init(scale: Float, offset: Float) {
        self.scale = scale
        self.offset = offset
    }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        scale = try attributes.float()
        offset = try attributes.float()
    }
    func encode(into attributes: inout AttributeWriter) {
        attributes.float(scale)
        attributes.float(offset)
    }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 1 && inputs[0].element == .float32, "one fp32 tensor")
        return inputs
    }
    var overwritable: [Int] { [0] }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        [gradients[0].map { graph.affine($0, scale: scale, offset: 0) }]
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0]
        ck_affine_f32(frame.context, x.count, x.floats, scale, offset, frame.outputs[0].floats)
    }
}

/// `y = s * x` where the scale `s` is a tensor of one element.
struct ScaleBy: Operator {
    static let name = "scale_by"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 2 && inputs[0].shape.count == 1, "a scale of one element, a tensor")
        return [inputs[1]]
    }
    var overwritable: [Int] { [1] }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil] }
        let scale = graph.reshape(
            graph.sum(graph.multiply(dy, node.inputs[1])), graph.shape(node.inputs[0]))
        return [scale, graph.scale(dy, by: node.inputs[0])]
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[1]
        ck_scale_by_f32(
            frame.context, x.count, frame.inputs[0].floats, x.floats, frame.outputs[0].floats)
    }
}

/// `y` is `x` held within two constants; the gradient passes where `x` lies within them.
struct Clamp: Operator {
    static let name = "clamp"
    let low: Float, high: Float

    init(low: Float, high: Float) {
        self.low = low
        self.high = high
    }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        low = try attributes.float()
        high = try attributes.float()
    }
    func encode(into attributes: inout AttributeWriter) {
        attributes.float(low)
        attributes.float(high)
    }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 1 && inputs[0].element == .float32, "one fp32 tensor")
        try require(low <= high, "the lower bound \(low) is above the upper \(high)")
        return inputs
    }
    var overwritable: [Int] { [0] }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil] }
        let x = node.inputs[0], shape = graph.shape(node.inputs[0])
        let zero = graph.fill(shape, 0)
        let above = graph.select(graph.step(graph.fill(shape, high), x), zero, dy)
        return [graph.select(graph.step(x, graph.fill(shape, low)), zero, above)]
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0]
        ck_clamp_f32(frame.context, x.count, x.floats, low, high, frame.outputs[0].floats)
    }
}

/// `y = condition != 0 ? a : b`.
struct Select: Operator {
    static let name = "select"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 3 && Set(inputs).count == 1 && inputs[0].element == .float32,
            "three fp32 tensors of one shape")
        return [inputs[0]]
    }
    var overwritable: [Int] { [1, 2] }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil, nil] }
        let zero = graph.fill(graph.shape(dy), 0), condition = node.inputs[0]
        return [nil, graph.select(condition, dy, zero), graph.select(condition, zero, dy)]
    }
    func run(_ frame: Frame) {
        let inputs = frame.inputs
        ck_select_f32(
            frame.context, inputs[0].count, inputs[0].floats, inputs[1].floats, inputs[2].floats,
            frame.outputs[0].floats)
    }
}

extension Graph {
    mutating func unary(_ function: UnaryFunction, _ x: Value) -> Value { apply(Unary(function), [x])[0] }
    mutating func binary(
        _ function: BinaryFunction, _ a: Value, _ b: Value, _ broadcast: Binary.Broadcast = .none
    ) -> Value {
        apply(Binary(function, broadcast), [a, b])[0]
    }

    /// -x
    public mutating func negate(_ x: Value) -> Value { unary(.negate, x) }
    /// |x|
    public mutating func absolute(_ x: Value) -> Value { unary(.absolute, x) }
    /// e^x, from 2^-126 to the largest fp32: it never gives 0 or infinity.
    public mutating func exp(_ x: Value) -> Value { unary(.exp, x) }
    /// The natural logarithm.
    public mutating func log(_ x: Value) -> Value { unary(.log, x) }
    /// The hyperbolic tangent.
    public mutating func tanh(_ x: Value) -> Value { unary(.tanh, x) }
    /// 1 / (1 + e^-x)
    public mutating func sigmoid(_ x: Value) -> Value { unary(.sigmoid, x) }
    /// x / (1 + e^-x)
    public mutating func silu(_ x: Value) -> Value { unary(.silu, x) }
    /// GELU in its tanh form.
    public mutating func gelu(_ x: Value) -> Value { unary(.gelu, x) }
    /// x if positive, else 0.
    public mutating func relu(_ x: Value) -> Value { unary(.relu, x) }
    /// x * x
    public mutating func square(_ x: Value) -> Value { unary(.square, x) }
    /// The square root.
    public mutating func squareRoot(_ x: Value) -> Value { unary(.squareRoot, x) }
    /// 1 / x
    public mutating func reciprocal(_ x: Value) -> Value { unary(.reciprocal, x) }

    /// x as bf16 stores it, widened again; the gradient passes as if it did nothing.
    public mutating func roundBFloat16(_ x: Value) -> Value { unary(.roundBFloat16, x) }

    /// a + b, same shape.
    public mutating func add(_ a: Value, _ b: Value) -> Value { binary(.add, a, b) }
    /// a - b, same shape.
    public mutating func subtract(_ a: Value, _ b: Value) -> Value { binary(.subtract, a, b) }
    /// a * b, same shape.
    public mutating func multiply(_ a: Value, _ b: Value) -> Value { binary(.multiply, a, b) }
    /// a / b, same shape.
    public mutating func divide(_ a: Value, _ b: Value) -> Value { binary(.divide, a, b) }
    /// The smaller of a and b, b if they do not compare.
    public mutating func minimum(_ a: Value, _ b: Value) -> Value { binary(.minimum, a, b) }
    /// The larger of a and b, b if they do not compare.
    public mutating func maximum(_ a: Value, _ b: Value) -> Value { binary(.maximum, a, b) }
    /// 1 where a < b, else 0.
    public mutating func step(_ a: Value, _ b: Value) -> Value { binary(.step, a, b) }
    /// Adds the row `b` `[N]` to each row of `a` `[..., N]`.
    public mutating func addRow(_ a: Value, _ b: Value) -> Value { binary(.add, a, b, .row) }
    /// Multiplies each row of `a` `[..., N]` by the row `b` `[N]`.
    public mutating func multiplyRow(_ a: Value, _ b: Value) -> Value { binary(.multiply, a, b, .row) }
    /// Multiplies each row of `a` `[..., N]` by its number in `b`.
    public mutating func multiplyColumn(_ a: Value, _ b: Value) -> Value {
        binary(.multiply, a, b, .column)
    }
    /// fma(x, scale, offset)
    public mutating func affine(_ x: Value, scale: Float, offset: Float) -> Value {
        apply(Affine(scale: scale, offset: offset), [x])[0]
    }
    /// x times a scale that is itself a tensor of one element.
    public mutating func scale(_ x: Value, by scale: Value) -> Value { apply(ScaleBy(), [scale, x])[0] }
    /// x held within two constants.
    public mutating func clamp(_ x: Value, _ low: Float, _ high: Float) -> Value {
        apply(Clamp(low: low, high: high), [x])[0]
    }
    /// a where the condition is not 0, else b.
    public mutating func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
        apply(Select(), [condition, a, b])[0]
    }
}
