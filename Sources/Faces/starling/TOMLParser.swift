/// Reads TOML 1.0 into values, and remembers the line of every key.
///
/// Ours, because a configuration may be anything a person typed: whatever the bytes are, the answer is
/// values or an error with its line. Dates are recognised but not interpreted; no setting takes one.
struct TOMLParser {
    /// Values nest at most this deep: our deepest setting is at 4.
    static let depthMax = 16
    /// A document holds at most this many bytes; recipes are a few kilobytes.
    static let byteCountMax = 1 << 20

    let bytes: [UInt8]
    let origin: String
    var at = 0
    var line = 1
    private var root = Table(.header)
    private var lines: [String: Int] = [:]

    /// A table while it is built; how it came to be decides what may still be added.
    private struct Table {
        /// Implied by a longer header, opened by a header, or made by a dotted key.
        enum Maker { case implied, header, dotted }
        var maker: Maker
        var entries: [String: Entry] = [:]

        init(_ maker: Maker) { self.maker = maker }
    }

    private enum Entry {
        case value(ConfigValue)
        case table(Table)
        case tables([Table])
    }

    private init(_ text: String, origin: String) {
        (bytes, self.origin) = (Array(text.utf8), origin)
    }

    /// Parses a whole document.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - origin: What error messages call it, usually the file's path.
    /// - Returns: The top table and where its keys stand.
    /// - Throws: `ConfigError` with the line where the document is malformed.
    static func parse(
        _ text: String, origin: String
    ) throws(ConfigError) -> (entries: [String: ConfigValue], source: ConfigSource) {
        guard text.utf8.count <= byteCountMax else {
            throw ConfigError(
                origin: origin, problem: "is larger than \(byteCountMax / 1024) KiB",
                advice: "a configuration is small; is this the right file?")
        }
        var parser = TOMLParser(text, origin: origin)
        try parser.document()
        return (values(parser.root), ConfigSource(origin: origin, lines: parser.lines))
    }

    private mutating func document() throws(ConfigError) {
        var header: [String] = []
        while true {
            skipBlank()
            guard let byte = peek else { return }
            if byte == UInt8(ascii: "[") {
                header = try self.header()
            } else {
                let path = try key()
                try expect("=", "a key is followed by = and its value")
                // Elements of arrays of tables are named with their number: stages[2].
                let place = try resolved(header)
                note(place + path)
                let value = try value(place + path, depth: header.count + path.count)
                try TOMLParser.insert(
                    .value(value), at: path[...], below: header[...], in: &root, self)
            }
            try endOfLine()
        }
    }

    /// `[a.b]` or `[[a.b]]`.
    private mutating func header() throws(ConfigError) -> [String] {
        at += 1
        let isArray = peek == UInt8(ascii: "[")
        if isArray { at += 1 }
        let path = try key()
        try expect("]", "a table's name ends with ]")
        if isArray {
            guard peek == UInt8(ascii: "]") else { throw malformed("[[ needs ]] on its line") }
            at += 1
        }
        guard path.count < TOMLParser.depthMax else { throw tooDeep() }
        try TOMLParser.open(path[...], isArray: isArray, in: &root, self)
        note(try resolved(path))
        return path
    }

    /// Header names with the number of the array element they mean now.
    private func resolved(_ header: [String]) throws(ConfigError) -> [String] {
        var (table, names) = (root, [String]())
        for name in header {
            switch table.entries[name] {
            case .table(let next): (table, names) = (next, names + [name])
            case .tables(let all):
                guard let last = all.last else { return names }
                (table, names) = (last, names + ["\(name)[\(all.count)]"])
            case .value, nil: return names
            }
        }
        return names
    }

