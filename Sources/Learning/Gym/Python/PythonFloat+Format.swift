// How Python writes a float to a number of places. Every digit is that of the exact binary value,
// rounded half to even; no library's printf is asked.

extension PythonFloat {
    /// `f"{value:.{places}f}"`.
    static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return repr(value) }
        let digits = scaled(value.magnitude, by: places).description
        return (value.sign == .minus ? "-" : "") + pointed(digits, places: places)
    }

    /// `round(value, places)`.
    static func rounded(_ value: Double, places: Int) -> Double {
        parse(fixed(value, places: places)) ?? value
    }

    /// `f"{value:.{places}e}"`.
    static func scientific(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return repr(value) }
        let (digits, exponent) = significant(value.magnitude, count: places + 1)
        return (value.sign == .minus ? "-" : "") + mantissa(digits) + power(exponent)
    }

    /// `f"{value:.{count}g}"`: so many digits at most, no zeros at the end.
    static func general(_ value: Double, digits count: Int) -> String {
        guard value.isFinite else { return repr(value) }
        var (digits, exponent) = significant(value.magnitude, count: count)
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let sign = value.sign == .minus ? "-" : ""
        guard (-4..<count).contains(exponent) else {
            return sign + mantissa(digits) + power(exponent)
        }
        let zeros = String(repeating: "0", count: max(exponent + 1 - digits.count, 0))
        return sign + pointed(digits + zeros, places: max(digits.count - 1 - exponent, 0))
    }

    /// `f"{value:,}"` for magnitudes below 10^16.
    static func grouped(_ value: Double) -> String {
        let text = repr(value)
        let whole = text.prefix { $0 != "." }
        var result = ""
        for (i, digit) in whole.enumerated() {
            let left = whole.count - i
            if left % 3 == 0, let last = result.last, last != "-" { result += "," }
            result.append(digit)
        }
        return result + text.dropFirst(whole.count)
    }

    /// Digits of a whole number with a point before the last `places` of them.
    static func pointed(_ digits: String, places: Int) -> String {
        if places == 0 { return digits.isEmpty ? "0" : digits }
        let zeros = String(repeating: "0", count: max(places + 1 - digits.count, 0))
        let text = zeros + digits
        return text.dropLast(places) + "." + text.suffix(places)
    }

    private static func mantissa(_ digits: String) -> String {
        digits.prefix(1) + (digits.count > 1 ? "." : "") + digits.dropFirst()
    }

    private static func power(_ exponent: Int) -> String {
        "e" + (exponent < 0 ? "-" : "+") + PythonText.padded(abs(exponent), 2)
    }

    /// The first `count` digits of a magnitude, rounded, and the power of ten of the first.
    private static func significant(_ value: Double, count: Int) -> (String, Int) {
        if value == 0 { return (String(repeating: "0", count: count), 0) }
        // A guess that is off by one leads to a digit too few or too many, and to its neighbour.
        var exponent = Int((Double(value.exponent) * 0.30103).rounded(.down))
        while true {
            let digits = scaled(value, by: count - 1 - exponent).description
            if digits.count == count { return (digits, exponent) }
            exponent += digits.count < count ? -1 : 1
        }
    }

    /// A magnitude times 10 to the power `power`, rounded to a whole number.
    private static func scaled(_ value: Double, by power: Int) -> BigInteger {
        let (whole, exponent) = parts(value)
        let top = whole * .powerOfTen(max(power, 0))
        if power >= 0 {
            return exponent < 0 ? top.roundedRight(by: -exponent) : top.shiftedLeft(by: exponent)
        }
        let bottom = BigInteger.powerOfTen(-power).shiftedLeft(by: max(-exponent, 0))
        let doubled = top.shiftedLeft(by: max(exponent, 0) + 1)
        let (quotient, rest) = doubled.floorDivided(by: bottom)
        // Twice the quotient, and a last bit for what is lost: one more shift rounds to even.
        return quotient.shiftedLeft(by: 1).addingBit(!rest.isZero).roundedRight(by: 2)
    }

    /// A magnitude as a whole number times a power of two.
    static func parts(_ value: Double) -> (whole: BigInteger, exponent: Int) {
        if value == 0 { return (.zero, 0) }
        let hidden: UInt64 = value.isNormal ? 1 << 52 : 0
        let exponent = value.isNormal ? Int(value.exponent) - 52 : -1_074
        return (BigInteger(value.significandBitPattern | hidden), exponent)
    }

    // MARK: Exact values to floats

    /// `a / b` of whole numbers, correctly rounded; infinite where Python signals an overflow.
    static func quotient(_ a: BigInteger, _ b: BigInteger) -> Double {
        let sign: FloatingPointSign = a.negative == b.negative ? .plus : .minus
        if a.isZero { return 0 }
        // 66 bits and one for the rest: more than any rounding looks at.
        let shift = 66 - (a.bitWidth - b.bitWidth)
        let top = a.absolute.shiftedLeft(by: max(shift, 0))
        let bottom = b.absolute.shiftedLeft(by: max(-shift, 0))
        let (whole, rest) = top.floorDivided(by: bottom)
        let value = whole.shiftedLeft(by: 1).addingBit(!rest.isZero)
        let exponent = value.bitWidth - 2 - shift
        let bits = min(53, 53 + exponent + 1_022)
        if bits < 0 { return Double(sign: sign, exponent: 0, significand: 0) }
        let drop = value.bitWidth - bits
        let kept = value.roundedRight(by: drop).uint64Magnitude ?? 0
        return Double(sign: sign, exponent: drop - shift - 1, significand: Double(kept))
    }

    /// `value ** exponent`, correctly rounded: the C library's power differs between systems in the
    /// last bit.
    static func power(_ value: Double, _ exponent: Int) -> Double {
        if value == 0 {
            if exponent <= 0 { return exponent == 0 ? 1 : .infinity }
            return exponent % 2 == 0 ? 0 : value
        }
        let (whole, twos) = parts(value.magnitude)
        let count = abs(exponent)
        let top = whole.raised(to: count).shiftedLeft(by: max(twos * count, 0))
        let bottom = BigInteger(1).shiftedLeft(by: max(-twos * count, 0))
        let result = exponent < 0 ? quotient(bottom, top) : quotient(top, bottom)
        return value < 0 && count % 2 == 1 ? -result : result
    }
}

extension BigInteger {
    /// The magnitude plus one where `bit` says so.
    fileprivate func addingBit(_ bit: Bool) -> BigInteger { bit ? self + 1 : self }
}
