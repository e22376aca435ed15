public import Bytes
import Gym

/// Environments to draw tasks from, each with a weight.
public struct EnvironmentMix: Sendable, Equatable {
    /// One environment of the mix.
    public struct Part: Sendable, Equatable {
        /// Its name in the mix, which tasks carry.
        public var name: String
        /// Its name in the registry.
        public var environment: String
        /// Its settings, an object without a seed.
        public var configuration: JSON
        /// How often it is drawn, relative to the others.
        public var weight: Int

        /// A part; its name is that of its environment unless said.
        public init(
            _ environment: String, name: String? = nil, configuration: JSON = .members([]),
            weight: Int = 1
        ) {
            self.name = name ?? environment
            self.environment = environment
            self.configuration = configuration
            self.weight = weight
        }
    }

    /// The parts in order.
    public var parts: [Part]
    /// The seed of training tasks; held-out tasks have another.
    public var seed: Int
    /// Whether each node chooses among the parts by what it solves (`Curriculum`); weights alone decide
    /// otherwise.
    public var isAdaptive: Bool

    /// A mix.
    public init(_ parts: [Part], seed: Int = 0, isAdaptive: Bool = false) {
        self.parts = parts
        self.seed = seed
        self.isAdaptive = isAdaptive
    }

    /// Indices under each seed.
    public static let indexCount = 1 << 31
    /// An entry draws from seed + index, so seeds this far apart share no random stream.
    public static let heldOutOffset = 1 << 32
    /// Seeds are below this, so that sums stay exact.
    public static let seedMax = 1 << 48
    /// Parts of one mix.
    public static let partCountMax = 64
    /// The weight of one part.
    public static let weightMax = 1_000_000

    /// The environments under both seeds, by part name.
    func environments() throws(TaskError) -> [String: (training: any Environment, heldOut: any Environment)] {
        guard (1...Self.partCountMax).contains(parts.count) else {
            throw .badMix(reason: "it has \(parts.count) parts; give 1 to \(Self.partCountMax)")
        }
        guard (0..<Self.seedMax).contains(seed) else {
            throw .badMix(reason: "its seed \(seed) is outside 0..<\(Self.seedMax)")
        }
        var made: [String: (training: any Environment, heldOut: any Environment)] = [:]
        for part in parts {
            guard made[part.name] == nil, !part.name.isEmpty, part.name.utf8.count <= 64 else {
                throw .badMix(reason: "part names must be different and have 1 to 64 bytes")
            }
            guard (1...Self.weightMax).contains(part.weight) else {
                throw .badMix(reason: "\(part.name) needs a weight of 1 to \(Self.weightMax)")
            }
            do throws(EnvironmentError) {
                made[part.name] = (
                    try EnvironmentRegistry.make(
                        part.environment, configuration: part.configuration, seed: seed),
                    try EnvironmentRegistry.make(
                        part.environment, configuration: part.configuration,
                        seed: seed + Self.heldOutOffset)
                )
            } catch { throw .badMix(reason: "\(error)") }
            guard made[part.name]?.heldOut.seed == seed + Self.heldOutOffset else {
                throw .badMix(reason: "\(part.name) must not set a seed; the mix has one")
            }
        }
        return made
    }
}
