/// A Python literal of whole numbers, strings, lists and tuples.
///
/// Models answer with `[[0, 1], [1, 0]]`, and formats that take such an answer evaluate it as a
/// program. Here nothing is evaluated: what is not one of these literals is not read.
indirect enum PythonLiteral: Equatable {
    case integer(BigInteger)
    case text(String)
    case sequence([PythonLiteral])

    /// The literal that a text spells; nil for any other text.
    ///
    /// Linear in the text, and no deeper than a few levels.
    static func parse(_ text: String) -> PythonLiteral? {
        var reader = Reader(rest: Array(text.unicodeScalars)[...])
        guard let value = reader.expression() else { return nil }
        reader.skipBlanks(acrossLines: true)
        return reader.rest.isEmpty ? value : nil
    }

    /// What iteration gives: the items of a list or tuple, the characters of a string.
    var items: [PythonLiteral]? {
        switch self {
        case .integer: nil
        case .text(let text): text.unicodeScalars.map { .text(String($0)) }
        case .sequence(let items): items
        }
    }

    /// `str(value)` of a number or a string.
    var plainText: String? {
        switch self {
        case .integer(let number): number.description
        case .text(let text): text
        case .sequence: nil
        }
    }

    /// The cells of each row of a matrix as `str` writes them: a list or tuple of lists, tuples or strings.
    var rows: [[String]]? {
        let rows = items?.map { row in row.items?.compactMap(\.plainText) }
        guard let rows, zip(rows, items ?? []).allSatisfy({ $0?.count == $1.items?.count }) else {
            return nil
        }
        return rows.compactMap(\.self).count == rows.count ? rows.compactMap(\.self) : nil
    }

    private struct Reader {
        private static let depthMax = 8
        var rest: ArraySlice<Unicode.Scalar>
        /// Open brackets, within which a line end is a blank.
        private var depth = 0

        init(rest: ArraySlice<Unicode.Scalar>) { self.rest = rest }

        mutating func skipBlanks(acrossLines: Bool = false) {
            while let next = rest.first {
                if next == "#" {
                    rest = rest.drop { $0 != "\n" && $0 != "\r" }
                } else if next == " " || next == "\t" || next == "\u{c}" {
                    rest.removeFirst()
                } else if next == "\n" || next == "\r", depth > 0 || acrossLines {
                    rest.removeFirst()
                } else {
                    return
                }
            }
        }

        private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard rest.first == scalar else { return false }
            rest.removeFirst()
            return true
        }

        /// A value, or several with commas between them, which are a tuple.
        mutating func expression() -> PythonLiteral? {
            skipBlanks(acrossLines: true)
            guard let first = value() else { return nil }
            var items = [first]
            var isTuple = false
            while take(",") {
                isTuple = true
                skipBlanks()
                guard let start = rest.first, start != "\n", start != "\r" else { break }
                guard let next = value() else { return nil }
                items.append(next)
            }
            return isTuple ? .sequence(items) : first
        }

        private mutating func value() -> PythonLiteral? {
            skipBlanks()
            switch rest.first {
            case "[": return bracketed(to: "]")
            case "(": return bracketed(to: ")")
            case "\"", "'": return quoted()
            default: return integer()
            }
        }

        private mutating func bracketed(to close: Unicode.Scalar) -> PythonLiteral? {
            guard depth < Self.depthMax else { return nil }
            rest.removeFirst()
            depth += 1
            defer { depth -= 1 }
            var items: [PythonLiteral] = []
            var comma = true
            while !take(close) {
                guard comma, let next = value() else { return nil }
                items.append(next)
                comma = take(",")
            }
            // (x) is x itself, not a tuple.
            return close == ")" && items.count == 1 && !comma ? items[0] : .sequence(items)
        }

        private mutating func integer() -> PythonLiteral? {
            var negative = false
            while let sign = rest.first, sign == "-" || sign == "+" {
                if sign == "-" { negative.toggle() }
                rest.removeFirst()
                skipBlanks()
            }
            let digits = rest.prefix { $0.isASCII && (PythonText.digit($0) != nil || $0 == "_") }
            guard let value = PythonText.integer(String(String.UnicodeScalarView(digits))) else {
                return nil
            }
            // 007 is an error in Python; 000 is not.
            if digits.first == "0", !value.isZero { return nil }
            rest = rest.dropFirst(digits.count)
            return .integer(negative ? -value : value)
        }

        /// Strings in single or double quotes without escapes; neighbours are one string.
        private mutating func quoted() -> PythonLiteral? {
            var text = String.UnicodeScalarView()
            while let quote = rest.first, quote == "\"" || quote == "'" {
                let inside = rest.dropFirst().prefix { $0 != quote && $0 != "\\" && $0 != "\n" }
                rest = rest.dropFirst(inside.count + 1)
                guard rest.popFirst() == quote else { return nil }
                text.append(contentsOf: inside)
                skipBlanks()
            }
            return .text(String(text))
        }
    }
}
