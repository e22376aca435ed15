extension TOMLParser {
    /// `a`, `"a b"` or `a.b.c`.
    mutating func key() throws(ConfigError) -> [String] {
        var path: [String] = []
        repeat {
            if !path.isEmpty { at += 1 }
            skipSpaces()
            switch peek {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): path.append(try singleLineString())
            default:
                let start = at
                while let byte = peek, isBare(byte) { at += 1 }
                guard at > start else {
                    throw malformed(
                        "expected a key", "keys are letters, digits, - and _, or quoted")
                }
                path.append(String(decoding: bytes[start..<at], as: UTF8.self))
            }
            guard path.count < TOMLParser.depthMax else { throw tooDeep() }
            skipSpaces()
        } while peek == UInt8(ascii: ".")
        return path
    }

    /// Any value; `path` names it for `lines`.
    mutating func value(_ path: [String], depth: Int) throws(ConfigError) -> ConfigValue {
        guard depth <= TOMLParser.depthMax else { throw tooDeep() }
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let quote = bytes[at]
            let isLong = peek(1) == quote && peek(2) == quote
            return .string(isLong ? try multiLineString() : try singleLineString())
        case UInt8(ascii: "["): return try array(path, depth: depth)
        case UInt8(ascii: "{"): return try inlineTable(path, depth: depth)
        default: return try scalar()
        }
    }

    private mutating func array(_ path: [String], depth: Int) throws(ConfigError) -> ConfigValue {
        at += 1
        var values: [ConfigValue] = []
        let name = path.last ?? ""
        while true {
            skipBlank()
            if peek == UInt8(ascii: "]") { break }
            let place = path.dropLast() + ["\(name)[\(values.count + 1)]"]
            note(Array(place))
            values.append(try value(Array(place), depth: depth + 1))
            skipBlank()
            if peek == UInt8(ascii: ",") {
                at += 1
            } else if peek != UInt8(ascii: "]") {
                throw malformed("expected , or ] in an array", "separate elements with commas")
            }
        }
        at += 1
        return .array(values)
    }

    private mutating func inlineTable(
        _ path: [String], depth: Int
    ) throws(ConfigError) -> ConfigValue {
        at += 1
        var entries: [String: ConfigValue] = [:]
        skipSpaces()
        while peek != UInt8(ascii: "}") {
            let keys = try key()
            try expect("=", "a key is followed by = and its value")
            note(path + keys)
            let value = try value(path + keys, depth: depth + keys.count)
            guard TOMLParser.add(value, at: keys[...], to: &entries) else {
                throw twice(keys.joined(separator: "."))
            }
            skipSpaces()
            guard peek == UInt8(ascii: ",") else { break }
            at += 1
            skipSpaces()
            guard peek != UInt8(ascii: "}") else {
                throw malformed("a , before }", "an inline table has no trailing comma")
            }
        }
        guard peek == UInt8(ascii: "}") else {
            throw malformed("expected , or } in an inline table", "it ends on its own line")
        }
        at += 1
        return .table(entries)
    }

    private static func add(
        _ value: ConfigValue, at keys: ArraySlice<String>, to entries: inout [String: ConfigValue]
    ) -> Bool {
        guard let key = keys.first else { return false }
        guard keys.count > 1 else {
            return entries.updateValue(value, forKey: key) == nil
        }
        var nested: [String: ConfigValue] = [:]
        if let old = entries[key] {
            guard case .table(let table) = old else { return false }
            nested = table
        }
        defer { entries[key] = .table(nested) }
        return add(value, at: keys.dropFirst(), to: &nested)
    }

    /// A number, true or false, or a date.
    private mutating func scalar() throws(ConfigError) -> ConfigValue {
        let start = at
        while let byte = peek, isBare(byte) || "+.:".utf8.contains(byte) { at += 1 }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if text.contains(/^\d{4}-\d\d-\d\d/) || text.contains(/^\d\d:\d\d/) {
            // A date may be parted from its time by a space.
            if peek == UInt8(ascii: " "), let next = peek(1), (0x30...0x39).contains(next) {
                at += 1
                while let byte = peek, isBare(byte) || "+.:".utf8.contains(byte) { at += 1 }
            }
            return .date
        }
        if let value = TOMLParser.number(text) { return value }
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "": throw malformed("expected a value", "strings need quotes")
        default:
            let shown = ConfigReader.shown(text)
            throw malformed("`\(shown)` is no value", "strings need quotes: \"\(shown)\"")
        }
    }

    private static func number(_ text: String) -> ConfigValue? {
        let digits = text.replacing("_", with: "")
        let decimal = /[+-]?(?:0|[1-9](?:_?[0-9])*)/
        let point =
            /[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?/
        if text.wholeMatch(of: decimal) != nil { return Int(digits).map(ConfigValue.integer) }
        if text.wholeMatch(of: point) != nil { return Double(digits).map(ConfigValue.double) }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            guard text.wholeMatch(of: /0[xob][0-9a-fA-F](?:_?[0-9a-fA-F])*/) != nil else {
                return nil
            }
            return Int(digits.dropFirst(2), radix: radix).map(ConfigValue.integer)
        }
        switch text {
        case "inf", "+inf": return .double(.infinity)
        case "-inf": return .double(-.infinity)
        case "nan", "+nan", "-nan": return .double(.nan)
        default: return nil
        }
    }

    private func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

