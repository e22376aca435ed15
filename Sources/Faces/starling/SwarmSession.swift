import Bytes
import Dashboard
import Foundation
import GenRL
import Gym
import Neural
import Swarm

/// A swarm's run as a person or a script sees it: progress, a curve, events, a summary, a report.
struct SwarmSession {
    /// What the run is called on screen and in the report.
    let title: String
    let run: SwarmRun
    let folder: RunFolder
    let limit: SwarmRun.Limit
    /// The run is kept every so many rounds; nil keeps nothing.
    let keepEvery: Int?
    /// Whether it is kept between the phases of a round as well.
    var keepsPhases = false
    /// The command that makes this run again.
    let command: String
    let json: Bool

    private var rounds: [SwarmRound] = []

    init(
        title: String, run: SwarmRun, folder: RunFolder, limit: SwarmRun.Limit, keepEvery: Int?,
        command: String, json: Bool
    ) {
        self.title = title
        self.run = run
        self.folder = folder
        self.limit = limit
        self.keepEvery = keepEvery
        self.command = command
        self.json = json
    }

    /// Plays to the end, which is the limit or Ctrl-C.
    mutating func play() throws -> SwarmSummary {
        Interruption.listen()
        let total = limit.rounds ?? 0
        var progress = Progress(title, total: total, unit: "rounds", curve: "mean reward")
        var seen: [SwarmRound] = []
        let start = run.round
        let (json, limit) = (json, limit)
        var events = keepEvery == nil ? nil : try EventFile(in: folder.events)
        let summary = try run.run(
            limit, keepingIn: keepEvery == nil ? nil : folder.checkpoint, every: keepEvery ?? 1,
            keepsPhases: keepsPhases
        ) { round in
            seen.append(round)
            if json { Output.line(SwarmSession.event(round)) }
            try events?.write(SwarmSession.scalars(round), step: round.round + 1)
            let played = round.round + 1
            progress.total = SwarmSession.total(
                limit, played: played, from: start, elapsed: progress.elapsed)
            let note =
                "reward \(Numbers.fixed(Double(round.reward), 3))"
                + (round.loss.map { "  loss \(Numbers.fixed(Double($0), 4))" } ?? "")
            // The curve is drawn only on a terminal; an array per round is cheap beside a round.
            progress.update(played, note: note, curve: seen.map { Double($0.reward) })
            return !Interruption.isAsked
        }
        rounds = seen
        progress.total = summary.rewards.count
        progress.end(keeping: true)
        return summary
    }

    /// Rounds there will be: those asked for, or as many as the time allows at the pace so far.
    private static func total(
        _ limit: SwarmRun.Limit, played: Int, from start: Int, elapsed: Duration
    ) -> Int {
        let seconds = elapsed.seconds
        guard let allowed = limit.seconds, seconds > 0 else { return limit.rounds ?? played }
        let expected = start + Int(Double(played - start) * max(1, allowed / seconds))
        return max(played, min(expected, limit.rounds ?? .max))
    }

    private static func scalars(_ round: SwarmRound) -> [(tag: String, value: Double)] {
        let nodes = round.reports.enumerated().map { ("reward/node \($0 + 1)", Double($1.reward)) }
        let loss = round.loss.map { [("loss", Double($0))] } ?? []
        let norm = gradientNorm(round).map { [("gradient norm", $0)] } ?? []
        var tasks: [String: Int] = [:]
        for report in round.reports { tasks.merge(report.tasksByPart, uniquingKeysWith: +) }
        let parts = tasks.sorted { $0.key < $1.key }.map { ("tasks/\($0.key)", Double($0.value)) }
        let more = loss + norm + (tasks.count > 1 ? parts : [])
        return [("reward/mean", Double(round.reward)), ("seconds", round.workSeconds)] + nodes + more
    }

    private static func event(_ round: SwarmRound) -> JSON {
        .members([
            ("round", .int(round.round + 1)), ("reward", .number(round.reward)),
            ("nodes", .list(round.reports.map { .number($0.reward) })),
            ("loss", round.loss.map(JSON.number) ?? .null),
            ("external", .int(round.reports.reduce(0) { $0 + $1.externalCount })),
            ("refused", .int(round.reports.reduce(0) { $0 + $1.refused.values.reduce(0, +) })),
            ("tokens", .int(round.reports.reduce(0) { $0 + $1.tokenCount })),
            ("learned_tokens", .int(round.reports.reduce(0) { $0 + $1.learnedTokenCount })),
            ("gradient_norm", gradientNorm(round).map(JSON.number) ?? .null),
            ("seconds", .number(round.workSeconds)),
            ("learn_seconds", .number(round.learnSeconds.reduce(0, +))),
        ])
    }

