import Bytes

/// Rules on rows of colours: three examples of a rule, and a row to apply it to.
struct Arc1D: TaskFormat {
    static let name = "arc_1d"
    /// Every rule meets its conditions within a few draws; this many mean a fault of ours.
    private static let attemptsMax = 100_000
    let seed: Int
    private let sizes: ClosedRange<Int>
    private let exampleCount: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sizes = try settings.range("min_size", "max_size", default: 10...30, within: 8...1_000)
        exampleCount = try settings.int("num_train", default: 3, within: 1...100)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let rule = random.choice(ArcRule.all)
        let size = random.randint(sizes)
        var rows: [ArcRule.Rows] = []
        for _ in 0...exampleCount {
            rows.append(try draw(rule, size, &random, index))
        }
        let test = rows.removeLast()
        var question =
            "Find the common rule that maps an input grid to an output grid, "
            + "given the examples below.\n\n"
        for (i, example) in rows.enumerated() {
            question +=
                "Example \(i + 1):\nInput:  \(Self.text(example.input))\n"
                + "Output: \(Self.text(example.output))\n\n"
        }
        question +=
            "Below is a test input grid. Predict the corresponding output grid by applying "
            + "the rule you found. Describe how you derived the rule and your overall reasoning "
            + "process in detail before you submit your answer. Your final answer should be just "
            + "the test output grid itself.\n\nInput:\n" + Self.text(test.input)
        return Entry(
            question: question, answer: Self.text(test.output),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("task_name", .text(rule.name)), ("size", .int(size)),
                ("train_examples", .list(rows.map(Self.json))), ("test_example", Self.json(test)),
                ("difficulty", .members([("size", .range(sizes))])),
            ]))
    }

    private func draw(_ rule: ArcRule, _ size: Int, _ random: inout PythonRandom, _ index: Int)
        throws(EnvironmentError) -> ArcRule.Rows
    {
        for _ in 0..<Self.attemptsMax {
            if let rows = rule.draw(&random, size) { return rows }
        }
        throw .notGenerated(
            environment: Self.name, index: index,
            reason: "rule \(rule.name) does not fit \(size) cells; use another \"min_size\"")
    }

    private static func text(_ row: [Int]) -> String {
        row.map(String.init).joined(separator: " ")
    }

    private static func json(_ rows: ArcRule.Rows) -> JSON {
        .members([("input", .ints(rows.input)), ("output", .ints(rows.output))])
    }
}
