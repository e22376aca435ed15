/// What an agent does in a stage.
public struct Role: RawRepresentable, Hashable, Sendable {
    /// Its name.
    public let rawValue: String
    /// A role of this name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Answers a question.
    public static let solver = Role(rawValue: "solver")
    /// Makes a question.
    public static let proposer = Role(rawValue: "proposer")
    /// Judges an answer.
    public static let evaluator = Role(rawValue: "evaluator")
    /// Says what is wrong with answers.
    public static let critic = Role(rawValue: "critic")
    /// Settles on an answer.
    public static let voter = Role(rawValue: "voter")
}

/// A game that peers play with models: its stages, who plays them, when it is over.
///
/// A game is a value of pure functions. What an agent is asked depends on nothing but the tree that it saw,
/// and a reward on nothing but the tree, so that whoever receives a move makes its prompt again and scores
/// it again. Agents are peers.
///
///     stage 0            stage 1               stage 2
///     turns(tree) ──►    turns(tree) ──►       turns(tree)      prompts, from the tree so far
///     rewards     ◄───── rewards ◄──────────── rewards          from the whole tree, at the end
public struct Game: Sendable {
    /// Its name.
    public let name: String
    /// Its stages, in order.
    public let stages: [Stage]
    /// Whose tasks are played.
    public let assignment: Assignment
    /// Whether a peer plays a role.
    public let plays: @Sendable (_ peer: String, _ role: Role) -> Bool
    /// Whether a tree needs no further stage.
    public let isOver: @Sendable (_ tree: GameTree) -> Bool
    /// The longest prompt of a later stage, in tokens; turns with longer ones are passed over.
    public let promptTokenMax: Int
    /// Moves of one peer in one tree: what a peer may send is bounded by it.
    public let movesMax: Int

    /// Which tasks a peer plays.
    public enum Assignment: Hashable, Sendable {
        /// Each its own: every tree has one agent.
        case own
        /// All the same ones: every tree has all agents.
        case common
    }

    /// One prompt of a stage.
    public struct Turn: Hashable, Sendable {
        /// What is asked; nil for the question of the task as it is.
        public var text: String?
        /// A turn that asks this.
        public init(_ text: String?) { self.text = text }
        /// The question of the task.
        public static let question = Turn(nil)
    }

    /// One stage: a role, what it is asked, and what its answers are worth.
    public struct Stage: Sendable {
        /// Its name.
        public let name: String
        /// Who plays it.
        public let role: Role
        /// Whether models learn from it; a frozen judge's stage is only played.
        public let isLearned: Bool
        /// The prompts that the tree so far gives; several where the game branches, none where it ends.
        public let turns: @Sendable (_ tree: GameTree) -> [Turn]
        /// The reward of each answer of a node, finite, when the tree is whole. It fails only where another
        /// program scores and does not answer.
        public let rewards: @Sendable (_ node: GameNode, _ tree: GameTree) throws -> [Float]

        /// A stage of these parts.
        public init(
            _ name: String, role: Role, isLearned: Bool = true,
            turns: @escaping @Sendable (_ tree: GameTree) -> [Turn],
            rewards: @escaping @Sendable (_ node: GameNode, _ tree: GameTree) throws -> [Float]
        ) {
            self.name = name
            self.role = role
            self.isLearned = isLearned
            self.turns = turns
            self.rewards = rewards
        }
    }

    /// Stages of one game.
    public static let stageCountMax = 64
    /// Turns of one peer in one stage of one tree.
    public static let turnCountMax = 64

    /// A game of these parts.
    public init(
        _ name: String, stages: [Stage], assignment: Assignment = .own, promptTokenMax: Int = 4096,
        movesMax: Int? = nil,
        plays: @escaping @Sendable (_ peer: String, _ role: Role) -> Bool = { _, _ in true },
        isOver: @escaping @Sendable (_ tree: GameTree) -> Bool = { _ in false }
    ) {
        precondition((1...Self.stageCountMax).contains(stages.count), "a game has a stage")
        self.name = name
        self.stages = stages
        self.assignment = assignment
        self.promptTokenMax = promptTokenMax
        self.movesMax = max(1, movesMax ?? stages.count)
        self.plays = plays
        self.isOver = isOver
    }

    /// The simplest game: every peer answers its own questions, and that is all.
    public static func questions(_ rewards: some RewardManager) -> Game {
        Game(
            "questions",
            stages: [
                Stage(
                    "answer", role: .solver, turns: { _ in [.question] },
                    rewards: { node, tree in
                        try node.texts.map { try rewards.reward($0, for: tree.task) }
                    })
            ])
    }

    /// What a peer is asked in a stage, given what it sees.
    func turns(of peer: String, stage: Int, seeing tree: GameTree) -> [Turn] {
        let stage = stages[stage]
        guard plays(peer, stage.role), !isOver(tree) else { return [] }
        return Array(stage.turns(tree).prefix(Self.turnCountMax))
    }

    /// The tokens of a turn; nil where it does not fit.
    func prompt(of turn: Turn, for task: RoundTask, codec: TextCodec) -> [Int32]? {
        guard let text = turn.text else { return task.prompt }
        let prompt = codec.prompt(text)
        return (1...promptTokenMax).contains(prompt.count) ? prompt : nil
    }
}
