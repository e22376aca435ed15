/// What `numpy.loadtxt` reads as numbers of type `float32`: rows of cells between blanks.
struct NumpyTable {
    /// Rows and columns without those of length 1, as NumPy squeezes them.
    let shape: [Int]
    /// The numbers, row by row.
    let cells: [Float]

    /// Nil where NumPy raises an error: a cell that is no number, rows of different lengths.
    ///
    /// What follows a number sign is a comment; lines without cells do not count.
    init?(_ text: String) {
        var cells: [Float] = []
        var rows = 0
        for line in PythonText.lines(text) {
            let plain = String(line.unicodeScalars.prefix { $0 != "#" })
            let row = PythonText.split(plain)
            if row.isEmpty { continue }
            rows += 1
            for cell in row {
                // float() reads more than C does: underscores and digits of other scripts.
                guard cell.utf8.allSatisfy({ $0 < 128 && $0 != UInt8(ascii: "_") }),
                    let number = PythonFloat.parse(cell)
                else { return nil }
                cells.append(Float(number))
            }
            guard cells.count == rows * row.count else { return nil }
        }
        // Without any row, NumPy has no columns either.
        shape = rows == 0 ? [0] : [rows, cells.count / rows].filter { $0 != 1 }
        self.cells = cells
    }

    /// `numpy.allclose(self, other, rtol=tolerance)` for tables of one shape, in `float32` as there.
    func isClose(to other: NumpyTable, tolerance: Float) -> Bool {
        zip(cells, other.cells).allSatisfy { a, b in
            a == b || (b.isFinite && abs(a - b) <= 1e-8 + tolerance * abs(b))
        }
    }
}
