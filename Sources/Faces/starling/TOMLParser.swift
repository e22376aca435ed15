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
    private let root = Table(.header)
    private var lines: [String: Int] = [:]

    /// A table while it is built; how it came to be decides what may still be added.
    private final class Table {
        /// Implied by a longer header, opened by a header, or made by a dotted key.
        enum Maker { case implied, header, dotted }
        var maker: Maker
        var entries: [String: Entry] = [:]

        init(_ maker: Maker) { self.maker = maker }
    }

    /// The tables of one `[[name]]`.
    private final class Elements {
        var tables = [Table(.header)]
    }

    private enum Entry {
        case value(ConfigValue)
        case table(Table)
        case tables(Elements)
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
        var (table, place) = (root, [String]())
        while true {
            skipBlank()
            guard let byte = peek else { return }
            if byte == UInt8(ascii: "[") {
                (table, place) = try header()
                note(place)
            } else {
                let path = try key()
                try expect("=", "a key is followed by = and its value")
                note(place + path)
                let value = try value(place + path, depth: place.count + path.count)
                try insert(value, at: path, in: table)
            }
            try endOfLine()
        }
    }

    /// `[a.b]` or `[[a.b]]`: the table that opens, and its place, where elements have their number.
    private mutating func header() throws(ConfigError) -> (Table, place: [String]) {
        at += 1
        let isArray = peek == UInt8(ascii: "[")
        if isArray { at += 1 }
        let path = try key()
        try expect("]", "a table's name ends with ]")
        if isArray {
            guard peek == UInt8(ascii: "]") else { throw malformed("[[ needs ]] on its line") }
            at += 1
        }
        var (table, place) = (root, [String]())
        for name in path.dropLast() {
            let next = table.entries[name] ?? .table(Table(.implied))
            table.entries[name] = next
            (table, place) = try entered(next, name, place)
        }
        guard let name = path.last else { return (table, place) }
        switch table.entries[name] {
        case .none: table.entries[name] = isArray ? .tables(Elements()) : .table(Table(.header))
        case .table(let next) where next.maker == .implied && !isArray: next.maker = .header
        case .tables(let all) where isArray: all.tables.append(Table(.header))
        default: throw twice(name)
        }
        guard let opened = table.entries[name] else { return (table, place) }
        return try entered(opened, name, place)
    }

    private func entered(
        _ entry: Entry, _ name: String, _ place: [String]
    ) throws(ConfigError) -> (Table, place: [String]) {
        switch entry {
        case .table(let table): return (table, place + [name])
        case .tables(let all):
            guard let last = all.tables.last else { throw twice(name) }
            return (last, place + ["\(name)[\(all.tables.count)]"])
        case .value: throw twice(name)
        }
    }

    private func insert(
        _ value: ConfigValue, at path: [String], in table: Table
    ) throws(ConfigError) {
        var table = table
        for name in path.dropLast() {
            let next = table.entries[name] ?? .table(Table(.dotted))
            guard case .table(let inner) = next, inner.maker == .dotted else { throw twice(name) }
            table.entries[name] = next
            table = inner
        }
        guard let name = path.last, table.entries[name] == nil else {
            throw twice(path.last ?? "")
        }
        table.entries[name] = .value(value)
    }

    func twice(_ name: String) -> ConfigError {
        malformed("`\(ConfigReader.shown(name))` is defined twice", "keep one of them")
    }

    private static func values(_ table: Table) -> [String: ConfigValue] {
        table.entries.mapValues { entry in
            switch entry {
            case .value(let value): value
            case .table(let table): .table(values(table))
            case .tables(let all): .array(all.tables.map { .table(values($0)) })
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
