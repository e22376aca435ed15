/// Texts as Python's `fractions.Fraction` reads them: `3/8`, `-.5`, `1_000.25e-3`.
enum PythonFraction {
    /// `float(Fraction(text))`; nil where Python signals an error of any kind.
    static func value(_ text: String) -> Double? {
        var reader = Reader(rest: Array(PythonText.strip(text).unicodeScalars)[...])
        let negative = reader.take("-")
        if !negative { _ = reader.take("+") }
        guard let magnitude = reader.magnitude(), reader.rest.isEmpty, magnitude.isFinite else {
            return nil
        }
        // A fraction has no negative zero, but a tiny one may become it.
        return negative && !reader.isZero ? -magnitude : magnitude
    }

    private struct Reader {
        var rest: ArraySlice<Unicode.Scalar>
        /// Whether all digits before a slash or an exponent are zeros.
        private(set) var isZero = true

        init(rest: ArraySlice<Unicode.Scalar>) { self.rest = rest }

        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard rest.first == scalar else { return false }
            rest.removeFirst()
            return true
        }

        mutating func magnitude() -> Double? {
            let whole = digits()
            isZero = whole?.allSatisfy { $0 == "0" } ?? true
            if whole != "", let top = whole, take("/") {
                guard let bottom = digits(), let a = PythonText.integer(top),
                    let b = PythonText.integer(bottom), !b.isZero
                else { return nil }
                return PythonFloat.quotient(a, b)
            }
            guard var text = whole else { return nil }
            if take(".") {
                guard let places = digits(), !(text + places).isEmpty else { return nil }
                text += "." + places
                isZero = isZero && places.allSatisfy { $0 == "0" }
            }
            if text.isEmpty { return nil }
            if take("e") || take("E") {
                let sign = take("-") ? "-" : take("+") ? "+" : ""
                guard let power = digits(), !power.isEmpty else { return nil }
                text += "e" + sign + power
            }
            return PythonFloat.parse(text)
        }

        /// Digits of any script with single underscores between them, as ASCII without these; empty
        /// where there are none, nil where an underscore is in a wrong place or there are too many.
        private mutating func digits() -> String? {
            var text = ""
            var afterDigit = false
            while let scalar = rest.first {
                if let digit = PythonText.digit(scalar) {
                    text.unicodeScalars.append(Unicode.Scalar(digit + 48))
                    afterDigit = true
                } else if scalar == "_", afterDigit {
                    afterDigit = false
                } else {
                    break
                }
                rest.removeFirst()
            }
            if text.isEmpty { return text }
            return afterDigit && text.utf8.count <= PythonText.integerDigitsMax ? text : nil
        }
    }
}
