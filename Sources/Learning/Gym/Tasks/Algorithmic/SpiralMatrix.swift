import Bytes

/// The cells of a matrix along a spiral from its corner inwards.
struct SpiralMatrix: TaskFormat {
    static let name = "spiral_matrix"
    let seed: Int
    private let sizes: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sizes = try settings.range("min_n", "max_n", default: 2...10, within: 2...200)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let n = random.randint(sizes)
        var cells = (0..<(n * n)).map { _ in random.randint(0, 9) }
        random.shuffle(&cells)
        let matrix = IntMatrix(cells, columns: n)
        let spiral = Self.spiral(matrix)
        return Entry(
            question: Self.question(matrix.text),
            answer: spiral.map(String.init).joined(separator: " "),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("matrix", matrix.json), ("solution", .ints(spiral)), ("n", .int(n)),
                ("difficulty", .members([("n", .range(sizes))])),
            ]))
    }

    /// The top row goes, and what is left turns until its next side is on top.
    private static func spiral(_ matrix: IntMatrix) -> [Int] {
        var spiral: [Int] = []
        var rest = matrix
        while let top = rest.rows.first {
            spiral += top
            rest = IntMatrix(rows: Array(rest.rows.dropFirst())).turned(quarters: 3)
        }
        return spiral
    }

    private static func question(_ matrix: String) -> String {
        """
        Given a matrix, your job is to generate a list of elements in spiral order, starting from \
        the top-left element.

        The spiral order is clockwise, starting from the top-left corner. More precisely:
        - Start from the top-left corner and move right along the top row.
        - Move down along the right column.
        - Move left along the bottom row.
        - Move up along the left column.
        - Repeat the steps for the inner elements of the matrix until every entry is visited.

        Hint: Think of peeling the matrix layer by layer from the outside inward. Each layer forms \
        a rectangular frame, and you traverse each frame clockwise starting from its top-left corner.

        Your output should be a space-separated list of integers, e.g. 1 2 3 4 5 6

        For the matrix below, what is the list of elements in spiral order?
        \(matrix)

        """
    }

    /// 1 for the numbers as asked, 0.1 for them as a Python list.
    ///
    /// The original evaluates the answer as a program; here only literals are read.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let given = PythonText.strip(answer)
        if PythonText.equal(given, expected) { return 1 }
        guard let cells = PythonLiteral.parse(given)?.items?.map(\.plainText),
            !cells.contains(nil)
        else { return 0 }
        let text = cells.compactMap(\.self).joined(separator: " ")
        return PythonText.equal(text, expected) ? 0.1 : 0
    }
}
