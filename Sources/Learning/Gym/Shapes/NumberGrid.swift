import Bytes

/// Rectangles of whole numbers as tasks write them: blanks between cells, line ends between rows.
enum NumberGrid {
    /// The rows as text; a blank stands for zero where there is one.
    static func text(_ rows: [[Int]], zero: String = "0") -> String {
        rows.map { row in
            row.map { $0 == 0 ? zero : String($0) }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    /// The rows as metadata.
    static func json(_ rows: [[Int]]) -> JSON { .list(rows.map(JSON.ints)) }

    /// The rows that metadata hold; empty where they hold something else.
    static func rows(_ json: JSON?) -> [[Int]] {
        (json?.elements ?? []).map { row in
            (row.elements ?? []).compactMap(\.wholeNumber)
        }
    }

    /// What a filled-in square is worth: 1 for the expected text, blanks at line ends aside.
    ///
    /// Otherwise 0.9 of the share of right digits, in the lines that hold a whole row of them. In
    /// either case less for every code point beyond the expected length.
    static func score(_ answer: String?, expected: String?, solution: [[Int]]) -> Double {
        guard let answer, !answer.isEmpty, let expected, !solution.isEmpty else { return 0 }
        let lines = PythonText.split(answer, by: "\n")
        let wanted = PythonText.split(expected, by: "\n").map(PythonText.stripEnd)
        var reward = 1.0
        if !lines.map(PythonText.stripEnd).elementsEqual(wanted, by: PythonText.equal) {
            let side = solution.count
            let matching = matches(lines, solution)
            reward = Double(matching) / Double(side * side) * 0.9
        }
        let (length, limit) = (PythonText.length(answer), PythonText.length(expected))
        return length > limit ? reward * (Double(limit) / Double(length)) : reward
    }

    private static func matches(_ lines: [String], _ solution: [[Int]]) -> Int {
        var row = 0
        var count = 0
        for line in lines where row < solution.count {
            let digits = line.utf8.filter { (49...57).contains($0) }.map { Int($0) - 48 }
            if digits.count != solution[row].count { continue }
            count += zip(solution[row], digits).count { $0 == $1 }
            row += 1
        }
        return count
    }
}
