/// What Python takes a text apart with.
extension PythonText {
    /// `text.split()`: the pieces between blanks.
    static func split(_ text: String) -> [String] {
        text.unicodeScalars.split(whereSeparator: isSpace).map { String($0) }
    }

    /// `text.split(separator)`; empty pieces stay.
    static func split(_ text: String, by separator: String) -> [String] {
        precondition(!separator.isEmpty, "Python raises an error for an empty separator")
        let (bytes, mark) = (Array(text.utf8), Array(separator.utf8))
        var pieces: [String] = []
        var start = 0
        var i = 0
        while i + mark.count <= bytes.count {
            if bytes[i] == mark[0], bytes[i..<(i + mark.count)].elementsEqual(mark) {
                pieces.append(String(decoding: bytes[start..<i], as: UTF8.self))
                i += mark.count
                start = i
            } else {
                i += 1
            }
        }
        return pieces + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// `text.splitlines()`: a line end at the very end starts no line of its own.
    static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var open = false
        var before: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n", before == "\r" {
                before = scalar
                continue
            }
            before = scalar
            if isLineEnd(scalar) {
                lines.append(String(line))
                line.removeAll()
                open = false
            } else {
                line.append(scalar)
                open = true
            }
        }
        return open ? lines + [String(line)] : lines
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0a...0x0d, 0x1c...0x1e, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// `re.findall(r"\b\w+\b", text)`: runs of letters, digits and underscores.
    static func tokens(_ text: String) -> [String] {
        text.unicodeScalars.split { $0 != "_" && !isAlphanumeric($0) }.map { String($0) }
    }

    /// `char.isalpha()`.
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            true
        default:
            false
        }
    }

    /// `char.isalnum()`.
    static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        isLetter(scalar) || scalar.properties.numericType != nil
    }

    /// `word.isalpha()`.
    static func isLetters(_ word: String) -> Bool {
        !word.isEmpty && word.unicodeScalars.allSatisfy(isLetter)
    }
}
