import Bytes

/// Reads one table of a configuration into typed values, strictly.
///
/// Each request names a key; what was never requested is an unknown key and an error, so a mistyped
/// setting cannot be ignored in silence. `ConfigFile.read` and the `table` methods check for unknown
/// keys by themselves after their closure returns.
///
///     let recipe = try ConfigFile.read(path) { (reader) throws(ConfigError) in
///         let steps = try reader.integer("steps", in: 1...1_000_000, default: 100)
///         let rate = try reader.table("optimizer") { (reader) throws(ConfigError) in
///             try reader.double("rate", in: 0...1)
///         }
///         return Recipe(steps: steps, rate: rate)
///     }
struct ConfigReader {
    private let entries: [String: ConfigValue]
    private let path: [String]
    private let source: ConfigSource
    private var known: [String] = []

    init(_ entries: [String: ConfigValue], path: [String] = [], source: ConfigSource) {
        (self.entries, self.path, self.source) = (entries, path, source)
    }

    /// Whether the file gives this key; counts as a request.
    mutating func has(_ key: String) -> Bool { take(key) != nil }

    /// A string; with `choices`, one of them.
    mutating func string(
        _ key: String, oneOf choices: [String] = [], default fallback: String? = nil
    ) throws(ConfigError) -> String {
        let value = try self.value(key, fallback.map(ConfigValue.string), expected: "a string")
        guard case .string(let string) = value else { throw wrong(key, value, "a string") }
        guard choices.isEmpty || choices.contains(string) else {
            let nearest = Nearness.nearest(to: string, among: choices)
            let hint = nearest.map { "did you mean \"\($0)\"? " } ?? ""
            throw error(
                key, "is \"\(ConfigReader.shown(string))\"",
                "\(hint)choices are \(choices.joined(separator: ", "))")
        }
        return string
    }

    /// An integer within `range`.
    mutating func integer(
        _ key: String, in range: ClosedRange<Int> = Int.min...Int.max, default fallback: Int? = nil
    ) throws(ConfigError) -> Int {
        let expected = range == Int.min...Int.max ? "an integer" : "an integer in \(range.shown)"
        let value = try self.value(key, fallback.map(ConfigValue.integer), expected: expected)
        guard case .integer(let integer) = value else { throw wrong(key, value, expected) }
        guard range.contains(integer) else {
            throw error(key, "is \(integer)", "expected \(expected)")
        }
        return integer
    }

    /// A finite number within `range`; integers are numbers too.
    mutating func double(
        _ key: String, in range: ClosedRange<Double> = -1e300...1e300,
        default fallback: Double? = nil
    ) throws(ConfigError) -> Double {
        let expected = range == -1e300...1e300 ? "a number" : "a number in \(range.shown)"
        let value = try self.value(key, fallback.map(ConfigValue.double), expected: expected)
        let double: Double
        switch value {
        case .double(let given): double = given
        case .integer(let given): double = Double(given)
        default: throw wrong(key, value, expected)
        }
        guard double.isFinite, range.contains(double) else {
            throw error(key, "is \(double)", "expected \(expected)")
        }
        return double
    }

    /// True or false.
    mutating func bool(_ key: String, default fallback: Bool? = nil) throws(ConfigError) -> Bool {
        let expected = "true or false"
        let value = try self.value(key, fallback.map(ConfigValue.bool), expected: expected)
        guard case .bool(let bool) = value else { throw wrong(key, value, expected) }
        return bool
    }

    /// An array of strings, of at most `countMax` elements.
    mutating func strings(
        _ key: String, countMax: Int = 1000, default fallback: [String]? = nil
    ) throws(ConfigError) -> [String] {
        try elements(key, countMax: countMax, fallback, expected: "an array of strings") {
            if case .string(let string) = $0 { string } else { nil }
        }
    }

    /// An array of integers, of at most `countMax` elements.
    mutating func integers(
        _ key: String, countMax: Int = 1000, default fallback: [Int]? = nil
    ) throws(ConfigError) -> [Int] {
        try elements(key, countMax: countMax, fallback, expected: "an array of integers") {
            if case .integer(let integer) = $0 { integer } else { nil }
        }
    }

    /// An array of finite numbers, of at most `countMax` elements.
    mutating func doubles(
        _ key: String, countMax: Int = 1000, default fallback: [Double]? = nil
    ) throws(ConfigError) -> [Double] {
        try elements(key, countMax: countMax, fallback, expected: "an array of numbers") {
            switch $0 {
            case .integer(let integer): Double(integer)
            case .double(let double) where double.isFinite: double
            default: nil
            }
        }
    }

    /// A nested table; where the file has none, `body` sees an empty one and its defaults apply.
    mutating func table<Value>(
        _ key: String, _ body: (inout ConfigReader) throws(ConfigError) -> Value
    ) throws(ConfigError) -> Value {
        let value = take(key) ?? .table([:])
        guard case .table(let nested) = value else { throw wrong(key, value, "a table [\(key)]") }
        return try ConfigReader.checked(nested, path: path + [key], source: source, body)
    }

