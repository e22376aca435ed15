import Bytes

/// A number to the power of a small whole number.
struct PowerFunction: TaskFormat {
    static let name = "power_function"
    private static let figures = 3
    let seed: Int
    private let bases: RealBounds
    private let exponents: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        bases = try settings.reals(
            "min_base", "max_base", default: (-1_000.0, 1_000.0), within: -1e15...1e15)
        exponents = try settings.range(
            "min_exponent", "max_exponent", default: 0...8, within: -100...100)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let base = PythonFloat.rounded(bases.draw(&random), places: 4)
        var exponent = random.randint(exponents)
        if random.random() < 0.5 { exponent = -exponent }
        let result = PythonFloat.power(base, exponent)
        guard result.isFinite else {
            throw .notGenerated(
                environment: Self.name, index: index,
                reason: "\(base)^\(exponent) is no finite number; take another index")
        }
        return Entry(
            question: """
                Your task is to compute an exponentiation of a number.

                Compute \(PythonFloat.repr(base))^\(exponent). Return your final answer correct to \
                3 significant figures.
                Provide your answer in scientific notation using 'e' notation (e.g., 1.23e+4).

                """,
            answer: PythonFloat.repr(result),
            metadata: metadata(
                index,
                ["base": .real(base), "exponent": .int(exponent), "solution": .real(result)],
                difficulty: ["exponent": .range(exponents)]))
    }

    /// 1 where three significant figures are right, 0.01 for any other answer.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer else { return 0 }
        guard let given = PythonDecimal(answer), let expected = entry.answer.flatMap({ PythonDecimal($0) })
        else { return 0.01 }
        return Self.figures(of: given).isEqual(to: Self.figures(of: expected)) ? 1 : 0.01
    }

    private static func figures(of value: PythonDecimal) -> PythonDecimal {
        value.isZero ? value : value.rounded(atExponent: value.adjusted + 1 - figures)
    }
}
