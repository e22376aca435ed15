import Bytes

/// A matrix that a series of operations turns, mirrors, cuts and maps.
struct ManipulateMatrix: TaskFormat {
    static let name = "manipulate_matrix"
    /// Weights may leave hardly anything but removals from a matrix too small for them.
    private static let drawsMax = 100_000
    let seed: Int
    private let rows: ClosedRange<Int>
    private let columns: ClosedRange<Int>
    private let counts: ClosedRange<Int>
    private let weights: [Double]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        rows = try settings.range("min_rows", "max_rows", default: 2...10, within: 2...500)
        columns = try settings.range("min_cols", "max_cols", default: 2...10, within: 2...500)
        counts = try settings.range(
            "min_transforms", "max_transforms", default: 1...10, within: 1...1_000)
        // In this order, though the last four go to other transforms than their names say: to
        // `zero_divisible`, `crop` and the two removals. The original does so.
        let keys = [
            "w_rotate", "w_hmirror", "w_vmirror", "w_dmirror", "w_cmirror", "w_map", "w_crop",
            "w_remove_every_nth_row", "w_remove_every_nth_col", "w_zero_divisible",
        ]
        var logits: [Double] = []
        for key in keys { logits.append(try settings.number(key, default: 1, within: -20...20)) }
        weights = Self.softmax(logits)
        seed = try settings.seed()
    }

    /// Summed as NumPy sums ten numbers: eight in pairs of pairs, then the other two.
    private static func softmax(_ logits: [Double]) -> [Double] {
        let e = logits.map(PythonFloat.exp)
        let eight = ((e[0] + e[1]) + (e[2] + e[3])) + ((e[4] + e[5]) + (e[6] + e[7]))
        let sum = eight + e[8] + e[9]
        return e.map { $0 / sum }
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let (rowCount, columnCount) = (random.randint(rows), random.randint(columns))
        let matrix = IntMatrix(&random, rows: rowCount, columns: columnCount)
        let count = random.randint(counts)
        var operations: [MatrixOperation] = []
        var result = matrix
        for _ in 0..<Self.drawsMax where operations.count < count {
            let kind = MatrixOperation.kinds[random.choices(weights: weights, picks: 1)[0]]
            if let operation = MatrixOperation(kind, on: &result, &random) {
                operations.append(operation)
            }
        }
        if operations.count < count {
            throw .notGenerated(
                environment: Self.name, index: index, reason: "its weights leave nothing to do")
        }
        let instructions = operations.map(\.instruction).joined(separator: "\n")
        return Entry(
            question: """
                For the following matrix:
                \(matrix.text)

                Perform the following series of operations in order:
                - Identity transformation, i.e. no change
                \(instructions)

                """,
            answer: result.text,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("matrix", matrix.json), ("solution", result.json),
                ("operations", .list(operations.map(\.json))), ("rows", .int(rowCount)),
                ("cols", .int(columnCount)), ("num_transforms", .int(count)),
                (
                    "difficulty",
                    .members([
                        ("rows", .range(rows)), ("cols", .range(columns)),
                        ("num_transforms", .range(counts)),
                    ])
                ),
            ]))
    }

    /// 1 for the matrix, blanks aside; its share of a longer text that contains it.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let lines = PythonText.split(PythonText.strip(answer), by: "\n").map {
            PythonText.split($0).joined(separator: " ")
        }
        let plain = PythonText.strip(lines.joined(separator: "\n"))
        return Scoring.containment(of: expected, in: plain)
    }
}
