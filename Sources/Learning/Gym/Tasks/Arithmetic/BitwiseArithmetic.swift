import Bytes

/// Sums, products and shifts of hexadecimal numbers.
struct BitwiseArithmetic: TaskFormat {
    static let name = "bitwise_arithmetic"
    let seed: Int
    private let difficulty: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        difficulty = try settings.int("difficulty", default: 2, within: 1...10)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let problem = Self.expression(&random, depth: difficulty)
        return Entry(
            question: """
                Please solve this problem. Assume there is arbitrary bit depth and that there are \
                signed integers. If the answer is negative, reply as a negative value (ex., -0x3), \
                not the two's-compliment form. Reply only with the final hexidecimal value.
                \(problem.text)
                """,
            answer: problem.value.hex,
            metadata: metadata(
                index, ["problem": .text(problem.text)], difficulty: ["difficulty": .int(difficulty)]))
    }

    private typealias Expression = (text: String, value: BigInteger)

    /// A number, or two expressions of less depth and an operator between them.
    private static func expression(_ random: inout PythonRandom, depth: Int) -> Expression {
        if depth == 0 || random.random() < 0.01 { return number(&random, 0x100...0xffff) }
        let sign = random.choice(["+", "-", "*", "<<", ">>"])
        let left = expression(&random, depth: depth - 1)
        var right = expression(&random, depth: depth - 1)
        // A shift drops the second expression: its distance is small.
        if sign == "<<" || sign == ">>" { right = number(&random, 0...3) }
        let value =
            switch sign {
            case "+": left.value + right.value
            case "-": left.value - right.value
            case "*": left.value * right.value
            case "<<": left.value * power(of: right.value)
            default: left.value.floorDivided(by: power(of: right.value)).quotient
            }
        return ("(\(left.text) \(sign) \(right.text))", value)
    }

    private static func number(_ random: inout PythonRandom, _ range: ClosedRange<Int>) -> Expression {
        let value = BigInteger(random.randint(range))
        return (value.hex, value)
    }

    private static func power(of distance: BigInteger) -> BigInteger {
        BigInteger(1).shiftedLeft(by: distance.int ?? 0)
    }

    /// 1 for the right value in base 16, 10, 8 or 2.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let given = PythonText.literal(answer), let expected = entry.answer else {
            return 0
        }
        return given == PythonText.literal(expected) ? 1 : 0
    }
}
