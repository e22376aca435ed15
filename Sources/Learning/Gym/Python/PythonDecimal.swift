/// Python's `decimal.Decimal`: exact decimal numbers, and arithmetic rounded half to even to the
/// context's precision.
///
/// Only finite values; where Python signals an error the result is nil.
struct PythonDecimal: Sendable {
    /// Of the default context: results beyond it are an error.
    static let exponentMax = 999_999
    /// Of the format itself: texts beyond it are not read.
    static let exponentLimit = 999_999_999_999_999_999

    let negative: Bool
    /// Digits 0...9, most significant first, without leading zeros; zero has none.
    let digits: [UInt8]
    /// The power of ten of the last digit.
    let exponent: Int

    init(negative: Bool, digits: some Sequence<UInt8>, exponent: Int) {
        self.negative = negative
        self.digits = Array(digits.drop { $0 == 0 })
        self.exponent = exponent
    }

    /// The whole number itself.
    init(_ value: BigInteger) {
        let digits = value.absolute.description.utf8.map { $0 - 48 }
        self.init(negative: value.negative, digits: digits, exponent: 0)
    }

    /// The text as `Decimal(text)` reads it: underscores anywhere, digits of any script.
    init?(_ text: String) {
        var scalars = PythonText.strip(text).unicodeScalars.filter { $0 != "_" }[...]
        var sign = false
        if let first = scalars.first, first == "+" || first == "-" {
            sign = first == "-"
            scalars.removeFirst()
        }
        var digits: [UInt8] = []
        var fraction = 0
        var seenPoint = false
        while let scalar = scalars.first {
            if let digit = PythonText.digit(scalar) {
                digits.append(digit)
                if seenPoint { fraction += 1 }
            } else if scalar == ".", !seenPoint {
                seenPoint = true
            } else {
                break
            }
            scalars.removeFirst()
        }
        if digits.isEmpty { return nil }
        guard let power = Self.power(String(String.UnicodeScalarView(scalars))) else { return nil }
        self.init(negative: sign, digits: digits, exponent: power - fraction)
    }

    /// The exponent part of a text, 0 where it is empty.
    private static func power(_ text: String) -> Int? {
        if text.isEmpty { return 0 }
        var scalars = text.unicodeScalars[...]
        guard scalars.first == "e" || scalars.first == "E" else { return nil }
        scalars.removeFirst()
        var negative = false
        if let first = scalars.first, first == "+" || first == "-" {
            negative = first == "-"
            scalars.removeFirst()
        }
        if scalars.isEmpty { return nil }
        var value = 0
        for scalar in scalars {
            guard let digit = PythonText.digit(scalar), value <= exponentLimit / 10 else {
                return nil
            }
            value = value * 10 + Int(digit)
        }
        return negative ? -value : value
    }

    var isZero: Bool { digits.isEmpty }
    /// The power of ten of the first digit.
    var adjusted: Int { exponent + max(digits.count, 1) - 1 }

    /// Whether the numbers have one value, whatever their exponents.
    func isEqual(to other: PythonDecimal) -> Bool {
        if isZero || other.isZero { return isZero && other.isZero }
        guard negative == other.negative, adjusted == other.adjusted else { return false }
        let zeros = abs(digits.count - other.digits.count)
        let (long, short) =
            digits.count > other.digits.count
            ? (digits, other.digits) : (other.digits, digits)
        return long.dropLast(zeros).elementsEqual(short)
            && long.suffix(zeros).allSatisfy { $0 == 0 }
    }

    /// Whether the magnitude is at most 10 to the power `power`.
    func isWithin(powerOfTen power: Int) -> Bool {
        if isZero || adjusted < power { return true }
        return adjusted == power && digits[0] == 1 && digits.dropFirst().allSatisfy { $0 == 0 }
    }
}

// MARK: Arithmetic in a context

