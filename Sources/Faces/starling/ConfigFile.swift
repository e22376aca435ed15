import Foundation

/// A configuration file, with what the command line sets over it.
enum ConfigFile {
    /// Reads the file at `path` strictly: see `ConfigReader`.
    ///
    /// - Parameters:
    ///   - path: A TOML file.
    ///   - overrides: Settings over the file's, each as `table.key=value` with a TOML value; a value
    ///     that is not TOML is taken as a string.
    ///   - body: Turns the file's keys into typed values.
    /// - Returns: What `body` returns.
    /// - Throws: `ConfigError`, which names the file, the line, the key and what was expected.
    static func read<Value>(
        _ path: String, overrides: [String] = [],
        _ body: (inout ConfigReader) throws(ConfigError) -> Value
    ) throws(ConfigError) -> Value {
        let text: String
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            guard
                let decoded = String(
                    bytes: data.prefix(TOMLParser.byteCountMax + 1), encoding: .utf8)
            else {
                throw ConfigError(
                    origin: path, problem: "is not UTF-8 text", advice: "save it as UTF-8")
            }
            text = decoded
        } catch let error as ConfigError {
            throw error
        } catch {
            throw ConfigError(
                origin: path, problem: "cannot be read: \(error.localizedDescription)",
                advice: "check the path and its permissions")
        }
        return try parse(text, origin: path, overrides: overrides, body)
    }

    /// The same for a text already in memory.
    static func parse<Value>(
        _ text: String, origin: String, overrides: [String] = [],
        _ body: (inout ConfigReader) throws(ConfigError) -> Value
    ) throws(ConfigError) -> Value {
        let (parsed, source) = try TOMLParser.parse(text, origin: origin)
        var entries = parsed
        for override in overrides {
            let added = try self.entries(of: override)
            entries = try merge(entries, with: added, override: override)
        }
        return try ConfigReader.checked(entries, path: [], source: source, body)
    }

    private static func entries(of override: String) throws(ConfigError) -> [String: ConfigValue] {
        let origin = "override \"\(ConfigReader.shown(override))\""
        guard let equals = override.firstIndex(of: "="), equals != override.startIndex,
            !override.contains("\n")
        else {
            throw ConfigError(
                origin: origin, problem: "is not a setting", advice: "write it as table.key=value")
        }
        if let parsed = try? TOMLParser.parse(override, origin: origin) { return parsed.entries }
        // A shell eats quotes: what is not TOML by itself is meant as a string.
        let setting = setting(
            String(override[..<equals]), String(override[override.index(after: equals)...]))
        return try TOMLParser.parse(setting, origin: origin).entries
    }

    /// A setting whose value is a string, whatever stands in it.
    static func setting(_ key: String, _ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\(key)=\"\(escaped)\""
    }

    private static func merge(
        _ base: [String: ConfigValue], with added: [String: ConfigValue], override: String
    ) throws(ConfigError) -> [String: ConfigValue] {
        var merged = base
        for (key, value) in added {
            guard let old = merged[key] else {
                merged[key] = value
                continue
            }
            switch (old, value) {
            case (.table(let old), .table(let new)):
                merged[key] = .table(try merge(old, with: new, override: override))
            case (.table, _), (_, .table):
                throw ConfigError(
                    origin: "override \"\(ConfigReader.shown(override))\"",
                    problem: "`\(key)` is \(old.kind) in the file and \(value.kind) here",
                    advice: "name the whole key, table.key=value")
            default: merged[key] = value
            }
        }
        return merged
    }
}
