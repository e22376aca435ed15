import Bytes

/// One operation on two complex numbers with whole parts.
struct ComplexArithmetic: TaskFormat {
    static let name = "complex_arithmetic"
    private static let operations = ["+", "-", "*", "/"]
    let seed: Int
    private let reals: ClosedRange<Int>
    private let imaginaries: ClosedRange<Int>
    private let operations: [String]
    private let weights: [Double]
    private let givenWeights: JSON

    init(_ settings: inout Settings) throws(EnvironmentError) {
        // Products of three stay exact doubles.
        let most = -10_000...10_000
        reals = try settings.range("min_real", "max_real", default: -10...10, within: most)
        imaginaries = try settings.range("min_imag", "max_imag", default: -10...10, within: most)
        operations = try settings.words("operations", default: Self.operations, of: Self.operations)
        let usual = [0.4, 0.4, 0.1, 0.1]
        weights = try settings.weights("operations_weights", default: usual, count: operations.count)
        if PythonFloat.rounded(weights.reduce(0, +), places: 1) != 1 {
            throw settings.invalid("operations_weights", "must have the sum 1.0")
        }
        givenWeights = settings.given("operations_weights", default: .list(usual.map(JSON.real)))
        if reals == 0...0, imaginaries == 0...0, operations.contains("/") {
            throw settings.invalid("max_real", "must leave a divisor other than 0")
        }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let sign = operations[random.choices(weights: weights, picks: 1)[0]]
        var a = draw(&random)
        var b = draw(&random)
        var result: Complex
        switch sign {
        case "+": result = a + b
        case "-": result = a - b
        case "*": result = a * b
        default:
            // The quotient is drawn, so that it is whole, and the dividend follows.
            while b.isZero { b = draw(&random) }
            result = a
            a = result * b
        }
        let (task, symbol) =
            switch sign {
            case "+": ("Add", "+")
            case "-": ("Subtract", "-")
            case "*": ("Multiply", "×")
            default: ("Divide", "÷")
            }
        return Entry(
            question: "\(task) the complex numbers: (\(a)) \(symbol) (\(b))", answer: result.description,
            metadata: metadata(
                index,
                [
                    "num1": a.json, "num2": b.json, "operation": .text(sign),
                    "result": .ints([Int(result.real), Int(result.imaginary)]),
                ],
                difficulty: [
                    "min_real": .int(reals.lowerBound), "max_real": .int(reals.upperBound),
                    "min_imag": .int(imaginaries.lowerBound), "max_imag": .int(imaginaries.upperBound),
                    "operations_weights": givenWeights,
                ]))
    }

    private func draw(_ random: inout PythonRandom) -> Complex {
        let real = random.randint(reals)
        return Complex(real: Double(real), imaginary: Double(random.randint(imaginaries)))
    }

    /// e to the power of minus the distance from the right number; 0 for what is no number.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let given = Complex(parsing: answer),
            let parts = entry.metadata.member("result")?.elements?.compactMap(\.realNumber), parts.count == 2
        else { return 0 }
        let distance = (given - Complex(real: parts[0], imaginary: parts[1])).magnitude
        // The original takes a distance that is no number for none.
        return distance.isNaN ? 1 : PythonFloat.exp(-distance)
    }
}
