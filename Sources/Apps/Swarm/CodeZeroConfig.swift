public import CodeZero
public import GenRL
public import Neural

/// Solvers, proposers and evaluators of programs on one machine: who plays, and how they learn.
public struct CodeZeroConfig: Sendable, Equatable {
    /// Who writes tasks.
    public enum Proposer: String, Sendable, Hashable, CaseIterable {
        /// A model that is rewarded for tasks which solvers solve about half of the time.
        case model
        /// The generator: endless tasks of the level, never a broken one.
        case generator
    }

    /// Proposals of a round; accepted ones are solved.
    public var proposals = 8
    /// Who writes tasks.
    public var proposer = Proposer.model
    /// Who decides about rewards.
    public var decider = CodeZeroGame.Decider.execution
    /// The level of the first tasks.
    public var startLevel = 1
    /// The most difficult level that is asked for.
    public var levelMax = 5
    /// Solve rates that the level is adjusted to.
    public var band = 0.3...0.7
    /// How the solver learns; its answers to a task are `answersPerTask`.
    public var solver: GRPOConfig
    /// How the proposer learns; its answers to a request are the proposals of a round.
    public var proposing: GRPOConfig
    /// Answers to each task of a round that evaluators learn from, with what execution says of them. Whoever
    /// is paid by an evaluator that never learns soon writes what it errs about.
    public var audits = 0
    /// How fast they learn from those.
    public var auditRate = 3e-4
    /// Tasks that are asked to measure, and never learned from.
    public var heldOutCount = 192
    /// The levels of those, in turn.
    public var heldOutLevels = [2, 3]
    /// Measurements are every so many rounds.
    public var measureEvery = 10
    /// The seed of all choices.
    public var seed: UInt64 = 0

    /// A game of these learners.
    public init(solver: GRPOConfig, proposing: GRPOConfig) {
        self.solver = solver
        self.proposing = proposing
    }

    /// What an accepted proposal earns however it is solved, so that a proposer learns to write whole ones.
    static let acceptedShare: Float = 0.2

    /// What a proposal earns.
    static func reward(learnability: Double) -> Float {
        acceptedShare + (1 - acceptedShare) * Float(learnability)
    }
}

/// The models that play.
public struct CodeZeroTeam {
    /// Weights, and how text becomes their tokens.
    public struct Member {
        /// The weights.
        public var weights: Weights
        /// The tokens.
        public var codec: TextCodec
        /// Whether `CodeLessons` taught it.
        public var isTaught: Bool

        /// A member.
        public init(_ weights: Weights, _ codec: TextCodec, isTaught: Bool) {
            (self.weights, self.codec, self.isTaught) = (weights, codec, isTaught)
        }
    }

    /// Writes programs, and learns.
    public var solver: Member
    /// Writes tasks, and learns; nil where the generator does.
    public var proposer: Member?
    /// Judge programs, and learn from audits only.
    public var evaluators: [Member]

    /// A team.
    public init(solver: Member, proposer: Member?, evaluators: [Member]) {
        (self.solver, self.proposer, self.evaluators) = (solver, proposer, evaluators)
    }
}

/// What happened in one round.
public struct CodeZeroRound: Sendable {
    /// The round, from 0.
    public let round: Int
    /// The level that was asked for.
    public let level: Int
    /// Proposals that were accepted, and refused ones by the kind of reason.
    public let accepted: Int, refused: [String: Int]
    /// The mean reward of the solver's answers, nil where there was nothing to solve.
    public let reward: Float?
    /// The share of answers that execution finds right.
    public let passRate: Double?
    /// The mean reward of proposals.
    public let proposerReward: Float
    /// The losses, where something was learned.
    public let solverLoss: Float?, proposerLoss: Float?
    /// What was measured after the round, if it was.
    public let measurement: CodeZeroMeasurement?
}

/// How the players do on tasks that none learns from.
public struct CodeZeroMeasurement: Sendable, Equatable {
    /// Rounds played before.
    public var round: Int
    /// The share of tasks that an answer of the solver solves, by execution.
    public var passRate: Double
    /// The same by level.
    public var passByLevel: [Int: Double]
    /// How often each evaluator, and their majority, agreed with execution about these answers.
    public var accuracy: [String: Double]
    /// The name of the majority among evaluators.
    public static let majority = "majority"
}
