import Bytes

/// Arithmetic with decimal fractions at a given precision.
struct DecimalArithmetic: TaskFormat {
    static let name = "decimal_arithmetic"
    let seed: Int
    private let places: ClosedRange<Int>
    private let terms: ClosedRange<Int>
    private let precision: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        places = try settings.range(
            "min_num_decimal_places", "max_num_decimal_places", default: 3...3, within: 0...15)
        terms = try settings.range("min_terms", "max_terms", default: 2...6, within: 1...200)
        precision = try settings.int("precision", default: 12, within: 1...1_000)
        if precision <= places.upperBound + 1 {
            throw settings.invalid(
                "precision", "must be 2 or more above \"max_num_decimal_places\"")
        }
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let count = random.randint(terms)
        var operands: [String] = []
        var operators: [Character] = []
        var mostPlaces = 1
        for i in 0..<count {
            let place = random.randint(places)
            mostPlaces = max(mostPlaces, place)
            let scale = (0..<place).reduce(1) { power, _ in power * 10 }
            operands.append(Self.fixed(random.randint(1, 10 * scale), places: place))
            if i < count - 1 { operators.append(random.choice(["+", "-", "*", "/"])) }
        }
        let expression = Self.grouped(operands[...], operators[...], &random)
        guard let result = evaluate(expression) else {
            throw .notGenerated(
                environment: Self.name, index: index,
                reason: "\(expression) divides by zero or overflows; take another index")
        }
        return Entry(
            question: "Please solve this problem to a maximum of \(precision) significant digits, "
                + "rounding up from the half. Only reply with the final value.\n\(expression) = ?",
            answer: result.description,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("decimal_places", .int(mostPlaces)), ("num_terms", .int(count)),
                (
                    "difficulty",
                    .members([("decimal_places", .range(places)), ("num_terms", .range(terms))])
                ),
            ]))
    }

    /// `value / 10^places` with exactly so many places.
    private static func fixed(_ value: Int, places: Int) -> String {
        if places == 0 { return String(value) }
        let digits = String(value)
        let zeros = String(repeating: "0", count: max(places + 1 - digits.count, 0))
        let text = zeros + digits
        return text.dropLast(places) + "." + text.suffix(places)
    }

    /// Splits the operands at random, and puts parentheses around half of the groups.
    private static func grouped(
        _ operands: ArraySlice<String>, _ operators: ArraySlice<Character>,
        _ random: inout PythonRandom
    ) -> String {
        if operands.count == 1 { return operands[operands.startIndex] }
        let split = random.randint(1, operands.count - 1)
        let left = grouped(operands.prefix(split), operators.prefix(split - 1), &random)
        let right = grouped(operands.dropFirst(split), operators.dropFirst(split), &random)
        let expression = left + String(operators[operators.startIndex + split - 1]) + right
        return random.choice([true, false]) ? "(\(expression))" : expression
    }

    private func evaluate(_ expression: String) -> PythonDecimal? {
        let precision = precision
        var arithmetic = InfixArithmetic(
            expression,
            literal: { text in
                // A literal with a point goes through a double and its shortest digits.
                guard text.contains(".") else { return PythonDecimal(String(text)) }
                return Double(text).flatMap { PythonDecimal(PythonFloat.repr($0)) }
            },
            negate: { _ in nil },
            apply: { sign, a, b in
                switch sign {
                case UInt8(ascii: "+"): a.plus(b, precision: precision)
                case UInt8(ascii: "-"): a.minus(b, precision: precision)
                case UInt8(ascii: "*"): a.times(b, precision: precision)
                default: a.divided(by: b, precision: precision)
                }
            })
        return arithmetic.value()
    }

    /// 1 within one unit of the last decimal place that the configuration allows.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let given = PythonDecimal(answer),
            let expected = entry.answer.flatMap({ PythonDecimal($0) }),
            let error = given.minus(expected, precision: precision)
        else { return 0 }
        return error.isWithin(powerOfTen: -places.upperBound) ? 1 : 0
    }
}
