import Bytes

/// Numbers of type `float` as Python writes, reads and rounds them.
enum PythonFloat {
    /// `repr(value)`, which `str` gives as well.
    static func repr(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        return JSON.numberText(value)
    }

    /// `float(text)`: blanks around, underscores between digits, inf and nan.
    ///
    /// Nil on an error.
    static func parse(_ text: String) -> Double? {
        var ascii = ""
        var before: Unicode.Scalar = "_"
        let scalars = Array(PythonText.stripNumber(text).unicodeScalars)
        for (i, scalar) in scalars.enumerated() {
            if scalar == "_" {
                let next = i + 1 < scalars.count ? PythonText.digit(scalars[i + 1]) : nil
                if PythonText.digit(before) == nil || next == nil { return nil }
            } else if let digit = PythonText.digit(scalar) {
                ascii.unicodeScalars.append(Unicode.Scalar(digit + 48))
            } else if scalar.isASCII, "+-.eEinfatyINFATY".unicodeScalars.contains(scalar) {
                ascii.unicodeScalars.append(scalar)
            } else {
                return nil
            }
            before = scalar
        }
        let unsigned = ascii.hasPrefix("-") || ascii.hasPrefix("+") ? ascii.dropFirst() : ascii[...]
        switch unsigned.lowercased() {
        case "inf", "infinity": return ascii.hasPrefix("-") ? -.infinity : .infinity
        case "nan": return .nan
        default: return isDecimal(unsigned) ? Double(completed(unsigned, ascii)) : nil
        }
    }

    /// Swift reads neither ".5" nor "5."; Python reads both.
    private static func completed(_ unsigned: Substring, _ whole: String) -> String {
        let sign = whole.hasPrefix("-") ? "-" : ""
        var text = unsigned.hasPrefix(".") ? "0" + String(unsigned) : String(unsigned)
        if let dot = text.firstIndex(of: ".") {
            let after = text.index(after: dot)
            if after == text.endIndex || !text[after].isNumber { text.insert("0", at: after) }
        }
        return sign + text
    }

    /// Whether a text is digits with at most one point and at most one exponent.
    private static func isDecimal(_ text: Substring) -> Bool {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let mantissa = parts.first, parts.count <= 2 else { return false }
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let digits = halves.joined()
        guard halves.count <= 2, !digits.isEmpty, digits.allSatisfy(\.isNumber) else {
            return false
        }
        guard parts.count == 2 else { return true }
        var power = parts[1]
        if power.hasPrefix("-") || power.hasPrefix("+") { power.removeFirst() }
        return !power.isEmpty && power.allSatisfy(\.isNumber)
    }

    /// `numpy.round(value, decimals)`: scale, round half to even, scale back.
    static func numpyRound(_ value: Double, decimals: Int) -> Double {
        if decimals == 0 { return value.rounded(.toNearestOrEven) }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        return (value * scale).rounded(.toNearestOrEven) / scale
    }

    /// e to the power `x` for `x` not above 700, correctly rounded.
    ///
    /// Written out rather than taken from the C library, whose last bit differs between systems: a
    /// reward has to be the same number on every peer. Pairs of doubles carry 106 bits.
    static func exp(_ x: Double) -> Double {
        precondition(x <= 700, "a finite result")
        if x < -745.2 { return 0 }
        // ln 2 in three parts; the first has enough zeros at its end for n * first to be exact.
        let (ln2a, ln2b, ln2c) = (0x1.62e42fefp-1, 0x1.473de6af278edp-34, -0x1.9ff0342542fc3p-90)
        let n = (x / 0.6931471805599453).rounded()
        var r = Pair(x - n * ln2a) - Pair(product: n, ln2b) - Pair(product: n, ln2c)
        r = r.scaled(by: 0x1p-6)
        var sum = Pair(1)
        for k in stride(from: 18.0, to: 0, by: -1) { sum = Pair(1) + (r * sum).divided(by: k) }
        for _ in 0..<6 { sum = sum * sum }
        let value = sum.high + sum.low
        return Double(sign: .plus, exponent: Int(n), significand: value)
    }

    /// The unevaluated sum of two doubles.
    private struct Pair {
        var high: Double
        var low: Double

        init(_ high: Double, _ low: Double = 0) {
            self.high = high + low
            self.low = low - (self.high - high)
        }

        init(product a: Double, _ b: Double) {
            let p = a * b
            self.init(p, (-p).addingProduct(a, b))
        }

        func scaled(by power: Double) -> Pair { Pair(high * power, low * power) }

        static func + (a: Pair, b: Pair) -> Pair {
            let s = a.high + b.high
            let v = s - a.high
            let error = (a.high - (s - v)) + (b.high - v)
            return Pair(s, error + a.low + b.low)
        }

        static func - (a: Pair, b: Pair) -> Pair { a + Pair(-b.high, -b.low) }

        static func * (a: Pair, b: Pair) -> Pair {
            let p = a.high * b.high
            let error = (-p).addingProduct(a.high, b.high)
            return Pair(p, error + (a.high * b.low + a.low * b.high))
        }

        func divided(by k: Double) -> Pair {
            let q = high / k
            let rest = high.addingProduct(-q, k) + low
            return Pair(q, rest / k)
        }
    }
}
