import Bytes

/// Additions and subtractions in a row.
struct ChainSum: TaskFormat {
    static let name = "chain_sum"
    let seed: Int
    private let operands: Operands

    init(_ settings: inout Settings) throws(EnvironmentError) {
        operands = try Operands(&settings, terms: 2...6, digits: 1...4)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let (digitCount, constants) = operands.draw(&random)
        let operators = constants.dropFirst().map { _ in random.choice(["+", "-"]) }
        var expression = constants[0].description
        var result = constants[0]
        for (sign, constant) in zip(operators, constants.dropFirst()) {
            expression += " \(sign) \(constant)"
            result = sign == "+" ? result + constant : result - constant
        }
        return Entry(
            question: "State the final answer to the following arithmetic problem: \(expression) =",
            answer: result.description,
            metadata: metadata(
                index,
                [
                    "num_terms": .int(constants.count), "num_digits": .int(digitCount),
                    "expression": .text(expression),
                ],
                difficulty: [
                    "num_terms": .range(operands.terms), "num_digits": .range(operands.digits),
                ]))
    }

    func score(_ answer: String?, for entry: Entry) -> Double {
        Scoring.decimal(expected: entry.answer, answer: answer)
    }
}
