import Bytes

/// A mixture: each index draws one of several environments by weight, and asks it at that index.
struct Composite: TaskFormat {
    static let name = "composite"
    private static let keys = ["name", "weight", "config"]
    let seed: Int
    private let parts: [(name: String, environment: any Environment)]
    private let weights: [Double]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let items = try settings.items("datasets")
        let size = try settings.size()
        seed = try settings.seed()
        var parts: [(String, any Environment)] = []
        var weights: [Double] = []
        for (i, item) in items.enumerated() {
            guard let members = item.orderedMembers, let name = item.member("name")?.text else {
                throw settings.invalid(
                    "datasets", "must hold objects {\"name\", \"weight\", \"config\"}")
            }
            for key in members.map(\.key) where !Self.keys.contains(key) {
                throw .unknownKey(environment: Self.name, key: key, valid: Self.keys)
            }
            if name == Self.name || parts.contains(where: { $0.0 == name }) {
                throw settings.invalid(
                    "datasets", "must hold each environment once, and no mixture")
            }
            let weight = item.member("weight").map { $0.realNumber ?? -1 } ?? 1
            guard weight > 0, weight < 1e9 else {
                throw settings.invalid("datasets", "needs a weight above 0 for \(name)")
            }
            let config = item.member("config") ?? .members([])
            let (own, overflow) = seed.addingReportingOverflow(i + 1)
            if overflow { throw settings.invalid("seed", "leaves no room for seeds of its parts") }
            let sized = try EnvironmentRegistry.withSize(size, config, of: name)
            let part = try EnvironmentRegistry.make(name, configuration: sized, seed: own)
            parts.append((name, part))
            weights.append(weight)
        }
        if parts.isEmpty { throw settings.invalid("datasets", "must name an environment at least") }
        self.parts = parts
        self.weights = weights
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let drawn = random.choices(weights: weights, picks: 1)[0]
        return try parts[drawn].environment.entry(at: index)
    }

    /// The score of the environment that the entry came from.
    func score(_ answer: String?, for entry: Entry) throws(EnvironmentError) -> Double {
        let source = entry.metadata.member("source_dataset")?.text
        guard let part = parts.first(where: { $0.name == source }) else { return 0 }
        return try part.environment.score(answer, for: entry)
    }
}