    private static func open(
        _ path: ArraySlice<String>, isArray: Bool, in table: inout Table, _ parser: TOMLParser
    ) throws(ConfigError) {
        guard let name = path.first else { return }
        let rest = path.dropFirst()
        switch (table.entries[name], rest.isEmpty) {
        case (nil, true):
            table.entries[name] = isArray ? .tables([Table(.header)]) : .table(Table(.header))
        case (nil, false):
            var next = Table(.implied)
            try open(rest, isArray: isArray, in: &next, parser)
            table.entries[name] = .table(next)
        case (.table(var next), true) where next.maker == .implied && !isArray:
            next.maker = .header
            table.entries[name] = .table(next)
        case (.tables(let all), true) where isArray:
            table.entries[name] = .tables(all + [Table(.header)])
        case (.table(var next), false):
            try open(rest, isArray: isArray, in: &next, parser)
            table.entries[name] = .table(next)
        case (.tables(var all), false):
            try open(rest, isArray: isArray, in: &all[all.count - 1], parser)
            table.entries[name] = .tables(all)
        default: throw parser.malformed("`\(ConfigReader.shown(name))` is defined twice")
        }
    }

    private static func insert(
        _ entry: Entry, at path: ArraySlice<String>, below header: ArraySlice<String>,
        in table: inout Table, _ parser: TOMLParser
    ) throws(ConfigError) {
        guard let name = header.first ?? path.first else { return }
        let (isInHeader, isLast) = (!header.isEmpty, header.isEmpty && path.count == 1)
        let deeper = isInHeader ? path : path.dropFirst()
        switch table.entries[name] {
        case nil where isLast: table.entries[name] = entry
        case nil:
            var next = Table(.dotted)
            try insert(entry, at: deeper, below: header.dropFirst(), in: &next, parser)
            table.entries[name] = .table(next)
        case .table(var next) where !isLast && (isInHeader || next.maker == .dotted):
            try insert(entry, at: deeper, below: header.dropFirst(), in: &next, parser)
            table.entries[name] = .table(next)
        case .tables(var all) where isInHeader:
            try insert(
                entry, at: deeper, below: header.dropFirst(), in: &all[all.count - 1], parser)
            table.entries[name] = .tables(all)
        default: throw parser.malformed("`\(ConfigReader.shown(name))` is defined twice")
        }
    }

    private static func values(_ table: Table) -> [String: ConfigValue] {
        table.entries.mapValues { entry in
            switch entry {
            case .value(let value): value
            case .table(let table): .table(values(table))
            case .tables(let all): .array(all.map { .table(values($0)) })
            }
        }
    }

    /// A key's line is the first on which it stands.
    mutating func note(_ path: [String]) {
        for length in path.indices {
            let name = ConfigSource.name(path.prefix(length + 1))
            if lines[name] == nil { lines[name] = line }
        }
    }
}

// MARK: - Characters

extension TOMLParser {
    var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    func peek(_ distance: Int) -> UInt8? {
        at + distance < bytes.count ? bytes[at + distance] : nil
    }

    /// Past spaces, comments and line ends.
    mutating func skipBlank() {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\n"): (at, line) = (at + 1, line + 1)
            case UInt8(ascii: " "), UInt8(ascii: "\t"): at += 1
            case UInt8(ascii: "\r") where peek(1) == UInt8(ascii: "\n"): at += 1
            case UInt8(ascii: "#"): skipComment()
            default: return
            }
        }
    }

    mutating func skipSpaces() {
        while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "\t") { at += 1 }
    }

    private mutating func skipComment() {
        while let byte = peek, byte != UInt8(ascii: "\n") { at += 1 }
    }

    mutating func expect(_ character: Character, _ advice: String) throws(ConfigError) {
        skipSpaces()
        guard let byte = peek, byte == character.asciiValue else {
            throw malformed("expected \(character)", advice)
        }
        at += 1
        skipSpaces()
    }

    private mutating func endOfLine() throws(ConfigError) {
        skipSpaces()
        if peek == UInt8(ascii: "#") { skipComment() }
        if peek == UInt8(ascii: "\r") { at += 1 }
        guard peek == nil || peek == UInt8(ascii: "\n") else {
            throw malformed("unexpected text after the value", "one setting a line")
        }
    }

    func malformed(_ problem: String, _ advice: String = "see toml.io for the format")
        -> ConfigError
    {
        ConfigError(origin: origin, line: line, problem: problem, advice: advice)
    }

    func tooDeep() -> ConfigError {
        malformed("nests deeper than \(TOMLParser.depthMax) levels", "no setting is that deep")
    }
}
