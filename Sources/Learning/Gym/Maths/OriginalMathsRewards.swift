// The rewards of GenRL 0.3.0's multi-stage mathematics, its quirks included: negative answers never pay, the
// first number after "Answer: " counts whatever stands between, digits of any script are digits, and a choice
// is valid if its number is below the count of *characters* of one solution.

/// Rewards as the original's rules give them, for comparison; ours are `MathsReading` and the game's own.
public enum OriginalMathsRewards {
    /// The reward of an answer, first or final: 0.5 for a line `Answer: ` with a digit, 1 for a number
    /// within a thousandth of the expected one.
    public static func answer(_ text: String, expected: String?) -> Double {
        guard let expected, !expected.isEmpty else { return 0 }
        let scalars = Array(text.unicodeScalars)
        return (hasLine("\nAnswer: ", scalars) ? 0.5 : 0) + (isCorrect(scalars, expected) ? 1 : 0)
    }

    /// The reward of a choice: 0.5 for a line `Choice: Student #` with a digit, 0.5 for a number below
    /// the count of characters of `solution`, which the original takes for the list of solutions.
    public static func choice(_ text: String, solution: String?) -> Double {
        guard let solution, !solution.isEmpty else { return 0 }
        let scalars = Array(text.unicodeScalars)
        var reward = hasLine("\nChoice: Student #", scalars) ? 0.5 : 0
        if let number = choice(in: scalars) {
            // The numbers of the list are written without leading zeros and in ASCII.
            let isValid = Int(number).map { $0 < PythonText.length(solution) && "\($0)" == number }
            reward += isValid == true ? 0.5 : 0
        }
        return reward
    }

    private static func hasLine(_ mark: String, _ text: [Unicode.Scalar]) -> Bool {
        occurrences(of: mark, in: text).contains { end in end < text.count && isDigit(text[end]) }
    }

    /// `Answer: .*?([\d,]+(?:\.\d+)?)`, the first match: compared after commas are taken out.
    private static func isCorrect(_ text: [Unicode.Scalar], _ expected: String) -> Bool {
        for start in occurrences(of: "Answer: ", in: text) {
            var place = start
            while place < text.count, text[place] != "\n", !isDigit(text[place]), text[place] != "," {
                place += 1
            }
            guard place < text.count, text[place] != "\n" else { continue }
            let number = number(text, at: place, commas: true).filter { $0 != "," }
            guard let value = PythonFloat.parse(String(String.UnicodeScalarView(number))),
                let goal = PythonFloat.parse(expected)
            else { return false }
            return abs(value - goal) < 1e-3
        }
        return false
    }

    /// `Choice:.*?Student #([\d]+(?:\.\d+)?)`, the first match.
    private static func choice(in text: [Unicode.Scalar]) -> String? {
        for start in occurrences(of: "Choice:", in: text) {
            let line = Array(text[start...].prefix { $0 != "\n" })
            for place in occurrences(of: "Student #", in: line) where place < line.count {
                let number = number(line, at: place, commas: false)
                if !number.isEmpty { return String(String.UnicodeScalarView(number)) }
            }
        }
        return nil
    }

    /// Digits, and a point with digits after it where both stand there.
    private static func number(
        _ text: [Unicode.Scalar], at start: Int, commas: Bool
    ) -> [Unicode.Scalar] {
        var end = start
        while end < text.count, isDigit(text[end]) || (commas && text[end] == ",") { end += 1 }
        guard end > start else { return [] }
        if end + 1 < text.count, text[end] == ".", isDigit(text[end + 1]) {
            end += 1
            while end < text.count, isDigit(text[end]) { end += 1 }
        }
        return Array(text[start..<end])
    }

    /// Where a mark ends, for each place it stands.
    private static func occurrences(of mark: String, in text: [Unicode.Scalar]) -> [Int] {
        let mark = Array(mark.unicodeScalars)
        guard text.count >= mark.count else { return [] }
        return (0...(text.count - mark.count)).compactMap { start in
            text[start] == mark[0] && text[start..<start + mark.count].elementsEqual(mark)
                ? start + mark.count : nil
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { PythonText.digit(scalar) != nil }
}
