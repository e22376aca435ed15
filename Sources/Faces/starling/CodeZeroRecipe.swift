import CodeZero
import GenRL
import Neural
import Swarm

/// A run of CodeZero as its file says.
struct CodeZeroRecipe: Sendable {
    /// What is played.
    var config: CodeZeroConfig
    /// Rounds of the run.
    var rounds: Int
    /// Evaluators; each is taught with another seed.
    var evaluators: Int
    /// How new models are taught before they play, by role; models of a folder play as they are.
    var lessons: [CodeLessons.Role: SupervisedConfig]
    /// The levels of the lessons, by role.
    var lessonLevels: [CodeLessons.Role: [Int]]

    init(
        _ reader: inout ConfigReader, _ tasks: Recipe.Tasks, _ optimizer: OptimizerConfig, seed: UInt64
    ) throws(ConfigError) {
        let solver = try GRPOConfig(&reader, optimizer)
        var proposing = solver
        proposing.newTokenMax = try reader.integer("draft_tokens", in: 1...100_000, default: 512)
        proposing.optimizer.rate = try reader.double(
            "proposer_rate", in: 0...1, default: solver.optimizer.rate)
        config = CodeZeroConfig(solver: solver, proposing: proposing)
        config.proposer = CodeZeroConfig.Proposer(rawValue: tasks.proposer) ?? config.proposer
        config.decider = CodeZeroGame.Decider(rawValue: tasks.decider) ?? config.decider
        config.seed = seed
        config.proposals = try reader.integer("proposals", in: 2...256, default: config.proposals)
        let levels = ProblemGenerator.levels
        config.startLevel = try reader.integer("level", in: levels, default: config.startLevel)
        config.levelMax = try reader.integer("level_max", in: levels, default: config.levelMax)
        let least = config.startLevel, most = config.levelMax
        try reader.check("level_max", is: "at least level") { most >= least }
        config.heldOutCount = try reader.integer("held_out", in: 1...10_000, default: config.heldOutCount)
        config.heldOutLevels = try Self.levels(&reader, "held_out_levels", default: config.heldOutLevels)
        config.audits = try reader.integer("audits", in: 0...solver.answersPerTask, default: 0)
        config.auditRate = try reader.double("audit_rate", in: 0...1, default: config.auditRate)
        config.measureEvery = try reader.integer(
            "measure_every", in: 1...Recipe.stepsMax, default: config.measureEvery)
        evaluators = try reader.integer("evaluators", in: 0...16, default: 3)
        let needed = config.decider == .evaluators ? 1 : 0, count = evaluators
        try reader.check("evaluators", is: "at least 1 where they decide about rewards") { count >= needed }
        rounds = try reader.integer("rounds", in: 1...Recipe.stepsMax)
        (lessons, lessonLevels) = ([:], [:])
    }

    /// Reads what new models are taught.
    mutating func readLessons(
        _ reader: inout ConfigReader, _ optimizer: OptimizerConfig
    ) throws(ConfigError) {
        for role in CodeLessons.Role.allCases {
            let name = role.rawValue
            var config = SupervisedConfig(
                steps: try reader.integer("\(name)_steps", in: 1...Recipe.stepsMax))
            config.batch = try reader.integer("\(name)_batch", in: 1...4096, default: 32)
            config.answerTokenMax = 4096
            config.optimizer = optimizer
            config.optimizer.rate = try reader.double("\(name)_rate", in: 0...1, default: 2e-3)
            config.optimizer.warmup = min(20, config.steps / 4)
            config.optimizer.decay = .cosine(steps: config.steps, floor: 0.05)
            config.seed = self.config.seed
            lessons[role] = config
            lessonLevels[role] = try Self.levels(&reader, "\(name)_levels", default: [1, 2, 3])
        }
    }

    private static func levels(
        _ reader: inout ConfigReader, _ key: String, default fallback: [Int]
    ) throws(ConfigError) -> [Int] {
        guard reader.has(key) else { return fallback }
        let levels = try reader.integers(key)
        let known = ProblemGenerator.levels
        try reader.check(key, is: "levels from \(known.lowerBound) to \(known.upperBound), at least one") {
            !levels.isEmpty && levels.count <= 64 && levels.allSatisfy(known.contains)
        }
        return levels
    }
}
