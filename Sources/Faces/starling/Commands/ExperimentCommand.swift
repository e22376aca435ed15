import ArgumentParser
import Bytes
import Dashboard
import Foundation
import GenRL
import Swarm
import World

/// Questions about learning, answered by running both sides.
struct ExperimentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment", abstract: "Do nodes that share learn faster than nodes that do not?",
        discussion: """
            Plays the swarm recipe twice for each seed, with and without sharing, from the same start \
            and with the same number of own answers, and compares the mean rewards of the ten rounds \
            that end with the last. The compute of both sides is told.

            Examples:
              starling experiment
              starling experiment --seeds 3 --rounds 120 --plot docs/sharing.svg
            """)

    @Option(help: ArgumentHelp("How many seeds, from 0.", valueName: "n")) var seeds = 3
    @Option(help: ArgumentHelp("Rounds of each run.", valueName: "n")) var rounds = 120
    @Option(help: ArgumentHelp("Recipe to follow, with a [grpo] section.", valueName: "file"))
    var config: String?
    @Option(help: ArgumentHelp("Where to draw the curves, an SVG file.", valueName: "file"))
    var plot: String?
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...100).contains(seeds) else { throw ValidationError("--seeds takes 1 to 100") }
        guard (10...Recipe.stepsMax).contains(rounds) else {
            throw ValidationError("--rounds takes 10 to \(Recipe.stepsMax)")
        }
    }

    func run() throws {
        var results: [SharingExperiment] = []
        for seed in 0..<seeds {
            let result = try play(seed)
            results.append(result)
            tell(seed, result)
        }
        if let plot {
            try AtomicFile.write(chart(results).svg(standalone: true), to: plot)
            Output.note("plot: \(plot)")
        }
        guard output.json else { return }
        let gaps = results.map { JSON.number($0.gap(atRound: rounds) ?? 0) }
        Output.line(.members([("gaps", .list(gaps)), ("rounds", .int(rounds))]))
    }

    private func play(_ seed: Int) throws -> SharingExperiment {
        let setting = ExperimentRecipe(file: config, builtIn: BuiltInRecipe.swarm)
        let (recipe, swarm) = try setting.read(seed: seed)
        let start = try setting.start(recipe, on: machine.engine())
        var progress = Progress("seed \(seed)", total: 2 * rounds, unit: "rounds")
        var played = 0
        let result = try SharingExperiment(
            swarm, start: start.weights, codec: start.codec, rounds: rounds
        ) { isSharing, round in
            played += 1
            let side = isSharing ? "sharing" : "alone"
            progress.update(played, note: "\(side) \(Numbers.fixed(Double(round.reward), 3))")
        }
        progress.end(keeping: false)
        return result
    }

    private func tell(_ seed: Int, _ result: SharingExperiment) {
        let sides = [("sharing", result.sharing), ("alone", result.alone)]
        let gap = Double(result.gap(atRound: rounds) ?? 0)
        guard !output.json else {
            let members = sides.map { name, side in
                (
                    name,
                    JSON.members([
                        ("reward", .number(side.curve.reward(atRound: rounds) ?? 0)),
                        ("seconds", .number(side.workSeconds)), ("tokens", .int(side.tokenCount)),
                        ("own", .int(side.ownCount)), ("external", .int(side.externalCount)),
                    ])
                )
            }
            Output.line(.members([("seed", .int(seed)), ("gap", .number(gap))] + members))
            return
        }
        for (name, side) in sides {
            let reward = Double(side.curve.reward(atRound: rounds) ?? 0)
            Output.line(
                "seed \(seed)  \(name)  reward \(Numbers.fixed(reward, 3))"
                    + "  \(side.ownCount) own and \(side.externalCount) external rollouts, "
                    + "\(Numbers.fixed(side.workSeconds, 1)) s of compute")
        }
        Output.line("seed \(seed)  lead of sharing \(Numbers.fixed(gap, 3)) at round \(rounds)")
    }

    private func chart(_ results: [SharingExperiment]) -> LineChart {
        func runs(_ side: (SharingExperiment) -> SharingExperiment.Side) -> [[Double]] {
            results.map { result in
                (1...rounds).map { Double(side(result).curve.reward(atRound: $0) ?? 0) }
            }
        }
        return LineChart(
            title: "Sharing rollouts",
            subtitle: "Mean reward over ten rounds, mean and range of \(seeds) seeds; equal own answers.",
            xLabel: "round", yLabel: "reward",
            series: [
                .mean("4 nodes that share", of: runs { $0.sharing }),
                .mean("4 nodes alone", of: runs { $0.alone }),
            ], yIncluding: [0])
    }
}
