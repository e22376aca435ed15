/// A square of numbers, each once in every row, column and box; zero where a cell is empty.
struct SudokuBoard {
    /// Cells in a box's row; the board has its square of rows.
    let box: Int
    let side: Int
    private(set) var cells: [Int]

    init(box: Int) {
        self.box = box
        side = box * box
        cells = Array(repeating: 0, count: side * side)
    }

    var rows: [[Int]] {
        stride(from: 0, to: cells.count, by: side).map { Array(cells[$0..<($0 + side)]) }
    }

    /// A board with its diagonal boxes filled at random; nil where nothing completes it.
    ///
    /// - Parameter order: the order in which a cell tries numbers, given in rising order.
    static func random(
        box: Int, _ random: inout PythonRandom, order: ([Int]) -> [Int] = { $0 }
    ) -> SudokuBoard? {
        var board = SudokuBoard(box: box)
        for corner in stride(from: 0, to: board.side, by: box) {
            var numbers = Array(1...board.side)
            random.shuffle(&numbers)
            for (i, number) in numbers.enumerated() {
                board.cells[(corner + i / box) * board.side + corner + i % box] = number
            }
        }
        return board.fill(order) ? board : nil
    }

    /// The board with cells taken away in random order, as many as wanted where that leaves a
    /// single solution, but one at least.
    func puzzle(empty wanted: Int, _ random: inout PythonRandom) -> SudokuBoard {
        var order = Array(cells.indices)
        random.shuffle(&order)
        var puzzle = self
        var removed = 0
        for cell in order {
            puzzle.cells[cell] = 0
            if puzzle.isUnique {
                removed += 1
                if removed == wanted { break }
            } else {
                puzzle.cells[cell] = cells[cell]
            }
        }
        return puzzle
    }

    /// The numbers that no row, column or box of a cell has, as bits.
    private func free(at cell: Int) -> Int {
        let (row, column) = (cell / side, cell % side)
        let (top, left) = (row / box * box, column / box * box)
        var used = 1
        for i in 0..<side {
            used |= 1 << cells[row * side + i] | 1 << cells[i * side + column]
            used |= 1 << cells[(top + i / box) * side + left + i % box]
        }
        return ((2 << side) - 1) & ~used
    }

    private mutating func fill(_ order: ([Int]) -> [Int]) -> Bool {
        guard let cell = cells.firstIndex(of: 0) else { return true }
        let free = free(at: cell)
        for number in order((1...side).filter { free >> $0 & 1 == 1 }) {
            cells[cell] = number
            if fill(order) { return true }
        }
        cells[cell] = 0
        return false
    }

    private var isUnique: Bool {
        var copy = self
        return copy.countSolutions(limit: 2) == 1
    }

    /// Counts by filling the cell with the fewest choices first.
    private mutating func countSolutions(limit: Int) -> Int {
        var best: (cell: Int, free: Int, count: Int)?
        for cell in cells.indices where cells[cell] == 0 {
            let free = free(at: cell)
            if free.nonzeroBitCount < best?.count ?? .max {
                best = (cell, free, free.nonzeroBitCount)
                if free.nonzeroBitCount <= 1 { break }
            }
        }
        guard let (cell, free, _) = best else { return 1 }
        var count = 0
        for number in 1...side where free >> number & 1 == 1 && count < limit {
            cells[cell] = number
            count += countSolutions(limit: limit - count)
        }
        cells[cell] = 0
        return count
    }
}
