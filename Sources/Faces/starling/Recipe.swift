import Bytes
import CodeZero
import GenRL
import Gym
import Language
import Neural
import Swarm
import Tensor

/// What a training run does, as its file says.
struct Recipe: Sendable {
    /// The name of the run and of its folder.
    var name: String
    /// Key of first weights, tasks and draws, unless the file says otherwise.
    var seed: Int
    /// Where the weights come from.
    var model: Start
    /// The adapter that is trained in place of the weights, if there is one.
    var adapter: LoRAConfig?
    /// What is learned, and how.
    var task: Task
    /// A sentence after each question, for models that follow instructions.
    var instruction: String
    /// The run is kept every so many steps or rounds.
    var keepEvery: Int
    /// Whether a swarm's run is kept between the phases of a round as well.
    var keepsPhases: Bool
    /// Held-out questions that are asked at the end; 0 for none.
    var evaluationCount: Int

    /// Where the weights come from.
    enum Start: Sendable, Equatable {
        /// A model folder or file.
        case folder(String)
        /// New weights of a shape, whose vocabulary follows from the spelling.
        case new(TransformerConfig, Spelling)
    }

    /// What the tokens of a new model are.
    enum Spelling: Sendable, Equatable {
        /// The characters of an alphabet.
        case alphabet(String)
        /// Bytes and so many pieces of words, learned from the texts that the model will read.
        case pieces(Int)

        /// Ids: those of the spelling and of the marks.
        var vocabularySize: Int {
            switch self {
            case .alphabet(let letters): letters.unicodeScalars.count + 1 + StartingModel.marks.count
            case .pieces(let count): count + BytePairTokenizer.byteCount + StartingModel.marks.count
            }
        }
    }

    /// The ways to learn.
    enum Task: Sendable {
        /// From the environments' answers.
        case supervised(SupervisedConfig, GymLessons.Plan)
        /// From rewards, in rounds; one node unless the file says otherwise.
        case grpo(SwarmConfig, rounds: Int)
        /// From pairs of answers, the lines of a file.
        case preferences(PreferenceConfig, pairs: String)
        /// From programs that are run or judged.
        case codezero(CodeZeroRecipe)
    }

    /// Element type of matrix products.
    var element: ElementType {
        if case .grpo(let config, _) = task { config.grpo.element } else { .float32 }
    }

    /// The most steps or rounds of a run.
    static let stepsMax = 10_000_000
}

// MARK: - Reading

extension Recipe {
    /// Reads a recipe file.
    static func read(_ path: String, overrides: [String] = []) throws(ConfigError) -> Recipe {
        try ConfigFile.read(path, overrides: overrides, Recipe.init)
    }

    /// Reads a recipe that is part of the program.
    static func parse(
        _ text: String, origin: String, overrides: [String] = []
    ) throws(ConfigError) -> Recipe {
        try ConfigFile.parse(text, origin: origin, overrides: overrides, Recipe.init)
    }

    /// Reads one of `BuiltInRecipe`.
    static func builtIn(_ text: String, overrides: [String] = []) throws(ConfigError) -> Recipe {
        try parse(text, origin: "built-in recipe", overrides: overrides)
    }

