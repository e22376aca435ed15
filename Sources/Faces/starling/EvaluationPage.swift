import Bytes
import Dashboard
import GenRL
import Gym

/// The scores of one model, or of two on the same questions, told in lines, in JSON and as a page.
struct EvaluationPage {
    let paths: [String]
    /// By model, then by environment.
    let models: [[EnvironmentScores]]

    private var isComparing: Bool { models.count == 2 }
    private var comparisons: [Comparison] {
        isComparing ? zip(models[0], models[1]).map { Comparison($0, $1) } : []
    }

    /// One line an environment, and one for all.
    var lines: [String] {
        var lines: [String] = []
        for (position, path) in paths.enumerated() {
            if isComparing { lines.append(path) }
            for scores in models[position] {
                lines.append(
                    "\(scores.name): reward \(shown(scores.reward)), "
                        + "solved \(shown(scores.solved))\(passes(scores))")
            }
            if models[position].count > 1 { lines.append("mean: reward \(Numbers.fixed(mean(position), 3))") }
        }
        for (scores, comparison) in zip(models[0], comparisons) {
            lines.append(
                "\(scores.name): the second is \(shown(comparison.difference)) higher; better on "
                    + "\(comparison.better), worse on \(comparison.worse), equal on \(comparison.equal)")
        }
        return lines
    }

    /// One object; the members of a single model stay as they are when a second is asked.
    func json(count: Int) -> JSON {
        var members: [(String, JSON)] = [
            ("tasks", .members(models[0].map { ($0.name, object($0)) })), ("reward", .number(mean(0))),
            ("count", .int(count)),
        ]
        if isComparing {
            members.append(("against", .members(models[1].map { ($0.name, object($0)) })))
            members.append(
                (
                    "difference",
                    .members(
                        zip(models[0], comparisons).map { scores, comparison in
                            (
                                scores.name,
                                [
                                    "reward": interval(comparison.difference),
                                    "better": .int(comparison.better),
                                    "worse": .int(comparison.worse), "equal": .int(comparison.equal),
                                ]
                            )
                        })
                ))
        }
        return .members(members)
    }

    private func object(_ scores: EnvironmentScores) -> JSON {
        let calibration = scores.calibration
        return .members([
            ("reward", .number(scores.reward.mean)), ("solved", .number(scores.solved.mean)),
            ("reward_interval", interval(scores.reward)),
            ("pass", .members(scores.passCounts.map { ("\($0)", .number(scores.pass(at: $0))) })),
            ("calibration_error", .number(calibration.error)), ("brier", .number(calibration.brier)),
        ])
    }

    private func interval(_ interval: Interval) -> JSON {
        [
            "mean": .number(interval.mean), "low": .number(interval.low),
            "high": .number(interval.high),
        ]
    }

    private func mean(_ position: Int) -> Double {
        let means = models[position].map(\.reward.mean)
        return means.reduce(0, +) / Double(max(1, means.count))
    }

    private func shown(_ interval: Interval) -> String {
        let mean = Numbers.fixed(interval.mean, 3)
        return interval.halfWidth.isFinite ? "\(mean) ± \(Numbers.fixed(interval.halfWidth, 3))" : mean
    }

    private func passes(_ scores: EnvironmentScores) -> String {
        guard scores.passCounts.count > 1 else { return "" }
        return scores.passCounts.map { ", pass@\($0) \(Numbers.fixed(scores.pass(at: $0), 3))" }.joined()
    }
}

// MARK: - The page

extension EvaluationPage {
    /// Questions of each environment that are shown.
    private static let samples = 50

    /// Tables by environment, how confidence and correctness agree, and what was answered.
    func report(commands: [String]) -> Report {
        var report = Report(
            title: "Evaluation",
            lead: "\(paths.joined(separator: " and ")) on questions that no training saw.")
        report.facts = paths.indices.map { .init(paths[$0], Numbers.fixed(mean($0), 3), note: "mean reward") }
        report.tables = [environments()] + (isComparing ? [differences()] : [])
        report.charts = calibrationChart().map { [$0] } ?? []
        report.tables += models[0].indices.map(answers)
        report.commands = [.init(commands.joined(separator: " "))]
        return report
    }

    private func environments() -> Report.Table {
        let counts = models[0].first?.passCounts ?? []
        return Report.Table(
            title: "Environments",
            caption: "Means over questions with their 95% intervals. The calibration error is the distance "
                + "between an answer's probability and how often such answers are right.",
            columns: [.text("model"), .text("environment"), .number("reward"), .number("solved")]
                + counts.map { .number("pass@\($0)") } + [.number("calibration error"), .number("Brier")],
            rows: zip(paths, models).flatMap { path, all in
                all.map { scores in
                    [path, scores.name, shown(scores.reward), shown(scores.solved)]
                        + counts.map { Numbers.fixed(scores.pass(at: $0), 3) }
                        + [
                            Numbers.fixed(scores.calibration.error, 3),
                            Numbers.fixed(scores.calibration.brier, 3),
                        ]
                }
            })
    }

    private func differences() -> Report.Table {
        Report.Table(
            title: "The second against the first", caption: "Question by question, with 95% intervals.",
            columns: [
                .text("environment"), .number("difference"), .number("better on"), .number("worse on"),
                .number("equal on"),
            ],
            rows: zip(models[0], comparisons).map { scores, comparison in
                [
                    scores.name, shown(comparison.difference), "\(comparison.better)", "\(comparison.worse)",
                    "\(comparison.equal)",
                ]
            })
    }

    private func calibrationChart() -> LineChart? {
        let series = zip(paths, models).compactMap { path, all -> LineChart.Series? in
            let answers = all.flatMap { $0.items.flatMap(\.answers) }
            let bins = Calibration(answers.map { ($0.confidence, $0.reward >= 1) }).bins.filter {
                $0.count > 0
            }
            return bins.count < 2 ? nil : .init(path, bins.map { .init($0.confidence, $0.accuracy) })
        }
        guard !series.isEmpty else { return nil }
        return LineChart(
            title: "Calibration", subtitle: "How often answers of a probability are right.",
            xLabel: "probability of the answer", yLabel: "share that is right",
            series: series + [.init("perfect", [.init(0, 0), .init(1, 1)])], yIncluding: [0, 1])
    }

    private func answers(_ environment: Int) -> Report.Table {
        let first = models[0][environment]
        return Report.Table(
            title: "Answers: \(first.name)", caption: "The first answer to each question.",
            columns: [.code("question"), .code("expected")]
                + paths.flatMap { [Report.Column.code($0), .number("reward")] },
            rows: first.items.prefix(Self.samples).indices.map { index in
                let entry = first.items[index].entry
                return [entry.question, entry.answer ?? "by rule"]
                    + models.flatMap { all -> [String] in
                        guard let answer = all[environment].items[index].answers.first else {
                            return ["", ""]
                        }
                        return [answer.text, Numbers.fixed(Double(answer.reward), 3)]
                    }
            })
    }
}
