public import Tensor

/// A run at rest: everything that its next step depends on.
///
/// Random numbers are counted, not remembered, so counters stand for them and for the position in the data.
public struct RunCheckpoint {
    /// Names the configuration; a checkpoint continues only the run that it belongs to.
    public var identity: String
    /// Counters by name: steps, rounds.
    public var counters: [String: Int]
    /// Curves by name, for reports over the whole run.
    public var series: [String: [Float]]
    /// fp32 row-major tensors by name: weights, moments. They are shared, not copied.
    public var tensors: [String: Tensor]
    /// Bytes by name, for what has an encoding of its own: moves of a game.
    public var blobs: [String: [UInt8]]

    /// A checkpoint of these parts.
    public init(
        identity: String, counters: [String: Int], series: [String: [Float]] = [:],
        tensors: [String: Tensor], blobs: [String: [UInt8]] = [:]
    ) {
        self.identity = identity
        self.counters = counters
        self.series = series
        self.tensors = tensors
        self.blobs = blobs
    }
}

/// Why a checkpoint cannot be used.
public enum RunCheckpointError: Error, Hashable, CustomStringConvertible {
    /// The bytes are no checkpoint, or not a whole one.
    case malformed(reason: String)
    /// It belongs to a run with another configuration.
    case otherRun(identity: String, expected: String)
    /// A counter, a tensor or a shape that the run needs is not in it.
    case missing(String)
    /// The file cannot be read or written.
    case file(path: String, reason: String)
    /// A run whose state lies partly outside it.
    case notKept(reason: String)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .malformed(let reason):
            "this is no whole checkpoint (\(reason)); remove it to start anew, or use an older one"
        case .otherRun(let identity, let expected):
            "the checkpoint belongs to run \(identity), not to \(expected); use another run folder, "
                + "or the configuration that it was made with"
        case .missing(let name): "the checkpoint has no \(name) that fits this run"
        case .file(let path, let reason): "\(path): \(reason)"
        case .notKept(let reason): "this run cannot be kept: \(reason); run it without a folder"
        }
    }
}

// Layout, little-endian: magic (16 bytes), byte count of the head (u64), head, zeros to a multiple of 64,
// then the tensors and the blobs in the order of the head, each filled with zeros to a multiple of 64.
// Head: identity; counters (name, i64); series (name, fp32s); tensors (name, dimensions); blobs (name, byte
// count as u64), which version 1 did not have. A count is a u32, a text its byte count and UTF-8. Names
// ascend, so equal checkpoints have equal bytes.
extension RunCheckpoint {
    static let magic = Array("STARLING-CKPT-2\n".utf8)
    /// Read, not written.
    static let magicWithoutBlobs = Array("STARLING-CKPT-1\n".utf8)
    static let alignment = 64
    /// The largest head that is read.
    static let headByteCountMax = 64 << 20
    /// The longest name that is read, in bytes.
    static let nameByteCountMax = 1024
    /// The highest rank that is read.
    static let rankMax = 8

    /// Hands out the bytes in pieces, so that no second copy of the tensors is needed.
    public func write<Failure: Error>(
        _ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        var head = HeadWriter()
        head.text(identity)
        head.count(counters.count)
        for (name, value) in counters.sorted(by: { $0.key < $1.key }) {
            head.text(name)
            head.integer(UInt64(bitPattern: Int64(value)))
        }
        head.count(series.count)
        for (name, values) in series.sorted(by: { $0.key < $1.key }) {
            head.text(name)
            head.count(values.count)
            for value in values { head.word(value.bitPattern) }
        }
        let ordered = tensors.sorted { $0.key < $1.key }
        head.count(ordered.count)
        for (name, tensor) in ordered {
            head.text(name)
            head.count(tensor.type.shape.rank)
            for dimension in tensor.type.shape.dimensions { head.integer(UInt64(dimension)) }
        }
        let named = blobs.sorted { $0.key < $1.key }
        head.count(named.count)
        for (name, blob) in named {
            head.text(name)
            head.integer(UInt64(blob.count))
        }
        var start = HeadWriter()
        start.bytes = Self.magic
        start.integer(UInt64(head.bytes.count))
        start.bytes += head.bytes
        start.bytes += Array(repeating: 0, count: Self.padding(start.bytes.count))
        try Self.hand(start.bytes, to: sink)
        for (_, tensor) in ordered {
            let bytes = UnsafeRawBufferPointer(tensor.floats)
            try sink(bytes)
            try Self.hand(Array(repeating: 0, count: Self.padding(bytes.count)), to: sink)
        }
        for (_, blob) in named {
            try Self.hand(blob, to: sink)
            try Self.hand(Array(repeating: 0, count: Self.padding(blob.count)), to: sink)
        }
    }

