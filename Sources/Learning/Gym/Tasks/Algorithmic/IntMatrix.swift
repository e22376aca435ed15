import Bytes

/// A matrix of whole numbers, as questions show them.
struct IntMatrix: Equatable {
    let rows: [[Int]]

    init(rows: [[Int]]) { self.rows = rows }

    /// Cells row by row.
    init(_ cells: [Int], columns: Int) {
        rows = stride(from: 0, to: cells.count, by: columns).map {
            Array(cells[$0..<min($0 + columns, cells.count)])
        }
    }

    /// Random digits.
    init(_ random: inout PythonRandom, rows: Int, columns: Int) {
        self.init((0..<(rows * columns)).map { _ in random.randint(0, 9) }, columns: columns)
    }

    var rowCount: Int { rows.count }
    var columnCount: Int { rows.first?.count ?? 0 }

    /// A line for each row, its cells with blanks between them.
    var text: String {
        rows.map { $0.map(String.init).joined(separator: " ") }.joined(separator: "\n")
    }

    var json: JSON { .list(rows.map(JSON.ints)) }

    /// The rows from last to first.
    var upsideDown: IntMatrix { IntMatrix(rows: rows.reversed()) }

    /// Each row from its end.
    var mirrored: IntMatrix { IntMatrix(rows: rows.map { $0.reversed() }) }

    /// Rows become columns.
    var transposed: IntMatrix {
        IntMatrix(rows: (0..<columnCount).map { c in rows.map { $0[c] } })
    }

    /// Turned clockwise by a number of quarters.
    func turned(quarters: Int) -> IntMatrix {
        switch quarters % 4 {
        case 1: upsideDown.transposed
        case 2: upsideDown.mirrored
        case 3: transposed.upsideDown
        default: self
        }
    }

    func map(_ change: (Int) -> Int) -> IntMatrix { IntMatrix(rows: rows.map { $0.map(change) }) }
}
