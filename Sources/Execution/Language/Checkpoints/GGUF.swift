import Bytes
public import World

/// A value of a GGUF file's metadata.
public enum GGUFValue: Hashable, Sendable {
    /// A whole number.
    case int(Int64)
    /// A whole number beyond the signed ones.
    case large(UInt64)
    /// A number with fraction.
    case real(Double)
    /// True or false.
    case flag(Bool)
    /// Text.
    case text(String)
    /// Values of one type.
    case list([GGUFValue])

    /// The whole number.
    public var wholeNumber: Int? { if case .int(let number) = self { Int(number) } else { nil } }
    /// The number.
    public var realNumber: Double? {
        switch self {
        case .int(let number): Double(number)
        case .large(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }
    /// True or false.
    public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    /// The text.
    public var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The values of a list.
    public var elements: [GGUFValue]? { if case .list(let items) = self { items } else { nil } }
}

/// A GGUF file, versions 2 and 3: metadata by key, and tensors that may be quantized in blocks.
public struct GGUFFile: Sendable {
    /// The first four bytes.
    public static let magic: [UInt8] = Array("GGUF".utf8)
    static let keyLimit = 1 << 16
    static let tensorLimit = 1 << 20
    static let textLimit = 1 << 26
    static let elementLimit = 1 << 23

    /// Where it is.
    public let path: String
    /// Its metadata.
    public let metadata: [String: GGUFValue]
    /// Its tensors under the file's own names, in its order.
    public let tensors: [TensorSlice]

    /// Reads a file's metadata and the places of its tensors.
    public init(path: String) throws(CheckpointError) {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .file(error) }
        try self.init(file)
    }

    /// Reads the metadata of a mapped file.
    public init(_ file: MappedFile) throws(CheckpointError) {
        path = file.path
        var parser = GGUFParser(file)
        do throws(ByteReaderError) {
            let counts = try parser.header()
            metadata = try parser.metadata(counts.keys)
            let entries = try parser.entries(counts.tensors)
            let alignment = metadata["general.alignment"]?.wholeNumber ?? 32
            tensors = try parser.slices(entries, alignment: alignment)
        } catch {
            throw parser.failure ?? .malformed(path: file.path, reason: error.description)
        }
    }
}

/// Reads the parts of a GGUF file in order.
///
/// What is no matter of single bytes is left in `failure`.
private struct GGUFParser {
    let file: MappedFile
    var reader: ByteReader
    var failure: CheckpointError?
    private var elementsLeft = GGUFFile.elementLimit

    struct Entry {
        let name: String
        let type: StoredType
        let shape: [Int]
        let offset: Int
        let byteCount: Int
    }

    init(_ file: MappedFile) {
        self.file = file
        reader = ByteReader(file.bytes)
    }

    private mutating func fail(_ error: CheckpointError) -> ByteReaderError {
        failure = error
        return .truncated(offset: reader.position, needed: 0)
    }

    private mutating func malformed(_ reason: String) -> ByteReaderError {
        fail(.malformed(path: file.path, reason: reason))
    }

    mutating func header() throws(ByteReaderError) -> (keys: Int, tensors: Int) {
        guard try reader.slice(4).elementsEqual(GGUFFile.magic) else {
            throw malformed("it does not begin with GGUF")
        }
        let version = try reader.integer(UInt32.self)
        guard version == 2 || version == 3 else {
            throw fail(.unsupported(path: file.path, what: "GGUF version \(version)"))
        }
        let tensors = try reader.length(limit: GGUFFile.tensorLimit)
        return (try reader.length(limit: GGUFFile.keyLimit), tensors)
    }

    private mutating func text() throws(ByteReaderError) -> String {
        try reader.text(try reader.length(limit: GGUFFile.textLimit))
    }

    mutating func metadata(_ count: Int) throws(ByteReaderError) -> [String: GGUFValue] {
        var result: [String: GGUFValue] = [:]
        for _ in 0..<count {
            let key = try text()
            let value = try value(try reader.integer(UInt32.self), depth: 0)
            guard result.updateValue(value, forKey: key) == nil else {
                throw malformed("the key \(key) is there twice")
            }
        }
        return result
    }

