import Bytes

/// Additions and subtractions of decimal fractions in a row.
struct DecimalChainSum: TaskFormat {
    static let name = "decimal_chain_sum"
    /// Of Python's default context.
    private static let precision = 28
    let seed: Int
    private let operands: Operands
    private let places: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        operands = try Operands(&settings, terms: 2...6, digits: 1...4)
        places = try settings.range(
            "min_decimal_places", "max_decimal_places", default: 1...4, within: 0...100)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let (digitCount, whole) = operands.draw(&random)
        let places = whole.map { _ in random.randint(self.places) }
        let fractions = places.map { Self.fraction($0, &random) }
        let operators = whole.dropFirst().map { _ in random.choice(["+", "-"]) }
        let constants = zip(whole, fractions).map { whole, fraction in
            PythonDecimal(whole).plus(fraction, precision: Self.precision) ?? fraction
        }
        var result = constants[0]
        var expression = result.fixed(places: places[0])
        for (i, sign) in operators.enumerated() {
            let term = constants[i + 1]
            expression += " \(sign) \(term.fixed(places: places[i + 1]))"
            let next =
                sign == "+"
                ? result.plus(term, precision: Self.precision) : result.minus(term, precision: Self.precision)
            result = next ?? result
        }
        let most = places.max() ?? 0
        result = result.quantized(places: most, precision: Self.precision) ?? result
        return Entry(
            question: "State the final answer to the following arithmetic problem: \(expression) =",
            answer: result.description,
            metadata: metadata(
                index,
                [
                    "num_terms": .int(whole.count), "num_digits": .int(digitCount),
                    "expression": .text(expression),
                ],
                difficulty: [
                    "num_terms": .range(operands.terms), "num_digits": .range(operands.digits),
                    "decimal_places": .range(self.places),
                ]))
    }

    /// A fraction below 1 whose first place is no zero.
    private static func fraction(_ places: Int, _ random: inout PythonRandom) -> PythonDecimal {
        let scale = BigInteger.powerOfTen(places)
        let low = places == 0 ? BigInteger.zero : BigInteger.powerOfTen(places - 1)
        let drawn = PythonDecimal(random.randint(low, scale - 1))
        return drawn.divided(by: PythonDecimal(scale), precision: precision) ?? drawn
    }

    /// 1 for the right value, however it is written.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let given = PythonDecimal(answer),
            let expected = entry.answer.flatMap({ PythonDecimal($0) })
        else { return 0 }
        return given.isEqual(to: expected) ? 1 : 0
    }
}
