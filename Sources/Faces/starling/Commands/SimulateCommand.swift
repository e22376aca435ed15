import ArgumentParser
import Bytes
import Dashboard
import Foundation
import GenRL
import Swarm

/// What strangers can do to a swarm, tried out.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim", abstract: "What do fair nodes lose to nodes that are not?",
        discussion: """
            Plays the swarm recipe twice for each seed in virtual time, over a network that delays, loses, \
            doubles and reorders: once with fair nodes only, and once with adversaries in the place of the \
            last ones. Both sides are judged by the nodes that are fair in both: the mean reward of their \
            own answers in the last tenth of the rounds.

            Adversaries: liar (claims false log-probabilities), replayer (sends old answers again), \
            flooder (sends thousands), wrong-truth (answers other questions than asked).

            Examples:
              starling sim
              starling sim --nodes 16 --adversaries liar,replayer,flooder,wrong-truth --rounds 60 --json
              starling sim --loss 0.2 --absence 0.1 --staleness 2
            """)

    @Option(help: ArgumentHelp("Nodes of the swarm.", valueName: "n")) var nodes = 16
    @Option(help: ArgumentHelp("Adversaries among them, by kind, with commas.", valueName: "kinds"))
    var adversaries = Adversary.allCases.map(\.rawValue).joined(separator: ",")
    @Option(help: ArgumentHelp("Rounds of each run.", valueName: "n")) var rounds = 60
    @Option(help: ArgumentHelp("The first seed.", valueName: "s")) var seed = 0
    @Option(help: ArgumentHelp("How many seeds.", valueName: "n")) var seeds = 1
    @Option(help: ArgumentHelp("Tasks of a node in a round.", valueName: "n")) var tasks = 4
    @Option(help: ArgumentHelp("Rollouts of others a node learns from in a round.", valueName: "n"))
    var external = 12
    @Option(
        help: ArgumentHelp(
            "How they are chosen: uniform, filtered, advantage, staleness, diversity or all.",
            valueName: "strategy"),
        transform: SimulateCommand.strategy)
    var strategy = SharingPolicy.Strategy.filtered
    @Option(help: ArgumentHelp("Answers of each peer scored again in a round.", valueName: "n"))
    var audits = 4
    @Option(help: ArgumentHelp("Rounds that rollouts may be late.", valueName: "n")) var staleness = 0
    @Option(help: ArgumentHelp("The share of messages that are lost.", valueName: "share")) var loss = 0.05
    @Option(help: ArgumentHelp("The share of messages that arrive twice.", valueName: "share"))
    var duplication = 0.05
    @Option(help: ArgumentHelp("The share of time a node is cut off.", valueName: "share"))
    var absence = 0.0
    @Option(help: ArgumentHelp("Recipe to follow, with a [grpo] section.", valueName: "file"))
    var config: String?
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (2...SwarmConfig.nodesMax).contains(nodes), try kinds().count < nodes else {
            throw ValidationError(
                "--nodes takes 2 to \(SwarmConfig.nodesMax), more than there are adversaries")
        }
        guard (10...Recipe.stepsMax).contains(rounds), (1...100).contains(seeds), seed >= 0 else {
            throw ValidationError("--rounds takes 10 or more, --seeds 1 to 100, --seed 0 or more")
        }
        guard (1...4096).contains(tasks), (0...4096).contains(external),
            (0...Defence.auditsMax).contains(audits), (0...Defence.stalenessMax).contains(staleness)
        else { throw ValidationError("--tasks, --external, --audits or --staleness is out of range") }
        guard [loss, duplication, absence].allSatisfy({ (0...0.9).contains($0) }) else {
            throw ValidationError("--loss, --duplication and --absence take 0 to 0.9")
        }
    }

    private static func strategy(_ name: String) throws -> SharingPolicy.Strategy {
        guard let strategy = SharingPolicy.Strategy(rawValue: name) else {
            let known = SharingPolicy.Strategy.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("no strategy is called \(name); there are \(known)")
        }
        return strategy
    }

    private func kinds() throws -> [Adversary] {
        try adversaries.split(separator: ",").map { name in
            guard let kind = Adversary(rawValue: String(name)) else {
                let known = Adversary.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("no adversary is called \(name); there are \(known)")
            }
            return kind
        }
    }

    func run() throws {
        for seed in seed..<seed + seeds { tell(seed, try play(seed)) }
    }

    private func play(_ seed: Int) throws -> AttackExperiment {
        let setting = ExperimentRecipe(file: config, builtIn: BuiltInRecipe.swarm)
        let (recipe, own) = try setting.read(seed: seed)
        var swarm = own
        swarm.nodes = nodes
        swarm.tasksPerRound = tasks
        swarm.external = external
        swarm.strategy = strategy
        swarm.defence.audits = audits
        swarm.defence.staleness = staleness
        var network = SimulatedNetwork()
        network.loss = loss
        network.duplication = duplication
        network.absence = absence
        let simulation = Simulation(
            network, adversaries: AttackExperiment.adversaries(try kinds(), of: nodes),
            seed: UInt64(seed))
        let start = try setting.start(recipe, on: machine.engine())
        var progress = Progress("seed \(seed)", total: 2 * rounds, unit: "rounds")
        var played = 0
        let result = try AttackExperiment(
            swarm, simulation, start: start.weights, codec: start.codec, rounds: rounds,
            heldOut: recipe.evaluationCount, cores: machine.threadCount,
            instructionSet: machine.instructionSet
        ) { isAttacked, round in
            played += 1
            let side = isAttacked ? "attacked" : "fair"
            progress.update(played, note: "\(side) \(Numbers.fixed(Double(round.reward), 3))")
        }
        progress.end(keeping: false)
        return result
    }

    private func tell(_ seed: Int, _ result: AttackExperiment) {
        let sides = [("fair", result.fair), ("attacked", result.attacked)]
        guard !output.json else {
            let members = sides.map { ($0, Self.json($1)) }
            Output.line(
                .members([("seed", .int(seed)), ("loss", .number(result.loss))] + members))
            return
        }
        for (name, side) in sides {
            let refused = side.refused.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            let reward = Numbers.fixed(Double(side.curve.last), 3)
            let first = Numbers.fixed(Double(side.curve.first), 3)
            Output.line(
                "seed \(seed)  \(name)  reward \(first) to \(reward), \(side.externalCount) external, "
                    + "refused: \(refused.isEmpty ? "none" : refused.joined(separator: ", "))")
        }
        Output.line(
            "seed \(seed)  fair nodes lose \(Numbers.fixed(100 * Double(result.loss), 1))% of their reward")
    }

    private static func json(_ side: AttackExperiment.Side) -> JSON {
        let refused = side.refused.sorted { $0.key < $1.key }.map { ($0.key, JSON.int($0.value)) }
        return .members([
            ("first", .number(side.curve.first)), ("last", .number(side.curve.last)),
            ("heldOut", side.heldOut.map { JSON.number($0) } ?? .null),
            ("external", .int(side.externalCount)), ("refused", .members(refused)),
            (
                "messages",
                .members([
                    ("sent", .int(side.messages.sent)), ("lost", .int(side.messages.lost)),
                    ("absent", .int(side.messages.absent)), ("doubled", .int(side.messages.doubled)),
                    ("overLimit", .int(side.messages.overLimit)),
                ])
            ),
            ("seconds", .number(side.workSeconds)),
            ("rewards", .list(side.curve.rewards.map { JSON.number($0) })),
        ])
    }
}
