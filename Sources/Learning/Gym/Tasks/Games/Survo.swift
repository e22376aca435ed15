import Bytes

/// A matrix with its sums and some empty cells, and the numbers that belong there.
struct Survo: TaskFormat {
    static let name = "survo"
    let seed: Int
    private let sides: ClosedRange<Int>
    private let empty: ClosedRange<Int>
    private let numbers: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sides = try settings.range(
            "min_board_size", "max_board_size", default: 4...5, within: 4...100)
        let inner = (sides.lowerBound - 1) * (sides.lowerBound - 1)
        empty = try settings.range("min_empty", "max_empty", default: 3...5, within: 1...inner)
        numbers = try settings.range(
            "min_num", "max_num", default: 1...9, within: 1...1_000_000_000)
        if numbers.count < 2 { throw settings.invalid("max_num", "must be above \"min_num\"") }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let side = random.randint(sides)
        let count = random.randint(empty)
        let solution = matrix(side, &random)
        let inner = (0..<(side - 1)).flatMap { row in
            (0..<(side - 1)).map { GridPoint(row, $0) }
        }
        let holes = random.sample(inner, count)
        var puzzle = solution
        for hole in holes { puzzle[hole.row][hole.column] = 0 }
        let candidates = holes.map { solution[$0.row][$0.column] }
        return Entry(
            question: Self.question(puzzle, candidates, &random),
            answer: NumberGrid.text(solution),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_idx", .int(index)),
                ("puzzle", NumberGrid.json(puzzle)), ("solution", NumberGrid.json(solution)),
                ("candidate_numbers", .ints(candidates)), ("board_size", .int(side)),
                ("num_empty", .int(count)), ("min_num", .int(numbers.lowerBound)),
                ("max_num", .int(numbers.upperBound)),
                (
                    "difficulty",
                    .members([("board_size", .range(sides)), ("empty", .range(empty))])
                ),
            ]))
    }

    /// Random numbers with the sums of rows and columns behind them.
    private func matrix(_ side: Int, _ random: inout PythonRandom) -> [[Int]] {
        var rows = (1..<side).map { _ in (1..<side).map { _ in random.randint(numbers) } }
        for row in rows.indices { rows[row].append(rows[row].reduce(0, +)) }
        rows.append((0..<side).map { column in rows.map { $0[column] }.reduce(0, +) })
        return rows
    }

    private static func question(
        _ puzzle: [[Int]], _ candidates: [Int], _ random: inout PythonRandom
    ) -> String {
        let size = "\(puzzle.count)*\(puzzle.count)"
        let matrix = NumberGrid.text(puzzle)
        let numbers = candidates.description
        return random.choice([
            """
            Given a \(size) matrix where the last element of each row and column equals the sum \
            of the other elements in that row or column. The matrix is:
            \(matrix)
            where some elements are replaced with 0. You have a set of numbers \(numbers) that \
            can be filled into the 0 positions to satisfy the rules. Please fill in the matrix. \
            Each number can only be used once.
            """,
            """
            You have a \(size) matrix with some positions already filled with numbers and others \
            marked with 0. The matrix is:
            \(matrix)
            The last number in each row and column represents the sum of all other numbers in \
            that row or column. You need to fill in the 0 positions using the numbers \(numbers) \
            to satisfy these conditions. Each number can only be used once.
            """,
            """
            Complete the following Survo puzzle. In this \(size) matrix:
            \(matrix)
            the cells marked with 0 need to be filled with numbers. The last number in each row \
            and column equals the sum of all other numbers in that row or column. You can use \
            the following numbers: \(numbers). Each number can only be used once.
            """,
            """
            In this \(size) Survo matrix puzzle:
            \(matrix)
            the 0 cells need to be filled with numbers from the set \(numbers). The last element \
            in each row and column is the sum of all other elements in that row or column. Each \
            number can only be used once. Provide the completed matrix.
            """,
            """
            Solve this \(size) matrix puzzle:
            \(matrix)
            where 0 represents empty cells that need to be filled. The last number in each row \
            and column equals the sum of all other numbers in that row or column. You have the \
            numbers \(numbers) to place in the empty cells. Each number can only be used once.
            """,
        ])
    }

    /// 1 for the solution, whatever else than numbers stands between them; 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer else { return 0 }
        let given = PythonText.split(answer, by: "\n").map { line in
            PythonText.split(line).compactMap(PythonText.integer)
        }.filter { !$0.isEmpty }
        let wanted = NumberGrid.rows(entry.metadata.member("solution"))
        return given == wanted.map { $0.map { BigInteger($0) } } ? 1 : 0
    }
}
