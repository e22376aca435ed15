/// What Python does with text, where it differs from Swift: strings are code points, compared one
/// by one; "é" as one code point and as two are never equal.
enum PythonText {
    /// `a == b`.
    static func equal(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    /// `len(text)`.
    static func length(_ text: String) -> Int { text.unicodeScalars.count }

    /// `needle in text`; the empty needle is in every text.
    static func contains(_ text: String, _ needle: String) -> Bool {
        let (hay, wanted) = (Array(text.utf8), Array(needle.utf8))
        if wanted.isEmpty { return true }
        if hay.count < wanted.count { return false }
        // UTF-8 is self-synchronizing: a match of bytes is a match of code points. The failure
        // table keeps the search linear for texts made to be slow.
        var table = [0]
        var matched = 0
        for byte in wanted.dropFirst() {
            while matched > 0, wanted[matched] != byte { matched = table[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            table.append(matched)
        }
        matched = 0
        for byte in hay {
            while matched > 0, wanted[matched] != byte { matched = table[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            if matched == wanted.count { return true }
        }
        return false
    }

    /// `char.isspace()`, which is also what `\s` matches.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0d, 0x1c...0x20, 0x85, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f,
            0x205f, 0x3000:
            return true
        default:
            return false
        }
    }

    /// `text.strip()`.
    static func strip(_ text: String) -> String { strip(text, where: isSpace) }

    /// The text without the blanks that `int`, `float` and `complex` allow around a number: all but
    /// the four separators of ASCII.
    static func stripNumber(_ text: String) -> String {
        strip(text) { isSpace($0) && !(0x1c...0x1f).contains($0.value) }
    }

    /// `str` of a list of texts that hold neither quotes nor backslashes.
    static func list(_ items: [String]) -> String {
        "[" + items.map { "'\($0)'" }.joined(separator: ", ") + "]"
    }

    /// `f"{number:0{width}d}"`.
    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number.magnitude)
        let sign = number < 0 ? "-" : ""
        return sign + String(repeating: "0", count: max(width - digits.count - sign.count, 0)) + digits
    }

    /// `text.strip(characters)` for the characters that `drops` names.
    static func strip(_ text: String, where drops: (Unicode.Scalar) -> Bool) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, drops(first) { scalars.removeFirst() }
        while let last = scalars.last, drops(last) { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }

    /// `text.upper()`.
    static func upper(_ text: String) -> String {
        text.unicodeScalars.map(\.properties.uppercaseMapping).joined()
    }

    /// `text.lower()`: a capital sigma at the end of a word becomes the final one.
    static func lower(_ text: String) -> String {
        let sigma: Unicode.Scalar = "\u{3a3}"
        guard text.unicodeScalars.contains(sigma) else {
            return text.unicodeScalars.map(\.properties.lowercaseMapping).joined()
        }
        let scalars = Array(text.unicodeScalars)
        var inWord = false
        let follows = scalars.map { isInWord($0, &inWord) }
        inWord = false
        let leads = scalars.reversed().map { isInWord($0, &inWord) }
        return scalars.indices.map { i in
            let isFinal = follows[i] && !leads[scalars.count - 1 - i]
            return scalars[i] == sigma && isFinal
                ? "\u{3c2}" : scalars[i].properties.lowercaseMapping
        }.joined()
    }

    /// Whether a cased letter stands before a code point, marks and the like left aside.
    private static func isInWord(_ scalar: Unicode.Scalar, _ inWord: inout Bool) -> Bool {
        defer {
            if !scalar.properties.isCaseIgnorable { inWord = scalar.properties.isCased }
        }
        return inWord
    }

    /// `text.title()`: the first letter of each word in title case, the others in lower case.
    static func title(_ text: String) -> String {
        var result = ""
        var inWord = false
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            result += inWord ? properties.lowercaseMapping : properties.titlecaseMapping
            inWord = properties.isCased
        }
        return result
    }

    /// The decimal digit that a code point of any script stands for.
    static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
        if scalar.isASCII {
            return (48...57).contains(scalar.value) ? UInt8(scalar.value - 48) : nil
        }
        guard scalar.properties.numericType == .decimal,
            let value = scalar.properties.numericValue
        else { return nil }
        return UInt8(exactly: value)
    }

    /// The longest text of digits that `int` reads, as CPython has it.
    static let integerDigitsMax = 4_300

    /// `int(text)`: blanks around, a sign, single underscores between digits, digits of any script.
    ///
    /// Nil where Python raises an error.
    static func integer(_ text: String) -> BigInteger? {
        var scalars = stripNumber(text).unicodeScalars[...]
        let negative = takeSign(&scalars)
        guard let digits = digits(scalars, digit), digits.count <= integerDigitsMax,
            let value = BigInteger(digits: digits.map { $0 + 48 })
        else { return nil }
        return negative ? -value : value
    }

    /// The digits of a text with single underscores between them; nil for anything else or nothing.
    private static func digits(
        _ scalars: some Sequence<Unicode.Scalar>, _ value: (Unicode.Scalar) -> UInt8?
    ) -> [UInt8]? {
        var digits: [UInt8] = []
        var afterDigit = false
        for scalar in scalars {
            if scalar == "_" {
                if !afterDigit { return nil }
                afterDigit = false
            } else {
                guard let digit = value(scalar) else { return nil }
                digits.append(digit)
                afterDigit = true
            }
        }
        return afterDigit ? digits : nil
    }

    /// `int(text, 0)`: as `integer`, with the prefixes of bases 16, 8 and 2; 007 is none.
    static func literal(_ text: String) -> BigInteger? {
        var scalars = stripNumber(text).unicodeScalars[...]
        let negative = takeSign(&scalars)
        guard let first = scalars.first, digit(first) != nil else { return nil }
        guard digit(first) == 0, let bits = digitBits(scalars.dropFirst().first) else {
            guard let value = integer(String(String.UnicodeScalarView(scalars))) else { return nil }
            if digit(first) == 0, !value.isZero { return nil }
            return negative ? -value : value
        }
        var rest = scalars.dropFirst(2)
        if rest.first == "_" { rest.removeFirst() }
        let read = digits(rest) { scalar in
            (digit(scalar) ?? letterDigit(scalar)).flatMap { $0 >> UInt8(bits) == 0 ? $0 : nil }
        }
        guard let read else { return nil }
        let value = BigInteger(bitGroups: read, of: bits)
        return negative ? -value : value
    }

    /// How many bits a digit has behind a zero and this letter.
    private static func digitBits(_ letter: Unicode.Scalar?) -> Int? {
        switch letter {
        case "x", "X": 4
        case "o", "O": 3
        case "b", "B": 1
        default: nil
        }
    }

    /// The digit from 10 that an ASCII letter stands for.
    private static func letterDigit(_ scalar: Unicode.Scalar) -> UInt8? {
        switch scalar {
        case "a"..."z": UInt8(scalar.value - 87)
        case "A"..."Z": UInt8(scalar.value - 55)
        default: nil
        }
    }

    /// Takes a sign off the front; whether it is a minus.
    private static func takeSign(_ scalars: inout Substring.UnicodeScalarView) -> Bool {
        guard let first = scalars.first, first == "+" || first == "-" else { return false }
        scalars.removeFirst()
        return first == "-"
    }
}
