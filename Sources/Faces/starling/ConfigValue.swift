import TOMLKit

/// A value of a configuration file, free of the parser that read it.
enum ConfigValue: Equatable, Sendable {
    case string(String)
    case integer(Int)
    case double(Double)
    case bool(Bool)
    case array([ConfigValue])
    case table([String: ConfigValue])
    /// A date or time; no setting of ours takes one.
    case date

    /// What a person calls this type.
    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .double: "a number"
        case .bool: "true or false"
        case .array: "an array"
        case .table: "a table"
        case .date: "a date"
        }
    }
}

extension ConfigValue {
    /// Values nest at most this deep: our deepest setting is at 4.
    static let depthMax = 16
    /// A file holds at most this many bytes; recipes are a few kilobytes.
    static let byteCountMax = 1 << 20

    /// Parses a TOML document.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - origin: What error messages call it, usually the file's path.
    /// - Returns: The document's top table.
    /// - Throws: `ConfigError` with the line where the document is malformed.
    static func parse(_ text: String, origin: String) throws(ConfigError) -> [String: ConfigValue] {
        guard text.utf8.count <= byteCountMax else {
            throw ConfigError(
                origin: origin, problem: "is larger than \(byteCountMax / 1024) KiB",
                advice: "a configuration is small; is this the right file?")
        }
        // The C++ parser behind TOMLKit hands strings over NUL-terminated.
        guard !text.utf8.contains(0), !text.contains("\\u0000"), !text.contains("\\U00000000")
        else {
            throw ConfigError(
                origin: origin, problem: "contains a NUL character",
                advice: "remove it; is this a text file?")
        }
        let document: TOMLTable
        do {
            document = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigError(
                origin: origin, line: error.source.begin.line,
                problem: "is not valid TOML: \(error.description)",
                advice: "strings need quotes, tables are written [name]")
        } catch {
            throw ConfigError(
                origin: origin, problem: "cannot be read as TOML: \(error)",
                advice: "check its syntax")
        }
        return try entries(of: document, depth: 0, origin: origin)
    }

    private static func entries(
        of table: TOMLTable, depth: Int, origin: String
    ) throws(ConfigError) -> [String: ConfigValue] {
        var entries: [String: ConfigValue] = [:]
        for key in table.keys {
            guard let value = table[key] else { continue }
            entries[key] = try convert(value.tomlValue, depth: depth + 1, origin: origin)
        }
        return entries
    }

    private static func convert(
        _ value: TOMLValue, depth: Int, origin: String
    ) throws(ConfigError) -> ConfigValue {
        guard depth <= depthMax else {
            throw ConfigError(
                origin: origin, problem: "nests deeper than \(depthMax) levels",
                advice: "no setting is that deep")
        }
        if let string = value.string { return .string(string) }
        if let integer = value.int { return .integer(integer) }
        if let double = value.double { return .double(double) }
        if let bool = value.bool { return .bool(bool) }
        if let table = value.table {
            return .table(try entries(of: table, depth: depth, origin: origin))
        }
        guard let array = value.array else { return .date }
        var values: [ConfigValue] = []
        for element in array {
            values.append(try convert(element.tomlValue, depth: depth + 1, origin: origin))
        }
        return .array(values)
    }
}

/// Why a configuration was refused: where, what, and what to try.
struct ConfigError: Error, Equatable, CustomStringConvertible {
    var origin: String
    var line: Int?
    var problem: String
    var advice: String

    init(origin: String, line: Int? = nil, problem: String, advice: String) {
        (self.origin, self.line, self.problem, self.advice) = (origin, line, problem, advice)
    }

    var description: String {
        let place = line.map { "\(origin):\($0)" } ?? origin
        return "\(place): \(problem); \(advice)"
    }
}
