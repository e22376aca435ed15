/// A square of numbers, each once in every row and column, with inequalities between neighbours.
struct FutoshikiPuzzle {
    /// Two neighbours, the first above or left of the second.
    struct Inequality {
        var first: Int
        var second: Int
        var isLess: Bool

        var lesser: Int { isLess ? first : second }
        var greater: Int { isLess ? second : first }
    }

    /// Searches longer than this are given up; the usual ones take some thousands of steps.
    static let stepsMax = 20_000_000

    let side: Int
    private(set) var inequalities: [Inequality] = []
    /// Row by row; zero where a cell is empty.
    private(set) var cells: [Int]
    private(set) var steps = 0

    /// A random full square with random inequalities.
    init(side: Int, chance: Double, _ random: inout PythonRandom) {
        self.side = side
        cells = []
        for _ in 0..<side {
            var numbers = Array(1...side)
            random.shuffle(&numbers)
            // Rows without a clash can always be continued to a full square.
            cells += Self.row(of: numbers, below: cells, [])
        }
        for cell in cells.indices {
            if cell % side < side - 1, random.random() < chance { relate(cell, cell + 1) }
            if cell / side < side - 1, random.random() < chance { relate(cell, cell + side) }
        }
    }

    private mutating func relate(_ first: Int, _ second: Int) {
        let isLess = cells[first] < cells[second]
        inequalities.append(Inequality(first: first, second: second, isLess: isLess))
    }

    /// The first permutation of the numbers that clashes with no row above.
    private static func row(of numbers: [Int], below rows: [Int], _ start: [Int]) -> [Int] {
        if start.count == numbers.count { return start }
        let column = start.count
        let above = stride(from: column, to: rows.count, by: numbers.count).map { rows[$0] }
        for number in numbers where !start.contains(number) && !above.contains(number) {
            let found = row(of: numbers, below: rows, start + [number])
            if !found.isEmpty { return found }
        }
        return []
    }

    var rows: [[Int]] {
        stride(from: 0, to: cells.count, by: side).map { Array(cells[$0..<($0 + side)]) }
    }

    /// Rows of cells and signs between them, in turn with rows of signs.
    var text: String {
        func sign(_ first: Int, _ second: Int, _ less: String, _ greater: String) -> String {
            let found = inequalities.first { $0.first == first && $0.second == second }
            return found.map { $0.isLess ? less : greater } ?? " "
        }
        var lines: [String] = []
        for start in stride(from: 0, to: cells.count, by: side) {
            let row = start..<(start + side)
            lines.append(
                row.map { cell in
                    let value = cells[cell] == 0 ? "_" : String(cells[cell])
                    return cell + 1 < row.upperBound
                        ? "\(value) \(sign(cell, cell + 1, "<", ">"))" : value
                }.joined(separator: " "))
            if row.upperBound == cells.count { break }
            lines.append(
                row.map { sign($0, $0 + side, "\u{2227}", "\u{2228}") }.joined(separator: "   "))
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Taking numbers away

    /// Empties cells in random order as long as a single solution is left that logic finds.
    ///
    /// False where the search was given up.
    mutating func removeClues(_ random: inout PythonRandom) -> Bool {
        let target = Int(0.1 * Double(cells.count))
        var order = Array(cells.indices)
        random.shuffle(&order)
        empty(order, downTo: target)
        if filled > 2 * target {
            random.shuffle(&order)
            empty(order, downTo: target)
        }
        return steps <= Self.stepsMax
    }

    private var filled: Int { cells.count { $0 != 0 } }

    private mutating func empty(_ order: [Int], downTo target: Int) {
        for cell in order where cells[cell] != 0 {
            if filled <= target { return }
            let saved = cells[cell]
            cells[cell] = 0
            if !isUnique() || !FutoshikiLogic.solves(self, &steps) { cells[cell] = saved }
        }
    }

    private mutating func isUnique() -> Bool {
        var copy = self
        let count = copy.countSolutions(limit: 2)
        steps = copy.steps
        return count == 1
    }

    /// Counts by filling the cell with the fewest choices first.
    private mutating func countSolutions(limit: Int) -> Int {
        steps += 1
        if steps > Self.stepsMax { return limit }
        var best: (cell: Int, choices: Int)?
        let choices = choices()
        for cell in cells.indices where cells[cell] == 0 {
            if choices[cell].nonzeroBitCount < best?.choices.nonzeroBitCount ?? .max {
                best = (cell, choices[cell])
            }
        }
        guard let best else { return 1 }
        var count = 0
        for number in 1...side where best.choices >> number & 1 == 1 && count < limit {
            cells[best.cell] = number
            count += countSolutions(limit: limit - count)
        }
        cells[best.cell] = 0
        return count
    }

    /// What rows, columns and inequalities leave to each cell, as bits.
    private func choices() -> [Int] {
        let all = (2 << side) - 2
        var rows = [Int](repeating: all, count: side)
        var columns = rows
        for (cell, value) in cells.enumerated() where value != 0 {
            rows[cell / side] &= ~(1 << value)
            columns[cell % side] &= ~(1 << value)
        }
        var choices = cells.indices.map { cell in
            cells[cell] == 0 ? rows[cell / side] & columns[cell % side] : 1 << cells[cell]
        }
        for pair in inequalities {
            // Above the least of the lesser, below the greatest of the greater.
            let (low, high) = (choices[pair.lesser], choices[pair.greater])
            if low == 0 || high == 0 { continue }
            choices[pair.greater] &= ~((2 << low.trailingZeroBitCount) - 1)
            choices[pair.lesser] &= (1 << (Int.bitWidth - 1 - high.leadingZeroBitCount)) - 1
        }
        return choices
    }
}
