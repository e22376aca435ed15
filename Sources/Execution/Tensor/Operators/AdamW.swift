import CKernels

/// One AdamW step of one tensor (arXiv 1711.05101), in place, see `ck_optimizer.h`.
///
/// Inputs `record [9]` (the step's constants), `scale [1]` of the gradient, the gradient, and the states
/// weight, first and second moment.
struct AdamW: Operator {
    static let name = "adamw"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 6 && inputs[0].shape == [AdamWRecord.count] && inputs[1].shape.count == 1
                && Set(inputs[2...]).count == 1, "a record, a scale, and four tensors of one shape")
        return Array(inputs[3...])
    }
    var updates: [Int: Int] { [0: 3, 1: 4, 2: 5] }
    func run(_ frame: Frame) {
        let inputs = frame.inputs, record = frame.inputs[0].floats
        var constants = ck_adamw(
            rate: record[0], beta1: record[1], beta2: record[2], a1: record[3], a2: record[4],
            c1: record[5], c2: record[6], epsilon: record[7], decay: record[8])
        ck_adamw_f32(
            frame.context, inputs[2].count, &constants, inputs[1].floats, inputs[2].floats,
            inputs[3].floats, inputs[4].floats, inputs[5].floats)
    }
}

/// The constants of one AdamW step, made on the host in fp64 and rounded once.
public struct AdamWRecord: Hashable, Sendable {
    /// The constants in the order the kernel reads them.
    public let elements: [Float]
    /// How many constants there are.
    public static let count = 9

    /// The constants of a step.
    ///
    /// - Parameters:
    ///   - step: the number of the step, from 1.
    ///   - rate: the learning rate of this step.
    public init(
        step: Int, rate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double
    ) {
        precondition(step >= 1, "steps count from 1")
        // Powers by repeated multiplication: no libm in what peers must reproduce.
        var power1 = 1.0, power2 = 1.0
        for _ in 0..<step {
            power1 *= beta1
            power2 *= beta2
        }
        elements = [
            rate, beta1, beta2, 1 - beta1, 1 - beta2, 1 / (1 - power1), 1 / (1 - power2), epsilon,
            1 - rate * weightDecay,
        ].map { Float($0) }
    }
}

/// `sum += x`, in place: gradients of several microbatches, in their order.
struct Accumulate: Operator {
    static let name = "accumulate"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 2 && inputs[0] == inputs[1], "a sum and what is added to it")
        return [inputs[0]]
    }
    var updates: [Int: Int] { [0: 0] }
    func run(_ frame: Frame) {
        let sum = frame.inputs[0]
        ck_binary_f32(
            frame.context, CK_ADD, sum.count, sum.floats, frame.inputs[1].floats,
            frame.outputs[0].floats)
    }
}

/// `state = x`, in place.
struct Assign: Operator {
    static let name = "assign"

    init() {}
    init(from attributes: inout AttributeReader) throws(ProgramError) {}
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 2 && inputs[0] == inputs[1], "a state and its new value")
        return [inputs[0]]
    }
    var updates: [Int: Int] { [0: 0] }
    func run(_ frame: Frame) {
        let target = frame.outputs[0]
        // The plan may have had the value made in the state's own memory.
        guard target.pointer != frame.inputs[1].pointer else { return }
        target.pointer.copyMemory(
            from: frame.inputs[1].pointer, byteCount: target.type.byteCount)
    }
}

extension Graph {
    /// Updates the states `weight`, `first` and `second` by one AdamW step with the gradient times `scale`.
    public mutating func adamW(
        record: Value, scale: Value, gradient: Value, weight: Value, first: Value, second: Value
    ) {
        apply(AdamW(), [record, scale, gradient, weight, first, second])
    }
    /// Adds `x` to the state `sum`.
    public mutating func accumulate(_ x: Value, into sum: Value) { apply(Accumulate(), [sum, x]) }
    /// Sets the state to `x`.
    public mutating func assign(_ x: Value, to state: Value) { apply(Assign(), [state, x]) }

    /// The norm of several gradients together and the scale that holds it to `limit`.
    ///
    /// - Returns: `norm [1]`, the square root of the sum of squares, tensors added in the given order; and
    ///   `scale [1]` = min(1, limit / (norm + 1e-6)).
    public mutating func clipping(_ gradients: [Value], limit: Float) -> (norm: Value, scale: Value) {
        precondition(!gradients.isEmpty, "something to clip")
        var total = sumSquares(gradients[0])
        for gradient in gradients.dropFirst() { total = add(total, sumSquares(gradient)) }
        let norm = squareRoot(total)
        let ratio = affine(reciprocal(affine(norm, scale: 1, offset: 1e-6)), scale: limit, offset: 0)
        return (norm, minimum(ratio, fill([1], 1)))
    }
}
