import Bytes

/// Reads the configuration of one environment, key by key, and refuses what it does not know.
///
/// Every number is held within bounds: a configuration may come from a peer, and a matrix of a
/// billion cells is an attack, not a task.
struct Settings {
    let environment: String
    private let values: [JSON.Member]
    private let defaultSeed: Int
    private var known: [String] = []

    init(_ configuration: JSON, of environment: String, seed: Int) throws(EnvironmentError) {
        guard let members = configuration.orderedMembers else {
            throw .notAnObject(environment: environment)
        }
        values = members
        defaultSeed = seed
        self.environment = environment
    }

    private mutating func value(_ key: String) -> JSON? {
        known.append(key)
        return values.last { $0.key == key }?.value
    }

    func invalid(_ key: String, _ rule: String) -> EnvironmentError {
        .invalidValue(environment: environment, key: key, rule: rule)
    }

    private func wrong(_ key: String, _ expected: String) -> EnvironmentError {
        .wrongType(environment: environment, key: key, expected: expected)
    }

    /// A whole number within bounds.
    mutating func int(_ key: String, default fallback: Int, within bounds: ClosedRange<Int>)
        throws(EnvironmentError) -> Int
    {
        guard let found = value(key) else { return fallback }
        guard let number = found.wholeNumber else { throw wrong(key, "a whole number") }
        guard bounds.contains(number) else {
            throw invalid(key, "must be from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// A pair of keys, the least and the greatest of something.
    mutating func range(
        _ low: String, _ high: String, default fallback: ClosedRange<Int>,
        within bounds: ClosedRange<Int>
    ) throws(EnvironmentError) -> ClosedRange<Int> {
        let least = try int(low, default: fallback.lowerBound, within: bounds)
        let greatest = try int(high, default: fallback.upperBound, within: bounds)
        guard least <= greatest else { throw invalid(high, "must not be below \"\(low)\"") }
        return least...greatest
    }

    mutating func number(
        _ key: String, default fallback: Double, within bounds: ClosedRange<Double>
    ) throws(EnvironmentError) -> Double {
        guard let found = value(key) else { return fallback }
        guard let number = found.realNumber else { throw wrong(key, "a number") }
        guard bounds.contains(number) else {
            throw invalid(key, "must be from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    mutating func bool(_ key: String, default fallback: Bool) throws(EnvironmentError) -> Bool {
        guard let found = value(key) else { return fallback }
        guard let flag = found.flag else { throw wrong(key, "true or false") }
        return flag
    }

    /// One word of a list.
    mutating func word(_ key: String, default fallback: String, of valid: [String])
        throws(EnvironmentError) -> String
    {
        guard let found = value(key) else { return fallback }
        guard let word = found.text else { throw wrong(key, "a text") }
        guard valid.contains(word) else {
            throw invalid(key, "must be one of \(valid.joined(separator: ", "))")
        }
        return word
    }

    /// At least one word of a list, in the order given.
    mutating func words(
        _ key: String, default fallback: [String], of valid: [String],
        spelled: (String) -> String = { $0 }
    ) throws(EnvironmentError) -> [String] {
        guard let found = value(key) else { return fallback }
        guard let items = found.elements, items.count <= 64 else {
            throw wrong(key, "a list of at most 64 texts")
        }
        var words: [String] = []
        for item in items {
            guard let word = item.text.map(spelled) else { throw wrong(key, "a list of texts") }
            guard valid.contains(word) else {
                throw invalid(key, "may hold \(valid.joined(separator: ", ")); not \"\(word)\"")
            }
            words.append(word)
        }
        guard !words.isEmpty else { throw invalid(key, "must not be empty") }
        return words
    }

    /// At least one text, each of 1 to 64 bytes.
    mutating func texts(_ key: String, default fallback: [String]) throws(EnvironmentError) -> [String] {
        guard let found = value(key) else { return fallback }
        guard let items = found.elements, (1...256).contains(items.count) else {
            throw wrong(key, "a list of 1 to 256 texts")
        }
        var texts: [String] = []
        for item in items {
            guard let text = item.text, (1...64).contains(text.utf8.count) else {
                throw wrong(key, "a list of texts of 1 to 64 bytes")
            }
            texts.append(text)
        }
        return texts
    }

    /// A list of configurations, for an environment made of others.
    mutating func items(_ key: String) throws(EnvironmentError) -> [JSON] {
        guard let found = value(key) else { return [] }
        guard let items = found.elements, items.count <= 256 else {
            throw wrong(key, "a list of at most 256 objects")
        }
        return items
    }

    /// The keys that every environment has.
    ///
    /// Call it last: it refuses the keys nobody asked for.
    mutating func seed() throws(EnvironmentError) -> Int {
        let seed = try int("seed", default: defaultSeed, within: Int.min...Int.max)
        _ = try size()
        try finish()
        return seed
    }

    /// The advertised length; entries beyond it exist as well.
    mutating func size() throws(EnvironmentError) -> Int {
        try int("size", default: 500, within: 1...Int.max)
    }

    func finish() throws(EnvironmentError) {
        for key in values.map(\.key) where !known.contains(key) {
            throw .unknownKey(environment: environment, key: key, valid: Set(known).sorted())
        }
    }
}

extension JSON {
    /// Bounds, as metadata and settings write them: a list of two.
    static func range(_ range: ClosedRange<Int>) -> JSON {
        .ints([range.lowerBound, range.upperBound])
    }
}
