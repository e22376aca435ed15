/// Whole numbers of a given length, as several formats draw them.
struct Operands {
    let terms: ClosedRange<Int>
    let digits: ClosedRange<Int>
    let allowNegation: Bool

    init(_ settings: inout Settings, terms: ClosedRange<Int>, digits: ClosedRange<Int>)
        throws(EnvironmentError)
    {
        self.terms = try settings.range("min_terms", "max_terms", default: terms, within: 1...1_000)
        self.digits = try settings.range("min_digits", "max_digits", default: digits, within: 1...100)
        allowNegation = try settings.bool("allow_negation", default: false)
    }

    /// A number of terms, a length for all of them, and the terms.
    func draw(_ random: inout PythonRandom) -> (digitCount: Int, values: [BigInteger]) {
        let count = random.randint(terms)
        let digitCount = random.randint(digits)
        let high = BigInteger.powerOfTen(digitCount) - 1
        // Zero counts as a number of one digit.
        let smallest = digitCount == 1 ? BigInteger.zero : BigInteger.powerOfTen(digitCount - 1)
        let low = allowNegation ? -high : smallest
        return (digitCount, (0..<count).map { _ in random.randint(low, high) })
    }
}
