import Bytes

/// Numbers, to be put in ascending or descending order.
struct NumberSorting: TaskFormat {
    static let name = "number_sorting"
    let seed: Int
    private let counts: ClosedRange<Int>
    private let decimals: ClosedRange<Int>
    private let values: RealBounds

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range(
            "min_numbers", "max_numbers", default: 3...10, within: 1...10_000)
        // Powers of ten are exact doubles up to here.
        decimals = try settings.range(
            "min_decimals", "max_decimals", default: 0...2, within: 0...22)
        values = try settings.reals(
            "min_value", "max_value", default: (-100.0, 100.0), within: -1e15...1e15)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let numbers = (0..<random.randint(counts)).map { _ in
            let number = values.draw(&random)
            return PythonFloat.numpyRound(number, decimals: random.randint(decimals))
        }
        let ascending = random.choice([true, false])
        // Equal numbers, 0.0 and -0.0, keep their order in both directions.
        let sorted = numbers.enumerated().sorted { a, b in
            if a.element == b.element { return a.offset < b.offset }
            return ascending ? a.element < b.element : a.element > b.element
        }.map { PythonFloat.repr($0.element) }
        let given = numbers.map(PythonFloat.repr)
        let direction = ascending ? "ascending" : "descending"
        return Entry(
            question: """
                Sort these numbers in \(direction) order: \(given.joined(separator: ", "))
                Please follow the instruction below:
                ## 1. Let all your answers be a list of numbers. Instead of reporting your answer \
                as -69, -13, 1, 7, 11, 43, 59, 61, use \
                ['-69', '-13', '1', '7', '11', '43', '59', '61'] instead
                ## 2. Convert all numbers in the square brackets as strings. For example, \
                ['-69', '-13', '1', '7', '11', '43', '59', '61']

                """,
            answer: PythonText.list(sorted),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("original_numbers", .texts(given)), ("direction", .text(direction)),
                ("sorted_numbers", .texts(sorted)), ("numbers", .int(numbers.count)),
                (
                    "difficulty",
                    .members([
                        ("numbers", .range(counts)), ("decimals", .range(decimals)),
                        ("value", values.json),
                    ])
                ),
            ]))
    }

    /// 1 for a list in order whose numbers are each within 1 of the right ones, 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let values = FlatList.numbers(answer),
            let expected = entry.metadata.member("sorted_numbers")?.elements?
                .compactMap({ $0.text.flatMap(PythonFloat.parse) }),
            values.count == expected.count
        else { return 0 }
        let ascending = entry.metadata.member("direction")?.text == "ascending"
        // Said so that a nan compares as Python's sort leaves it: never out of order.
        let inOrder = zip(values, values.dropFirst()).allSatisfy {
            ascending ? !($1 < $0) : !($0 < $1)
        }
        let near = zip(values, expected).allSatisfy { !(abs($0 - $1) > 1) }
        return inOrder && near ? 1 : 0
    }
}

/// A JSON list of numbers, or of texts that are numbers, in single or double quotes.
private enum FlatList {
    static func numbers(_ answer: String) -> [Double]? {
        let quoted = answer.unicodeScalars.map { $0 == "'" ? "\"" : $0 }
        let text = String(String.UnicodeScalarView(quoted))
        guard let items = try? JSON(parsing: text, grammar: .python).elements else { return nil }
        var numbers: [Double] = []
        for item in items {
            guard
                let number = item.flag.map({ $0 ? 1 : 0 }) ?? item.realNumber
                    ?? item.text.flatMap(PythonFloat.parse)
            else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
