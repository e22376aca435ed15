import Bytes

/// Ones to be placed so that the weighted sums of rows and columns come out.
struct Kakurasu: TaskFormat {
    static let name = "kakurasu"
    let seed: Int
    private let rows: ClosedRange<Int>
    private let columns: ClosedRange<Int>
    private let onesShare: Double
    private let retriesMax: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        rows = try settings.range("min_rows", "max_rows", default: 4...5, within: 3...9)
        columns = try settings.range("min_cols", "max_cols", default: 4...5, within: 3...9)
        onesShare = try settings.number("p_ones", default: 0.3, within: 0...1)
        retriesMax = try settings.int("max_retries", default: 1_000, within: 1...10_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let height = random.randint(rows)
        let width = random.randint(columns)
        var solver = KakurasuSolver()
        for retry in 1...retriesMax {
            let grid = grid(height, width, &random)
            let (rowSums, columnSums) = Self.sums(grid)
            if retry < retriesMax {
                guard rowSums.reduce(0, +) == columnSums.reduce(0, +) else { continue }
                let isUnique = solver.isUnique(rowSums, columnSums)
                if solver.isExhausted { break }
                guard isUnique else { continue }
            }
            let rules = KakurasuRules.texts(
                rows: height, columns: width, rowSums: rowSums, columnSums: columnSums)
            return entry(index, random.choice(rules), grid)
        }
        throw .notGenerated(
            environment: Self.name, index: index, reason: "its puzzles are too hard to check")
    }

    private func entry(_ index: Int, _ rules: String, _ grid: [[Int]]) -> Entry {
        let empty = grid.map { $0.map { _ in 0 } }
        let (rowSums, columnSums) = Self.sums(grid)
        return Entry(
            question: "\(rules)\n2. Input:\n\(NumberGrid.text(empty))",
            answer: NumberGrid.text(grid),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_idx", .int(index)),
                ("n_rows", .int(grid.count)), ("n_cols", .int(grid[0].count)),
                ("p_ones", .real(onesShare)), ("puzzle", NumberGrid.json(empty)),
                ("row_sums", .ints(rowSums)), ("col_sums", .ints(columnSums)),
                ("solution", NumberGrid.json(grid)),
                (
                    "difficulty",
                    .members([
                        ("rows", .range(rows)), ("cols", .range(columns)),
                        ("p_ones", .real(onesShare)),
                    ])
                ),
            ]))
    }

    /// Random ones, with at least one in each row and column.
    private func grid(_ height: Int, _ width: Int, _ random: inout PythonRandom) -> [[Int]] {
        var grid = (0..<height).map { _ in
            (0..<width).map { _ in random.random() < onesShare ? 1 : 0 }
        }
        for row in 0..<height where !grid[row].contains(1) {
            grid[row][random.randrange(0, width)] = 1
        }
        for column in 0..<width where grid.allSatisfy({ $0[column] == 0 }) {
            grid[random.randrange(0, height)][column] = 1
        }
        return grid
    }

    /// The sums of rows, weighted by column, and of columns, weighted by row.
    private static func sums(_ grid: [[Int]]) -> (rows: [Int], columns: [Int]) {
        let rows = grid.map { row in row.enumerated().reduce(0) { $0 + ($1.0 + 1) * $1.1 } }
        let columns = grid[0].indices.map { column in
            grid.enumerated().reduce(0) { $0 + ($1.0 + 1) * $1.1[column] }
        }
        return (rows, columns)
    }

    /// 1 for any grid with the right sums, whatever else than zeros and ones stands in a line.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let rowSums = entry.metadata.member("row_sums"),
            let columnSums = entry.metadata.member("col_sums")
        else { return 0 }
        let grid = PythonText.split(PythonText.strip(answer), by: "\n").map { line in
            line.utf8.filter { $0 == 48 || $0 == 49 }.map { Int($0) - 48 }
        }
        guard grid.count == rowSums.elements?.count,
            grid.allSatisfy({ $0.count == columnSums.elements?.count })
        else { return 0 }
        let sums = Self.sums(grid)
        return JSON.ints(sums.rows) == rowSums && JSON.ints(sums.columns) == columnSums ? 1 : 0
    }
}

/// Whether sums have a single solution.
///
/// The sums of all columns share a word: seven bits each, of which the highest guards against sums
/// that fall below zero. Nine columns fill 63 bits, and no sum is above 45.
struct KakurasuSolver {
    /// Nine by nine cells can keep a search busy for hours; the usual sizes take a few hundred.
    private static let stepsMax = 100_000_000
    private static let lane = 7
    private var steps = 0

    /// Whether a search was given up.
    var isExhausted: Bool { steps > Self.stepsMax }

    /// Whether one grid has these sums, and no other.
    mutating func isUnique(_ rows: [Int], _ columns: [Int]) -> Bool {
        var patterns = [[UInt64]](repeating: [], count: rows.count)
        for mask in 0..<(1 << columns.count) {
            let ones = columns.indices.filter { mask >> $0 & 1 == 1 }
            let sum = ones.reduce(0) { $0 + $1 + 1 }
            let packed = Self.packed(columns.indices.map { mask >> $0 & 1 })
            for row in rows.indices where rows[row] == sum { patterns[row].append(packed) }
        }
        let guards = Self.packed(columns.map { _ in 1 << (Self.lane - 1) })
        return count(patterns, 0, Self.packed(columns), guards, limit: 2) == 1
    }

    private static func packed(_ numbers: [Int]) -> UInt64 {
        numbers.reversed().reduce(0) { $0 << UInt64(lane) | UInt64($1) }
    }

    private mutating func count(
        _ patterns: [[UInt64]], _ row: Int, _ left: UInt64, _ guards: UInt64, limit: Int
    ) -> Int {
        if row == patterns.count { return left == 0 ? 1 : 0 }
        // What all rows from here on can give a column at most.
        let reach = UInt64((row + 1 + patterns.count) * (patterns.count - row) / 2)
        let ones = guards >> UInt64(Self.lane - 1)
        guard ((ones * reach | guards) - left) & guards == guards else { return 0 }
        var found = 0
        for pattern in patterns[row] where found < limit {
            steps += 1
            if isExhausted { return 0 }
            let rest = (left | guards) - pattern * UInt64(row + 1)
            if rest & guards == guards {
                found += count(patterns, row + 1, rest ^ guards, guards, limit: limit - found)
            }
        }
        return found
    }
}
