public import Keys

/// A program that cannot be read or run.
public enum ProgramError: Error, Hashable, CustomStringConvertible {
    /// The bytes end too early.
    case truncated
    /// A field is not what it must be: what was expected.
    case malformed(String)
    /// The program uses an operator that this build does not have.
    case unknownOperator(String)
    /// An operator was given shapes it cannot take.
    case shape(ShapeError)
    /// A source was not given, or not as the program declares it.
    case binding(name: String, message: String)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .truncated: "the program's bytes end too early; fetch it again"
        case .malformed(let expected): "the program is malformed: expected \(expected)"
        case .unknownOperator(let name): "unknown operator \(name); update starling"
        case .shape(let error): "the program does not fit together: \(error)"
        case .binding(let name, let message): "tensor \(name): \(message)"
        }
    }
}

/// A finished program: a fixed sequence of operators over static shapes, with a canonical form whose hash
/// names it everywhere.
public struct Program: Sendable {
    /// The named tensors it is given, those that nothing reads left out.
    public let sources: [Source]
    /// The nodes in the order they run.
    public let nodes: [Node]
    /// The named results.
    public let outputs: [(name: String, value: Value)]
    /// The type of each value.
    public let types: [TensorType]

    /// The first bytes of the canonical form: the format and the arithmetic it is defined in.
    static let magic = Array("starling program, canonical arithmetic v1\n".utf8)
    /// Limits on foreign programs.
    static let nodesMax = 1 << 20, nameBytesMax = 256, valuesPerNodeMax = 64

    /// The program of a graph: nodes that reach no result and update nothing are dropped, and values are
    /// numbered in order, sources first.
    public init(_ graph: Graph) {
        var wanted = Set(graph.outputs.map(\.value))
        var kept: [Node] = []
        for node in graph.nodes.reversed()
        where !node.operation.updates.isEmpty || node.outputs.contains(where: wanted.contains) {
            kept.append(node)
            wanted.formUnion(node.inputs)
        }
        let sources = graph.sources.filter { wanted.contains($0.value) }
        var number: [Value: Value] = [:]
        var types: [TensorType] = []
        func renumber(_ value: Value) -> Value {
            if let known = number[value] { return known }
            let fresh = Value(index: types.count)
            types.append(graph.type(value))
            number[value] = fresh
            return fresh
        }
        self.sources = sources.map {
            Source(name: $0.name, kind: $0.kind, type: $0.type, value: renumber($0.value))
        }
        nodes = kept.reversed().map {
            Node(
                operation: $0.operation, inputs: $0.inputs.map(renumber),
                outputs: $0.outputs.map(renumber))
        }
        outputs = graph.outputs.map { ($0.name, renumber($0.value)) }
        self.types = types
    }

    /// The canonical bytes: equal programs have equal bytes.
    public var bytes: [UInt8] {
        var writer = AttributeWriter()
        writer.raw(Program.magic)
        writer.integer(sources.count)
        for source in sources {
            writer.text(source.name)
            writer.integer(Int(source.kind.rawValue))
            writer.integer(Int(source.type.element.rawValue))
            writer.shape(source.type.shape)
        }
        writer.integer(nodes.count)
        for node in nodes {
            writer.text(type(of: node.operation).name)
            var attributes = AttributeWriter()
            node.operation.encode(into: &attributes)
            writer.integer(attributes.bytes.count)
            writer.raw(attributes.bytes)
            writer.integer(node.inputs.count)
            node.inputs.forEach { writer.integer($0.index) }
        }
        writer.integer(outputs.count)
        for output in outputs {
            writer.text(output.name)
            writer.integer(output.value.index)
        }
        return writer.bytes
    }

    /// SHA-256 of the canonical bytes.
    public var digest: Digest { Digest(of: bytes) }

    /// Reads a program from its canonical bytes.
    public init(bytes: [UInt8]) throws(ProgramError) {
        var reader = AttributeReader(bytes[...])
        guard try reader.raw(Program.magic.count) == ArraySlice(Program.magic) else {
            throw .malformed("a starling program of canonical arithmetic v1")
        }
        var graph = Graph()
        var values: [Value] = []
        for _ in 0..<(try reader.count(max: Program.nodesMax)) {
            let name = try reader.text()
            guard let kind = SourceKind(rawValue: UInt8(clamping: try reader.integer())),
                let element = ElementType(rawValue: UInt8(clamping: try reader.integer())),
                !graph.sources.contains(where: { $0.name == name })
            else { throw .malformed("a known kind and element type, and a name used once") }
            values.append(graph.source(name, kind, TensorType(try reader.shape(), element)))
        }
        for _ in 0..<(try reader.count(max: Program.nodesMax)) {
            let name = try reader.text()
            guard let kind = operatorTable[name] else { throw .unknownOperator(name) }
            let attributes = try reader.raw(try reader.count(max: 1 << 16))
            var attributeReader = AttributeReader(attributes)
            let operation: any Operator = try kind.init(from: &attributeReader)
            guard attributeReader.isAtEnd else { throw .malformed("no bytes after the attributes") }
            let inputs = try reader.values(among: values)
            do {
                values += try graph.applyChecked(operation, inputs)
            } catch { throw .shape(error) }
        }
        for _ in 0..<(try reader.count(max: Program.nodesMax)) {
            let name = try reader.text()
            guard !graph.outputs.contains(where: { $0.name == name }) else {
                throw .malformed("each result named once")
            }
            graph.output(name, try reader.value(among: values))
        }
        guard reader.isAtEnd else { throw .malformed("no bytes after the program") }
        self.init(graph)
    }
}

extension AttributeWriter {
    mutating func text(_ value: String) {
        integer(value.utf8.count)
        raw(Array(value.utf8))
    }
}

extension AttributeReader {
    fileprivate mutating func count(max: Int) throws(ProgramError) -> Int {
        let value = try integer()
        guard (0...max).contains(value) else { throw .malformed("a count up to \(max), not \(value)") }
        return value
    }
    fileprivate mutating func text() throws(ProgramError) -> String {
        guard let text = String(validating: try raw(try count(max: Program.nameBytesMax)), as: UTF8.self)
        else { throw .malformed("a name in UTF-8") }
        return text
    }
    fileprivate mutating func value(among values: [Value]) throws(ProgramError) -> Value {
        let index = try integer()
        guard values.indices.contains(index) else { throw .malformed("an earlier value, not \(index)") }
        return values[index]
    }
    fileprivate mutating func values(among values: [Value]) throws(ProgramError) -> [Value] {
        var result: [Value] = []
        for _ in 0..<(try count(max: Program.valuesPerNodeMax)) { result.append(try value(among: values)) }
        return result
    }
}
