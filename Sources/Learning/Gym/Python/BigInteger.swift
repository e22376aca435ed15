/// A whole number of any length, with Python's floor division.
///
/// Sized for the arithmetic of questions: schoolbook methods, no attempt at speed for thousands of
/// digits.
struct BigInteger: Hashable, Sendable {
    private(set) var negative: Bool
    /// 32-bit words, least significant first, without leading zeros; zero has none.
    private(set) var magnitude: [UInt32]

    init(negative: Bool, magnitude: [UInt32]) {
        self.magnitude = magnitude
        while self.magnitude.last == 0 { self.magnitude.removeLast() }
        self.negative = negative && !self.magnitude.isEmpty
    }

    init(_ value: Int) {
        let m = value.magnitude
        self.init(
            negative: value < 0,
            magnitude: [UInt32(truncatingIfNeeded: m), UInt32(truncatingIfNeeded: UInt64(m) >> 32)])
    }

    init(_ value: UInt64) {
        self.init(
            negative: false,
            magnitude: [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)])
    }

    /// The number that ASCII digits spell; nil where there is anything else or nothing.
    init?(digits: some Sequence<UInt8>) {
        var words: [UInt32] = []
        var count = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            count += 1
            Self.multiplyAdd(&words, by: 10, plus: UInt32(digit - 48))
        }
        if count == 0 { return nil }
        self.init(negative: false, magnitude: words)
    }

    /// The number that digits of `width` bits each spell, most significant first.
    init(bitGroups: [UInt8], of width: Int) {
        var words: [UInt32] = []
        var (word, filled): (UInt64, Int) = (0, 0)
        for group in bitGroups.reversed() {
            word |= UInt64(group) << UInt64(filled)
            filled += width
            if filled >= 32 {
                words.append(UInt32(truncatingIfNeeded: word))
                word >>= 32
                filled -= 32
            }
        }
        words.append(UInt32(truncatingIfNeeded: word))
        self.init(negative: false, magnitude: words)
    }

    static let zero = BigInteger(0)
    var isZero: Bool { magnitude.isEmpty }
    var absolute: BigInteger { BigInteger(negative: false, magnitude: magnitude) }

    /// Bits of the magnitude, Python's `bit_length`.
    var bitWidth: Int {
        guard let top = magnitude.last else { return 0 }
        return magnitude.count * 32 - top.leadingZeroBitCount
    }

    /// The value, where it fits.
    var int: Int? {
        guard magnitude.count <= 2 else { return nil }
        let word = magnitude.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) }
        if negative {
            return word <= UInt64(Int.max) + 1 ? Int(truncatingIfNeeded: 0 &- word) : nil
        }
        return Int(exactly: word)
    }

    /// The magnitude, where it fits.
    var uint64Magnitude: UInt64? {
        guard magnitude.count <= 2 else { return nil }
        return magnitude.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) }
    }

    /// 10 to the power `exponent`.
    static func powerOfTen(_ exponent: Int) -> BigInteger {
        var words: [UInt32] = [1]
        for _ in 0..<exponent { multiplyAdd(&words, by: 10, plus: 0) }
        return BigInteger(negative: false, magnitude: words)
    }

    private static func multiplyAdd(_ words: inout [UInt32], by factor: UInt32, plus: UInt32) {
        var carry = UInt64(plus)
        for i in words.indices {
            let t = UInt64(words[i]) * UInt64(factor) + carry
            words[i] = UInt32(truncatingIfNeeded: t)
            carry = t >> 32
        }
        if carry > 0 { words.append(UInt32(carry)) }
    }
}

// MARK: Order and arithmetic

extension BigInteger: Comparable {
    private static func lessMagnitude(_ a: [UInt32], _ b: [UInt32]) -> Bool {
        if a.count != b.count { return a.count < b.count }
        for (x, y) in zip(a.reversed(), b.reversed()) where x != y { return x < y }
        return false
    }

    static func < (a: BigInteger, b: BigInteger) -> Bool {
        if a.negative != b.negative { return a.negative }
        return a.negative
            ? lessMagnitude(b.magnitude, a.magnitude) : lessMagnitude(a.magnitude, b.magnitude)
    }

