import ArgumentParser
import Bytes
import Dashboard
import Foundation
import GenRL
import Neural
import Swarm
import Tensor

/// A private swarm on this machine.
struct UpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start a private swarm on this machine and watch it learn.",
        discussion: """
            Nodes answer tasks, share their answers, score them, and learn by GRPO, or as --algorithm \
            says, from their own and each other's. Without --model they start from the seedling, a tiny \
            model that this program teaches first, in seconds. Ctrl-C ends after the round, with summary \
            and report.

            Examples:
              starling up
              starling up --nodes 4 --rounds 120 --no-share --seed 1
              starling up --model ~/models/SmolLM2-135M-Instruct --minutes 30
              starling up --config recipes/swarm.toml --set grpo.tasks=16
            """)

    @Option(help: ArgumentHelp("Nodes of the swarm (default: 4, or what the recipe says).", valueName: "n"))
    var nodes: Int?
    @Option(help: ArgumentHelp("Minutes to run (default: 3, without --rounds).", valueName: "m"))
    var minutes: Double?
    @Option(help: ArgumentHelp("Rounds to run.", valueName: "n")) var rounds: Int?
    @Option(help: ArgumentHelp("Model to start from: a folder or GGUF file.", valueName: "path"))
    var model: String?
    @Option(help: ArgumentHelp("Recipe to follow, with a [grpo] section.", valueName: "file"))
    var config: String?
    @OptionGroup var over: SettingOptions
    @OptionGroup var learning: AlgorithmOption
    @Flag(inversion: .prefixedNo, help: "Whether nodes learn from each other's answers.")
    var share: Bool?
    @Option(help: ArgumentHelp("Seed of tasks and draws.", valueName: "s")) var seed: Int?
    @Option(help: ArgumentHelp("Name of the run; one that was kept goes on.", valueName: "name"))
    var name: String?
    @Flag(name: .customLong("no-input"), help: "Ask nothing, for scripts.") var noInput = false
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let nodes, !(1...SwarmConfig.nodesMax).contains(nodes) {
            throw ValidationError("--nodes takes 1 to \(SwarmConfig.nodesMax)")
        }
        if let minutes, !(minutes > 0 && minutes < 1e6) {
            throw ValidationError("--minutes takes a number above 0")
        }
        if let rounds, !(1...Recipe.stepsMax).contains(rounds) {
            throw ValidationError("--rounds takes 1 to \(Recipe.stepsMax)")
        }
        if let name, name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_-]{0,63}/) == nil {
            throw ValidationError("--name takes letters, digits, - and _")
        }
    }

    func run() throws {
        let recipe = try self.recipe()
        guard case .grpo(var config, _) = recipe.task else {
            throw Failure("\(self.config ?? "the recipe") teaches by examples; use `starling train` for it")
        }
        config.nodes = nodes ?? config.nodes
        config.share = share ?? config.share
        let engine = machine.engine()
        let start =
            self.config == nil && model == nil
            ? try SupervisedSession.seedling(on: engine) : try StartingModel(recipe, on: engine)
        try UpCommand.requireMemory(start.weights, config)
        let run = try SwarmRun(
            config, start: start.weights, codec: start.codec, cores: machine.threadCount,
            instructionSet: machine.instructionSet)
        let folder = RunFolder(named: name ?? UpCommand.freshName())
        if name != nil, try run.resume(from: folder.checkpoint) {
            Output.note("going on with \(folder.shown) after round \(run.round)")
        }
        var session = SwarmSession(
            title: "swarm", run: run, folder: folder, limit: limit, keepEvery: name == nil ? nil : 20,
            command: again(config, recipe), json: output.json)
        let clock = ContinuousClock()
        let begin = clock.now
        let summary = try session.play()
        let report = try folder.write(try session.report(summary, elapsed: clock.now - begin))
        show(summary, report: report, config)
    }

    /// The recipe, with what the command line says over it.
    private func recipe() throws -> Recipe {
        var overrides = over.settings + learning.overrides
        if let seed { overrides.append("seed=\(seed)") }
        if let config { return try Recipe.read(config, overrides: overrides) }
        if let model {
            return try Recipe.builtIn(
                BuiltInRecipe.chat, overrides: [ConfigFile.setting("model.from", model)] + overrides)
        }
        return try Recipe.builtIn(BuiltInRecipe.swarm, overrides: overrides)
    }

    /// Refuses a swarm whose weights and moments alone are more than the machine has.
    private static func requireMemory(_ weights: Weights, _ config: SwarmConfig) throws {
        let element = config.grpo.element
        let perNode =
            Learner.memory(weights.transformer, config.grpo.objective, batch: 1, time: 8).byteCount
            + weights.transformer.parameters.reduce(0) { sum, parameter in
                parameter.isProjection
                    ? sum + Tensor.byteCount(TensorType(parameter.shape, element), .panels) : sum
            }
        let limit = MachineMemory.byteCount
        guard perNode * config.nodes > limit else { return }
        throw Failure(
            "\(config.nodes) nodes need more than \(ByteText.of(perNode * config.nodes)) of "
                + "\(ByteText.of(limit)); "
                + (perNode <= limit ? "--nodes \(limit / perNode) may fit" : "take a smaller model"))
    }

    private var limit: SwarmRun.Limit {
        let seconds = minutes.map { $0 * 60 } ?? (rounds == nil ? 180 : nil)
        return SwarmRun.Limit(rounds: rounds, seconds: seconds)
    }

    /// Folders of runs without a name carry the moment.
    private static func freshName() -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMdd-HHmmss"
        return "swarm-\(formatter.string(from: Date()))"
    }

    private func again(_ config: SwarmConfig, _ recipe: Recipe) -> String {
        var words = ["starling up --nodes \(config.nodes) --rounds N --seed \(recipe.seed)"]
        if !config.share { words.append("--no-share") }
        if let model { words.append("--model \(model)") }
        if let file = self.config { words.append("--config \(file)") }
        words += over.settings.map { "--set '\($0)'" }
        return words.joined(separator: " ") + learning.words
    }

    private func show(_ summary: SwarmSummary, report: String, _ config: SwarmConfig) {
        guard !output.json else {
            Output.line(
                .members([
                    ("rewards", .list(summary.rewards.map(JSON.number))),
                    ("first", .number(summary.first)), ("last", .number(summary.last)),
                    ("nodes", .int(config.nodes)), ("share", .flag(config.share)),
                    ("seed", .int(Int(clamping: config.seed))), ("report", .text(report)),
                ]))
            return
        }
        let first = Double(summary.first), last = Double(summary.last)
        let gain = first > 0 ? " (\(Numbers.fixed(last / first, 2))x)" : ""
        Output.line(
            "\(summary.rewards.count) rounds: mean reward \(Numbers.fixed(first, 3)) in the first tenth, "
                + "\(Numbers.fixed(last, 3)) in the last\(gain)")
        Output.line("report: \(report)")
    }
}
