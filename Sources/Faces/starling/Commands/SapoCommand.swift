import ArgumentParser
import Bytes
import Dashboard
import Foundation
import GenRL
import Swarm
import World

/// The experiment of SAPO, with the controls that the paper lacks.
struct SapoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sapo", abstract: "How much should a node learn from others? The paper's experiment.",
        discussion: """
            Eight nodes learn from I rollouts of their own and J of the others a round (arXiv 2509.08721): \
            8/0, 8/0 with the same filter, 6/2, 4/4 and 2/6, for several seeds. Told are the reward on \
            held-out questions, the paper's sum of rewards, and the reward at equal compute, each with its \
            95% interval over seeds. --rules plays 4/4 with several ways to choose the others' rollouts \
            instead.

            Examples:
              starling sapo --plot docs/sapo.svg
              starling sapo --rules
            """)

    /// A seedling taught so long answers one question in nine; at 400 steps hardly any.
    private static let taughtSteps = 520

    @Option(help: ArgumentHelp("How many seeds, from 0.", valueName: "n")) var seeds = 5
    @Option(help: ArgumentHelp("Rounds of each run.", valueName: "n")) var rounds = 400
    @Option(help: ArgumentHelp("Held-out questions for each node at the end.", valueName: "n"))
    var heldOut = 2048
    @Flag(help: "Compare ways to choose the others' rollouts at 4/4 instead.") var rules = false
    @Option(help: ArgumentHelp("Recipe to follow, with a [grpo] section.", valueName: "file"))
    var config: String?
    @Option(help: ArgumentHelp("Where to draw the curves, an SVG file.", valueName: "file"))
    var plot: String?
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (2...100).contains(seeds) else { throw ValidationError("--seeds takes 2 to 100") }
        guard (10...Recipe.stepsMax).contains(rounds), (1...100_000).contains(heldOut) else {
            throw ValidationError("--rounds takes a number from 10, --held-out one from 1")
        }
    }

    func run() throws {
        let arms = rules ? SapoExperiment.rules : SapoExperiment.proportions
        var progress = Progress("sapo", total: arms.count * seeds * rounds, unit: "rounds")
        var outcomes = [[SapoExperiment.Outcome]](repeating: [], count: arms.count)
        var played = 0, nodes = 0
        let setting = ExperimentRecipe(
            file: config, builtIn: BuiltInRecipe.sapo, taughtSteps: Self.taughtSteps)
        let start = try setting.start(try setting.read(seed: 0).recipe, on: machine.engine())
        for seed in 0..<seeds {
            let swarm = try setting.read(seed: seed).swarm
            nodes = swarm.nodes
            for (position, arm) in arms.enumerated() {
                let outcome = try SapoExperiment.run(
                    arm, swarm, start: start.weights, codec: start.codec, rounds: rounds, heldOut: heldOut,
                    cores: machine.threadCount
                ) { round in
                    played += 1
                    let reward = Numbers.fixed(Double(round.reward), 3)
                    progress.update(played, note: "seed \(seed) \(arm.name) \(reward)")
                }
                outcomes[position].append(outcome)
                if output.json { Output.line(event(outcome, seed: seed, nodes: nodes)) }
            }
        }
        progress.end()
        let table = SapoTable(outcomes, nodes: nodes)
        if let plot {
            try AtomicFile.write(table.chart(seeds: seeds, nodes: nodes).svg(standalone: true), to: plot)
            Output.note("plot: \(plot)")
        }
        if output.json { Output.line(table.json) } else { table.lines.forEach { Output.line($0) } }
    }

    private func event(_ outcome: SapoExperiment.Outcome, seed: Int, nodes: Int) -> JSON {
        .members([
            ("arm", .text(outcome.arm.name)), ("seed", .int(seed)), ("held_out", .number(outcome.heldOut)),
            ("total", .number(outcome.total(nodes: nodes))), ("own", .int(outcome.ownCount)),
            ("external", .int(outcome.externalCount)), ("compute", .number(outcome.compute.last ?? 0)),
            ("seconds", .number(outcome.workSeconds)),
        ])
    }
}

