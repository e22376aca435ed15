/// Reads little-endian values from bytes that nobody vouches for.
///
/// It borrows the memory: whoever makes a reader keeps the bytes alive while it is used.
public struct ByteReader {
    /// All bytes.
    public let bytes: UnsafeRawBufferPointer
    /// How many are read.
    public private(set) var position = 0

    /// A reader at the first of `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// How many are left.
    public var remaining: Int { bytes.count - position }

    /// The next whole number of a fixed width.
    public mutating func integer<T: FixedWidthInteger>(
        _ type: T.Type = T.self
    ) throws(ByteReaderError) -> T {
        let width = MemoryLayout<T>.size
        guard remaining >= width else { throw .truncated(offset: position, needed: width) }
        defer { position += width }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
    }

    /// The next number of four bytes.
    public mutating func float() throws(ByteReaderError) -> Float {
        Float(bitPattern: try integer(UInt32.self))
    }

    /// The next number of eight bytes.
    public mutating func double() throws(ByteReaderError) -> Double {
        Double(bitPattern: try integer(UInt64.self))
    }

    /// A length of eight bytes, refused beyond `limit`.
    public mutating func length(limit: Int) throws(ByteReaderError) -> Int {
        let start = position
        let value = try integer(UInt64.self)
        guard value <= UInt64(limit) else {
            throw .tooLarge(offset: start, value: value, limit: UInt64(limit))
        }
        return Int(value)
    }

    /// The next `count` bytes, without a copy.
    public mutating func slice(_ count: Int) throws(ByteReaderError) -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else {
            throw .truncated(offset: position, needed: count)
        }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    /// The next `count` bytes as text.
    public mutating func text(_ count: Int) throws(ByteReaderError) -> String {
        let start = position
        let slice = try slice(count)
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw .invalidUTF8(offset: start)
        }
        return text
    }

    /// Goes to a byte from the start.
    public mutating func seek(to offset: Int) throws(ByteReaderError) {
        guard offset >= 0, offset <= bytes.count else {
            throw .truncated(offset: bytes.count, needed: offset - bytes.count)
        }
        position = offset
    }
}

/// Bytes that end too early or do not mean what they should.
public enum ByteReaderError: Error, Hashable, CustomStringConvertible {
    /// Fewer bytes are left than are needed.
    case truncated(offset: Int, needed: Int)
    /// A length beyond its limit.
    case tooLarge(offset: Int, value: UInt64, limit: UInt64)
    /// Text that is not UTF-8.
    case invalidUTF8(offset: Int)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .truncated(let offset, let needed):
            "the data ends at byte \(offset) where \(needed) more are needed; is the file complete?"
        case .tooLarge(let offset, let value, let limit):
            "byte \(offset) announces \(value) where at most \(limit) is read; is the file damaged?"
        case .invalidUTF8(let offset):
            "the text at byte \(offset) is not UTF-8; is the file damaged?"
        }
    }
}
