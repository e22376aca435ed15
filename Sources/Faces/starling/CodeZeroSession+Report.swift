import Bytes
import CodeZero
import Dashboard
import Foundation
import Neural
import Swarm

extension CodeZeroSession {
    /// What the run came to, as the last line of the machine form has it.
    var figures: [(String, JSON)] {
        let (first, last) = (run.measurements.first, run.measurements.last)
        return [
            ("rounds", .int(run.round)), ("done", .flag(run.round >= codezero.rounds)),
            ("first", first.map { .number($0.passRate) } ?? .null),
            ("last", last.map { .number($0.passRate) } ?? .null),
            ("proposals", .int(run.game.pool.count)), ("level", .int(run.game.difficulty.level)),
            (
                "accuracy",
                .members(
                    run.game.calibration.sorted { $0.key < $1.key }.map { name, calibration in
                        (name, calibration.accuracy.map(JSON.number) ?? .null)
                    } + [("majority", majority.map(JSON.number) ?? .null)])
            ),
            (
                "balanced",
                .members(
                    run.game.calibration.sorted { $0.key < $1.key }.map { name, calibration in
                        let both = [calibration.sensitivity, calibration.specificity].compactMap(\.self)
                        return (name, both.count == 2 ? .number((both[0] + both[1]) / 2) : .null)
                    })
            ),
        ]
    }

    /// How often the evaluators' majority was right.
    private var majority: Double? {
        run.game.voted.count == 0 ? nil : Double(run.game.voted.right) / Double(run.game.voted.count)
    }

    /// The page about the run.
    func report(elapsed: Duration, command: String) throws -> Report {
        var report = Report(
            title: recipe.name,
            lead: "A solver learned to write Python in \(run.round) rounds; rewards were decided by "
                + "\(codezero.config.decider == .execution ? "running its programs" : "evaluators").")
        report.facts = [
            .init(
                "Pass rate, held out", share(run.measurements.last?.passRate),
                note: "\(share(run.measurements.first?.passRate)) at the start"),
            .init("Rounds", "\(run.round)"), .init("Time", Numbers.clock(elapsed)),
            .init("Tasks accepted", "\(run.game.pool.count)"),
            .init("Level", "\(run.game.difficulty.level)"),
            .init(
                "Weights", Numbers.short(Double(run.weights.transformer.config.parameterCount)),
                note: "each player"),
        ]
        report.charts = [passChart()]
        if !rounds.isEmpty { report.charts.append(roundChart()) }
        if !run.game.calibration.isEmpty { report.tables.append(evaluatorTable()) }
        report.tables.append(try answerTable())
        report.commands = [.init(command, note: "the same bits on any machine")]
        report.footer = "starling \(Starling.version)"
        return report
    }

    private func share(_ value: Double?) -> String { value.map { Numbers.fixed($0, 3) } ?? "-" }

    private func passChart() -> LineChart {
        let levels = Set(codezero.config.heldOutLevels).sorted()
        let all = LineChart.Series(
            "all", run.measurements.map { .init(Double($0.round), $0.passRate) })
        let each = levels.map { level in
            LineChart.Series(
                "level \(level)",
                run.measurements.map { .init(Double($0.round), $0.passByLevel[level] ?? .nan) },
                weight: .faint)
        }
        return LineChart(
            title: "Held-out tasks",
            subtitle: "Share that a drawn program solves, by running it.", xLabel: "round",
            yLabel: "pass rate", series: [all] + (levels.count > 1 ? each : []), yIncluding: [0, 1])
    }

    private func roundChart() -> LineChart {
        func series(_ name: String, _ value: (CodeZeroRound) -> Double?) -> LineChart.Series {
            .init(name, rounds.map { .init(Double($0.round + 1), value($0) ?? .nan) })
        }
        return LineChart(
            title: "Rounds",
            subtitle: "The solver's reward, the share of its programs that run right, the proposer's reward.",
            xLabel: "round", yLabel: "mean",
            series: [
                series("reward", { $0.reward.map(Double.init) }), series("pass rate", \.passRate),
                series("proposer", { Double($0.proposerReward) }),
            ], yIncluding: [0, 1])
    }

    private func evaluatorTable() -> Report.Table {
        let rows = run.game.calibration.sorted { $0.key < $1.key }.map { name, calibration in
            [
                name, share(calibration.accuracy), share(calibration.sensitivity),
                share(calibration.specificity), share(calibration.brier),
                share(calibration.calibrationError), "\(calibration.count)",
            ]
        }
        return Report.Table(
            title: "Evaluators",
            caption: "How their judgements, made without running a program, agree with running it. The "
                + "majority is right in \(share(majority)) of \(run.game.voted.count) votes.",
            columns: [
                .text("evaluator"), .number("accuracy"), .number("right called right"),
                .number("wrong called wrong"), .number("Brier score"),
                .number("calibration error"), .number("judgements"),
            ], rows: rows)
    }

    /// Tasks whose answers are shown.
    private static let sampleCount = 32

    private func answerTable() throws -> Report.Table {
        Report.Table(
            title: "Programs", caption: "The solver's answers at the end, to held-out tasks.",
            columns: [.code("task"), .code("program"), .text("tests"), .text("evaluators")],
            rows: try run.heldOutAnswers().prefix(Self.sampleCount).map { answer, attempt in
                let vote = attempt.votes.first
                return [
                    attempt.problem.prompt, answer, attempt.passRate == 1 ? "passed" : "failed",
                    vote.map { "\($0.correct.count) of \($0.correct.count + $0.wrong.count) say right" }
                        ?? "-",
                ]
            })
    }
}