    init(_ reader: inout ConfigReader) throws(ConfigError) {
        let name = try reader.string("name")
        self.name = name
        try reader.check("name", is: "a word of letters, digits, - and _") {
            name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_-]{0,63}/) != nil
        }
        let seed = try reader.integer("seed", in: 0...(EnvironmentMix.seedMax - 1), default: 0)
        self.seed = seed
        model = try reader.table("model", Start.init)
        if reader.has("lora") { adapter = try reader.table("lora", LoRAConfig.init) }
        let optimizer = try reader.table("optimizer") { (reader) throws(ConfigError) in
            try OptimizerConfig(&reader)
        }
        let tasks = try reader.table("task") { (reader) throws(ConfigError) in
            try Tasks(&reader, seed: seed)
        }
        instruction = tasks.instruction
        switch tasks.kind {
        case "supervised":
            task = try reader.table("supervised") { (reader) throws(ConfigError) in
                .supervised(
                    try SupervisedConfig(&reader, optimizer, seed: UInt64(seed)),
                    try GymLessons.Plan(&reader, tasks))
            }
        case "preferences":
            task = try reader.table("preferences") { (reader) throws(ConfigError) in
                .preferences(
                    try PreferenceConfig(&reader, optimizer, seed: UInt64(seed)), pairs: tasks.pairs)
            }
        case "codezero":
            var codezero = try reader.table("codezero") { (reader) throws(ConfigError) in
                try CodeZeroRecipe(&reader, tasks, optimizer, seed: UInt64(seed))
            }
            if case .new = model {
                try reader.table("lessons") { (reader) throws(ConfigError) in
                    try codezero.readLessons(&reader, optimizer)
                }
            }
            task = .codezero(codezero)
        default:
            task = try reader.table("grpo") { (reader) throws(ConfigError) in
                let grpo = try GRPOConfig(&reader, optimizer)
                let rounds = try reader.integer("rounds", in: 1...Recipe.stepsMax)
                return .grpo(try SwarmConfig(&reader, tasks, grpo, seed: UInt64(seed)), rounds: rounds)
            }
        }
        let isSwarm = tasks.kind == "grpo"
        (keepEvery, keepsPhases, evaluationCount) = try reader.table("run") { (reader) throws(ConfigError) in
            (
                try reader.integer("keep_every", in: 1...Recipe.stepsMax, default: 20),
                isSwarm ? try reader.bool("keep_phases", default: false) : false,
                try reader.integer("evaluate", in: 0...100_000, default: tasks.mix.parts.isEmpty ? 0 : 64)
            )
        }
    }

    /// What all ways to learn are asked.
    struct Tasks {
        var kind: String
        /// The file of preferences; empty where there are questions instead.
        var pairs = ""
        var mix: EnvironmentMix
        var promptTokenMax: Int
        var reading: AnswerReading
        /// Whether an answer that is partly right earns a part.
        var paysParts = true
        /// A sentence after each question, for models that follow instructions.
        var instruction: String
        /// In CodeZero, who writes tasks and who decides about rewards.
        var proposer = "", decider = ""

        init(_ reader: inout ConfigReader, seed: Int) throws(ConfigError) {
            kind = try reader.string("kind", oneOf: ["supervised", "grpo", "preferences", "codezero"])
            guard kind != "codezero" else {
                proposer = try reader.string(
                    "proposer", oneOf: CodeZeroConfig.Proposer.allCases.map(\.rawValue), default: "model")
                decider = try reader.string(
                    "rewards", oneOf: CodeZeroGame.Decider.allCases.map(\.rawValue), default: "execution")
                mix = EnvironmentMix([], seed: seed)
                instruction = try reader.string("instruction", default: "")
                (promptTokenMax, reading) = (0, .whole)
                return
            }
            guard kind != "preferences" else {
                pairs = try reader.string("pairs")
                mix = EnvironmentMix([], seed: seed)
                instruction = try reader.string("instruction", default: "")
                (promptTokenMax, reading) = (0, .whole)
                return
            }
            let parts = try reader.tables("environments", countMax: EnvironmentMix.partCountMax) {
                (reader) throws(ConfigError) in try EnvironmentMix.Part(&reader)
            }
            let seed = try reader.integer("seed", in: 0...(EnvironmentMix.seedMax - 1), default: seed)
            let curriculum = try reader.string(
                "curriculum", oneOf: ["fixed", "adaptive"], default: "fixed")
            let isTaught = kind == "supervised"
            try reader.check("curriculum", is: "\"fixed\" where examples teach") {
                curriculum == "fixed" || !isTaught
            }
            mix = EnvironmentMix(parts, seed: seed, isAdaptive: curriculum == "adaptive")
            promptTokenMax = try reader.integer("prompt_tokens", in: 1...1_000_000, default: 512)
            instruction = try reader.string("instruction", default: "")
            paysParts = try reader.bool("partial", default: true)
            let answer = try reader.string(
                "answer", oneOf: ["whole", "tagged", "last_number"], default: "whole")
            let share = try reader.double("format_share", in: 0...1, default: 0.2)
            reading =
                switch answer {
                case "tagged": .tagged
                case "last_number": .lastNumber(formatShare: Float(share))
                default: .whole
                }
        }
    }
}

extension Recipe.Start {
    init(_ reader: inout ConfigReader) throws(ConfigError) {
        if reader.has("from") {
            self = .folder(try reader.string("from"))
            return
        }
        let spelling: Recipe.Spelling
        if reader.has("pieces") {
            spelling = .pieces(try reader.integer("pieces", in: 1...100_000))
        } else {
            let alphabet = try reader.string("alphabet")
            try reader.check("alphabet", is: "1 to 4096 different characters") {
                let scalars = Array(alphabet.unicodeScalars)
                return (1...4096).contains(scalars.count) && Set(scalars).count == scalars.count
            }
            spelling = .alphabet(alphabet)
        }
        let width = try reader.integer("width", in: 8...65_536, default: 64)
        let heads = try reader.integer("heads", in: 1...1024, default: 2)
        let keyHeads = try reader.integer("key_heads", in: 1...1024, default: heads)
        try reader.check("heads", is: "a multiple of key_heads") { heads % keyHeads == 0 }
        let headWidth = try reader.integer("head_width", in: 2...1024, default: width / heads)
        try reader.check("head_width", is: "even") { headWidth % 2 == 0 && headWidth > 0 }
        var config = TransformerConfig(
            vocabulary: spelling.vocabularySize, width: width,
            feedForward: try reader.integer("feed_forward", in: 1...1_000_000, default: 160),
            layers: try reader.integer("layers", in: 1...1024, default: 2), heads: heads,
            keyHeads: keyHeads, headWidth: headWidth)
        config.contextLength = try reader.integer("context", in: 8...1_000_000, default: 128)
        self = .new(config, spelling)
    }
}