    /// An array of tables, `[[key]]`, of at most `countMax`; none where the file has none.
    mutating func tables<Value>(
        _ key: String, countMax: Int = 1000,
        _ body: (inout ConfigReader) throws(ConfigError) -> Value
    ) throws(ConfigError) -> [Value] {
        let value = take(key) ?? .array([])
        guard case .array(let elements) = value else {
            throw wrong(key, value, "tables [[\(key)]]")
        }
        guard elements.count <= countMax else { throw tooMany(key, elements.count, countMax) }
        var values: [Value] = []
        for (index, element) in elements.enumerated() {
            guard case .table(let nested) = element else {
                throw wrong(key, element, "tables [[\(key)]]")
            }
            let place = path + ["\(key)[\(index + 1)]"]
            values.append(try ConfigReader.checked(nested, path: place, source: source, body))
        }
        return values
    }

    /// A nested table as JSON, keys in alphabetical order: for a room that checks its settings itself.
    mutating func json(_ key: String) throws(ConfigError) -> JSON {
        let value = take(key) ?? .table([:])
        guard case .table = value, let json = value.json else {
            throw wrong(key, value, "a table [\(key)] without dates")
        }
        return json
    }

    /// Refuses the value of a key that was read, where `holds` is false.
    func check(_ key: String, is expected: String, _ holds: () -> Bool) throws(ConfigError) {
        guard holds() else { throw error(key, "cannot be used", "expected \(expected)") }
    }

    /// Refuses keys that were never requested, naming the nearest one that exists.
    func done() throws(ConfigError) {
        guard let unknown = entries.keys.filter({ !known.contains($0) }).min() else { return }
        let name = (path + [ConfigReader.shown(unknown)]).joined(separator: ".")
        let hint =
            Nearness.nearest(to: unknown, among: known).map { "did you mean `\($0)`? " } ?? ""
        let place = path.isEmpty ? "known keys are" : "keys of [\(path.joined(separator: "."))] are"
        let keys =
            known.isEmpty ? "this table takes none" : "\(place) " + known.joined(separator: ", ")
        throw ConfigError(
            origin: source.origin, line: source.line(of: path + [unknown]),
            problem: "unknown key `\(name)`", advice: hint + keys)
    }

    /// Runs `body` on a table, then `done`.
    static func checked<Value>(
        _ entries: [String: ConfigValue], path: [String], source: ConfigSource,
        _ body: (inout ConfigReader) throws(ConfigError) -> Value
    ) throws(ConfigError) -> Value {
        var reader = ConfigReader(entries, path: path, source: source)
        let value = try body(&reader)
        try reader.done()
        return value
    }
}

extension ConfigReader {
    private mutating func take(_ key: String) -> ConfigValue? {
        if !known.contains(key) { known.append(key) }
        return entries[key]
    }

    private mutating func value(
        _ key: String, _ fallback: ConfigValue?, expected: String
    ) throws(ConfigError) -> ConfigValue {
        guard let value = take(key) ?? fallback else { throw missing(key, expected) }
        return value
    }

    private mutating func elements<Element>(
        _ key: String, countMax: Int, _ fallback: [Element]?, expected: String,
        _ convert: (ConfigValue) -> Element?
    ) throws(ConfigError) -> [Element] {
        guard let value = take(key) else {
            guard let fallback else { throw missing(key, expected) }
            return fallback
        }
        guard case .array(let values) = value else { throw wrong(key, value, expected) }
        guard values.count <= countMax else { throw tooMany(key, values.count, countMax) }
        var elements: [Element] = []
        for value in values {
            guard let element = convert(value) else {
                throw error(key, "contains \(value.kind)", "expected \(expected)")
            }
            elements.append(element)
        }
        return elements
    }

    private func error(_ key: String, _ problem: String, _ advice: String) -> ConfigError {
        ConfigError(
            origin: source.origin, line: source.line(of: path + [key]),
            problem: "`\((path + [key]).joined(separator: "."))` \(problem)", advice: advice)
    }

    private func wrong(_ key: String, _ value: ConfigValue, _ expected: String) -> ConfigError {
        error(key, "is \(value.kind)", "expected \(expected)")
    }

    private func tooMany(_ key: String, _ count: Int, _ countMax: Int) -> ConfigError {
        error(key, "has \(count) elements", "expected at most \(countMax)")
    }

    /// A missing key has no line of its own; the line of its table is named.
    private func missing(_ key: String, _ expected: String) -> ConfigError {
        ConfigError(
            origin: source.origin, line: path.isEmpty ? nil : source.line(of: path),
            problem: "`\((path + [key]).joined(separator: "."))` is missing",
            advice: "give it \(expected)")
    }

    /// Text from a file, cut to a length an error message can carry.
    static func shown(_ text: String) -> String {
        text.count > 60 ? text.prefix(60) + "…" : text
    }
}

extension ClosedRange {
    /// Without the bounds that say nothing: "1...10", "1...", "...10".
    fileprivate var shown: String {
        if let upper = upperBound as? Int, upper == Int.max { return "\(lowerBound)..." }
        if let lower = lowerBound as? Int, lower == Int.min { return "...\(upperBound)" }
        return "\(lowerBound)...\(upperBound)"
    }
}
