import Bytes

/// The minutes until rot has reached every orange of a grid.
struct RottenOranges: TaskFormat {
    static let name = "rotten_oranges"
    let seed: Int
    private let sizes: ClosedRange<Int>
    private let orangeShare: Double
    private let rottenShare: Double

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sizes = try settings.range("min_n", "max_n", default: 10...30, within: 2...500)
        orangeShare = try settings.number("p_oranges", default: 0.85, within: 0...1)
        if orangeShare == 0 { throw settings.invalid("p_oranges", "must be above 0") }
        rottenShare = try settings.number("p_rotten", default: 0.1, within: 0...1)
        if rottenShare == 0 { throw settings.invalid("p_rotten", "must be above 0") }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let n = random.randint(sizes)
        let cells = (0..<(n * n)).map { _ in
            guard random.random() < orangeShare else { return 0 }
            return random.random() < rottenShare ? 2 : 1
        }
        let grid = IntMatrix(cells, columns: n)
        let minutes = Self.minutes(grid)
        return Entry(
            question: """
                You are given an n x n grid where each cell can have one of three values:
                - 0 representing an empty cell
                - 1 representing a fresh orange
                - 2 representing a rotten orange

                Every minute, any fresh orange that is 4-directionally adjacent to a rotten orange \
                becomes rotten.

                Your task is determine the minimum number of minutes that must elapse until no \
                cell has a fresh orange.
                If this is impossible, return -1.

                Now, determine the minimum number of minutes that must elapse until no cell in the \
                grid below has a fresh orange:
                \(grid.text)

                """,
            answer: String(minutes),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("matrix", grid.json), ("solution", .int(minutes)), ("n", .int(n)),
                ("difficulty", .members([("n", .range(sizes))])),
            ]))
    }

    /// -1 where a fresh orange stays out of reach.
    private static func minutes(_ grid: IntMatrix) -> Int {
        var cells = grid.rows
        var front: [(Int, Int)] = []
        for r in cells.indices {
            for c in cells[r].indices where cells[r][c] == 2 { front.append((r, c)) }
        }
        var minutes = 0
        while true {
            var next: [(Int, Int)] = []
            for (r, c) in front {
                for (y, x) in [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]
                where cells.indices.contains(y) && cells[y].indices.contains(x) && cells[y][x] == 1 {
                    cells[y][x] = 2
                    next.append((y, x))
                }
            }
            if next.isEmpty { break }
            minutes += 1
            front = next
        }
        return cells.joined().contains(1) ? -1 : minutes
    }
}
