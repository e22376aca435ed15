import Bytes
import Dashboard
import Foundation
import GenRL
import Language
import Neural
import Tensor

/// A supervised run as a person or a script sees it.
struct SupervisedSession {
    let recipe: Recipe
    let model: StartingModel
    let training: SupervisedTraining
    let plan: GymLessons.Plan
    let folder: RunFolder?
    let json: Bool

    /// A run of a recipe; one that was kept in `folder` goes on.
    init(
        _ recipe: Recipe, _ config: SupervisedConfig, _ plan: GymLessons.Plan, on engine: Engine,
        in folder: RunFolder?, json: Bool
    ) throws {
        self.recipe = recipe
        self.plan = plan
        self.folder = folder
        self.json = json
        model = try StartingModel(recipe, on: engine) { try GymLessons.texts(plan.mix) }
        training = SupervisedTraining(
            model.weights, codec: model.codec,
            lessons: try GymLessons(plan, codec: model.codec),
            config: config, on: engine)
        if let folder, let checkpoint = try CheckpointFile.load(folder.checkpoint) {
            try training.restore(checkpoint)
            Output.note("going on with \(folder.shown) after step \(training.step)")
        }
    }

    /// The tiny model that a swarm starts from, taught now.
    ///
    /// - Parameter steps: how long it is taught; nil for as long as its recipe says.
    static func seedling(steps: Int? = nil, on engine: Engine) throws -> StartingModel {
        let overrides = steps.map { ["supervised.steps=\($0)"] } ?? []
        return try taught(try Recipe.builtIn(BuiltInRecipe.seedling, overrides: overrides), on: engine)
    }

    /// The model that a recipe teaches.
    ///
    /// - Parameter folder: where lessons are kept, so that they are taught once; nil leaves no trace on disk.
    static func taught(
        _ recipe: Recipe, on engine: Engine, in folder: RunFolder? = nil
    ) throws -> StartingModel {
        guard case .supervised(let config, let plan) = recipe.task else {
            throw Failure("\(recipe.name) does not teach by examples")
        }
        let session = try SupervisedSession(recipe, config, plan, on: engine, in: folder, json: false)
        try session.play(isQuiet: true)
        guard session.training.isDone else { throw Failure("stopped before the first lessons were over") }
        // The learner moves the model's weights in place.
        return session.model
    }

    /// Takes all steps that are left, or those before Ctrl-C.
    func play(isQuiet: Bool = false) throws {
        try training.play(
            recipe.name, keepingIn: folder?.checkpoint, every: recipe.keepEvery, isQuiet: isQuiet
        ) { report in
            if json, !isQuiet { Output.line(event(report)) }
        }
    }

    private func event(_ report: StepReport) -> JSON {
        .members([
            ("step", .int(training.step)), ("loss", .number(report.loss)),
            ("gradientNorm", .number(report.gradientNorm)), ("rate", .number(report.rate)),
        ])
    }

    /// How the model answers held-out questions; nil where the recipe asks none.
    func evaluation() throws -> Evaluation? {
        guard recipe.evaluationCount > 0 else { return nil }
        let config = training.config
        let data = try GymDataManager(
            plan.mix, tasksPerRound: 1, promptTokenMax: plan.promptTokenMax,
            codec: training.codec)
        // Answers may be as long as those taught, as far as the model's context reaches.
        let longest = try data.heldOut(recipe.evaluationCount).map(\.prompt.count).max() ?? 0
        let room = training.learner.transformer.config.contextLength - longest
        var answering = GRPOConfig()
        answering.newTokenMax = max(1, min(config.answerTokenMax, room))
        let trainer = GRPOTrainer(
            training.learner.weights, family: recipe.name, codec: training.codec, config: answering,
            on: training.learner.engine)
        let game = GameManager(
            peer: recipe.name, data: data, rewards: GymRewardManager(data), trainer: trainer,
            swarm: NoSwarm(), policy: .alone, seed: UInt64(recipe.seed))
        return try game.evaluate(recipe.evaluationCount, greedily: true)
    }

    /// The page about the run.
    func report(_ evaluation: Evaluation?, elapsed: Duration, command: String) -> Report {
        let losses = training.losses
        var report = Report(
            title: recipe.name, lead: "Taught by examples in \(training.step) steps.")
        report.facts = [
            .init("Loss at the end", Numbers.fixed(Double(losses.last ?? .nan), 4)),
            .init("Steps", "\(training.step)"), .init("Time", Numbers.clock(elapsed)),
            .init(
                "Weights",
                Numbers.short(Double(training.learner.transformer.config.parameterCount))),
        ]
        if let evaluation {
            report.facts.append(
                .init(
                    "Reward, held out", Numbers.fixed(Double(evaluation.reward), 3),
                    note: "\(recipe.evaluationCount) questions, greedy"))
        }
        let points = losses.enumerated().map { LineChart.Point(Double($0 + 1), Double($1)) }
        report.charts = [
            LineChart(
                title: "Loss", subtitle: "Mean of -log p over answer tokens, in nats.",
                xLabel: "step", yLabel: "loss", series: [.init("loss", points)], yIncluding: [0])
        ]
        report.commands = [.init(command, note: "the same bits on any machine")]
        report.footer = "starling \(Starling.version)"
        return report
    }
}

extension SupervisedTraining {
    /// Takes all steps that are left, or those before Ctrl-C, with a bar named `label`; the run is kept in
    /// `file`, if there is one, every so many steps and at the end.
    func play(
        _ label: String, keepingIn file: URL?, every interval: Int, isQuiet: Bool,
        observe: (StepReport) -> Void = { _ in }
    ) throws {
        Interruption.listen()
        var progress = Progress(label, total: config.steps, curve: "loss")
        var kept = step
        func keep() throws {
            if let file { try CheckpointFile.save(checkpoint(), to: file) }
            kept = step
        }
        while !isDone, !Interruption.isAsked {
            let report = try advance()
            observe(report)
            progress.update(
                step, note: "loss \(Numbers.fixed(Double(report.loss), 4))",
                curve: losses.map(Double.init))
            if step % interval == 0 { try keep() }
        }
        if kept != step { try keep() }
        progress.end(keeping: !isQuiet)
    }
}
