import Bytes
public import World

/// Writes a safetensors file, tensor by tensor.
public struct SafetensorsWriter: ~Copyable {
    /// What a file is to hold, in the order in which it is written.
    public struct Entry: Hashable, Sendable {
        /// The tensor's name.
        public var name: String
        /// How it is stored: F32 or BF16.
        public var type: StoredType
        /// Its sizes.
        public var shape: [Int]

        /// An entry.
        public init(name: String, type: StoredType, shape: [Int]) {
            self.name = name
            self.type = type
            self.shape = shape
        }

        var count: Int { shape.reduce(1, *) }
    }

    private var file: AtomicFile
    private let entries: [Entry]
    private var next = 0

    /// Starts a file with its header.
    ///
    /// - Precondition: names differ and types are F32 or BF16.
    public init(
        path: String, entries: [Entry], metadata: [String: String] = ["format": "pt"]
    ) throws(FileError) {
        precondition(Set(entries.map { ExactText($0.name) }).count == entries.count, "names differ")
        var members: [(String, JSON)] = []
        if !metadata.isEmpty {
            let sorted = metadata.sorted { $0.key < $1.key }
            members.append(("__metadata__", .members(sorted.map { ($0.key, .text($0.value)) })))
        }
        var offset = 0
        for entry in entries {
            precondition([.f32, .bf16].contains(entry.type), "only F32 and BF16 are written")
            let end = offset + entry.count * entry.type.blockBytes
            members.append(
                (
                    entry.name,
                    [
                        "dtype": .text(entry.type.rawValue), "shape": .ints(entry.shape),
                        "data_offsets": .ints([offset, end]),
                    ]
                ))
            offset = end
        }
        var header = JSON.members(members).bytes()
        // Blanks up to a multiple of eight keep the data aligned, as the reference writes it.
        header += [UInt8](repeating: 0x20, count: -header.count & 7)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) }
        var file = try AtomicFile(path: path)
        try file.append(length + header)
        self.file = file
        self.entries = entries
    }

    /// Adds the next tensor's numbers, row by row; BF16 is rounded to nearest, ties to even.
    public mutating func append(_ numbers: UnsafeBufferPointer<Float>) throws(FileError) {
        precondition(next < entries.count, "all tensors are written")
        let entry = entries[next]
        precondition(numbers.count == entry.count, "\(entry.name) has \(entry.count) numbers")
        next += 1
        // A piece at a time: a second copy of a model need not fit into memory.
        let piece = 1 << 20
        for start in stride(from: 0, to: numbers.count, by: piece) {
            let part = numbers[start..<min(start + piece, numbers.count)]
            try file.append(Self.bytes(part, entry.type))
        }
    }

    /// Adds the next tensor's numbers, row by row.
    public mutating func append(_ numbers: [Float]) throws(FileError) {
        try numbers.withUnsafeBufferPointer { buffer throws(FileError) in try append(buffer) }
    }

    /// Lets the file appear.
    public consuming func commit() throws(FileError) {
        precondition(next == entries.count, "\(entries.count - next) tensors are not written")
        try file.commit()
    }

    private static func bytes(_ part: Slice<UnsafeBufferPointer<Float>>, _ type: StoredType)
        -> [UInt8]
    {
        let width = type.blockBytes
        return [UInt8](unsafeUninitializedCapacity: part.count * width) { target, count in
            let raw = UnsafeMutableRawBufferPointer(target)
            for (index, number) in part.enumerated() {
                if type == .bf16 {
                    let bits = Widening.bfloatBits(number).littleEndian
                    raw.storeBytes(of: bits, toByteOffset: index * 2, as: UInt16.self)
                } else {
                    let bits = number.bitPattern.littleEndian
                    raw.storeBytes(of: bits, toByteOffset: index * 4, as: UInt32.self)
                }
            }
            count = part.count * width
        }
    }
}
