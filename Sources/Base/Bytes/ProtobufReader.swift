/// How a field's value is written.
enum ProtobufWireType: UInt8 { case varint = 0, fixed64 = 1, delimited = 2, fixed32 = 5 }

/// Reads messages of Protocol Buffers that nobody vouches for, field by field.
///
/// Unknown fields are for the caller to pass over; groups, which nothing uses any more, are refused.
public struct ProtobufReader: Sendable {
    /// A field as it stands in the message.
    public struct Field: Sendable {
        /// Its number.
        public let number: Int
        /// Its value.
        public let value: Value
    }

    /// What a field holds.
    public enum Value: Sendable {
        /// A whole number, an enumeration's or a truth value.
        case varint(UInt64)
        /// Eight bytes.
        case fixed64(UInt64)
        /// Four bytes.
        case fixed32(UInt32)
        /// Bytes, a text or a message.
        case delimited(ArraySlice<UInt8>)
    }

    /// The largest number of a field.
    public static let fieldNumberMax = (1 << 29) - 1
    /// Fields of one message that are read; more are a flood.
    public static let fieldCountMax = 1 << 16

    private var rest: ArraySlice<UInt8>
    private var count = 0

    /// A reader at the first field.
    public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// A reader at the first field.
    public init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next field; nil at the end.
    public mutating func next() throws(ProtobufError) -> Field? {
        guard !rest.isEmpty else { return nil }
        count += 1
        guard count <= Self.fieldCountMax else { throw .tooManyFields }
        let tag = try varint()
        guard let type = ProtobufWireType(rawValue: UInt8(tag & 7)) else {
            throw .badWireType(UInt8(tag & 7))
        }
        let number = tag >> 3
        guard (1...UInt64(Self.fieldNumberMax)).contains(number) else { throw .badFieldNumber(number) }
        let value: Value =
            switch type {
            case .varint: .varint(try varint())
            case .fixed64: .fixed64(try little(8))
            case .fixed32: .fixed32(UInt32(truncatingIfNeeded: try little(4)))
            case .delimited: .delimited(try take(try varint()))
            }
        return Field(number: Int(number), value: value)
    }

    private mutating func varint() throws(ProtobufError) -> UInt64 {
        // Protocol Buffers do not ask for the shortest form, so the decoder of multiformats is too strict.
        var value: UInt64 = 0
        for position in 0..<Varint.byteCountMax {
            guard let byte = rest.popFirst() else { throw .truncated }
            guard position < Varint.byteCountMax - 1 || byte <= 1 else { throw .badNumber }
            value |= UInt64(byte & 0x7F) << UInt64(7 * position)
            if byte < 0x80 { return value }
        }
        throw .badNumber
    }

    private mutating func little(_ byteCount: Int) throws(ProtobufError) -> UInt64 {
        try take(UInt64(byteCount)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ byteCount: UInt64) throws(ProtobufError) -> ArraySlice<UInt8> {
        guard byteCount <= UInt64(rest.count) else { throw .truncated }
        defer { rest = rest.dropFirst(Int(byteCount)) }
        return rest.prefix(Int(byteCount))
    }
}

extension ProtobufReader.Field {
    /// The value as a whole number.
    public func integer() throws(ProtobufError) -> UInt64 {
        guard case .varint(let value) = value else { throw .unexpectedType(field: number) }
        return value
    }

    /// The value as a truth value.
    public func flag() throws(ProtobufError) -> Bool { try integer() != 0 }

    /// The value as bytes, refused beyond a limit.
    public func data(limit: Int) throws(ProtobufError) -> ArraySlice<UInt8> {
        guard case .delimited(let bytes) = value else { throw .unexpectedType(field: number) }
        guard bytes.count <= limit else { throw .tooLarge(field: number, limit: limit) }
        return bytes
    }

    /// The value as text, refused beyond a limit of bytes.
    public func text(limit: Int) throws(ProtobufError) -> String {
        guard let text = String(validating: try data(limit: limit), as: UTF8.self) else {
            throw .invalidUTF8(field: number)
        }
        return text
    }

    /// The value as a number of eight bytes.
    public func double() throws(ProtobufError) -> Double {
        guard case .fixed64(let bits) = value else { throw .unexpectedType(field: number) }
        return Double(bitPattern: bits)
    }
}

/// Bytes that are no message, or none that is taken.
public enum ProtobufError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message ends within a field.
    case truncated
    /// A whole number has more than 64 bits.
    case badNumber
    /// A field is written in no known way.
    case badWireType(UInt8)
    /// A field has the number 0, or one too large.
    case badFieldNumber(UInt64)
    /// A message has more fields than are read.
    case tooManyFields
    /// A field holds another kind of value than its number says.
    case unexpectedType(field: Int)
    /// A field is longer than is taken.
    case tooLarge(field: Int, limit: Int)
    /// A text is not UTF-8.
    case invalidUTF8(field: Int)
    /// A field that must be there is not.
    case missing(field: Int)
    /// A field that may be there so often is there more often.
    case tooMany(field: Int, limit: Int)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .truncated: "the message ends within a field; was all of it sent?"
        case .badNumber: "a number of the message has more than 64 bits; the sender is damaged or hostile"
        case .badWireType(let type): "no field is written in way \(type); the sender is damaged or hostile"
        case .badFieldNumber(let number):
            "no field has the number \(number); the sender is damaged or hostile"
        case .tooManyFields: "the message has more than \(ProtobufReader.fieldCountMax) fields; send less"
        case .unexpectedType(let field):
            "field \(field) is of another type; does the sender mean this message?"
        case .tooLarge(let field, let limit): "field \(field) has more than \(limit) bytes; send less"
        case .invalidUTF8(let field): "field \(field) is not UTF-8; does the sender mean this message?"
        case .missing(let field): "field \(field) is missing; does the sender mean this message?"
        case .tooMany(let field, let limit): "field \(field) is there more than \(limit) times; send less"
        }
    }
}
