public import GenRL

/// A swarm within one process: what it learns, and how.
public struct SwarmConfig: Sendable, Equatable {
    /// Nodes.
    public var nodes = 4
    /// Whether nodes learn from each other; without it each is alone, with the same tasks of its own.
    public var share = true
    /// Tasks of a node in a round (Q).
    public var tasksPerRound = 8
    /// Own rollouts that are learned from (I); nil for all.
    public var own: Int?
    /// Rollouts of others that are learned from (J); nil for as many as the others make.
    public var external: Int?
    /// What is played.
    public var play = Play.questions
    /// How rollouts of others are chosen.
    public var strategy = SharingPolicy.Strategy.filtered
    /// What nodes allow each other, and how they check it.
    public var defence = Defence()
    /// Where tasks come from.
    public var mix: EnvironmentMix
    /// Longer questions are passed over.
    public var promptTokenMax = 512
    /// Where in a completion the answer stands.
    public var reading = AnswerReading.whole
    /// Whether an answer that is partly right earns a part.
    public var paysParts = true
    /// How each node learns; its seed is replaced by one per node.
    public var grpo: GRPOConfig
    /// The seed of all choices.
    public var seed: UInt64 = 0

    /// A swarm of four nodes that share.
    public init(mix: EnvironmentMix, grpo: GRPOConfig) {
        self.mix = mix
        self.grpo = grpo
    }

    /// The games of a swarm.
    public enum Play: Hashable, Sendable {
        /// Every node answers its own questions.
        case questions
        /// All answer the same questions, judge the answers, and answer again.
        case maths(MathsGame.Rules)

        /// All games.
        public static let all: [Play] = [.questions, .maths(.fixed), .maths(.original)]

        /// What recipes call it.
        public var name: String {
            switch self {
            case .questions: "questions"
            case .maths(.fixed): "maths"
            case .maths(.original): "maths-original"
            }
        }

        /// The game; nil for the simplest.
        var game: Game? {
            switch self {
            case .questions: nil
            case .maths(let rules): MathsGame(rules: rules).game
            }
        }
    }

    /// The most nodes in one process.
    public static let nodesMax = 256

    /// What a node learns from.
    var policy: SharingPolicy {
        guard share else { return SharingPolicy(own: own, external: 0, strategy: strategy) }
        return SharingPolicy(
            own: own, external: external ?? (nodes - 1) * tasksPerRound, strategy: strategy)
    }

    /// The name of a node.
    static func peer(_ index: Int) -> String { "node-\(index)" }
}
