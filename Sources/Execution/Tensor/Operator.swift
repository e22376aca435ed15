/// One operator: its name and attributes, its shape rule, its gradient and its kernel.
///
/// The arithmetic is defined in the header of the kernel it calls; the same name with the same
/// attributes always means the same arithmetic.
public protocol Operator: Hashable, Sendable {
    /// The operator's name in programs.
    static var name: String { get }

    /// Reads the attributes that `encode(into:)` wrote.
    init(from attributes: inout AttributeReader) throws(ProgramError)
    /// Writes the attributes canonically.
    func encode(into attributes: inout AttributeWriter)

    /// The types of the outputs, or what does not fit.
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType]

    /// Outputs that are written over a source's memory: `[output: input]`.
    var updates: [Int: Int] { get }
    /// Inputs whose memory output 0 may take over when nobody reads them later.
    var overwritable: [Int] { get }
    /// The input that output 0 shares memory with, unchanged; such an operator does nothing.
    var isView: Bool { get }

    /// The gradient of each input, nil where there is none.
    ///
    /// - Parameters:
    ///   - graph: grows by the nodes of the gradient.
    ///   - node: the node in question.
    ///   - gradients: the gradient of each output, nil where it is zero.
    func gradients(
        in graph: inout Graph, of node: Node, given gradients: [Value?]
    ) -> [Value?]

    /// Computes the outputs.
    func run(_ frame: Frame)
}

extension Operator {
    /// No attributes.
    public func encode(into attributes: inout AttributeWriter) {}
    /// Updates nothing.
    public var updates: [Int: Int] { [:] }
    /// Overwrites nothing.
    public var overwritable: [Int] { [] }
    /// Computes something.
    public var isView: Bool { false }
    /// No gradients.
    public func gradients(
        in graph: inout Graph, of node: Node, given gradients: [Value?]
    ) -> [Value?] {
        node.inputs.map { _ in nil }
    }
}

extension Operator {
    /// Throws a shape error in this operator's name unless `condition` holds.
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(ShapeError) {
        guard condition else { throw ShapeError(operatorName: Self.name, message: message()) }
    }
}

/// One tensor as a kernel sees it.
public struct Operand {
    /// The first byte.
    public let pointer: UnsafeMutableRawPointer
    /// Shape and element type.
    public let type: TensorType
    /// How it lies in memory.
    public let layout: Layout

    var floats: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }
    var integers: UnsafeMutablePointer<Int32> { pointer.assumingMemoryBound(to: Int32.self) }
    var halves: UnsafeMutablePointer<UInt16> { pointer.assumingMemoryBound(to: UInt16.self) }
    var count: Int { type.shape.count }
    var rows: Int { type.shape.rows }
    var last: Int { type.shape.last }
}

/// What one node's kernel works on.
public struct Frame {
    /// The kernel context.
    public let context: OpaquePointer
    /// The node's inputs.
    public let inputs: [Operand]
    /// The node's outputs.
    public let outputs: [Operand]
}

/// Writes attributes: fixed-width little-endian fields, one after the other.
public struct AttributeWriter {
    /// What was written.
    public private(set) var bytes: [UInt8] = []

    /// Appends bytes as they are.
    mutating func raw(_ value: [UInt8]) { bytes += value }
    /// Appends a 64-bit integer.
    public mutating func integer(_ value: Int) {
        withUnsafeBytes(of: Int64(value).littleEndian) { bytes.append(contentsOf: $0) }
    }
    /// Appends the bits of a float.
    public mutating func float(_ value: Float) { integer(Int(value.bitPattern)) }
    /// Appends a truth value.
    public mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }
    /// Appends a shape: rank, then extents.
    public mutating func shape(_ value: Shape) {
        integer(value.rank)
        value.dimensions.forEach { integer($0) }
    }
}

/// Reads attributes; foreign bytes end in a typed error.
public struct AttributeReader {
    private var rest: ArraySlice<UInt8>

    /// Reads from the given bytes.
    public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Whether everything was read.
    public var isAtEnd: Bool { rest.isEmpty }

    /// The next bytes as they are.
    mutating func raw(_ count: Int) throws(ProgramError) -> ArraySlice<UInt8> {
        guard rest.count >= count else { throw .truncated }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
    /// The next 64-bit integer.
    public mutating func integer() throws(ProgramError) -> Int {
        guard rest.count >= 8 else { throw .truncated }
        var value: UInt64 = 0
        for (position, byte) in rest.prefix(8).enumerated() { value |= UInt64(byte) << (8 * position) }
        rest = rest.dropFirst(8)
        return Int(Int64(bitPattern: value))
    }
    /// The next float.
    public mutating func float() throws(ProgramError) -> Float {
        guard let bits = UInt32(exactly: try integer()) else { throw .malformed("a float of 32 bits") }
        return Float(bitPattern: bits)
    }
    /// The next truth value.
    public mutating func flag() throws(ProgramError) -> Bool {
        guard let byte = rest.first else { throw .truncated }
        guard byte <= 1 else { throw .malformed("a flag of 0 or 1") }
        rest = rest.dropFirst()
        return byte == 1
    }
    /// The next shape.
    public mutating func shape() throws(ProgramError) -> Shape {
        let rank = try integer()
        guard (0...Shape.rankMax).contains(rank) else { throw .malformed("a rank up to \(Shape.rankMax)") }
        var dimensions: [Int] = []
        for _ in 0..<rank { dimensions.append(try integer()) }
        guard let shape = Shape(checking: dimensions) else {
            throw .malformed("a shape of positive extents, not \(dimensions)")
        }
        return shape
    }
    /// The next enumeration case.
    mutating func choice<Choice: RawRepresentable>(
        _ type: Choice.Type
    ) throws(ProgramError) -> Choice where Choice.RawValue == Int {
        let raw = try integer()
        guard let value = Choice(rawValue: raw) else { throw .malformed("a known \(type), not \(raw)") }
        return value
    }
}
