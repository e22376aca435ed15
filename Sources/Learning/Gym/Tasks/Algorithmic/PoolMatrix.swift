import Bytes

/// A matrix, each square of which is to become its greatest cell or its mean.
struct PoolMatrix: TaskFormat {
    static let name = "pool_matrix"
    let seed: Int
    private let rows: ClosedRange<Int>
    private let columns: ClosedRange<Int>
    private let sizes: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        rows = try settings.range("min_rows", "max_rows", default: 2...10, within: 2...500)
        columns = try settings.range("min_cols", "max_cols", default: 2...10, within: 2...500)
        // The original draws the columns from the least number of rows on.
        if rows.lowerBound > columns.upperBound {
            throw settings.invalid("max_cols", "must not be below \"min_rows\"")
        }
        sizes = try settings.range(
            "min_pool_size", "max_pool_size", default: 1...3, within: 1...500)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        let (start, overflow) = seed.addingReportingOverflow(index)
        guard !overflow, let word = UInt32(exactly: start) else {
            throw .notGenerated(
                environment: Self.name, index: index,
                reason: "NumPy takes seeds of 32 bits; choose a seed from 0 on")
        }
        var random = random(at: index)
        var numpy = NumpyRandom(seed: word)
        let rowCount = random.randint(rows)
        let columnCount = random.randint(rows.lowerBound, columns.upperBound)
        let cells = (0..<(rowCount * columnCount)).map { _ in numpy.below(10) }
        let matrix = IntMatrix(cells, columns: columnCount)
        let size = random.randint(sizes)
        let kind = random.choice(["average", "max"])
        let pooled = Self.pooled(matrix, size: size, averages: kind == "average")
        return Entry(
            question: Self.question(matrix.text, kind: kind, size: size),
            answer: pooled.map { row in row.map(Self.text).joined(separator: " ") }
                .joined(separator: "\n"),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("matrix", matrix.json), ("pool_type", .text(kind)), ("pool_size", .int(size)),
                ("solution", .list(pooled.map(JSON.list))), ("rows", .int(rowCount)),
                ("cols", .int(columnCount)),
                (
                    "difficulty",
                    .members([
                        ("rows", .range(rows)), ("cols", .range(columns)),
                        ("pool_size", .range(sizes)),
                    ])
                ),
            ]))
    }

    /// The squares at the right and lower edges may be cut off.
    private static func pooled(_ matrix: IntMatrix, size: Int, averages: Bool) -> [[JSON]] {
        stride(from: 0, to: matrix.rowCount, by: size).map { top in
            stride(from: 0, to: matrix.columnCount, by: size).map { left -> JSON in
                let square = matrix.rows[top...].prefix(size).flatMap { $0[left...].prefix(size) }
                return averages
                    ? .real(Double(square.reduce(0, +)) / Double(square.count))
                    : .int(square.max() ?? 0)
            }
        }
    }

    private static func text(_ cell: JSON) -> String {
        if let whole = cell.wholeNumber { return String(whole) }
        return PythonFloat.repr(PythonFloat.numpyRound(cell.realNumber ?? 0, decimals: 2))
    }

    private static func question(_ matrix: String, kind: String, size: Int) -> String {
        """
        Your job is to perform max/average pooling on the given matrix.
        The stride is equal to the kernel size, meaning there is no overlap between the pooling \
        regions.

        Your output should be a matrix in the same format as the input matrix.
        The output matrix is smaller than the input matrix when the kernel size is greater than 1, \
        and its elements may be floating-point numbers.
        Give elements in the output matrix correct to 2 decimal places.

        Perform \(kind) pooling on the following matrix with a kernel size of \(size):
        \(matrix)

        """
    }

    /// 1 for numbers within a hundredth part, 0.1 for other numbers in the right shape.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer.flatMap(NumpyTable.init),
            let given = NumpyTable(answer), given.shape == expected.shape
        else { return 0 }
        return expected.isClose(to: given, tolerance: 1e-2) ? 1 : 0.1
    }
}
