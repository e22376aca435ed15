import Bytes

/// The distance from each cell of a matrix to the nearest zero.
struct BinaryMatrix: TaskFormat {
    static let name = "binary_matrix"
    let seed: Int
    private let sizes: ClosedRange<Int>
    private let zeroShare: Double

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sizes = try settings.range("min_n", "max_n", default: 3...10, within: 1...500)
        zeroShare = try settings.number("p_zero", default: 0.25, within: 0...1)
        if zeroShare == 0 { throw settings.invalid("p_zero", "must be above 0") }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let n = random.randint(sizes)
        // One zero is certain, so every cell has a distance.
        var cells = [0] + (1..<(n * n)).map { _ in random.random() < zeroShare ? 0 : 1 }
        random.shuffle(&cells)
        let matrix = IntMatrix(cells, columns: n)
        let distances = IntMatrix(rows: Self.distances(matrix.rows))
        return Entry(
            question: """
                Given a square matrix, your job is to find the taxicab (Manhattan) distance of the \
                nearest 0 for each cell.

                The output should be a matrix of the same size as the input matrix, where each \
                cell contains the distance to the nearest 0.

                Find the distance to the nearest 0 for each cell in the matrix below:
                \(matrix.text)

                """,
            answer: distances.text,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("matrix", matrix.json), ("solution", distances.json), ("n", .int(n)),
                (
                    "difficulty",
                    .members([("n", .range(sizes)), ("p_zero", .real(zeroShare))])
                ),
            ]))
    }

    /// Two passes: from above and left, then from below and right.
    private static func distances(_ matrix: [[Int]]) -> [[Int]] {
        let n = matrix.count
        var result = matrix.map { $0.map { $0 == 0 ? 0 : 2 * n } }
        for r in 0..<n {
            for c in 0..<n {
                if r > 0 { result[r][c] = min(result[r][c], result[r - 1][c] + 1) }
                if c > 0 { result[r][c] = min(result[r][c], result[r][c - 1] + 1) }
            }
        }
        for r in (0..<n).reversed() {
            for c in (0..<n).reversed() {
                if r + 1 < n { result[r][c] = min(result[r][c], result[r + 1][c] + 1) }
                if c + 1 < n { result[r][c] = min(result[r][c], result[r][c + 1] + 1) }
            }
        }
        return result
    }

    /// 1 for the matrix as asked, 0.1 for the same numbers as a Python list of lists.
    ///
    /// The original evaluates the answer as a program; here only literals of lists, tuples, whole
    /// numbers and strings are read.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        if PythonText.equal(answer, expected) { return 1 }
        guard let rows = PythonLiteral.parse(answer)?.rows else { return 0 }
        let lines = rows.map { $0.joined(separator: " ") }
        return PythonText.equal(lines.joined(separator: "\n"), expected) ? 0.1 : 0
    }
}