/// All arms side by side; every arm meets the same questions under the same seed.
private struct SapoTable {
    struct Row {
        var name: String
        /// On held-out questions, by seed.
        var bySeed: [Double]
        var total: Interval, atCompute: Interval
        var compute: Double
        var seconds: Double
        var curves: [[Double]]
        var heldOut: Interval { Interval(bySeed) }
    }
    let rows: [Row]

    init(_ outcomes: [[SapoExperiment.Outcome]], nodes: Int) {
        // What the cheapest run spent is what everyone may spend.
        let budget = outcomes.joined().map { $0.compute.last ?? 0 }.min() ?? 0
        rows = outcomes.map { runs in
            func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
            return Row(
                name: runs[0].arm.name, bySeed: runs.map { Double($0.heldOut) },
                total: Interval(runs.map { $0.total(nodes: nodes) }),
                atCompute: Interval(runs.map { Double($0.reward(atCompute: budget)) }),
                compute: mean(runs.map { $0.compute.last ?? 0 }), seconds: mean(runs.map(\.workSeconds)),
                curves: runs.map { run in
                    run.rewards.indices.map {
                        Double(SwarmSummary(rewards: run.rewards).reward(atRound: $0 + 1) ?? 0)
                    }
                })
        }
    }

    private func shown(_ interval: Interval, _ digits: Int) -> String {
        "\(Numbers.fixed(interval.mean, digits)) ± \(Numbers.fixed(interval.halfWidth, digits))"
    }

    /// A line an arm, then whether 4/4 is better.
    var lines: [String] {
        rows.map { row in
            "\(row.name): held out \(shown(row.heldOut, 3)), sum of rewards \(shown(row.total, 1)), at equal "
                + "compute \(shown(row.atCompute, 3)); compute \(Numbers.short(row.compute)) tokens, "
                + "\(Numbers.fixed(row.seconds, 1)) s"
        }
            + verdicts.map { verdict in
                "4/4 over \(verdict.name) on held-out questions: \(shown(verdict.lead, 3)) seed by seed; the "
                    + "two intervals \(verdict.isApart ? "are apart" : "do not show it")"
            }
    }

    /// What 4/4 by the paper's rule leads by, seed by seed, and whether it is above with the two intervals
    /// apart, which asks for more.
    private var verdicts: [(name: String, lead: Interval, isApart: Bool)] {
        guard let shared = rows.first(where: { $0.name == "4/4" }) else { return [] }
        return rows.filter { $0.name.hasPrefix("8/0") || $0.name.hasPrefix("4/4 ") }.map { other in
            let leads = zip(shared.bySeed, other.bySeed).map { $0 - $1 }
            return (other.name, Interval(leads), shared.heldOut.isAbove(other.heldOut))
        }
    }

    var json: JSON {
        func object(_ interval: Interval) -> JSON {
            ["mean": .number(interval.mean), "low": .number(interval.low), "high": .number(interval.high)]
        }
        return .members([
            (
                "arms",
                .members(
                    rows.map { row in
                        (
                            row.name,
                            [
                                "held_out": object(row.heldOut), "total": object(row.total),
                                "at_equal_compute": object(row.atCompute), "compute": .number(row.compute),
                                "seconds": .number(row.seconds),
                            ]
                        )
                    })
            ),
            (
                "lead",
                .members(
                    verdicts.map { ($0.name, ["by_seed": object($0.lead), "apart": .flag($0.isApart)]) })
            ),
        ])
    }

    func chart(seeds: Int, nodes: Int) -> LineChart {
        LineChart(
            title: "Own and others' rollouts",
            subtitle: "Mean reward over ten rounds of \(nodes) nodes, mean and range of \(seeds) seeds.",
            xLabel: "round", yLabel: "reward",
            series: rows.map { .mean($0.name, of: $0.curves) },
            yIncluding: [0])
    }
}
