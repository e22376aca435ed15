import Bytes

/// A product of whole numbers.
struct Products: TaskFormat {
    static let name = "products"
    let seed: Int
    private let operands: Operands

    init(_ settings: inout Settings) throws(EnvironmentError) {
        operands = try Operands(&settings, terms: 2...2, digits: 1...5)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let (digitCount, constants) = operands.draw(&random)
        let expression = constants.map(\.description).joined(separator: " * ")
        return Entry(
            question: "Solve the following multiplication: \(expression). "
                + "Give only the result as your final answer.",
            answer: constants.reduce(BigInteger(1), *).description,
            metadata: metadata(
                index,
                [
                    "expression": .text(expression), "num_terms": .int(constants.count),
                    "num_digits": .int(digitCount),
                ],
                difficulty: [
                    "num_terms": .range(operands.terms), "num_digits": .range(operands.digits),
                ]))
    }

    func score(_ answer: String?, for entry: Entry) -> Double {
        Scoring.decimal(expected: entry.answer, answer: answer)
    }
}