extension OptimizerConfig {
    init(_ reader: inout ConfigReader) throws(ConfigError) {
        self.init(rate: try reader.double("rate", in: 0...10))
        beta1 = try reader.double("beta1", in: 0...0.999_999, default: beta1)
        beta2 = try reader.double("beta2", in: 0...0.999_999_999, default: beta2)
        epsilon = try reader.double("epsilon", in: 1e-30...1, default: epsilon)
        weightDecay = try reader.double("weight_decay", in: 0...10, default: weightDecay)
        clip = Float(try reader.double("clip", in: 1e-9...1e9, default: Double(clip)))
        warmup = try reader.integer("warmup", in: 0...Recipe.stepsMax, default: 10)
        let shape = try reader.string(
            "decay", oneOf: ["constant", "cosine", "linear"], default: "constant")
        let floor = try reader.double("floor", in: 0...1, default: 0)
        // Steps of 0 stand for the whole run, whose length only the task knows.
        let steps = try reader.integer("decay_steps", in: 0...Recipe.stepsMax, default: 0)
        decay =
            switch shape {
            case "cosine": .cosine(steps: steps, floor: floor)
            case "linear": .linear(steps: steps, floor: floor)
            default: .constant
            }
    }

    /// With a decay over the whole run where the file does not say how long it is.
    func decaying(over total: Int) -> OptimizerConfig {
        var whole = self
        switch decay {
        case .cosine(steps: 0, let floor): whole.decay = .cosine(steps: total, floor: floor)
        case .linear(steps: 0, let floor): whole.decay = .linear(steps: total, floor: floor)
        case .constant, .cosine, .linear: break
        }
        return whole
    }
}

extension LoRAConfig {
    init(_ reader: inout ConfigReader) throws(ConfigError) {
        let rank = try reader.integer("rank", in: 1...LoRAConfig.rankMax)
        let alpha = try reader.double("alpha", in: 1e-6...1e6, default: Double(2 * rank))
        let names = Target.allCases.map(\.rawValue)
        let chosen = try reader.strings("targets", countMax: names.count, default: names)
        try reader.check("targets", is: "some of \(names.joined(separator: ", "))") {
            !chosen.isEmpty && chosen.allSatisfy(names.contains)
        }
        self.init(
            rank: rank, alpha: alpha, targets: Set(chosen.compactMap(Target.init)),
            isRankStabilized: try reader.bool("rslora", default: false))
    }
}

extension EnvironmentMix.Part {
    init(_ reader: inout ConfigReader) throws(ConfigError) {
        let environment = try reader.string("environment", oneOf: EnvironmentRegistry.names)
        self.init(
            environment, name: try reader.string("name", default: environment),
            configuration: try reader.json("config"),
            weight: try reader.integer("weight", in: 1...EnvironmentMix.weightMax, default: 1))
    }
}

extension GymLessons.Plan {
    init(_ reader: inout ConfigReader, _ tasks: Recipe.Tasks) throws(ConfigError) {
        self.init(tasks.mix, promptTokenMax: tasks.promptTokenMax)
        if try reader.string("game", oneOf: ["questions", "maths"], default: "questions") == "maths" {
            teaching = .maths(players: try reader.integer("players", in: 1...64, default: 2))
        }
    }
}

extension SupervisedConfig {
    init(
        _ reader: inout ConfigReader, _ optimizer: OptimizerConfig, seed: UInt64
    ) throws(ConfigError) {
        self.init(steps: try reader.integer("steps", in: 1...Recipe.stepsMax))
        batch = try reader.integer("batch", in: 1...4096, default: batch)
        answerTokenMax = try reader.integer("answer_tokens", in: 1...100_000, default: answerTokenMax)
        self.optimizer = optimizer.decaying(over: steps)
        self.seed = seed
    }
}

