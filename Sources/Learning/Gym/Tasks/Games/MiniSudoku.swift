import Bytes

/// A Sudoku of four by four.
struct MiniSudoku: TaskFormat {
    static let name = "mini_sudoku"
    private static let attemptsMax = 100
    let seed: Int
    private let empty: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        empty = try settings.range("min_empty", "max_empty", default: 8...12, within: 0...12)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        var solved: SudokuBoard?
        for _ in 0..<Self.attemptsMax where solved == nil {
            solved = SudokuBoard.random(box: 2, &random)
        }
        guard let solved else {
            throw .notGenerated(
                environment: Self.name, index: index, reason: "no board completes its boxes")
        }
        let puzzle = solved.puzzle(empty: random.randint(empty), &random).rows
        return Entry(
            question: """
                In 4x4 Mini Sudoku:
                - Each row must contain each number from 1-4 exactly once
                - Each column must contain each number 1-4 exactly once
                - Each 2x2 subgrid must contain each number 1-4 exactly once
                Solve this 4x4 Mini Sudoku puzzle:
                \(NumberGrid.text(puzzle, zero: "_"))
                Format your response as the puzzle above, with spaces separating each number \
                within a row, and newlines separating rows.

                """,
            answer: NumberGrid.text(solved.rows),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("puzzle", NumberGrid.json(puzzle)), ("solution", NumberGrid.json(solved.rows)),
                ("num_empty", .int(puzzle.joined().count { $0 == 0 })),
                ("difficulty", .members([("empty", .range(empty))])),
            ]))
    }

    func score(_ answer: String?, for entry: Entry) -> Double {
        NumberGrid.score(
            answer, expected: entry.answer,
            solution: NumberGrid.rows(entry.metadata.member("solution")))
    }
}
