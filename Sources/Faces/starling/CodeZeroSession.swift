import Bytes
import CodeZero
import Dashboard
import Foundation
import GenRL
import Neural
import Sandbox
import Swarm
import Tensor

/// A run of CodeZero as a person or a script sees it: lessons, rounds, events, a report.
struct CodeZeroSession {
    let recipe: Recipe
    let codezero: CodeZeroRecipe
    /// What the solver began as, and what stands beside its weights on disk.
    let model: StartingModel
    let run: CodeZeroRun
    let folder: RunFolder
    let json: Bool

    /// Rounds of this process.
    private(set) var rounds: [CodeZeroRound] = []

    /// A run of a recipe; one that was kept in `folder` goes on.
    init(
        _ recipe: Recipe, _ codezero: CodeZeroRecipe, on machine: MachineOptions, in folder: RunFolder,
        json: Bool
    ) throws {
        (self.recipe, self.codezero, self.folder, self.json) = (recipe, codezero, folder, json)
        Interruption.listen()
        // What is missing on this machine is said before anything is taught.
        let sandbox = try Sandbox()
        let teacher = try Teacher(recipe, codezero, on: machine.engine(), in: folder)
        model = teacher.start
        let solver = try teacher.member(.solver)
        var proposer: CodeZeroTeam.Member?
        if codezero.config.proposer == .model { proposer = try teacher.member(.proposer) }
        // Several copies of one model would vote alike.
        let evaluators = codezero.lessons.isEmpty ? min(1, codezero.evaluators) : codezero.evaluators
        let team = CodeZeroTeam(
            solver: solver, proposer: proposer,
            evaluators: try (0..<evaluators).map { try teacher.member(.evaluator, $0) })
        run = CodeZeroRun(
            codezero.config, team, sandbox: sandbox, cores: machine.threadCount,
            instructionSet: machine.instructionSet)
        if try run.resume(from: folder.checkpoint) {
            Output.note("going on with \(folder.shown) after round \(run.round)")
        }
    }

    /// Plays all rounds that are left, or those before Ctrl-C.
    mutating func play() throws {
        var progress = Progress(
            recipe.name, total: codezero.rounds, unit: "rounds", curve: "held-out pass rate")
        var events = try EventFile(in: folder.events)
        var kept = run.round
        while run.round < codezero.rounds, !Interruption.isAsked {
            let round = try run.play()
            rounds.append(round)
            if json { Output.line(Self.event(round)) }
            try events.write(Self.scalars(round), step: round.round + 1)
            progress.update(
                run.round, note: Self.note(round), curve: run.measurements.map(\.passRate))
            if run.round % recipe.keepEvery == 0 {
                try run.keep(in: folder.checkpoint)
                kept = run.round
            }
        }
        if kept != run.round { try run.keep(in: folder.checkpoint) }
        progress.end(keeping: true)
    }

    private static func note(_ round: CodeZeroRound) -> String {
        let reward = round.reward.map { Numbers.fixed(Double($0), 3) } ?? "-"
        return "level \(round.level)  reward \(reward)  tasks \(round.accepted)"
    }

    private static func scalars(_ round: CodeZeroRound) -> [(tag: String, value: Double)] {
        var scalars: [(tag: String, value: Double)] = [
            ("level", Double(round.level)), ("proposals/accepted", Double(round.accepted)),
            ("proposals/reward", Double(round.proposerReward)),
        ]
        if let reward = round.reward { scalars.append(("reward", Double(reward))) }
        if let rate = round.passRate { scalars.append(("pass rate", rate)) }
        if let measured = round.measurement {
            scalars.append(("held out/pass rate", measured.passRate))
            scalars += measured.accuracy.sorted { $0.key < $1.key }.map { ("accuracy/\($0.key)", $0.value) }
        }
        return scalars
    }

    private static func event(_ round: CodeZeroRound) -> JSON {
        .members([
            ("round", .int(round.round + 1)), ("level", .int(round.level)),
            ("accepted", .int(round.accepted)),
            ("refused", .members(round.refused.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })),
            ("reward", round.reward.map(JSON.number) ?? .null),
            ("passRate", round.passRate.map(JSON.number) ?? .null),
            ("proposerReward", .number(round.proposerReward)),
            ("heldOut", round.measurement.map { .number($0.passRate) } ?? .null),
            (
                "heldOutByLevel",
                round.measurement.map { measured in
                    .members(
                        measured.passByLevel.sorted { $0.key < $1.key }.map { ("\($0)", .number($1)) })
                } ?? .null
            ),
        ])
    }
}

/// Makes the players: models of a folder as they are, new ones taught by examples.
private struct Teacher {
    let recipe: Recipe
    let codezero: CodeZeroRecipe
    let engine: Engine
    let folder: RunFolder
    /// What all players begin as; a vocabulary is learned once.
    let start: StartingModel

    /// Lessons are kept every so many steps.
    private static let keepEvery = 100

    init(_ recipe: Recipe, _ codezero: CodeZeroRecipe, on engine: Engine, in folder: RunFolder) throws {
        (self.recipe, self.codezero, self.engine, self.folder) = (recipe, codezero, engine, folder)
        start = try StartingModel(recipe, on: engine, texts: CodeLessons.texts)
    }

    /// A player; several of a role differ by their seed.
    func member(
        _ role: CodeLessons.Role, _ index: Int = 0
    ) throws -> CodeZeroTeam.Member {
        guard var config = codezero.lessons[role], let levels = codezero.lessonLevels[role] else {
            // Whoever learns does so on a copy.
            return .init(start.weights, start.codec, isTaught: false)
        }
        var recipe = recipe
        recipe.seed += index
        let model = start.renewed(recipe, on: engine)
        config.seed += UInt64(index)
        // Lessons are of seeds that no run plays with.
        let seed = CounterRandom.number(for: "\(config.seed)/lessons of \(role)")
        let training = SupervisedTraining(
            model.weights, codec: model.codec,
            lessons: CodeLessons(role, levels: levels, seed: seed, codec: model.codec), config: config,
            on: engine)
        let name = role == .evaluator ? "\(role) \(index + 1)" : "\(role)"
        let file = folder.url.appendingPathComponent("lessons/\(role)-\(index)")
        if let kept = try CheckpointFile.load(file) { try training.restore(kept) }
        try training.play("teaching \(name)", keepingIn: file, every: Self.keepEvery, isQuiet: true)
        guard training.isDone else { throw Failure("stopped while teaching; the same command goes on") }
        return .init(training.learner.weights, model.codec, isTaught: true)
    }
}
