import Bytes

/// Python's `complex`.
struct Complex: CustomStringConvertible {
    var real: Double
    var imaginary: Double

    var isZero: Bool { real == 0 && imaginary == 0 }
    var json: JSON { .list([.real(real), .real(imaginary)]) }

    static func + (a: Complex, b: Complex) -> Complex {
        Complex(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
    }

    static func - (a: Complex, b: Complex) -> Complex {
        Complex(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
    }

    static func * (a: Complex, b: Complex) -> Complex {
        Complex(
            real: a.real * b.real - a.imaginary * b.imaginary,
            imaginary: a.real * b.imaginary + a.imaginary * b.real)
    }

    /// Two places where one part is zero, the shortest digits of both parts otherwise.
    var description: String {
        if abs(imaginary) < 1e-10 { return PythonFloat.fixed(real, places: 2) }
        if abs(real) < 1e-10 { return PythonFloat.fixed(imaginary, places: 2) + "i" }
        let sign = imaginary < 0 ? "-" : "+"
        return "\(PythonFloat.repr(real)) \(sign) \(PythonFloat.repr(abs(imaginary)))i"
    }

    /// The distance from zero. Its square is summed in two doubles, so that only the root rounds.
    var magnitude: Double {
        let (a, b) = (abs(real), abs(imaginary))
        if a == .infinity || b == .infinity { return .infinity }
        let most = max(a, b)
        // Beyond, squares overflow or vanish, and one part hides the other.
        if !(1e-100...1e100).contains(most) || min(a, b) < most * 0x1p-60 { return a + b }
        let (square, other) = (a * a, b * b)
        let sum = square + other
        let larger = max(square, other)
        let lost =
            (-square).addingProduct(a, a) + (-other).addingProduct(b, b)
            + (min(square, other) - (sum - larger))
        let root = sum.squareRoot()
        return root + (sum.addingProduct(-root, root) + lost) / (2 * root)
    }
}

// MARK: Parsing

extension Complex {
    /// A number as people write it: `3 - 4i`, `(2+j)`, `-i`, `7`.
    ///
    /// Where an answer begins with a minus and has no other sign inside, it counts as imaginary.
    init?(parsing answer: String) {
        let text = PythonText.lower(answer).unicodeScalars.filter { $0 != " " }
        var scalars = text.map { $0 == "i" ? "j" : $0 }[...]
        while scalars.count > 1, scalars.first == "(", scalars.last == ")" {
            scalars = scalars.dropFirst().dropLast()
        }
        guard scalars.contains("j") else {
            guard let real = Self.number(scalars) else { return nil }
            self.init(real: real, imaginary: 0)
            return
        }
        let coefficient = scalars.dropLast()
        let isImaginary = scalars.last == "j"
        if isImaginary, coefficient.isEmpty || coefficient.elementsEqual(["-"]) {
            self.init(real: 0, imaginary: coefficient.isEmpty ? 1 : -1)
            return
        }
        let isSingle =
            isImaginary && !coefficient.contains(where: Self.isSign)
            || scalars.first == "-" && !coefficient.dropFirst().contains(where: Self.isSign)
        if isSingle {
            guard let value = Self.number(coefficient) else { return nil }
            self.init(real: 0, imaginary: value)
            return
        }
        guard isImaginary else { return nil }
        self.init(sum: coefficient)
    }

    private static func isSign(_ scalar: Unicode.Scalar) -> Bool { scalar == "+" || scalar == "-" }

    private static func number(_ scalars: ArraySlice<Unicode.Scalar>) -> Double? {
        PythonFloat.parse(String(String.UnicodeScalarView(scalars)))
    }

    /// What `complex` reads before the last `j`: an imaginary part, and a real part before its sign.
    private init?(sum: ArraySlice<Unicode.Scalar>) {
        var text = sum.drop { PythonText.isSpace($0) && !(0x1c...0x1f).contains($0.value) }
        if text.contains(where: PythonText.isSpace) { return nil }
        if text.last.map(Self.isSign) == true { text.append("1") }
        // A sign behind an e belongs to an exponent.
        let split = text.indices.last { i in
            Self.isSign(text[i]) && (i == text.startIndex || text[i - 1] != "e")
        }
        let start = split ?? text.startIndex
        guard let imaginary = Self.number(text[start...]) else { return nil }
        var real = 0.0
        if start > text.startIndex {
            guard let value = Self.number(text[..<start]) else { return nil }
            real = value
        }
        self.init(real: real, imaginary: imaginary)
    }
}
