import Bytes

/// The least common multiple of a few numbers.
struct LeastCommonMultiple: TaskFormat {
    static let name = "lcm"
    let seed: Int
    private let counts: ClosedRange<Int>
    private let values: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range("min_numbers", "max_numbers", default: 2...2, within: 2...60)
        values = try settings.range(
            "min_value", "max_value", default: 1...100, within: 1...1_000_000_000)
        if values.count == 1 { throw settings.invalid("max_value", "must be above \"min_value\"") }
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        var numbers: [Int] = []
        var multiple = BigInteger(1)
        // Three attempts at numbers that have something in common.
        for _ in 0..<3 {
            let count = random.randint(counts)
            numbers = (0..<count).map { _ in random.randint(values) }
            multiple = numbers.map { BigInteger($0) }.reduce(BigInteger(1)) {
                ($0 * $1).floorDivided(by: .gcd($0, $1)).quotient
            }
            if multiple < numbers.reduce(BigInteger(1), { $0 * BigInteger($1) }) { break }
        }
        guard let result = multiple.int else {
            throw .notGenerated(
                environment: Self.name, index: index,
                reason: "\(multiple) has more than 63 bits; lower \"max_value\" or \"max_numbers\"")
        }
        let list = numbers.map(String.init).joined(separator: ", ")
        return Entry(
            question: "Find the Least Common Multiple (LCM) of these numbers: \(list)",
            answer: String(result),
            metadata: metadata(
                index, ["numbers": .ints(numbers), "result": .int(result)],
                difficulty: ["numbers": .range(counts), "value": .range(values)]))
    }
}
