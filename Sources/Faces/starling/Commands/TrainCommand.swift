import ArgumentParser
import Bytes
import Dashboard
import Foundation
import GenRL
import Keys
import Language
import Neural
import Swarm

/// Training as a recipe file says.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model as a recipe says.",
        discussion: """
            The recipe's [task] says whether the model learns from examples (supervised), from rewards \
            (grpo) or from pairs of answers (preferences). The run lives in runs/<name>; one that was \
            interrupted, by Ctrl-C or by a crash, goes on where it was kept and ends with the same bits \
            as one that was not.

            With --env in place of a recipe the program takes one of its own and teaches the model that \
            it starts from: reasoning (words are spelled backward), maths (a study group solves sums, \
            judges the answers and votes) or codezero (programs, as `starling codezero run`).

            Examples:
              starling train --env maths
              starling train --config recipes/seedling.toml
              starling train --config recipes/seedling.toml --set supervised.steps=200 --run /tmp/long
              starling train --config recipes/swarm.toml --algorithm gspo --json
              starling train --config chat.toml --lora-rank 16
            """)

    @Option(help: ArgumentHelp("The recipe, a TOML file.", valueName: "file")) var config: String?
    @Option(
        help: ArgumentHelp("In place of a recipe: what the program's own is about.", valueName: "name"))
    var env: BuiltInTraining?
    @OptionGroup var over: SettingOptions
    @OptionGroup var learning: AlgorithmOption
    @Option(
        help: ArgumentHelp(
            "Train a low-rank adapter of this rank and leave the weights as they are, as lora.rank=n.",
            valueName: "n"))
    var loraRank: Int?
    @OptionGroup var place: RunFolderOption
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (config == nil) != (env == nil) else {
            let names = BuiltInTraining.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(
                "give one of --config and --env: a recipe such as recipes/seedling.toml, or one of \(names)")
        }
    }

    /// The recipe, with what the command line says over it.
    private func recipe() throws -> Recipe {
        if let config { return try Recipe.read(config, overrides: overrides) }
        guard let env else { throw Failure("there is no recipe; give --config or --env") }
        return try Recipe.builtIn(env.recipe, overrides: overrides)
    }

    func run() throws {
        let recipe = try self.recipe()
        let folder = place.folder(of: recipe)
        switch recipe.task {
        case .supervised(let config, let plan): try supervise(recipe, config, plan, folder)
        case .grpo(let config, let rounds): try reinforce(recipe, config, rounds, folder)
        case .preferences(let config, let pairs): try prefer(recipe, config, pairs, folder)
        case .codezero(let codezero):
            try CodeZeroCommand.play(
                recipe, codezero, on: machine, in: folder, command: again, json: output.json)
        }
    }

    private func supervise(
        _ recipe: Recipe, _ config: SupervisedConfig, _ plan: GymLessons.Plan, _ folder: RunFolder
    ) throws {
        let session = try SupervisedSession(
            recipe, config, plan, on: machine.engine(), in: folder, json: output.json)
        let clock = ContinuousClock()
        let start = clock.now
        try session.play()
        let evaluation = try session.evaluation()
        let report = try folder.write(
            session.report(evaluation, elapsed: clock.now - start, command: again))
        try finish(
            recipe, session.model, session.training.learner.weights, folder, report,
            [
                ("steps", .int(session.training.step)), ("done", .flag(session.training.isDone)),
                ("loss", session.training.losses.last.map(JSON.number) ?? .null),
                ("reward", evaluation.map { .number($0.reward) } ?? .null),
            ])
    }

    private func prefer(
        _ recipe: Recipe, _ config: PreferenceConfig, _ pairs: String, _ folder: RunFolder
    ) throws {
        let session = try PreferenceSession(
            recipe, config, pairs: pairs, on: machine.engine(), in: folder, json: output.json)
        let clock = ContinuousClock()
        let start = clock.now
        let last = try session.play()
        let report = try folder.write(session.report(elapsed: clock.now - start, command: again))
        try finish(
            recipe, session.model, session.training.learner.weights, folder, report,
            [
                ("steps", .int(session.training.step)), ("done", .flag(session.training.isDone)),
                ("pairs", .int(session.training.pairCount)),
                ("loss", session.training.losses.last.map(JSON.number) ?? .null),
                ("accuracy", last?.metrics["accuracy"].map(JSON.number) ?? .null),
            ])
    }

    private func reinforce(
        _ recipe: Recipe, _ config: SwarmConfig, _ rounds: Int, _ folder: RunFolder
    ) throws {
        let start =
            try env?.start(recipe, on: machine.engine(), in: folder)
            ?? StartingModel(recipe, on: machine.engine())
        let run = try SwarmRun(
            config, start: start.weights, codec: start.codec, cores: machine.threadCount,
            instructionSet: machine.instructionSet)
        if try run.resume(from: folder.checkpoint) {
            Output.note("going on with \(folder.shown) after round \(run.round)")
        }
        var session = SwarmSession(
            title: recipe.name, run: run, folder: folder, limit: .init(rounds: rounds),
            keepEvery: recipe.keepEvery, command: again, json: output.json)
        session.keepsPhases = recipe.keepsPhases
        let clock = ContinuousClock()
        let begin = clock.now
        let summary = try session.play()
        let report = try folder.write(try session.report(summary, elapsed: clock.now - begin))
        let evaluation =
            recipe.evaluationCount > 0
            ? try run.evaluate(recipe.evaluationCount, greedily: true).first : nil
        try finish(
            recipe, start, run.weights(ofNode: 0), folder, report,
            [
                ("rounds", .int(run.round)), ("done", .flag(run.round >= rounds)),
                ("first", .number(summary.first)), ("last", .number(summary.last)),
                ("reward", evaluation.map { .number($0.reward) } ?? .null),
            ])
    }

    /// What the command line says over the recipe.
    private var overrides: [String] {
        over.settings + learning.overrides + (loraRank.map { ["lora.rank=\($0)"] } ?? [])
    }

    private var again: String {
        let overrides = overrides.map { " --set '\($0)'" }.joined()
        let what = env.map { "--env \($0.rawValue)" } ?? "--config \(config ?? "")"
        return "starling train \(what)\(overrides)"
    }

    private func finish(
        _ recipe: Recipe, _ model: StartingModel, _ weights: Weights, _ folder: RunFolder,
        _ report: String, _ figures: [(String, JSON)]
    ) throws {
        let kind = weights.transformer.adapter == nil ? "model" : "adapter"
        if kind == "adapter" {
            let base: String? = if case .folder(let path) = recipe.model { path } else { nil }
            try PretrainedAdapter.write(weights, to: folder.adapter.path, baseName: base)
        } else {
            try model.pretrained.write(weights, to: folder.model.path, on: machine.engine())
        }
        // A value head is kept with the run, not with the model.
        let hash = (kind == "model" ? weights.own : weights).digest.hex
        if output.json {
            Output.line(
                .members(
                    figures + [
                        ("hash", .text(hash)), ("run", .text(folder.shown)),
                        (kind, .text("\(folder.shown)/\(kind)")),
                        ("report", .text(report)),
                    ]))
        } else {
            for (name, value) in figures { Output.line("\(name): \(value.text())") }
            Output.line("hash: \(hash)")
            Output.line("\(kind): \(folder.shown)/\(kind)")
            Output.line("report: \(report)")
        }
    }
}
