import Bytes

/// A Sudoku of nine by nine.
struct Sudoku: TaskFormat {
    static let name = "sudoku"
    let seed: Int
    private let empty: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        empty = try settings.range("min_empty", "max_empty", default: 30...50, within: 0...64)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let made = SudokuBoard.random(box: 3, &random) { numbers in
            PythonSet.ordered(numbers) { $0 }
        }
        guard let solved = made else {
            throw .notGenerated(
                environment: Self.name, index: index, reason: "no board completes its boxes")
        }
        let wanted = random.randint(empty)
        let puzzle = solved.puzzle(empty: wanted, &random).rows
        return Entry(
            question: """
                Solve this Sudoku puzzle:
                \(NumberGrid.text(puzzle, zero: "_"))
                Respond with only your answer, formatted as the puzzle, a 9x9 grid with numbers \
                separated by spaces, and rows separated by newlines.
                """,
            answer: NumberGrid.text(solved.rows),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("puzzle", NumberGrid.json(puzzle)), ("solution", NumberGrid.json(solved.rows)),
                ("num_empty", .int(wanted)),
                ("difficulty", .members([("empty", .range(empty))])),
            ]))
    }

    func score(_ answer: String?, for entry: Entry) -> Double {
        NumberGrid.score(
            answer, expected: entry.answer,
            solution: NumberGrid.rows(entry.metadata.member("solution")))
    }
}
