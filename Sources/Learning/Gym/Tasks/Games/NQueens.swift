import Bytes

/// Queens on a board, some of them taken away; any way to put them back is an answer.
struct NQueens: TaskFormat {
    static let name = "n_queens"
    let seed: Int
    private let side: Int
    private let removed: ClosedRange<Int>
    /// The column of the queen of each row, in lexicographic order, which is also the order of
    /// the boards as texts: a Q sorts before an underscore.
    private let solutions: [[Int]]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        side = try settings.int("n", default: 8, within: 4...12)
        removed = try settings.range("min_remove", "max_remove", default: 1...7, within: 1...12)
        if removed.upperBound > side {
            throw settings.invalid("max_remove", "must not be above \"n\"")
        }
        seed = try settings.seed()
        solutions = Self.solutions(side)
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let solved = random.choice(solutions)
        let count = random.randint(removed)
        var queens = Array(0..<side)
        random.shuffle(&queens)
        let kept = queens.dropFirst(count)
        let puzzle = (0..<side).map { row in
            (0..<side).map { kept.contains(row) && solved[row] == $0 ? "Q" : "_" }
        }
        let valid = solutions.filter { board in kept.allSatisfy { board[$0] == solved[$0] } }
            .map { board in board.map { queen in (0..<side).map { $0 == queen ? "Q" : "_" } } }
        let texts = valid.map(Self.text)
        return Entry(
            question: """
                Your job is to complete an n x n chess board with n Queens in total, such that no \
                two attack each other.

                No two queens attack each other if they are not in the same row, column, or \
                diagonal.

                You can place a queen by replacing an underscore (_) with a Q.

                Your output should be also a board in the same format as the input, with queens \
                placed on the board by replacing underscores with the letter Q.

                Given the below board of size \(side) x \(side) your job is to place \(count) \
                queen(s) on the board such that no two queens attack each other.
                \(Self.text(puzzle))

                """,
            answer: random.choice(texts),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("puzzle", .list(puzzle.map(JSON.texts))),
                ("solutions", .list(valid.map { .list($0.map(JSON.texts)) })),
                ("num_removed", .int(count)), ("valid_answers", .texts(texts)),
                (
                    "difficulty",
                    .members([("n", .int(side)), ("num_removed", .range(removed))])
                ),
            ]))
    }

    private static func text(_ board: [[String]]) -> String {
        board.map { $0.joined(separator: " ") }.joined(separator: "\n")
    }

    /// Row after row; the bits are columns that earlier queens attack straight, and along both
    /// diagonals, which move by one column a row.
    private static func solutions(_ side: Int) -> [[Int]] {
        var found: [[Int]] = []
        func place(_ queens: [Int], _ straight: Int, _ falling: Int, _ rising: Int) {
            if queens.count == side { return found.append(queens) }
            for column in 0..<side where (straight | falling | rising) >> column & 1 == 0 {
                let queen = 1 << column
                place(
                    queens + [column], straight | queen, (falling | queen) << 1,
                    (rising | queen) >> 1)
            }
        }
        place([], 0, 0, 0)
        return found
    }

    /// 1 for a full board that the puzzle allows, 0.5 for one as a Python list of lists.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let valid = entry.metadata.member("valid_answers")?.elements else {
            return 0
        }
        func isValid(_ board: String) -> Bool {
            valid.contains { $0.text.map { PythonText.equal($0, board) } ?? false }
        }
        if isValid(answer) { return 1 }
        guard let rows = PythonLiteral.parse(answer)?.rows else { return 0 }
        return isValid(Self.text(rows)) ? 0.5 : 0
    }
}
