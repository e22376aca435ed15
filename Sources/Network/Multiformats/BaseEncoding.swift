/// Bytes as text of some alphabet.
///
/// Alphabets of 2, 4, ... 64 digits pack bits (RFC 4648, without padding); others write one long number,
/// whose cost grows with the square of its length, so that length has a limit.
struct BaseEncoding: Sendable {
    /// The longest number: 256 bytes, or their digits in base 36.
    static let numberByteCountMax = 256
    static let numberDigitCountMax = 400

    private let alphabet: [UInt8]
    /// The digit of an ASCII character; 255 for none.
    private let digits: [UInt8]
    /// Bits a digit; 0 where they are no whole number.
    private let bits: Int

    /// - Parameter ignoresCase: letters are read in both cases and written as the alphabet has them.
    init(_ alphabet: String, ignoresCase: Bool = false) {
        self.alphabet = Array(alphabet.utf8)
        let count = self.alphabet.count
        precondition(count > 1 && count <= 64, "an alphabet has 2 to 64 digits")
        bits = count & (count - 1) == 0 ? count.trailingZeroBitCount : 0
        var digits = [UInt8](repeating: 255, count: 128)
        for (digit, character) in self.alphabet.enumerated() {
            digits[Int(character)] = UInt8(digit)
            let isLetter = (0x41...0x5A).contains(character & 0xDF)
            if ignoresCase, isLetter { digits[Int(character ^ 0x20)] = UInt8(digit) }
        }
        self.digits = digits
    }

    /// The text of some bytes.
    ///
    /// - Precondition: a number has at most `numberByteCountMax` bytes.
    func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bits > 0 ? packed(bytes) : number(bytes), as: UTF8.self)
    }

    /// The bytes of a text.
    func bytes(_ text: Substring) throws(TextError) -> [UInt8] {
        var values: [UInt8] = []
        values.reserveCapacity(text.utf8.count)
        for (offset, character) in text.utf8.enumerated() {
            guard character < 128, digits[Int(character)] != 255 else { throw .notADigit(offset: offset) }
            values.append(digits[Int(character)])
        }
        return bits > 0 ? try unpacked(values) : try number(digits: values)
    }

    // MARK: Bits

    private func packed(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count * 8 + bits - 1) / bits)
        var held: UInt32 = 0, count = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            count += 8
            while count >= bits {
                count -= bits
                result.append(alphabet[Int(held >> UInt32(count)) & (alphabet.count - 1)])
            }
            held &= (1 << UInt32(count)) - 1
        }
        if count > 0 {
            result.append(alphabet[Int(held << UInt32(bits - count)) & (alphabet.count - 1)])
        }
        return result
    }

    private func unpacked(_ values: [UInt8]) throws(TextError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(values.count * bits / 8)
        var held: UInt32 = 0, count = 0
        for value in values {
            held = held << UInt32(bits) | UInt32(value)
            count += bits
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: held >> UInt32(count)))
            }
            held &= (1 << UInt32(count)) - 1
        }
        // What is left over must be less than a digit, and zero, or two texts would mean the same bytes.
        guard count < bits, held == 0 else { throw .notCanonical }
        return result
    }

    // MARK: Numbers

    private func number(_ bytes: some Collection<UInt8>) -> [UInt8] {
        precondition(bytes.count <= Self.numberByteCountMax, "\(bytes.count) bytes are too long a number")
        let zeros = bytes.prefix { $0 == 0 }.count
        // Least significant digit first.
        var values: [UInt8] = []
        for byte in bytes.dropFirst(zeros) {
            var carry = Int(byte)
            for place in values.indices {
                carry += Int(values[place]) << 8
                values[place] = UInt8(carry % alphabet.count)
                carry /= alphabet.count
            }
            while carry > 0 {
                values.append(UInt8(carry % alphabet.count))
                carry /= alphabet.count
            }
        }
        return [UInt8](repeating: alphabet[0], count: zeros) + values.reversed().map { alphabet[Int($0)] }
    }

    private func number(digits values: [UInt8]) throws(TextError) -> [UInt8] {
        guard values.count <= Self.numberDigitCountMax else {
            throw .tooLong(limit: Self.numberDigitCountMax)
        }
        let zeros = values.prefix { $0 == 0 }.count
        // Least significant byte first.
        var bytes: [UInt8] = []
        for value in values.dropFirst(zeros) {
            var carry = Int(value)
            for place in bytes.indices {
                carry += Int(bytes[place]) * alphabet.count
                bytes[place] = UInt8(carry & 255)
                carry >>= 8
            }
            while carry > 0 {
                bytes.append(UInt8(carry & 255))
                carry >>= 8
            }
        }
        guard zeros + bytes.count <= Self.numberByteCountMax else {
            throw .tooLong(limit: Self.numberDigitCountMax)
        }
        return [UInt8](repeating: 0, count: zeros) + bytes.reversed()
    }
}

/// Text that spells no bytes.
public enum TextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No text at all.
    case empty
    /// A first character that names no base.
    case unknownBase(String)
    /// A character outside the alphabet.
    case notADigit(offset: Int)
    /// Bits at the end that another text would not have.
    case notCanonical
    /// More characters than are read.
    case tooLong(limit: Int)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .empty: "there is no text; was it copied?"
        case .unknownBase(let prefix): "'\(prefix)' names no base; use z, b, k, m, u or f"
        case .notADigit(let offset): "character \(offset) is not of the alphabet; was it copied exactly?"
        case .notCanonical: "the text ends within a byte; was all of it copied?"
        case .tooLong(let limit): "the text is longer than \(limit) characters; is it the right one?"
        }
    }
}
