/// Reads a Python literal of rows: a list or tuple of lists, tuples or strings of cells.
///
/// Models answer with `[[0, 1], [1, 0]]`. Nothing is evaluated, and nothing is nested deeper than
/// two levels, so the work is linear in the text.
enum PythonLiteral {
    /// The cells of each row as `str` writes them; nil for any other text.
    static func rows(_ text: String) -> [[String]]? {
        var reader = Reader(rest: Array(text.unicodeScalars)[...])
        guard let rows = reader.sequence({ $0.row() }) else { return nil }
        reader.skipBlanks()
        return reader.rest.isEmpty ? rows : nil
    }

    private struct Reader {
        var rest: ArraySlice<Unicode.Scalar>

        mutating func skipBlanks() {
            while let next = rest.first, " \t\n\r".unicodeScalars.contains(next) {
                rest.removeFirst()
            }
        }

        private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard rest.first == scalar else { return false }
            rest.removeFirst()
            return true
        }

        /// `[a, b, …]` or `(a, b, …)`; a comma may follow the last item.
        mutating func sequence<Item>(_ item: (inout Reader) -> Item?) -> [Item]? {
            let close: Unicode.Scalar
            if take("[") { close = "]" } else if take("(") { close = ")" } else { return nil }
            var items: [Item] = []
            var comma = true
            while !take(close) {
                guard comma, let next = item(&self) else { return nil }
                items.append(next)
                comma = take(",")
            }
            // (x) is x itself, not a tuple.
            return close == ")" && items.count == 1 && !comma ? nil : items
        }

        mutating func row() -> [String]? {
            skipBlanks()
            if rest.first == "\"" || rest.first == "'" {
                return quoted().map { $0.unicodeScalars.map { String($0) } }
            }
            return sequence { $0.cell() }
        }

        private mutating func cell() -> String? {
            skipBlanks()
            if rest.first == "\"" || rest.first == "'" { return quoted() }
            let number = rest.prefix { $0.isASCII && (PythonText.digit($0) != nil || $0 == "_") }
            guard let value = PythonText.integer(String(String.UnicodeScalarView(number))) else {
                return nil
            }
            // 007 is an error in Python; 000 is not.
            if number.first == "0", !value.isZero { return nil }
            rest = rest.dropFirst(number.count)
            return value.description
        }

        /// A string in single or double quotes without escapes.
        private mutating func quoted() -> String? {
            guard let quote = rest.popFirst() else { return nil }
            let inside = rest.prefix { $0 != quote && $0 != "\\" && $0 != "\n" }
            rest = rest.dropFirst(inside.count)
            guard rest.popFirst() == quote else { return nil }
            return String(String.UnicodeScalarView(inside))
        }
    }
}
