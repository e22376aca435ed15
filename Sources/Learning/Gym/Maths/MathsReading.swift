/// How answers and choices are read in games of mathematics, by rules of our own: what counts is the last
/// line that is marked, and nothing else on it.
public enum MathsReading {
    /// Longer numbers are no answers.
    static let digitCountMax = 4_000

    /// What stands after the last line that begins with a mark such as `Answer:`.
    public static func last(_ mark: String, in text: String) -> String? {
        let wanted = Array(mark.utf8)
        let line = text.utf8.split(separator: UInt8(ascii: "\n")).last { line in
            line.starts(with: wanted)
        }
        return line.map { PythonText.strip(String(decoding: $0.dropFirst(wanted.count), as: UTF8.self)) }
    }

    /// Whether the last line with the mark is the last line of all, blank ones aside.
    public static func ends(_ text: String, with mark: String) -> Bool {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map {
            PythonText.strip(String(decoding: $0, as: UTF8.self))
        }
        return lines.last { !$0.isEmpty }?.utf8.starts(with: mark.utf8) ?? false
    }

    /// Whether two texts are the same number. Blanks, commas between digits, a plus, a currency sign before
    /// and a percent sign or full stop after do not count.
    public static func isEqual(_ answer: String, _ expected: String) -> Bool {
        guard let a = number(answer), let b = number(expected) else { return false }
        return a.isEqual(to: b)
    }

    /// Whether a text is one number.
    public static func isNumber(_ text: String) -> Bool { number(text) != nil }

    private static func number(_ text: String) -> PythonDecimal? {
        guard text.utf8.count <= digitCountMax else { return nil }
        var scalars = Array(PythonText.strip(text).unicodeScalars)
        if scalars.last == "." || scalars.last == "%" { scalars.removeLast() }
        let sign: String
        switch scalars.first {
        case "-", "\u{2212}": sign = "-"
        default: sign = ""
        }
        if let first = scalars.first, "+-\u{2212}".unicodeScalars.contains(first) { scalars.removeFirst() }
        if let first = scalars.first, "$€£".unicodeScalars.contains(first) { scalars.removeFirst() }
        scalars.removeAll { $0 == "," }
        let isPlain = scalars.allSatisfy { ("0"..."9").contains($0) || $0 == "." }
        guard isPlain, scalars.first != ".", scalars.last != ".",
            scalars.count(where: { $0 == "." }) <= 1, !scalars.isEmpty
        else { return nil }
        return PythonDecimal(sign + String(String.UnicodeScalarView(scalars)))
    }
}