    private static func hand<Failure: Error>(
        _ bytes: [UInt8], to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
            try sink(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Reads a checkpoint; the tensors are new.
    public init(from bytes: UnsafeRawBufferPointer) throws(RunCheckpointError) {
        let fixed = Self.magic.count + 8
        let start = bytes.prefix(Self.magic.count), hasBlobs = start.elementsEqual(Self.magic)
        guard bytes.count >= fixed, hasBlobs || start.elementsEqual(Self.magicWithoutBlobs) else {
            throw .malformed(reason: "it does not begin like one")
        }
        var reader = HeadReader(bytes: UnsafeRawBufferPointer(rebasing: bytes[Self.magic.count...]))
        let headCount = try reader.integer()
        guard headCount <= Self.headByteCountMax, Int(headCount) <= bytes.count - fixed else {
            throw .malformed(reason: "its head is cut off or too long")
        }
        let end = fixed + Int(headCount)
        reader = HeadReader(bytes: UnsafeRawBufferPointer(rebasing: bytes[fixed..<end]))
        identity = try reader.text()
        counters = [:]
        for _ in 0..<(try reader.count(each: 12)) {
            counters[try reader.text()] = Int(Int64(bitPattern: try reader.integer()))
        }
        series = [:]
        for _ in 0..<(try reader.count(each: 8)) {
            let name = try reader.text()
            var values: [Float] = []
            for _ in 0..<(try reader.count(each: 4)) { values.append(Float(bitPattern: try reader.word())) }
            series[name] = values
        }
        tensors = [:]
        var offset = end + Self.padding(end)
        for _ in 0..<(try reader.count(each: 8)) {
            let name = try reader.text()
            let shape = try reader.shape()
            let byteCount = shape.count * 4
            guard tensors[name] == nil, byteCount <= bytes.count - offset else {
                throw .malformed(reason: "tensor \(name) is cut off or there twice")
            }
            let tensor = Tensor(TensorType(shape))
            UnsafeMutableRawBufferPointer(tensor.floats).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + byteCount]))
            tensors[name] = tensor
            offset += byteCount + Self.padding(byteCount)
        }
        blobs = [:]
        for _ in 0..<(try hasBlobs ? reader.count(each: 12) : 0) {
            let name = try reader.text(), byteCount = Int(clamping: try reader.integer())
            guard blobs[name] == nil, byteCount <= bytes.count - offset else {
                throw .malformed(reason: "blob \(name) is cut off or there twice")
            }
            blobs[name] = Array(bytes[offset..<offset + byteCount])
            offset += byteCount + Self.padding(byteCount)
        }
        guard reader.isAtEnd, offset == bytes.count else {
            throw .malformed(reason: "it is longer than its head says, or shorter")
        }
    }

    private static func padding(_ count: Int) -> Int { (alignment - count % alignment) % alignment }

    /// A counter that must be there, at least 0.
    public func counter(_ name: String) throws(RunCheckpointError) -> Int {
        guard let value = counters[name], value >= 0 else { throw .missing("counter \(name)") }
        return value
    }

    /// Checks whose it is.
    public func require(identity expected: String) throws(RunCheckpointError) {
        guard identity == expected else { throw .otherRun(identity: identity, expected: expected) }
    }
}

private struct HeadWriter {
    var bytes: [UInt8] = []
    mutating func word(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    mutating func integer(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    mutating func count(_ value: Int) { word(UInt32(value)) }
    mutating func text(_ value: String) {
        count(value.utf8.count)
        bytes += Array(value.utf8)
    }
}

private struct HeadReader {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) throws(RunCheckpointError) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else { throw .malformed(reason: "its head is cut off") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }
    mutating func word() throws(RunCheckpointError) -> UInt32 {
        UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self))
    }
    mutating func integer() throws(RunCheckpointError) -> UInt64 {
        UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self))
    }
    /// A count of things that have at least `each` bytes, so that no count outruns the bytes.
    mutating func count(each: Int) throws(RunCheckpointError) -> Int {
        let count = Int(try word())
        guard count <= (bytes.count - position) / each else {
            throw .malformed(reason: "its head is cut off")
        }
        return count
    }
    mutating func text() throws(RunCheckpointError) -> String {
        let count = Int(try word())
        guard count <= RunCheckpoint.nameByteCountMax else { throw .malformed(reason: "a name is too long") }
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw .malformed(reason: "a name is not UTF-8")
        }
        return text
    }
    mutating func shape() throws(RunCheckpointError) -> Shape {
        let rank = Int(try word())
        guard (1...RunCheckpoint.rankMax).contains(rank) else {
            throw .malformed(reason: "a rank of \(rank)")
        }
        var dimensions: [Int] = [], total = 1
        for _ in 0..<rank {
            let dimension = try integer()
            let (product, overflow) = total.multipliedReportingOverflow(by: Int(clamping: dimension))
            guard dimension >= 1, !overflow, product <= 1 << 40 else {
                throw .malformed(reason: "a shape that no memory holds")
            }
            dimensions.append(Int(dimension))
            total = product
        }
        return Shape(dimensions)
    }
}
