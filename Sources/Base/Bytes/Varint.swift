/// Unsigned whole numbers of seven bits a byte, least significant first.
///
/// As multiformats and Protocol Buffers write them. Multiformats allow nine bytes and the shortest form
/// only (github.com/multiformats/unsigned-varint); Protocol Buffers allow ten.
public enum Varint {
    /// Bytes of the largest number.
    public static let byteCountMax = 10

    /// What the first bytes of some data are.
    public enum Decoded: Hashable, Sendable {
        /// A number and how many bytes it took.
        case value(UInt64, byteCount: Int)
        /// A number whose last byte is not there yet.
        case incomplete
    }

    /// How many bytes a number takes.
    public static func byteCount(_ value: UInt64) -> Int {
        value == 0 ? 1 : (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7
    }

    /// Appends a number.
    public static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The bytes of a number.
    public static func bytes(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    /// Reads the number that some bytes begin with.
    ///
    /// - Parameter limit: what is larger is refused, as soon as its bytes show it.
    public static func decode(
        _ bytes: some Collection<UInt8>, limit: UInt64 = .max
    ) throws(VarintError) -> Decoded {
        var value: UInt64 = 0
        var count = 0
        for byte in bytes {
            // The tenth byte holds one bit.
            guard count < byteCountMax - 1 || byte <= 1 else { throw .tooLong }
            value |= UInt64(byte & 0x7F) << UInt64(7 * count)
            count += 1
            guard value <= limit else { throw .tooLarge(limit: limit) }
            if byte < 0x80 {
                guard byte != 0 || count == 1 else { throw .notShortest }
                return .value(value, byteCount: count)
            }
        }
        return .incomplete
    }
}

/// Bytes that are no number, or none that is taken.
public enum VarintError: Error, Hashable, Sendable, CustomStringConvertible {
    /// More bytes than a number of 64 bits has.
    case tooLong
    /// A number beyond the limit.
    case tooLarge(limit: UInt64)
    /// A number with needless zero bytes.
    case notShortest

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .tooLong: "a number has more than 64 bits; the sender is damaged or hostile"
        case .tooLarge(let limit): "a number above \(limit) is not taken; send less at a time"
        case .notShortest: "a number has needless zero bytes; write it in its shortest form"
        }
    }
}