    /// The mean norm of the gradients before clipping; nil where no node learned.
    private static func gradientNorm(_ round: SwarmRound) -> Double? {
        let norms = round.reports.compactMap(\.gradientNorm).map(Double.init)
        return norms.isEmpty ? nil : norms.reduce(0, +) / Double(norms.count)
    }
}

// MARK: - Report

extension SwarmSession {
    /// The page about the run.
    func report(_ summary: SwarmSummary, elapsed: Duration) throws -> Report {
        let config = run.config
        var report = Report(
            title: title,
            lead: "\(config.nodes) \(config.nodes == 1 ? "node" : "nodes") learned by reinforcement "
                + "for \(summary.rewards.count) rounds"
                + (config.nodes > 1 ? (config.share ? ", sharing rollouts." : ", each alone.") : "."))
        report.facts = [
            .init("Reward, first tenth", Numbers.fixed(Double(summary.first), 3)),
            .init("Reward, last tenth", Numbers.fixed(Double(summary.last), 3)),
            .init("Rounds", "\(summary.rewards.count)"),
            .init("Time", Numbers.clock(elapsed)),
            .init(
                "Weights", Numbers.short(Double(run.weights(ofNode: 0).transformer.config.parameterCount)),
                note: "per node"),
            .init(
                "Answers a round", "\(config.tasksPerRound * config.grpo.answersPerTask)", note: "per node"),
        ]
        report.charts = [rewardChart(summary)]
        if let losses = lossChart() { report.charts.append(losses) }
        if !rounds.isEmpty { report.tables = [nodeTable()] }
        report.tables.append(try answerTable())
        report.commands = [.init(command, note: "the same bits on any machine")]
        report.footer = "starling \(Starling.version)"
        return report
    }

    private func rewardChart(_ summary: SwarmSummary) -> LineChart {
        let mean = LineChart.Series("mean", points(summary.rewards.map(Double.init), from: 0))
        let nodes = run.config.nodes > 1 ? min(run.config.nodes, 8) : 0
        let each = (0..<nodes).map { node in
            LineChart.Series(
                "node \(node + 1)",
                rounds.map { .init(Double($0.round + 1), Double($0.reports[node].reward)) },
                weight: .faint)
        }
        return LineChart(
            title: "Reward",
            subtitle: "Mean reward of each round's own answers, before learning from them.",
            xLabel: "round", yLabel: "reward", series: [mean] + each, yIncluding: [0])
    }

    private func lossChart() -> LineChart? {
        let losses = rounds.compactMap { round in
            round.loss.map { LineChart.Point(Double(round.round + 1), Double($0)) }
        }
        guard losses.count > 1 else { return nil }
        return LineChart(
            title: "Loss", subtitle: "The clipped objective, mean over nodes.", xLabel: "round",
            yLabel: "loss", series: [.init("loss", losses)])
    }

    private func points(_ values: [Double], from start: Int) -> [LineChart.Point] {
        values.enumerated().map { .init(Double(start + $0 + 1), $1) }
    }

    /// Questions whose answers are shown.
    private static let sampleCount = 48

    private func answerTable() throws -> Report.Table {
        Report.Table(
            title: "Answers", caption: "Of node 1 at the end, to questions that nobody learned from.",
            columns: [
                .text("task"), .code("question"), .code("expected"), .code("answer"), .number("reward"),
            ],
            rows: try run.samples(ofNode: 0, Self.sampleCount).map { sample in
                [
                    sample.task.id.part, sample.task.entry.question, sample.task.entry.answer ?? "by rule",
                    sample.text, Numbers.fixed(Double(sample.reward), 3),
                ]
            })
    }

    private func nodeTable() -> Report.Table {
        let rows = (0..<run.config.nodes).map { node in
            let reports = rounds.map { $0.reports[node] }
            let tail = reports.suffix(max(1, reports.count / 10))
            let reward = tail.reduce(0.0) { $0 + Double($1.reward) } / Double(tail.count)
            return [
                "node \(node + 1)", Numbers.fixed(reward, 3),
                "\(reports.reduce(0) { $0 + $1.ownCount })",
                "\(reports.reduce(0) { $0 + $1.externalCount })",
                "\(reports.reduce(0) { $0 + $1.refused.values.reduce(0, +) })",
                "\(reports.reduce(0) { $0 + $1.tokenCount })",
            ]
        }
        return Report.Table(
            title: "Nodes", caption: "Reward of the last tenth; rollouts learned from; tokens drawn.",
            columns: [
                .text("node"), .number("reward"), .number("own"), .number("of others"),
                .number("refused"), .number("tokens"),
            ], rows: rows)
    }
}
