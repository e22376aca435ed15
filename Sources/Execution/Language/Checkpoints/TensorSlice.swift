public import World

/// A tensor in a file: its name, shape and bytes, which are read when they are touched.
public struct TensorSlice: Sendable {
    /// Its name; of models, as Hugging Face names it.
    public let name: String
    /// How its numbers are stored.
    public let type: StoredType
    /// Sizes, the outermost first.
    public let shape: [Int]
    /// Whether rows are to be put in another order when they are read.
    public var rows = RowOrder.plain
    private let file: MappedFile
    private let range: Range<Int>

    /// The order of a matrix's rows.
    public enum RowOrder: Hashable, Sendable {
        /// As stored.
        case plain
        /// Rotary pairs lie side by side in each of so many heads and are read as two halves: row
        /// `2i + j` of a head becomes row `j * half + i`.
        case interleaved(heads: Int)
    }

    init(name: String, type: StoredType, shape: [Int], file: MappedFile, range: Range<Int>) {
        precondition(range.upperBound <= file.bytes.count, "readers check that tensors lie inside")
        self.name = name
        self.type = type
        self.shape = shape
        self.file = file
        self.range = range
    }

    /// The same bytes under another name and row order.
    func renamed(_ name: String, rows: RowOrder = .plain) -> TensorSlice {
        var slice = TensorSlice(name: name, type: type, shape: shape, file: file, range: range)
        slice.rows = rows
        return slice
    }

    /// Elements in all.
    public var count: Int { shape.reduce(1, *) }

    /// Bytes in the file.
    public var byteCount: Int { range.count }

    /// The bytes as stored, while `body` runs.
    public func withBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        defer { withExtendedLifetime(file) {} }
        return try body(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    }

    /// Writes the numbers as fp32, row by row, into exactly `count` places.
    ///
    /// Widening is exact, but for F64, which is rounded to nearest.
    public func read(into target: UnsafeMutableBufferPointer<Float>) throws(CheckpointError) {
        precondition(target.count == count, "the target holds \(target.count) of \(count) numbers")
        guard type.isReal else { throw .notReal(name: name, type: type) }
        withBytes { bytes in
            switch rows {
            case .plain: Widening.widen(bytes, type, into: target)
            case .interleaved(let heads): readInterleaved(bytes, heads, into: target)
            }
        }
    }

    private func readInterleaved(
        _ bytes: UnsafeRawBufferPointer, _ heads: Int,
        into target: UnsafeMutableBufferPointer<Float>
    ) {
        let rowCount = shape[0]
        guard rowCount > 0, count > 0 else { return }
        let width = count / rowCount
        let stride = bytes.count / rowCount
        let headRows = rowCount / heads
        for row in 0..<rowCount {
            let (head, inside) = row.quotientAndRemainder(dividingBy: headRows)
            let place = head * headRows + inside % 2 * (headRows / 2) + inside / 2
            Widening.widen(
                UnsafeRawBufferPointer(rebasing: bytes[(row * stride)..<((row + 1) * stride)]),
                type,
                into: UnsafeMutableBufferPointer(
                    rebasing: target[(place * width)..<((place + 1) * width)]))
        }
    }

    /// The numbers as fp32.
    public func floats() throws(CheckpointError) -> [Float] {
        var result = [Float](repeating: 0, count: count)
        try result.withUnsafeMutableBufferPointer { target throws(CheckpointError) in
            try read(into: target)
        }
        return result
    }
}

/// Why a checkpoint cannot be read.
public enum CheckpointError: Error, Hashable, CustomStringConvertible {
    /// The file system refused.
    case file(FileError)
    /// The file is not of its format; what is wrong.
    case malformed(path: String, reason: String)
    /// A tensor's place, shape or type do not fit.
    case badTensor(name: String, reason: String)
    /// Integers where numbers with fractions belong.
    case notReal(name: String, type: StoredType)
    /// A type or version that is not built.
    case unsupported(path: String, what: String)
    /// A tensor that an index or a configuration promises is not there.
    case missingTensor(String)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .malformed(let path, let reason): "\(path): \(reason); is the download complete?"
        case .badTensor(let name, let reason): "tensor \(name) \(reason); is the file damaged?"
        case .notReal(let name, let type):
            "tensor \(name) is \(type.rawValue); weights are F32, F16, BF16, Q8_0, Q4_0 or Q4_1"
        case .unsupported(let path, let what):
            "\(path) has \(what), which is not built; convert it to F32, F16, BF16 or Q8_0"
        case .missingTensor(let name):
            "the checkpoint has no tensor \(name); are all of its files there?"
        }
    }
}