    private static func sum(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var carry: UInt64 = 0
        for i in 0..<max(a.count, b.count) {
            carry += (i < a.count ? UInt64(a[i]) : 0) + (i < b.count ? UInt64(b[i]) : 0)
            result.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        if carry > 0 { result.append(UInt32(carry)) }
        return result
    }

    /// `a - b`, where `a` is not the smaller one.
    private static func difference(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result = a
        var borrow: Int64 = 0
        for i in a.indices {
            var t = Int64(a[i]) - (i < b.count ? Int64(b[i]) : 0) - borrow
            borrow = t < 0 ? 1 : 0
            if t < 0 { t += 1 << 32 }
            result[i] = UInt32(t)
        }
        return result
    }

    static prefix func - (a: BigInteger) -> BigInteger {
        BigInteger(negative: !a.negative, magnitude: a.magnitude)
    }

    static func + (a: BigInteger, b: BigInteger) -> BigInteger {
        if a.negative == b.negative {
            return BigInteger(negative: a.negative, magnitude: sum(a.magnitude, b.magnitude))
        }
        if lessMagnitude(a.magnitude, b.magnitude) {
            return BigInteger(negative: b.negative, magnitude: difference(b.magnitude, a.magnitude))
        }
        return BigInteger(negative: a.negative, magnitude: difference(a.magnitude, b.magnitude))
    }

    static func - (a: BigInteger, b: BigInteger) -> BigInteger { a + (-b) }
    static func + (a: BigInteger, b: Int) -> BigInteger { a + BigInteger(b) }
    static func - (a: BigInteger, b: Int) -> BigInteger { a - BigInteger(b) }

    static func * (a: BigInteger, b: BigInteger) -> BigInteger {
        var result = [UInt32](repeating: 0, count: a.magnitude.count + b.magnitude.count)
        for (i, x) in a.magnitude.enumerated() {
            var carry: UInt64 = 0
            for (j, y) in b.magnitude.enumerated() {
                let t = UInt64(x) * UInt64(y) + UInt64(result[i + j]) + carry
                result[i + j] = UInt32(truncatingIfNeeded: t)
                carry = t >> 32
            }
            result[i + b.magnitude.count] = UInt32(carry)
        }
        return BigInteger(negative: a.negative != b.negative, magnitude: result)
    }

    /// Python's `divmod`: the quotient rounded down, the remainder with the divisor's sign.
    func floorDivided(by divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
        precondition(!divisor.isZero, "division by zero; the caller asks first")
        let (q, r) = Self.divide(magnitude, divisor.magnitude)
        let quotient = BigInteger(negative: negative != divisor.negative, magnitude: q)
        let remainder = BigInteger(negative: negative, magnitude: r)
        if remainder.isZero || remainder.negative == divisor.negative {
            return (quotient, remainder)
        }
        return (quotient - 1, remainder + divisor)
    }

    /// Long division, a bit at a time where the divisor has more than one word.
    private static func divide(_ a: [UInt32], _ b: [UInt32]) -> ([UInt32], [UInt32]) {
        if lessMagnitude(a, b) { return ([], a) }
        var quotient = [UInt32](repeating: 0, count: a.count)
        if b.count == 1 {
            var rest: UInt64 = 0
            for i in a.indices.reversed() {
                let t = rest << 32 | UInt64(a[i])
                quotient[i] = UInt32(t / UInt64(b[0]))
                rest = t % UInt64(b[0])
            }
            return (quotient, [UInt32(rest)])
        }
        var rest: [UInt32] = []
        for i in a.indices.reversed() {
            for bit in (0..<32).reversed() {
                multiplyAdd(&rest, by: 2, plus: a[i] >> UInt32(bit) & 1)
                if rest.isEmpty, a[i] >> UInt32(bit) & 1 == 1 { rest = [1] }
                if !lessMagnitude(rest, b) {
                    rest = difference(rest, b)
                    while rest.last == 0 { rest.removeLast() }
                    quotient[i] |= 1 << UInt32(bit)
                }
            }
        }
        return (quotient, rest)
    }

    /// The greatest common divisor, never negative.
    static func gcd(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
        var (x, y) = (a.absolute, b.absolute)
        while !y.isZero { (x, y) = (y, x.floorDivided(by: y).remainder) }
        return x
    }
}

extension BigInteger: CustomStringConvertible {
    /// Decimal digits, with a minus sign before negative numbers.
    var description: String {
        var words = magnitude
        var groups: [String] = []
        while !words.isEmpty {
            var rest: UInt64 = 0
            for i in words.indices.reversed() {
                let t = rest << 32 | UInt64(words[i])
                words[i] = UInt32(t / 1_000_000_000)
                rest = t % 1_000_000_000
            }
            while words.last == 0 { words.removeLast() }
            let group = String(rest)
            let zeros = words.isEmpty ? 0 : 9 - group.count
            groups.append(String(repeating: "0", count: zeros) + group)
        }
        return groups.isEmpty ? "0" : (negative ? "-" : "") + groups.reversed().joined()
    }
}
