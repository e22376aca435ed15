import Bytes
public import World

/// A safetensors file: a JSON header of names, types, shapes and places, then the bytes of all
/// tensors.
public struct SafetensorsFile: Sendable {
    /// Longer headers are refused, as by the reference.
    public static let headerLimit = 100_000_000
    /// More tensors than any model has.
    static let tensorLimit = 1 << 20
    static let rankLimit = 16

    /// Its tensors, in the order of their bytes.
    public let tensors: [TensorSlice]
    /// What the writer noted, by key.
    public let metadata: [String: String]

    /// Reads a file's header and checks that its tensors fill the rest exactly.
    public init(path: String) throws(CheckpointError) {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .file(error) }
        try self.init(file)
    }

    /// Reads the header of a mapped file.
    public init(_ file: MappedFile) throws(CheckpointError) {
        func malformed(_ reason: String) -> CheckpointError {
            .malformed(path: file.path, reason: reason)
        }
        var reader = ByteReader(file.bytes)
        let headerBytes: UnsafeRawBufferPointer
        do throws(ByteReaderError) {
            headerBytes = try reader.slice(try reader.length(limit: Self.headerLimit))
        } catch { throw malformed(error.description) }
        let limits = JSON.Limits(bytes: Self.headerLimit, depth: 4, values: 8 * Self.tensorLimit)
        let header: JSON
        do throws(JSONError) { header = try JSON(parsing: headerBytes, limits: limits) } catch {
            throw malformed("its header at \(error.description)")
        }
        guard let members = header.orderedMembers else {
            throw malformed("its header is no object")
        }
        var metadata: [String: String] = [:]
        var found: [(slice: TensorSlice, start: Int, end: Int)] = []
        var names = Set<ExactText>()
        for member in members {
            guard names.insert(ExactText(member.key)).inserted else {
                throw .badTensor(name: member.key, reason: "is there twice")
            }
            if member.key == "__metadata__" {
                for entry in member.value.orderedMembers ?? [] {
                    metadata[entry.key] = entry.value.text
                }
                continue
            }
            found.append(try Self.tensor(member, file, dataStart: reader.position))
        }
        self.tensors = try Self.contiguous(found, dataCount: reader.remaining, malformed)
        self.metadata = metadata
    }

    private static func tensor(
        _ member: JSON.Member, _ file: MappedFile, dataStart: Int
    ) throws(CheckpointError) -> (slice: TensorSlice, start: Int, end: Int) {
        func bad(_ reason: String) -> CheckpointError {
            .badTensor(name: member.key, reason: reason)
        }
        guard let typeName = member.value["dtype"]?.text else { throw bad("has no dtype") }
        guard let type = StoredType(rawValue: typeName), type.isPlain else {
            throw .unsupported(path: file.path, what: "the type \(typeName)")
        }
        let sizes = member.value["shape"]?.elements ?? []
        let shape = sizes.compactMap(\.wholeNumber)
        guard member.value["shape"]?.elements != nil, shape.count == sizes.count,
            shape.count <= rankLimit, let count = elementCount(shape),
            let bytes = type.byteCount(count)
        else { throw bad("has no valid shape") }
        let offsets = member.value["data_offsets"]?.elements?.compactMap(\.wholeNumber) ?? []
        guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1],
            offsets[1] <= file.bytes.count - dataStart
        else { throw bad("does not lie inside the file") }
        guard offsets[1] - offsets[0] == bytes else {
            throw bad("has \(offsets[1] - offsets[0]) bytes where its shape needs \(bytes)")
        }
        let slice = TensorSlice(
            name: member.key, type: type, shape: shape, file: file,
            range: (dataStart + offsets[0])..<(dataStart + offsets[1]))
        return (slice, offsets[0], offsets[1])
    }

    /// Without holes and overlaps nothing can hide in a file, and equal tensors make equal files.
    private static func contiguous(
        _ found: [(slice: TensorSlice, start: Int, end: Int)], dataCount: Int,
        _ malformed: (String) -> CheckpointError
    ) throws(CheckpointError) -> [TensorSlice] {
        let sorted = found.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        var position = 0
        for entry in sorted {
            guard entry.start == position else {
                throw .badTensor(
                    name: entry.slice.name,
                    reason: "begins at byte \(entry.start) where \(position) is next")
            }
            position = entry.end
        }
        guard position == dataCount else {
            throw malformed("its tensors fill \(position) of \(dataCount) bytes")
        }
        return sorted.map(\.slice)
    }
}