extension PythonDecimal {
    /// The number with at most `precision` digits; nil on overflow.
    private func rounded(to precision: Int) -> PythonDecimal? {
        var result = self
        if digits.count > precision {
            result = rounded(atExponent: exponent + digits.count - precision)
            if result.digits.count > precision {
                result = PythonDecimal(
                    negative: negative, digits: result.digits.dropLast(), exponent: result.exponent + 1)
            }
        }
        return result.isZero || result.adjusted <= Self.exponentMax ? result : nil
    }

    /// The number without the digits below a power of ten; itself where it has none.
    func rounded(atExponent power: Int) -> PythonDecimal {
        if power <= exponent { return self }
        let count = digits.count - (power - exponent)
        if count < 0 { return PythonDecimal(negative: negative, digits: [], exponent: power) }
        var kept = Array(digits.prefix(count))
        let rest = digits[count...]
        let tie = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
        let odd = (kept.last ?? 0) % 2 == 1
        if rest.first ?? 0 > 5 || rest.first == 5 && (!tie || odd) { kept = Self.sum(kept, [1]) }
        return PythonDecimal(negative: negative, digits: kept, exponent: power)
    }

    /// The number with exactly so many places; for places that a question asks for, not a peer.
    private func withPlaces(_ places: Int) -> PythonDecimal {
        let kept = rounded(atExponent: -places)
        let zeros = [UInt8](repeating: 0, count: kept.exponent + places)
        return PythonDecimal(negative: negative, digits: kept.digits + zeros, exponent: -places)
    }

    /// `self.quantize` to so many places; nil where that takes more than `precision` digits.
    func quantized(places: Int, precision: Int) -> PythonDecimal? {
        let result = withPlaces(places)
        return result.digits.count <= precision ? result : nil
    }

    /// `f"{self:.{places}f}"`.
    func fixed(places: Int) -> String {
        let kept = withPlaces(places)
        let text = String(decoding: kept.digits.map { $0 + 48 }, as: UTF8.self)
        return (negative ? "-" : "") + PythonFloat.pointed(text, places: places)
    }

    private var opposite: PythonDecimal {
        PythonDecimal(negative: !negative, digits: digits, exponent: exponent)
    }

    /// `self + other`.
    func plus(_ other: PythonDecimal, precision: Int) -> PythonDecimal? {
        if isZero && other.isZero {
            return PythonDecimal(
                negative: negative && other.negative, digits: [],
                exponent: min(exponent, other.exponent))
        }
        let high = exponent >= other.exponent ? self : other
        var low = exponent >= other.exponent ? other : self
        if high.isZero { return low.rounded(to: precision) }
        // A number too small to matter becomes one unit below everything that does, so that the
        // work depends on the lengths of the texts, never on the size of an exponent.
        if low.isZero {
            let floor = high.exponent - precision - 1
            low = PythonDecimal(negative: false, digits: [], exponent: max(low.exponent, floor))
        } else {
            let floor = high.exponent + min(-1, high.digits.count - precision - 2)
            if low.adjusted < floor {
                low = PythonDecimal(negative: low.negative, digits: [1], exponent: floor)
            }
        }
        let zeros = [UInt8](repeating: 0, count: high.exponent - low.exponent)
        let a = high.digits + zeros
        let b = low.digits
        let power = low.exponent
        if high.negative == low.negative || low.isZero {
            return PythonDecimal(negative: high.negative, digits: Self.sum(a, b), exponent: power)
                .rounded(to: precision)
        }
        if a == b { return PythonDecimal(negative: false, digits: [], exponent: power) }
        let swapped = Self.less(a, b)
        let rest = swapped ? Self.difference(b, a) : Self.difference(a, b)
        return PythonDecimal(
            negative: swapped ? low.negative : high.negative, digits: rest, exponent: power
        ).rounded(to: precision)
    }

    /// `self - other`.
    func minus(_ other: PythonDecimal, precision: Int) -> PythonDecimal? {
        plus(other.opposite, precision: precision)
    }

