import Bytes

/// A square matrix, to be turned by quarters.
struct RotateMatrix: TaskFormat {
    static let name = "rotate_matrix"
    let seed: Int
    private let sizes: ClosedRange<Int>
    private let turns: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sizes = try settings.range("min_n", "max_n", default: 2...10, within: 2...500)
        turns = try settings.range(
            "min_rotations", "max_rotations", default: 0...10, within: 0...1_000_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let n = random.randint(sizes)
        let matrix = IntMatrix(&random, rows: n, columns: n)
        let quarters = random.randint(turns)
        let turned = matrix.turned(quarters: quarters)
        return Entry(
            question: """
                Given a square matrix, your job is to rotate it clockwise.

                Your output should be a matrix in the same format as the input.

                Rotate the matrix below by \(quarters * 90) degrees clockwise:
                \(matrix.text)

                """,
            answer: turned.text,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("matrix", matrix.json), ("num_rotations", .int(quarters)),
                ("solution", turned.json), ("n", .int(n)),
                (
                    "difficulty",
                    .members([("n", .range(sizes)), ("num_rotations", .range(turns))])
                ),
            ]))
    }
}