// MARK: - Strings

extension TOMLParser {
    private mutating func singleLineString() throws(ConfigError) -> String {
        let quote = bytes[at]
        at += 1
        var text: [UInt8] = []
        while let byte = peek, byte != quote {
            guard byte != UInt8(ascii: "\n") else { break }
            try appendCharacter(to: &text, isLiteral: quote == UInt8(ascii: "'"))
        }
        guard peek == quote else { throw malformed("a string without its end", "close the quote") }
        at += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func multiLineString() throws(ConfigError) -> String {
        let quote = bytes[at]
        let first = line
        at += 3
        if peek == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { at += 1 }
        if peek == UInt8(ascii: "\n") { (at, line) = (at + 1, line + 1) }
        var text: [UInt8] = []
        while let byte = peek {
            if byte == quote, peek(1) == quote, peek(2) == quote {
                // One or two quotes may stand right before the closing three.
                while peek(3) == quote, text.count < bytes.count, quotesEnd(at) > 3 {
                    text.append(quote)
                    at += 1
                }
                at += 3
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\n") {
                text.append(byte)
                (at, line) = (at + 1, line + 1)
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), endsLine(at + 1) {
                at += 1
                skipToText()
            } else {
                try appendCharacter(to: &text, isLiteral: quote == UInt8(ascii: "'"))
            }
        }
        line = first
        throw malformed("a string without its end", "close it with three quotes")
    }

    /// How many quotes stand from `start`, at most five: two of the text, three that close.
    private func quotesEnd(_ start: Int) -> Int {
        var end = start
        while end < bytes.count, end - start < 5, bytes[end] == bytes[start] { end += 1 }
        return end - start
    }

    private func endsLine(_ start: Int) -> Bool {
        let rest = bytes[min(start, bytes.count)...].drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        return rest.first == UInt8(ascii: "\n")
    }

    private mutating func skipToText() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A {
            if byte == 0x0A { line += 1 }
            at += 1
        }
    }

    private mutating func appendCharacter(
        to text: inout [UInt8], isLiteral: Bool
    ) throws(ConfigError) {
        let byte = bytes[at]
        at += 1
        if byte == UInt8(ascii: "\\") && !isLiteral {
            text += try escape()
        } else if byte == 0x0D && peek == 0x0A {
            // A Windows line end counts as a line end.
        } else if (byte < 0x20 && byte != 0x09) || byte == 0x7F {
            throw malformed("a control character in a string", "write it as an escape, \\u0000")
        } else {
            text.append(byte)
        }
    }

    private mutating func escape() throws(ConfigError) -> [UInt8] {
        guard let kind = peek else { throw malformed("a string without its end") }
        at += 1
        switch kind {
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [kind]
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = kind == UInt8(ascii: "u") ? 4 : 8
            let digits = String(decoding: bytes[at..<min(at + count, bytes.count)], as: UTF8.self)
            guard digits.utf8.count == count, digits.allSatisfy(\.isHexDigit),
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
            else {
                throw malformed(
                    "not a character: \\\(UnicodeScalar(kind))", "give \(count) hex digits")
            }
            at += count
            return Array(String(Character(scalar)).utf8)
        default:
            throw malformed(
                "an unknown escape in a string", "use 'single quotes' for text with backslashes")
        }
    }
}
