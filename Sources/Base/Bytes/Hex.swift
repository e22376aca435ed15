/// Bytes as hexadecimal text.
public enum Hex {
    /// Two lower-case digits a byte.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        for byte in bytes {
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes that a text of an even number of digits spells, in either case.
    public static func bytes(_ text: String) throws(HexError) -> [UInt8] {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { throw .oddLength(digits.count) }
        var result: [UInt8] = []
        result.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digit(digits[index]) else { throw .notHex(offset: index) }
            guard let low = digit(digits[index + 1]) else { throw .notHex(offset: index + 1) }
            result.append(high << 4 | low)
        }
        return result
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

/// Text that is not hexadecimal.
public enum HexError: Error, Hashable, CustomStringConvertible {
    /// A digit is missing.
    case oddLength(Int)
    /// Not one of 0-9, a-f, A-F.
    case notHex(offset: Int)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .oddLength(let count):
            "\(count) hexadecimal digits make no whole bytes; is one missing?"
        case .notHex(let offset): "character \(offset) is not a hexadecimal digit; use 0-9 and a-f"
        }
    }
}