extension GRPOConfig {
    init(_ reader: inout ConfigReader, _ optimizer: OptimizerConfig) throws(ConfigError) {
        self.init(try Algorithm(&reader))
        answersPerTask = try reader.integer("answers", in: 2...1024, default: answersPerTask)
        newTokenMax = try reader.integer("new_tokens", in: 1...100_000, default: newTokenMax)
        temperature = Float(
            try reader.double("temperature", in: 0.01...10, default: Double(temperature)))
        algorithm.overlongTokens = try reader.integer("overlong", in: 0...100_000, default: 0)
        try reader.check("overlong", is: "at most new_tokens") { algorithm.overlongTokens <= newTokenMax }
        epochs = try reader.integer("epochs", in: 1...100, default: epochs)
        minibatches = try reader.integer("minibatches", in: 1...1000, default: minibatches)
        let precision = try reader.string("precision", oneOf: ["fp32", "bf16"], default: "fp32")
        element = precision == "bf16" ? .bfloat16 : .float32
        self.optimizer = optimizer
    }
}

extension Algorithm {
    /// An algorithm by name, and what the recipe says differently.
    init(_ reader: inout ConfigReader) throws(ConfigError) {
        let name = try reader.string(
            "algorithm", oneOf: AlgorithmOption.choices, default: Algorithm.dapo.name)
        self = Algorithm.named(name) ?? .dapo
        clipLow = try reader.float("clip_low", in: 0...0.99, default: clipLow)
        clipHigh = try reader.float("clip_high", in: 0...8, default: clipHigh)
        let cap = try reader.float("ratio_cap", in: 0...1000, default: ratioCap.isFinite ? ratioCap : 0)
        ratioCap = cap == 0 ? .infinity : cap
        try reader.check("ratio_cap", is: "above 1 + clip_high, or 0 for none") { ratioCap > 1 + clipHigh }
        importanceCap = try reader.float("importance_cap", in: 0...1000, default: importanceCap)
        divergenceWeight = try reader.float("divergence", in: 0...100, default: divergenceWeight)
        // A critic's values are of use to one rule, and that rule needs them.
        let scales = AdvantageScale.allCases.filter { ($0 == .generalized) == (critic != nil) }
        let scale = try reader.string(
            "advantage", oneOf: scales.map(\.rawValue), default: advantages.rawValue)
        advantages = AdvantageScale(rawValue: scale) ?? advantages
    }
}

extension ConfigReader {
    /// A number in fp32; the default is kept to its last bit.
    fileprivate mutating func float(
        _ key: String, in range: ClosedRange<Double>, default fallback: Float
    ) throws(ConfigError) -> Float {
        has(key) ? Float(try double(key, in: range)) : fallback
    }
}

extension PreferenceConfig {
    init(
        _ reader: inout ConfigReader, _ optimizer: OptimizerConfig, seed: UInt64
    ) throws(ConfigError) {
        self.init(steps: try reader.integer("steps", in: 1...Recipe.stepsMax))
        batch = try reader.integer("batch", in: 1...4096, default: batch)
        beta = Float(try reader.double("beta", in: 1e-6...100, default: 0.1))
        tokenMax = try reader.integer("tokens", in: 2...1_000_000, default: tokenMax)
        self.optimizer = optimizer.decaying(over: steps)
        self.seed = seed
    }
}

extension SwarmConfig {
    init(
        _ reader: inout ConfigReader, _ tasks: Recipe.Tasks, _ grpo: GRPOConfig, seed: UInt64
    ) throws(ConfigError) {
        self.init(mix: tasks.mix, grpo: grpo)
        nodes = try reader.integer("nodes", in: 1...SwarmConfig.nodesMax, default: 1)
        share = try reader.bool("share", default: true)
        tasksPerRound = try reader.integer("tasks", in: 1...4096, default: tasksPerRound)
        if reader.has("own") { own = try reader.integer("own", in: 0...4096) }
        if reader.has("external") { external = try reader.integer("external", in: 0...4096) }
        let rule = try reader.string(
            "strategy", oneOf: SharingPolicy.Strategy.allCases.map(\.rawValue), default: strategy.rawValue)
        strategy = SharingPolicy.Strategy(rawValue: rule) ?? strategy
        let game = try reader.string("game", oneOf: Play.all.map(\.name), default: play.name)
        play = Play.all.first { $0.name == game } ?? play
        try reader.check("game", is: "\"questions\" with an adaptive curriculum") {
            !mix.isAdaptive || play == .questions
        }
        defence.staleness = try reader.integer("staleness", in: 0...Defence.stalenessMax, default: 0)
        defence.audits = try reader.integer("audits", in: 0...Defence.auditsMax, default: 0)
        promptTokenMax = tasks.promptTokenMax
        reading = tasks.reading
        paysParts = tasks.paysParts
        self.seed = seed
    }
}
