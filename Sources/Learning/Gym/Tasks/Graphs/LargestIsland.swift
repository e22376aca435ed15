import Bytes

/// The area of the largest island of ones in a sea of zeros.
struct LargestIsland: TaskFormat {
    static let name = "largest_island"
    private static let steps: [GridPoint] = [.up, .down, .left, .right]
    let seed: Int
    private let rows: ClosedRange<Int>
    private let columns: ClosedRange<Int>
    private let islands: ClosedRange<Int>
    private let sizes: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        rows = try settings.range("min_rows", "max_rows", default: 5...10, within: 1...200)
        columns = try settings.range("min_cols", "max_cols", default: 5...10, within: 1...200)
        islands = try settings.range(
            "min_num_islands", "max_num_islands", default: 0...5, within: 0...500)
        sizes = try settings.range(
            "min_island_size", "max_island_size", default: 0...10, within: 0...1_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let height = random.randint(rows)
        let width = random.randint(columns)
        let grid = grid(height, width, &random)
        let area = Self.largest(grid)
        return Entry(
            question: """
                You are given the following \(height) x \(width) binary matrix grid:
                \(NumberGrid.text(grid))

                An island is a group of 1's (representing land) connected 4-directionally \
                (horizontal or vertical).
                You may assume all four edges of the grid are surrounded by water.

                The area of an island is the number of cells with a value 1 in the island.

                Return the maximum area of an island in grid. If there is no island, return 0.

                """,
            answer: String(area),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("grid", NumberGrid.json(grid)), ("solution", .int(area)),
                (
                    "difficulty",
                    .members([
                        ("rows", .range(rows)), ("cols", .range(columns)),
                        ("num_islands", .range(islands)), ("island_size", .range(sizes)),
                    ])
                ),
            ]))
    }

    /// Random walks that turn water into land; they may meet.
    private func grid(_ height: Int, _ width: Int, _ random: inout PythonRandom) -> [[Int]] {
        var grid = [[Int]](repeating: Array(repeating: 0, count: width), count: height)
        // Shuffled again and again, never put back in order.
        var steps = Self.steps
        for _ in 0..<random.randint(islands) {
            let row = random.randint(0, height - 1)
            var point = GridPoint(row, random.randint(0, width - 1))
            for _ in 0..<min(random.randint(sizes), height * width) {
                grid[point.row][point.column] = 1
                random.shuffle(&steps)
                let next = steps.map { point + $0 }
                    .first { $0.isInside(height, width) && grid[$0.row][$0.column] == 0 }
                point = next ?? point
            }
        }
        return grid
    }

    private static func largest(_ grid: [[Int]]) -> Int {
        var open = grid
        var area = 0
        for row in grid.indices {
            for column in grid[row].indices where open[row][column] == 1 {
                let island = GridSearch(
                    grid.count, grid[row].count, from: GridPoint(row, column), steps: steps
                ) { grid[$0.row][$0.column] == 1 }.reached
                for (point, _) in island { open[point.row][point.column] = 0 }
                area = max(area, island.count)
            }
        }
        return area
    }
}
