import Bytes

/// Additions and subtractions in a row.
struct ChainSum: TaskFormat {
    static let name = "chain_sum"
    let seed: Int
    private let terms: ClosedRange<Int>
    private let digits: ClosedRange<Int>
    private let allowNegation: Bool

    init(_ settings: inout Settings) throws(EnvironmentError) {
        terms = try settings.range("min_terms", "max_terms", default: 2...6, within: 1...1_000)
        digits = try settings.range("min_digits", "max_digits", default: 1...4, within: 1...100)
        allowNegation = try settings.bool("allow_negation", default: false)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let termCount = random.randint(terms)
        let digitCount = random.randint(digits)
        let high = BigInteger.powerOfTen(digitCount) - 1
        let smallest = digitCount == 1 ? BigInteger.zero : BigInteger.powerOfTen(digitCount - 1)
        let low = allowNegation ? -high : smallest
        let constants = (0..<termCount).map { _ in random.randint(low, high) }
        let operators = (1..<termCount).map { _ in random.choice(["+", "-"]) }
        var expression = constants[0].description
        var result = constants[0]
        for (sign, constant) in zip(operators, constants.dropFirst()) {
            expression += " \(sign) \(constant)"
            result = sign == "+" ? result + constant : result - constant
        }
        return Entry(
            question: "State the final answer to the following arithmetic problem: \(expression) =",
            answer: result.description,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("num_terms", .int(termCount)), ("num_digits", .int(digitCount)),
                ("expression", .text(expression)),
                (
                    "difficulty",
                    .members([("num_terms", .range(terms)), ("num_digits", .range(digits))])
                ),
            ]))
    }

    func score(_ answer: String?, for entry: Entry) -> Double {
        Scoring.decimal(expected: entry.answer, answer: answer)
    }
}
