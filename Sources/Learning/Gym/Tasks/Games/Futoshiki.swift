import Bytes

/// A Futoshiki: a Latin square with inequalities.
struct Futoshiki: TaskFormat {
    static let name = "futoshiki"
    let seed: Int
    private let sides: ClosedRange<Int>
    private let difficulties: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sides = try settings.range(
            "min_board_size", "max_board_size", default: 4...9, within: 4...9)
        difficulties = try settings.range(
            "min_difficulty", "max_difficulty", default: 0...3, within: 0...10)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let side = random.randint(sides)
        let difficulty = random.randint(difficulties)
        let solution = FutoshikiPuzzle(
            side: side, chance: 0.03 + 0.07 * Double(difficulty), &random)
        var puzzle = solution
        guard puzzle.removeClues(&random) else {
            throw .notGenerated(
                environment: Self.name, index: index, reason: "its puzzle is too hard to check")
        }
        return Entry(
            question: """
                Solve the following \(side)x\(side) Futoshiki puzzle:

                \(puzzle.text)

                Ensure your answer follows the same format as the puzzle above, just replace \
                blanks (_) with the correct value for the cell.
                Use < and > for horizontal constraints. Use \u{2227} and \u{2228} for vertical \
                constraints.
                Remember, in Futoshiki each row and column must contain each number from 1 to \
                \(side) exactly once.
                """,
            answer: solution.text,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("puzzle", NumberGrid.json(puzzle.rows)),
                ("constraints", .list(solution.inequalities.map { Self.json($0, side) })),
                ("solution", NumberGrid.json(solution.rows)), ("board_size", .int(side)),
                ("difficulty_rating", .int(difficulty)),
                (
                    "difficulty",
                    .members([("board_size", .range(sides)), ("difficulty", .range(difficulties))])
                ),
            ]))
    }

    private static func json(_ pair: FutoshikiPuzzle.Inequality, _ side: Int) -> JSON {
        .list([
            .int(pair.first / side), .int(pair.first % side), .int(pair.second / side),
            .int(pair.second % side), .text(pair.isLess ? "<" : ">"),
        ])
    }

    func score(_ answer: String?, for entry: Entry) -> Double {
        NumberGrid.score(
            answer, expected: entry.answer,
            solution: NumberGrid.rows(entry.metadata.member("solution")))
    }
}
