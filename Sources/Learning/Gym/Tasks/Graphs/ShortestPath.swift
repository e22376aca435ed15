import Bytes

/// The way from start to destination in a grid with blocked cells.
struct ShortestPath: TaskFormat {
    static let name = "shortest_path"
    private static let steps: [GridPoint] = [.right, .down, .left, .up]
    private static let directions = ["right", "down", "left", "up"]
    let seed: Int
    private let rows: ClosedRange<Int>
    private let columns: ClosedRange<Int>
    private let blockedShare: Double

    init(_ settings: inout Settings) throws(EnvironmentError) {
        rows = try settings.range("min_rows", "max_rows", default: 5...8, within: 1...200)
        columns = try settings.range("min_cols", "max_cols", default: 5...8, within: 1...200)
        if rows.lowerBound * columns.lowerBound < 2 {
            throw settings.invalid("min_rows", "must leave room for two cells")
        }
        blockedShare = try settings.number("p_blocked", default: 0.4, within: 0...1)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let height = random.randint(rows)
        let width = random.randint(columns)
        var grid = (0..<height).map { _ in
            (0..<width).map { _ in random.random() < blockedShare ? "X" : "O" }
        }
        func cell() -> GridPoint {
            let row = random.randint(0, height - 1)
            return GridPoint(row, random.randint(0, width - 1))
        }
        let start = cell()
        grid[start.row][start.column] = "*"
        var end = cell()
        while end == start { end = cell() }
        grid[end.row][end.column] = "#"
        let search = GridSearch(height, width, from: start, steps: Self.steps) {
            grid[$0.row][$0.column] != "X"
        }
        let path = (search.path(to: end) ?? []).map { Self.directions[$0] }
        let text = grid.map { $0.joined(separator: " ") }.joined(separator: "\n")
        return Entry(
            question: """
                Your task is to find the shortest path from the start to the destination point in \
                a grid.

                The grid is represented as a matrix with the following types of cells:
                - *: your starting point
                - #: your destination point
                - O: an open cell
                - X: a blocked cell

                Therefore, you need to find the shortest path from * to #, moving only through \
                open cells.

                You may only move in four directions: up, down, left, and right.

                If there is no path from * to #, simply write "infeasible" (without quotes).

                Your output should be a sequence of directions that leads from * to #, e.g. right \
                right down down up left

                Now, find the shortest path from * to # in the following grid:
                \(text)

                """,
            answer: path.isEmpty ? "infeasible" : path.joined(separator: " "),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("matrix", .list(grid.map(JSON.texts))), ("solution", .texts(path)),
                ("difficulty", .members([("rows", .range(rows)), ("cols", .range(columns))])),
            ]))
    }

    /// 1 for a path of the least length, 0.5 for a longer one that arrives, 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, !answer.isEmpty, let expected = entry.answer else { return 0 }
        if PythonText.equal(PythonText.strip(answer), expected) { return 1 }
        let path = PythonText.split(answer)
        guard Self.arrives(path, in: entry.metadata.member("matrix")) else { return 0 }
        return path.count == PythonText.split(expected).count ? 1 : 0.5
    }

    private static func arrives(_ path: [String], in matrix: JSON?) -> Bool {
        let grid = (matrix?.elements ?? []).map { ($0.elements ?? []).compactMap(\.text) }
        guard let row = grid.firstIndex(where: { $0.contains("*") }),
            let column = grid[row].firstIndex(of: "*")
        else { return false }
        var point = GridPoint(row, column)
        for word in path {
            guard let step = directions.firstIndex(where: { PythonText.equal($0, word) }) else {
                return false
            }
            point = point + steps[step]
            guard point.isInside(grid.count, grid[0].count), grid[point.row][point.column] != "X"
            else { return false }
        }
        return grid[point.row][point.column] == "#"
    }
}
