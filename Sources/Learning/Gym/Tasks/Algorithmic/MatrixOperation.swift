import Bytes

/// One operation of `manipulate_matrix`, as it is said and as it is recorded.
struct MatrixOperation {
    static let kinds = [
        "rotate", "hmirror", "vmirror", "dmirror", "cmirror", "map", "zero_divisible", "crop",
        "remove_every_nth_row", "remove_every_nth_col",
    ]
    let instruction: String
    let json: JSON

    private init(_ kind: String, _ instruction: String, _ facts: [(String, JSON)] = []) {
        self.instruction = "- " + instruction
        json = .members(
            [("transform", .text(kind))] + facts + [("instruction", .text(self.instruction))])
    }

    /// Draws an operation of this kind and applies it; nil where the matrix is too small for it.
    init?(_ kind: String, on matrix: inout IntMatrix, _ random: inout PythonRandom) {
        switch kind {
        case "rotate":
            let quarters = 1 + random.below(4)
            matrix = matrix.turned(quarters: quarters)
            let degrees = String(quarters * 90)
            self.init(
                kind, "Rotate the matrix \(degrees) degrees", [("degrees", .text(degrees))])
        case "hmirror":
            matrix = matrix.upsideDown
            self.init(kind, "Horizontally mirror the matrix")
        case "vmirror":
            matrix = matrix.mirrored
            self.init(kind, "Vertically mirror the matrix")
        case "dmirror":
            matrix = matrix.transposed
            self.init(kind, "Mirror the matrix along the diagonal")
        case "cmirror":
            matrix = matrix.turned(quarters: 2).transposed
            self.init(kind, "Mirror the matrix along the counterdiagonal")
        case "map":
            let pair = random.sample(Array(0..<10), 2)
            matrix = matrix.map { $0 == pair[0] ? pair[1] : $0 }
            self.init(
                kind, "Map each occurrence of \(pair[0]) to \(pair[1])",
                [("from", .int(pair[0])), ("to", .int(pair[1]))])
        case "zero_divisible":
            let k = random.randint(1, 9)
            matrix = matrix.map { $0 % k == 0 ? 0 : $0 }
            self.init(kind, "Set all elements divisible by \(k) to zero", [("k", .int(k))])
        case "crop":
            self.init(cropping: &matrix, &random)
        case "remove_every_nth_row":
            guard matrix.rowCount > 1 else { return nil }
            let n = random.randint(2, matrix.rowCount)
            matrix = Self.withoutEvery(n, of: matrix)
            self.init(kind, "Remove every \(Self.ordinal(n)) row (1-indexed)", [("n", .int(n))])
        case "remove_every_nth_col":
            guard matrix.columnCount > 1 else { return nil }
            let n = random.randint(2, matrix.columnCount)
            matrix = Self.withoutEvery(n, of: matrix.transposed).transposed
            self.init(kind, "Remove every \(Self.ordinal(n)) column (1-indexed)", [("n", .int(n))])
        default:
            preconditionFailure("\(kind) is not among the kinds")
        }
    }

    private init(cropping matrix: inout IntMatrix, _ random: inout PythonRandom) {
        let top = random.randint(1, matrix.rowCount)
        let bottom = random.randint(top, matrix.rowCount)
        let left = random.randint(1, matrix.columnCount)
        let right = random.randint(left, matrix.columnCount)
        matrix = IntMatrix(
            rows: matrix.rows[(top - 1)..<bottom].map { Array($0[(left - 1)..<right]) })
        self.init(
            "crop",
            "Crop the matrix to rows \(top)-\(bottom) and columns \(left)-\(right) (1-indexed)",
            [
                ("row_start", .int(top)), ("row_end", .int(bottom)), ("col_start", .int(left)),
                ("col_end", .int(right)),
            ])
    }

    private static func withoutEvery(_ n: Int, of matrix: IntMatrix) -> IntMatrix {
        IntMatrix(
            rows: matrix.rows.indices.filter { ($0 + 1) % n != 0 }.map { matrix.rows[$0] })
    }

    private static func ordinal(_ n: Int) -> String { n == 2 ? "2-nd" : "\(n)-th" }
}
