import Bytes

/// The greatest common divisor of a few numbers.
struct GreatestCommonDivisor: TaskFormat {
    static let name = "gcd"
    let seed: Int
    private let counts: ClosedRange<Int>
    private let values: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range("min_numbers", "max_numbers", default: 2...2, within: 2...1_000)
        values = try settings.range(
            "min_value", "max_value", default: 1...1_000, within: 1...Int.max - 1)
        if values.count == 1 { throw settings.invalid("max_value", "must be above \"min_value\"") }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        var numbers: [Int] = []
        var result: UInt64 = 1
        // Three attempts at numbers that have something in common.
        for _ in 0..<3 {
            let count = random.randint(counts)
            numbers = (0..<count).map { _ in random.randint(values) }
            result = numbers.reduce(0) { Divisors.gcd($0, UInt64($1)) }
            if result > 1 { break }
        }
        let list = numbers.map(String.init).joined(separator: ", ")
        return Entry(
            question: "Find the Greatest Common Divisor (GCD) of these numbers: \(list). "
                + "Give only the GCD as your final answer.",
            answer: String(result),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("numbers", .ints(numbers)), ("result", .int(Int(result))),
                ("num_terms", .int(numbers.count)),
                (
                    "difficulty",
                    .members([("num_terms", .range(counts)), ("value", .range(values))])
                ),
            ]))
    }
}
