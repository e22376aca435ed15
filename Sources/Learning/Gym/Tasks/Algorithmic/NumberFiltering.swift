import Bytes

/// A list of numbers, to be rid of those above or below a bound.
struct NumberFiltering: TaskFormat {
    static let name = "number_filtering"
    let seed: Int
    private let counts: ClosedRange<Int>
    private let decimals: ClosedRange<Int>
    private let values: RealBounds

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range("min_numbers", "max_numbers", default: 3...10, within: 1...10_000)
        decimals = try settings.range("min_decimals", "max_decimals", default: 0...4, within: 0...100)
        values = try settings.reals(
            "min_value", "max_value", default: (-100.0, 100.0), within: -1e15...1e15)
        seed = try settings.seed()
    }

    /// A number as its text has it.
    private typealias Written = (text: String, value: Double)

    private func written(_ number: Double, _ random: inout PythonRandom) -> Written {
        let text = PythonFloat.fixed(number, places: random.randint(decimals))
        return (text, PythonFloat.parse(text) ?? number)
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let numbers = (0..<random.randint(counts)).map { _ in
            written(values.draw(&random), &random)
        }
        let least = numbers.reduce(.infinity) { min($0, $1.value) }
        let most = numbers.reduce(-.infinity) { max($0, $1.value) }
        let bound = written(random.uniform(least, most), &random)
        let larger = random.choice([true, false])
        let keeps = random.choice([true, false])
        let kept = numbers.filter { number in
            let matches = larger ? number.value > bound.value : number.value < bound.value
            return matches == keeps
        }
        // Equal numbers are all written as the first of them.
        let texts = Dictionary(numbers.map { ($0.value, $0.text) }) { first, _ in first }
        let result = kept.map { texts[$0.value] ?? $0.text }
        let size = larger ? "larger" : "smaller"
        let list = PythonText.list(numbers.map(\.text))
        return Entry(
            question: "\(keeps ? "Keep" : "Remove") all numbers \(size) than \(bound.text) "
                + "in this list: \(list)\nReturn the new list in the same format.",
            answer: PythonText.list(result),
            metadata: metadata(
                index,
                [
                    "original_numbers": .texts(numbers.map(\.text)), "filter_value": .text(bound.text),
                    "operation": .text("\(keeps ? "keep" : "remove")_\(size)"),
                    "result": .texts(result), "numbers": .int(numbers.count),
                ],
                difficulty: [
                    "numbers": .range(counts), "decimals": .range(decimals), "value": values.json,
                ]))
    }
}
