/// One value of a graph: the output of a node, or a source.
public struct Value: Hashable, Sendable {
    let index: Int
}

/// An operator applied to values.
public struct Node: Sendable {
    /// What is computed.
    public let operation: any Operator
    /// What it reads.
    public let inputs: [Value]
    /// What it writes.
    public let outputs: [Value]
}

/// Where a value of a program comes from when no node makes it.
public enum SourceKind: UInt8, Hashable, Sendable {
    /// Given anew for each run.
    case input = 0
    /// A weight, only read.
    case parameter = 1
    /// Kept from run to run and updated: weights in training, moments, caches.
    case state = 2
}

/// A named tensor that a program is given.
public struct Source: Hashable, Sendable {
    /// The name, unique within the program.
    public let name: String
    /// Who gives it.
    public let kind: SourceKind
    /// Its type.
    public let type: TensorType
    let value: Value
}

/// A program under construction: static shapes, values assigned once.
///
/// Operators are applied in order, and that order is the program's order. Shapes that do not fit are a
/// programmer error and trap; programs from bytes are checked by `Program`.
public struct Graph: Sendable {
    /// The type of each value.
    public private(set) var types: [TensorType] = []
    /// The named tensors the program is given, in order of declaration.
    public private(set) var sources: [Source] = []
    /// The nodes in order.
    public private(set) var nodes: [Node] = []
    /// The named results.
    public private(set) var outputs: [(name: String, value: Value)] = []
    private var sourceNames: Set<String> = []

    /// An empty graph.
    public init() {}

    /// Declares a tensor that is given anew for each run.
    public mutating func input(_ name: String, _ shape: Shape, _ element: ElementType = .float32) -> Value {
        source(name, .input, TensorType(shape, element))
    }
    /// Declares a weight.
    public mutating func parameter(
        _ name: String, _ shape: Shape, _ element: ElementType = .float32
    ) -> Value {
        source(name, .parameter, TensorType(shape, element))
    }
    /// Declares a tensor that is kept from run to run.
    public mutating func state(_ name: String, _ shape: Shape, _ element: ElementType = .float32) -> Value {
        source(name, .state, TensorType(shape, element))
    }

    mutating func source(_ name: String, _ kind: SourceKind, _ type: TensorType) -> Value {
        precondition(sourceNames.insert(name).inserted, "\(name) is declared twice")
        let value = newValue(type)
        sources.append(Source(name: name, kind: kind, type: type, value: value))
        return value
    }

    /// Names a result.
    public mutating func output(_ name: String, _ value: Value) {
        precondition(!outputs.contains { $0.name == name }, "the result \(name) is named twice")
        outputs.append((name, value))
    }

    /// The type of a value.
    public func type(_ value: Value) -> TensorType { types[value.index] }
    /// The shape of a value.
    public func shape(_ value: Value) -> Shape { types[value.index].shape }

    /// Applies an operator and returns its outputs.
    @discardableResult
    public mutating func apply(_ operation: any Operator, _ inputs: [Value]) -> [Value] {
        do {
            return try applyChecked(operation, inputs)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    mutating func applyChecked(
        _ operation: any Operator, _ inputs: [Value]
    ) throws(ShapeError) -> [Value] {
        let results = try operation.outputTypes(inputs.map { types[$0.index] }).map { newValue($0) }
        nodes.append(Node(operation: operation, inputs: inputs, outputs: results))
        return results
    }

    private mutating func newValue(_ type: TensorType) -> Value {
        types.append(type)
        return Value(index: types.count - 1)
    }
}
