/// Strings as Python sees them: sequences of code points, compared exactly.
extension String {
    /// Byte ranges of a text in this one, from the left, without overlap; before every character
    /// and at the end if the text is empty.
    func ranges(of wanted: String, limit: Int) -> [Range<Int>] {
        let bytes = Array(utf8)
        let pattern = Array(wanted.utf8)
        var found: [Range<Int>] = []
        var start = 0
        while start + pattern.count <= bytes.count, found.count < limit {
            if pattern.isEmpty {
                // Not inside a character.
                if start == bytes.count || bytes[start] & 0xc0 != 0x80 {
                    found.append(start..<start)
                }
                start += 1
            } else if bytes[start] == pattern[0], bytes[start...].starts(with: pattern) {
                found.append(start..<(start + pattern.count))
                start += pattern.count
            } else {
                start += 1
            }
        }
        return found
    }

    /// The text before a byte.
    func utf8Prefix(_ count: Int) -> String { String(decoding: utf8.prefix(count), as: UTF8.self) }

    /// Python's `isspace` of one character.
    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        UnicodeClasses.shared[scalar.value].contains(.blank) || (0x1c...0x1f).contains(scalar.value)
    }

    /// Without characters of a set, or blanks, at its ends.
    func stripped(_ characters: String?, left: Bool = true, right: Bool = true) -> String {
        let set = characters.map { Set($0.unicodeScalars) }
        func goes(_ scalar: Unicode.Scalar) -> Bool {
            set?.contains(scalar) ?? Self.isBlank(scalar)
        }
        var scalars = unicodeScalars[...]
        if left { scalars = scalars.drop(while: goes) }
        if right {
            while let last = scalars.last, goes(last) { scalars.removeLast() }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Parts between runs of blanks; after `limit` cuts the rest stays whole.
    func words(limit: Int) -> [String] {
        var words: [String] = []
        var rest = unicodeScalars[...]
        while true {
            rest = rest.drop(while: Self.isBlank)
            guard !rest.isEmpty else { return words }
            guard words.count < limit else {
                let whole = String(String.UnicodeScalarView(rest))
                return words + [whole.stripped(nil, left: false)]
            }
            let word = rest.prefix { !Self.isBlank($0) }
            words.append(String(String.UnicodeScalarView(word)))
            rest = rest[word.endIndex...]
        }
    }

    /// Its lines, without a last empty one.
    var lines: [String] {
        var lines = split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// The first character upper case, the rest lower.
    var capitalizedOnce: String {
        guard let first = unicodeScalars.first else { return "" }
        let rest = String(String.UnicodeScalarView(unicodeScalars.dropFirst()))
        return first.properties.titlecaseMapping + rest.lowercased()
    }

    /// Every word with a capital.
    var titled: String {
        var result = ""
        var isInside = false
        for scalar in unicodeScalars {
            let isCased = scalar.properties.isCased
            result +=
                isInside ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
            isInside = isCased
        }
        return result
    }
}
