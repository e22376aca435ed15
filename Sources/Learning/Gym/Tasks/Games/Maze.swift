import Bytes

/// The number of steps through a maze drawn in four random characters.
struct Maze: TaskFormat {
    static let name = "maze"
    private static let steps: [GridPoint] = [.up, .right, .down, .left]
    private static let printable: [Character] = {
        let letters = "abcdefghijklmnopqrstuvwxyz"
        return Array("0123456789\(letters)\(letters.uppercased())!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    }()
    private static let floorShare = 0.7
    private static let attemptsMax = 1_000
    let seed: Int
    private let distances: ClosedRange<Int>
    private let sides: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        distances = try settings.range(
            "min_dist", "max_dist", default: 5...10, within: 1...10_000)
        sides = try settings.range(
            "min_grid_size", "max_grid_size", default: 5...10, within: 3...64)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let drawn = random.sample(Self.printable, 4)
        let signs = Signs(wall: drawn[0], path: drawn[1], start: drawn[2], goal: drawn[3])
        for _ in 0..<Self.attemptsMax {
            guard let maze = maze(signs, &random) else { break }
            if let distance = maze.distance, distances.contains(distance) {
                return entry(index, signs, maze.rows, distance)
            }
        }
        throw .notGenerated(
            environment: Self.name, index: index, reason: "no maze has ends so far apart")
    }

    private struct Signs { var wall, path, start, goal: Character }

    private func entry(_ index: Int, _ signs: Signs, _ rows: [String], _ distance: Int) -> Entry {
        Entry(
            question: """
                Navigate from '\(signs.start)' (start) to '\(signs.goal)' (goal):

                ```
                \(rows.joined(separator: "\n"))
                ```
                Legend: '\(signs.wall)' = Wall, '\(signs.path)' = Passage

                What is the minimum number of steps to reach the goal?
                Give only the number of steps as your final answer, no other text or formatting.
                """,
            answer: String(distance),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("grid_size", .int(rows.count)), ("grid", .texts(rows)),
                ("shortest_path_length", .int(distance)), ("start", .text(String(signs.start))),
                ("goal", .text(String(signs.goal))), ("wall", .text(String(signs.wall))),
                ("path", .text(String(signs.path))),
                (
                    "difficulty",
                    .members([("dist", .range(distances)), ("grid_size", .range(sides))])
                ),
            ]))
    }

    /// One maze within walls; nil where it has no floor for its ends.
    private func maze(_ signs: Signs, _ random: inout PythonRandom)
        -> (rows: [String], distance: Int?)?
    {
        let side = random.randint(sides)
        var grid = [[Character]](
            repeating: Array(repeating: signs.wall, count: side), count: side)
        for row in 1..<(side - 1) {
            for column in 1..<(side - 1) where random.random() < Self.floorShare {
                grid[row][column] = signs.path
            }
        }
        // The start is floor no longer, so the goal is another cell.
        guard let start = Self.floor(grid, signs, &random) else { return nil }
        grid[start.row][start.column] = signs.start
        guard let goal = Self.floor(grid, signs, &random) else { return nil }
        grid[goal.row][goal.column] = signs.goal
        let search = GridSearch(side, side, from: start, steps: Self.steps) {
            grid[$0.row][$0.column] != signs.wall
        }
        return (grid.map { String($0) }, search.distance(to: goal))
    }

    private static func floor(
        _ grid: [[Character]], _ signs: Signs, _ random: inout PythonRandom
    ) -> GridPoint? {
        for _ in 0..<attemptsMax {
            let row = random.randint(1, grid.count - 2)
            let column = random.randint(1, grid.count - 2)
            if grid[row][column] == signs.path { return GridPoint(row, column) }
        }
        return nil
    }
}
