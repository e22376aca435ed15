import Bytes
import Dashboard
import Foundation
import GenRL
import Neural
import Tensor

/// A run that learns from preferences, as a person or a script sees it.
struct PreferenceSession {
    let recipe: Recipe
    let model: StartingModel
    let training: PreferenceTraining
    let folder: RunFolder
    let json: Bool

    /// The most bytes of a file of pairs.
    private static let byteCountMax = 1 << 30

    /// A run of a recipe; one that was kept in `folder` goes on.
    init(
        _ recipe: Recipe, _ config: PreferenceConfig, pairs path: String, on engine: Engine,
        in folder: RunFolder, json: Bool
    ) throws {
        self.recipe = recipe
        self.folder = folder
        self.json = json
        let pairs = try Self.pairs(NSString(string: path).expandingTildeInPath)
        model = try StartingModel(recipe, on: engine)
        do throws(PreferenceError) {
            training = try PreferenceTraining(
                model.weights, codec: model.codec, pairs: pairs, config: config, on: engine)
        } catch { throw Failure("\(path): \(error)") }
        if training.pairCount < pairs.count {
            Output.note("\(pairs.count - training.pairCount) of \(pairs.count) pairs are too long")
        }
        if let checkpoint = try CheckpointFile.load(folder.checkpoint) {
            try training.restore(checkpoint)
            Output.note("going on with \(folder.shown) after step \(training.step)")
        }
    }

    private static func pairs(_ path: String) throws -> [PreferencePair] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch { throw Failure("\(path) cannot be read: \(error.localizedDescription); check task.pairs") }
        guard data.count <= byteCountMax else {
            throw Failure("\(path) has more than \(byteCountMax) bytes; split it")
        }
        do throws(PreferenceError) {
            return try PreferencePair.parse(lines: data)
        } catch { throw Failure("\(path): \(error)") }
    }

    /// Takes all steps that are left, or those before Ctrl-C; the last one's report, if there was one.
    func play() throws -> StepReport? {
        Interruption.listen()
        var progress = Progress(recipe.name, total: training.config.steps, curve: "loss")
        var kept = training.step, last: StepReport?
        while !training.isDone, !Interruption.isAsked {
            let report = try training.advance()
            last = report
            if json { Output.line(event(report)) }
            progress.update(
                training.step, note: "loss \(Numbers.fixed(Double(report.loss), 4))",
                curve: training.losses.map(Double.init))
            if training.step % recipe.keepEvery == 0 {
                try keep()
                kept = training.step
            }
        }
        if kept != training.step { try keep() }
        progress.end(keeping: true)
        return last
    }

    private func keep() throws { try CheckpointFile.save(training.checkpoint(), to: folder.checkpoint) }

    private func event(_ report: StepReport) -> JSON {
        .members([
            ("step", .int(training.step)), ("loss", .number(report.loss)),
            ("margin", report.metrics["margin"].map(JSON.number) ?? .null),
            ("accuracy", report.metrics["accuracy"].map(JSON.number) ?? .null),
            ("gradientNorm", .number(report.gradientNorm)), ("rate", .number(report.rate)),
        ])
    }

    /// The page about the run.
    func report(elapsed: Duration, command: String) -> Report {
        let losses = training.losses
        var report = Report(
            title: recipe.name,
            lead: "Taught by \(training.pairCount) preferences in \(training.step) steps.")
        report.facts = [
            .init("Loss at the end", Numbers.fixed(Double(losses.last ?? .nan), 4)),
            .init("Steps", "\(training.step)"), .init("Time", Numbers.clock(elapsed)),
            .init(
                "Weights", Numbers.short(Double(training.learner.transformer.config.parameterCount))),
        ]
        let points = losses.enumerated().map { LineChart.Point(Double($0 + 1), Double($1)) }
        report.charts = [
            LineChart(
                title: "Loss", subtitle: "Mean of -log sigmoid of the margin; 0.693 at the start.",
                xLabel: "step", yLabel: "loss", series: [.init("loss", points)], yIncluding: [0])
        ]
        report.commands = [.init(command, note: "the same bits on any machine")]
        report.footer = "starling \(Starling.version)"
        return report
    }
}
