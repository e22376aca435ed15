/// Text from elsewhere (models, peers, files) made safe to show.
package enum Escaping {
    /// For HTML and SVG, in text and in quoted attributes.
    ///
    /// Markup characters become entities; control characters and the invisible ones that reorder
    /// text become "�", so that what is shown is what is there.
    package static func markup(_ text: String) -> String {
        var safe = ""
        safe.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            default: safe.unicodeScalars.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return safe
    }

    /// For one line of a terminal: no control characters, so no escape sequences and no line ends.
    package static func terminal(_ text: String) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let breaksLine = scalar == "\n" || scalar == "\t" || scalar == "\r"
            safe.append(breaksLine ? " " : isHarmful(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(safe)
    }

    /// At most `countMax` characters, with a note of how many were left out.
    package static func shortened(_ text: String, countMax: Int) -> String {
        let kept = text.prefix(countMax)
        guard kept.endIndex < text.endIndex else { return text }
        return kept + " … (\(text[kept.endIndex...].count) more characters)"
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
        case 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