    private mutating func value(
        _ type: UInt32, depth: Int
    ) throws(ByteReaderError) -> GGUFValue {
        switch type {
        case 0: return .int(Int64(try reader.integer(UInt8.self)))
        case 1: return .int(Int64(try reader.integer(Int8.self)))
        case 2: return .int(Int64(try reader.integer(UInt16.self)))
        case 3: return .int(Int64(try reader.integer(Int16.self)))
        case 4: return .int(Int64(try reader.integer(UInt32.self)))
        case 5: return .int(Int64(try reader.integer(Int32.self)))
        case 6: return .real(Double(try reader.float()))
        case 7: return .flag(try reader.integer(UInt8.self) != 0)
        case 8: return .text(try text())
        case 9: return try list(depth)
        case 10:
            let number = try reader.integer(UInt64.self)
            return Int64(exactly: number).map(GGUFValue.int) ?? .large(number)
        case 11: return .int(try reader.integer(Int64.self))
        case 12: return .real(try reader.double())
        default: throw malformed("a metadata value has the unknown type \(type)")
        }
    }

    private mutating func list(_ depth: Int) throws(ByteReaderError) -> GGUFValue {
        guard depth < 4 else { throw malformed("its lists are nested too deep") }
        let type = try reader.integer(UInt32.self)
        let count = try reader.length(limit: elementsLeft)
        elementsLeft -= count
        // A count alone must not take memory: each element takes at least a byte of the file.
        guard count <= reader.remaining else { throw malformed("a list is longer than the file") }
        var items: [GGUFValue] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try value(type, depth: depth + 1)) }
        return .list(items)
    }

    mutating func entries(_ count: Int) throws(ByteReaderError) -> [Entry] {
        var entries: [Entry] = []
        for _ in 0..<count { entries.append(try entry()) }
        return entries
    }

    private mutating func entry() throws(ByteReaderError) -> Entry {
        let name = try text()
        let rank = try reader.integer(UInt32.self)
        guard rank <= 4 else { throw fail(.badTensor(name: name, reason: "has rank \(rank)")) }
        var shape: [Int] = []
        // Files count sizes from the innermost.
        for _ in 0..<rank { shape.insert(try reader.length(limit: 1 << 40), at: 0) }
        let code = try reader.integer(UInt32.self)
        guard let type = Self.types[code] else {
            throw fail(.unsupported(path: file.path, what: "tensors of ggml type \(code)"))
        }
        let offset = try reader.length(limit: file.bytes.count)
        guard let count = elementCount(shape), let bytes = type.byteCount(count),
            (shape.last ?? 1).isMultiple(of: type.blockCount)
        else { throw fail(.badTensor(name: name, reason: "has no valid shape")) }
        return Entry(name: name, type: type, shape: shape, offset: offset, byteCount: bytes)
    }

    private static let types: [UInt32: StoredType] = [
        0: .f32, 1: .f16, 2: .q4Blocks, 3: .q4OffsetBlocks, 8: .q8Blocks, 24: .i8, 25: .i16,
        26: .i32, 27: .i64, 28: .f64, 30: .bf16,
    ]

    mutating func slices(
        _ entries: [Entry], alignment: Int
    ) throws(ByteReaderError) -> [TensorSlice] {
        guard alignment > 0, alignment <= 1 << 20, alignment & (alignment - 1) == 0 else {
            throw malformed("its alignment is \(alignment)")
        }
        let start = (reader.position + alignment - 1) / alignment * alignment
        var slices: [TensorSlice] = []
        var end = 0
        for entry in entries.sorted(by: { $0.offset < $1.offset }) {
            guard entry.offset >= end, entry.offset.isMultiple(of: alignment) else {
                throw fail(
                    .badTensor(name: entry.name, reason: "overlaps another or is not aligned"))
            }
            guard start <= file.bytes.count,
                entry.byteCount <= file.bytes.count - start - entry.offset
            else {
                throw fail(.badTensor(name: entry.name, reason: "does not lie inside the file"))
            }
            end = entry.offset + entry.byteCount
            slices.append(
                TensorSlice(
                    name: entry.name, type: entry.type, shape: entry.shape, file: file,
                    range: (start + entry.offset)..<(start + end)))
        }
        return slices
    }
}
