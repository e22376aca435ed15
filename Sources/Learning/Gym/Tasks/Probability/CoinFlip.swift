import Bytes

/// The probability of so many heads in a number of fair coin flips.
struct CoinFlip: TaskFormat {
    static let name = "coin_flip"
    private static let tolerance = 1e-4
    private static let digits = 10
    let seed: Int
    private let trials: ClosedRange<Int>
    private let kinds: [Kind]

    private enum Kind: String {
        case exact
        case atLeast = "at_least"
    }

    init(_ settings: inout Settings) throws(EnvironmentError) {
        // All outcomes of 62 flips still have a number of 63 bits.
        trials = try settings.range("min_trials", "max_trials", default: 3...15, within: 1...62)
        let allowExact = try settings.bool("allow_exact", default: true)
        let allowAtLeast = try settings.bool("allow_at_least", default: true)
        kinds = (allowExact ? [.exact] : []) + (allowAtLeast ? [.atLeast] : [])
        if kinds.isEmpty { throw settings.invalid("allow_at_least", "must be true, or \"allow_exact\"") }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let flips = random.randint(trials)
        let kind = random.choice(kinds)
        let heads = random.randint(0, flips)
        let row = Self.binomials(flips)
        let ways = kind == .exact ? row[heads] : row[heads...].reduce(0, +)
        let probability = Double(ways) * Double(sign: .plus, exponent: -flips, significand: 1)
        let wanted = kind == .exact ? "exactly" : "at least"
        return Entry(
            question:
                "What is the probability of getting \(wanted) \(heads) heads in \(flips) fair coin flips?",
            answer: PythonFloat.general(probability, digits: Self.digits),
            metadata: metadata(
                index,
                [
                    "num_trials": .int(flips), "k_heads": .int(heads),
                    "problem_type": .text(kind.rawValue),
                    "rational": .members([("numerator", .int(ways)), ("denominator", .int(1 << flips))]),
                ],
                difficulty: ["num_trials": .range(trials)]))
    }

    /// A row of Pascal's triangle.
    private static func binomials(_ n: Int) -> [Int] {
        (0..<n).reduce([1]) { row, _ in zip([0] + row, row + [0]).map(+) }
    }

    /// 1 within a ten-thousandth of the probability, given as a decimal or a fraction; otherwise the
    /// share of digits that are right from the left.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer.flatMap(PythonFraction.value) else { return 0 }
        let plain = answer.unicodeScalars.filter { $0 != "," }
        guard let given = PythonFraction.value(String(String.UnicodeScalarView(plain))) else { return 0 }
        if abs(given - expected) <= Self.tolerance { return 1 }
        let a = Array(PythonFloat.general(given, digits: Self.digits).utf8)
        let b = Array(PythonFloat.general(expected, digits: Self.digits).utf8)
        let right = zip(a, b).prefix { $0 == $1 }.count
        return Double(right) / Double(min(a.count, b.count))
    }
}