    /// `self * other`.
    func times(_ other: PythonDecimal, precision: Int) -> PythonDecimal? {
        var product = [Int](repeating: 0, count: digits.count + other.digits.count)
        for (i, x) in digits.enumerated() {
            for (j, y) in other.digits.enumerated() { product[i + j + 1] += Int(x) * Int(y) }
        }
        for i in product.indices.reversed() where i > 0 {
            product[i - 1] += product[i] / 10
            product[i] %= 10
        }
        return PythonDecimal(
            negative: negative != other.negative, digits: product.map { UInt8($0) },
            exponent: exponent + other.exponent
        ).rounded(to: precision)
    }

    /// `self / other`; nil for a division by zero.
    func divided(by other: PythonDecimal, precision: Int) -> PythonDecimal? {
        if other.isZero { return nil }
        let sign = negative != other.negative
        let ideal = exponent - other.exponent
        if isZero { return PythonDecimal(negative: sign, digits: [], exponent: ideal) }
        let shift = other.digits.count - digits.count + precision + 1
        let up = [UInt8](repeating: 0, count: max(shift, 0))
        let down = [UInt8](repeating: 0, count: max(-shift, 0))
        var (quotient, exact) = Self.divide(digits + up, other.digits + down)
        var power = ideal - shift
        if exact {
            while power < ideal, quotient.last == 0 {
                quotient.removeLast()
                power += 1
            }
        } else if let last = quotient.last, last % 5 == 0 {
            // The lost digits must not look like a tie.
            quotient[quotient.count - 1] += 1
        }
        return PythonDecimal(negative: sign, digits: quotient, exponent: power)
            .rounded(to: precision)
    }
}

// MARK: Digits

extension PythonDecimal {
    private static func less(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count != b.count ? a.count < b.count : a.lexicographicallyPrecedes(b)
    }

    private static func sum(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var carry: UInt8 = 0
        for k in 1...max(a.count, b.count, 1) {
            let x = k <= a.count ? a[a.count - k] : 0
            let t = x + (k <= b.count ? b[b.count - k] : 0) + carry
            result.append(t % 10)
            carry = t / 10
        }
        if carry > 0 { result.append(carry) }
        return result.reversed()
    }

    /// `a - b`, where `a` is the larger one.
    private static func difference(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        var result = a
        var borrow: UInt8 = 0
        for k in 1...a.count {
            let take = (k <= b.count ? b[b.count - k] : 0) + borrow
            let digit = a[a.count - k]
            borrow = digit < take ? 1 : 0
            result[a.count - k] = digit + borrow * 10 - take
        }
        return Array(result.drop { $0 == 0 })
    }

    /// The quotient rounded down, and whether nothing is left.
    private static func divide(_ a: [UInt8], _ b: [UInt8]) -> ([UInt8], Bool) {
        var quotient: [UInt8] = []
        var rest: [UInt8] = []
        for digit in a {
            if !rest.isEmpty || digit != 0 { rest.append(digit) }
            var count: UInt8 = 0
            while !less(rest, b) {
                rest = difference(rest, b)
                count += 1
            }
            quotient.append(count)
        }
        return (Array(quotient.drop { $0 == 0 }), rest.isEmpty)
    }
}

extension PythonDecimal: CustomStringConvertible {
    /// `str(self)`: plain digits, or an exponent where they would hide the precision.
    var description: String {
        let text = digits.isEmpty ? "0" : String(decoding: digits.map { $0 + 48 }, as: UTF8.self)
        let left = exponent + text.count
        let point = exponent <= 0 && left > -6 ? left : 1
        var result = negative ? "-" : ""
        if point <= 0 {
            result += "0." + String(repeating: "0", count: -point) + text
        } else if point >= text.count {
            result += text + String(repeating: "0", count: point - text.count)
        } else {
            result += text.prefix(point) + "." + text.dropFirst(point)
        }
        if left != point { result += "E" + (left > point ? "+" : "") + String(left - point) }
        return result
    }
}
