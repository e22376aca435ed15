/// The text of a configuration, to say on which line a key stands.
///
/// TOMLKit gives no positions of values, so this finds headers and keys by their lines. It is used only
/// in error messages: where it finds nothing, the message has no line.
struct ConfigSource: Sendable {
    let origin: String
    private var lines: [String: Int] = [:]

    init(_ text: String, origin: String) {
        self.origin = origin
        var table: [String] = []
        var multiline: String?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if let quote = multiline {
                if line.contains(quote) { multiline = nil }
                continue
            }
            let content = line.drop(while: \.isWhitespace)
            if content.hasPrefix("[") {
                table = ConfigSource.keys(of: content.drop { $0 == "[" }, until: "]")
                note(table, index + 1)
            } else if let first = content.first, first != "#" {
                note(table + ConfigSource.keys(of: content, until: "="), index + 1)
            }
            for quote in ["\"\"\"", "'''"] where line.occurrences(of: quote) % 2 == 1 {
                multiline = quote
            }
        }
    }

    /// The line of a key, or of the nearest table around it.
    func line(of path: [String]) -> Int? {
        for length in stride(from: path.count, to: 0, by: -1) {
            if let line = lines[path.prefix(length).joined(separator: "\0")] { return line }
        }
        return nil
    }

    private mutating func note(_ path: [String], _ line: Int) {
        for length in path.indices {
            let name = path.prefix(length + 1).joined(separator: "\0")
            if lines[name] == nil { lines[name] = line }
        }
    }

    /// `a."b.c".d = 1` has the keys a, b.c, d.
    private static func keys(of text: Substring, until end: Character) -> [String] {
        var keys: [String] = [""]
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { keys[keys.count - 1].append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == end {
                return keys
            } else if character == "." {
                keys.append("")
            } else if !character.isWhitespace {
                keys[keys.count - 1].append(character)
            }
        }
        return []
    }
}

extension Substring {
    fileprivate func occurrences(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}

/// Which of the known names was meant.
enum Nearness {
    /// The known name nearest to `name`, if it is near enough to be a slip.
    static func nearest(to name: String, among known: [String]) -> String? {
        let slips = max(2, name.count / 3)
        let ranked = known.map { (name: $0, distance: distance(name, $0)) }
        guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else {
            return nil
        }
        return best.distance <= slips && best.distance < name.count ? best.name : nil
    }

    /// Edits (insert, delete, change) from `a` to `b`; both are cut to 64 characters.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.lowercased().prefix(64)), Array(b.lowercased().prefix(64)))
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let change = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
