import Bytes

/// Reads the configuration of one environment, key by key, and refuses what it does not know.
///
/// Every number is held within bounds: a configuration may come from a peer, and a matrix of a
/// billion cells is an attack, not a task.
struct Settings {
    let environment: String
    private let values: [JSON.Member]
    private let defaultSeed: Int
    /// The keys that were asked for, with their defaults: what `starling env show` prints.
    private(set) var known: [(key: String, fallback: JSON)] = []

    init(_ configuration: JSON, of environment: String, seed: Int) throws(EnvironmentError) {
        guard let members = configuration.orderedMembers else {
            throw .notAnObject(environment: environment)
        }
        values = members
        defaultSeed = seed
        self.environment = environment
    }

    private mutating func value(_ key: String, default fallback: JSON) -> JSON? {
        known.append((key, fallback))
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
        guard let found = value(key, default: .int(fallback)) else { return fallback }
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
        guard let found = value(key, default: .real(fallback)) else { return fallback }
        guard let number = found.realNumber else { throw wrong(key, "a number") }
        guard bounds.contains(number) else {
            throw invalid(key, "must be from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// A pair of keys, the bounds of numbers that need not be whole.
    mutating func reals(
        _ low: String, _ high: String, default fallback: (low: JSON, high: JSON),
        within bounds: ClosedRange<Double>
    ) throws(EnvironmentError) -> RealBounds {
        let written = (given(low, default: fallback.low), given(high, default: fallback.high))
        let least = try number(low, default: written.0.realNumber ?? 0, within: bounds)
        let greatest = try number(high, default: written.1.realNumber ?? 0, within: bounds)
        guard least < greatest else { throw invalid(high, "must be above \"\(low)\"") }
        return RealBounds(low: least, high: greatest, json: .list([written.0, written.1]))
    }

    mutating func bool(_ key: String, default fallback: Bool) throws(EnvironmentError) -> Bool {
        guard let found = value(key, default: .flag(fallback)) else { return fallback }
        guard let flag = found.flag else { throw wrong(key, "true or false") }
        return flag
    }

    /// A text that is not empty, of at most 64 characters.
    mutating func text(_ key: String, default fallback: String) throws(EnvironmentError) -> String {
        guard let found = value(key, default: .text(fallback)) else { return fallback }
        guard let text = found.text else { throw wrong(key, "a text") }
        guard (1...64).contains(PythonText.length(text)) else {
            throw invalid(key, "must have 1 to 64 characters")
        }
        return text
    }

    /// One word of a list.
    mutating func word(_ key: String, default fallback: String, of valid: [String])
        throws(EnvironmentError) -> String
    {
        guard let found = value(key, default: .text(fallback)) else { return fallback }
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
        guard let found = value(key, default: .texts(fallback)) else { return fallback }
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

    /// Any text of at most 4,096 bytes.
    mutating func longText(_ key: String, default fallback: String) throws(EnvironmentError) -> String {
        guard let found = value(key, default: .text(fallback)) else { return fallback }
        guard let text = found.text, text.utf8.count <= 4_096 else {
            throw wrong(key, "a text of at most 4096 bytes")
        }
        return text
    }

    /// A list of such texts, which may be empty.
    mutating func arguments(_ key: String) throws(EnvironmentError) -> [String] {
        guard let found = value(key, default: []) else { return [] }
        let texts = found.elements?.compactMap(\.text) ?? []
        guard texts.count == found.elements?.count, texts.count <= 64,
            texts.allSatisfy({ $0.utf8.count <= 4_096 })
        else { throw wrong(key, "a list of at most 64 texts") }
        return texts
    }

    /// An object that another program reads.
    mutating func object(_ key: String) throws(EnvironmentError) -> JSON {
        guard let found = value(key, default: [:]) else { return [:] }
        guard found.orderedMembers != nil else { throw wrong(key, "an object") }
        return found
    }

    /// At least one text, each of 1 to 64 bytes.
    mutating func texts(_ key: String, default fallback: [String]) throws(EnvironmentError) -> [String] {
        guard let found = value(key, default: .texts(fallback)) else { return fallback }
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

    /// A weight for each of `count` things to choose from; one of them above 0.
    mutating func weights(_ key: String, default fallback: [Double], count: Int)
        throws(EnvironmentError) -> [Double]
    {
        let found = value(key, default: .list(fallback.map(JSON.real)))
        guard let items = found?.elements ?? (found == nil ? fallback.map(JSON.real) : nil) else {
            throw wrong(key, "a list of numbers")
        }
        let weights = items.compactMap(\.realNumber)
        guard weights.count == items.count, weights.allSatisfy({ (0...1e9).contains($0) }),
            weights.count == count, weights.contains(where: { $0 > 0 })
        else { throw invalid(key, "must be \(count) numbers from 0 to 1e9, not all of them 0") }
        return weights
    }

    /// The value as the configuration writes it: metadata repeats 5 as 5, though it means 5.0.
    func given(_ key: String, default fallback: JSON) -> JSON {
        values.last { $0.key == key }?.value ?? fallback
    }

    /// A list of configurations, for an environment made of others.
    mutating func items(_ key: String) throws(EnvironmentError) -> [JSON] {
        guard let found = value(key, default: []) else { return [] }
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
        let names = Set(known.map(\.key))
        for key in values.map(\.key) where !names.contains(key) {
            throw .unknownKey(environment: environment, key: key, valid: names.sorted())
        }
    }
}

/// The bounds of a uniform draw.
struct RealBounds {
    let low: Double
    let high: Double
    /// Both as the configuration writes them: metadata repeats 5 as 5, though it means 5.0.
    let json: JSON

    func draw(_ random: inout PythonRandom) -> Double { random.uniform(low, high) }
}

extension JSON {
    /// Bounds, as metadata and settings write them: a list of two.
    static func range(_ range: ClosedRange<Int>) -> JSON {
        .ints([range.lowerBound, range.upperBound])
    }
}
