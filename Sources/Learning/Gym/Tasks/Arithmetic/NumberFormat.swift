import Bytes

/// The largest or smallest of a few numbers that are written in different ways.
struct NumberFormat: TaskFormat {
    static let name = "number_format"
    let seed: Int
    private let counts: ClosedRange<Int>
    private let values: RealBounds
    private let deltaMax: Double
    private let givenDelta: JSON

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range(
            "min_num_candidates", "max_num_candidates", default: 2...5, within: 2...1_000)
        values = try settings.reals("min_n", "max_n", default: (1_000, 1_000_000_000), within: 1...1e15)
        deltaMax = try settings.number("max_delta", default: 10, within: 0...1e15)
        if deltaMax == 0 { throw settings.invalid("max_delta", "must be above 0") }
        givenDelta = settings.given("max_delta", default: 10.0)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let count = random.randint(counts)
        let base = PythonFloat.rounded(values.draw(&random), places: 3)
        var candidates = [base]
        for _ in 1..<count {
            let delta = random.uniform(-deltaMax, deltaMax)
            candidates.append(base + PythonFloat.rounded(delta, places: 3))
        }
        let written = candidates.map { Self.format($0, &random) }
        let size = random.choice(["largest", "smallest"])
        let solution = candidates.reduce(base) { size == "largest" ? max($0, $1) : min($0, $1) }
        return Entry(
            question: """
                Your task is to pick the largest/smallest number out of several options.

                Your output should be only the number of interest.

                Now, pick the \(size) number of the following candidates: \
                \(written.joined(separator: " "))

                """,
            answer: PythonFloat.repr(solution),
            metadata: metadata(
                index,
                [
                    "candidates": .list(candidates.map(JSON.real)), "solution": .real(solution),
                    "formatted_candidates": .texts(written), "size": .text(size),
                    "num_candidates": .int(count),
                ],
                difficulty: [
                    "num_candidates": .range(counts), "n": values.json, "min_delta": givenDelta,
                ]))
    }

    private static func format(_ value: Double, _ random: inout PythonRandom) -> String {
        switch random.choice(["standard", "english", "scientific"]) {
        case "standard": PythonFloat.fixed(value, places: 6)
        case "english": PythonFloat.grouped(value)
        default: PythonFloat.scientific(value, places: 15)
        }
    }

    /// 1 for a number within a hundredth of the right one; commas do not count.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let solution = entry.metadata.member("solution")?.realNumber else { return 0 }
        let plain = PythonText.strip(answer).unicodeScalars.filter { $0 != "," }
        let given = PythonFloat.parse(String(String.UnicodeScalarView(plain)))
        return given.map { abs($0 - solution) < 0.01 } == true ? 1 : 0
    }
}
