public import Foundation
public import GenRL
public import Neural
public import Tensor
public import World

/// Several nodes in one process that learn by answering, sharing and training, round by round.
///
/// Each node has its own engine and model. A round has a phase for each stage of its game and one to learn,
/// with a barrier after each, so what is learned does not depend on how threads interleave, or on how many
/// there are. Between any two phases a run can be kept, and goes on to the same bits.
public final class SwarmRun {
    /// What is learned, and how.
    public let config: SwarmConfig
    /// How text becomes tokens.
    public let codec: TextCodec
    /// Mean reward of every round so far.
    public private(set) var rewards: [Float] = []
    /// Stages that were answered since a round was learned from last.
    public private(set) var phase = 0

    private let nodes: [SwarmNode]
    private let width: Int
    private let identity: String
    private let clock: any WorldClock
    private let simulation: SimulatedExchange?
    /// What each node took to answer since a round was learned from last, in this process.
    private var solveSeconds: [Double]

    /// When a run ends; whichever comes first.
    public struct Limit: Hashable, Sendable {
        /// At this many rounds in all.
        public var rounds: Int?
        /// After this many seconds of this process.
        public var seconds: Double?

        /// A limit; at least one of the two.
        public init(rounds: Int? = nil, seconds: Double? = nil) {
            precondition(rounds != nil || seconds != nil, "a run ends some time")
            self.rounds = rounds
            self.seconds = seconds
        }
    }

    /// A swarm whose nodes all start from the same weights.
    ///
    /// - Parameters:
    ///   - cores: how many nodes work at a time; fewer nodes have several threads each.
    ///   - simulation: the exchange in virtual time; nil for one that is perfect.
    ///   - clock: for limits and timings; it changes no result.
    public init(
        _ config: SwarmConfig, start: Weights, codec: TextCodec,
        cores: Int = ProcessInfo.processInfo.activeProcessorCount,
        instructionSet: InstructionSet = .best, simulation: Simulation? = nil,
        clock: any WorldClock = SystemClock()
    ) throws {
        guard (1...SwarmConfig.nodesMax).contains(config.nodes) else {
            throw TaskError.badMix(reason: "\(config.nodes) nodes are not 1 to \(SwarmConfig.nodesMax)")
        }
        guard !config.mix.isAdaptive || config.play.game?.assignment != .common else {
            throw TaskError.badMix(
                reason: "in a game where all play the same tasks nobody chooses them; "
                    + "take a curriculum that is fixed, or another game")
        }
        self.config = config
        self.codec = codec
        self.clock = clock
        width = max(1, min(cores, config.nodes))
        let threads = max(1, cores / config.nodes)
        let data = try GymDataManager(
            config.mix, tasksPerRound: config.tasksPerRound, promptTokenMax: config.promptTokenMax,
            codec: codec)
        let family = RunIdentity.of(["\(start.transformer)", "\(codec.vocabulary)"])
        let exchange = simulation.map {
            SimulatedExchange($0, nodes: config.nodes, staleness: config.defence.staleness)
        }
        self.simulation = exchange
        let perfect: any Swarm =
            config.share && config.nodes > 1
            ? InMemorySwarm(roundsKept: max(InMemorySwarm.roundsKept, 2 * config.defence.staleness + 2))
            : NoSwarm()
        nodes = (0..<config.nodes).map { index in
            SwarmNode(
                index, config, start: start, family: family, data: data,
                swarm: exchange?.swarm(ofNode: index) ?? perfect,
                engine: Engine(instructionSet: instructionSet, threads: threads))
        }
        solveSeconds = Array(repeating: 0, count: config.nodes)
        identity = RunIdentity.of(["swarm", "\(config)", family])
    }

    /// Rounds played so far.
    public var round: Int { rewards.count }

    /// What a simulated network did to messages; nil where there is none.
    public var messages: SimulatedSwarm.Counters? { simulation?.swarm.counters }

    /// The model of a node, as it is now.
    public func weights(ofNode index: Int) -> Weights { nodes[index].game.trainer.learner.weights }

    /// Plays one round, or what is left of it.
    public func play() throws -> SwarmRound { try play(afterPhase: {}) }

    private func play(afterPhase rest: () throws -> Void) throws -> SwarmRound {
        while true {
            if let round = try advance() { return round }
            try rest()
        }
    }

    /// Plays one phase: a stage of the game, or learning, which ends a round.
    ///
    /// There is one phase for each stage, and for each round that answering runs ahead.
    public func advance() throws -> SwarmRound? {
        guard nodes.contains(where: \.game.canSolve) else { return try learn() }
        let solve = try onAllNodes { if $0.game.canSolve { try $0.game.solve() } }
        for (index, timed) in solve.enumerated() { solveSeconds[index] += timed.seconds }
        simulation?.passRound()
        phase += 1
        return nil
    }

    private func learn() throws -> SwarmRound {
        let learn = try onAllNodes { try $0.game.learn() }
        for (node, report) in zip(nodes, learn) { node.rewards.append(report.value.reward) }
        let round = SwarmRound(
            round: round, reports: learn.map(\.value), solveSeconds: solveSeconds,
            learnSeconds: learn.map(\.seconds))
        rewards.append(round.reward)
        solveSeconds = nodes.map { _ in 0 }
        phase = 0
        return round
    }

    /// Plays until a limit.
    ///
    /// - Parameters:
    ///   - folder: where the run is kept, every `interval` rounds and at the end; nil keeps nothing.
    ///   - keepsPhases: whether it is kept after every phase as well.
    ///   - observe: is told each round; answering false ends the run.
    public func run(
        _ limit: Limit, keepingIn folder: URL? = nil, every interval: Int = 20, keepsPhases: Bool = false,
        observe: (SwarmRound) throws -> Bool = { _ in true }
    ) throws -> SwarmSummary {
        let end = limit.seconds.map { clock.uptime + .seconds($0) }
        var kept = round
        while round < limit.rounds ?? .max, end.map({ clock.uptime < $0 }) ?? true {
            let played = try play { if let folder, keepsPhases { try keep(in: folder) } }
            let goesOn = try observe(played)
            if let folder, round % max(1, interval) == 0 {
                try keep(in: folder)
                kept = round
            }
            if !goesOn { break }
        }
        if let folder, kept != round { try keep(in: folder) }
        return SwarmSummary(rewards: rewards)
    }

    /// Answers of a node to held-out tasks, drawn as in a round.
    public func samples(ofNode index: Int, _ count: Int) throws -> [Sample] {
        try nodes[index].game.samples(count, greedily: false)
    }

    /// How well each node answers held-out tasks.
    public func evaluate(_ count: Int, greedily: Bool) throws -> [Evaluation] {
        try onAllNodes { try $0.game.evaluate(count, greedily: greedily) }.map(\.value)
    }

    private func onAllNodes<Value: Sendable>(
        _ body: @escaping @Sendable (SwarmNode) throws -> Value
    ) throws -> [(value: Value, seconds: Double)] {
        let nodes = nodes, clock = clock
        return try ThreadCrew.run(nodes.count, width: width) { index in
            let start = clock.uptime, value = try body(nodes[index])
            return Timed(value: value, seconds: (clock.uptime - start) / .seconds(1))
        }.map { ($0.value, $0.seconds) }
    }
}

private struct Timed<Value: Sendable>: Sendable {
    let value: Value
    let seconds: Double
}

// MARK: - Rest and resume

extension SwarmRun {
    /// Keeps the run between two phases: one file per node in a folder of the moment, then the name of that
    /// folder in `latest`. A crash at any point leaves what was kept before whole.
    public func keep(in folder: URL) throws {
        try requireKept()
        let name = "round-\(round)" + (phase > 0 ? "-phase-\(phase)" : "")
        for (index, node) in nodes.enumerated() {
            try CheckpointFile.save(
                node.checkpoint(identity: identity, phase: phase), to: Self.file(index, in: folder, name))
        }
        try CheckpointFile.replace(folder.appendingPathComponent("latest"), with: Array(name.utf8))
        // Folders of earlier moments, and of one whose keeping was cut short.
        let entries = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        for entry in entries.sorted() where entry != name && Self.isMoment(entry) {
            try FileManager.default.removeItem(at: folder.appendingPathComponent(entry))
        }
    }

    /// Goes on where the run in `folder` left off; false if there is none.
    public func resume(from folder: URL) throws -> Bool {
        guard let name = try Self.latest(in: folder) else { return false }
        try requireKept()
        var phases: [Int] = []
        for (index, node) in nodes.enumerated() {
            let file = Self.file(index, in: folder, name)
            guard let checkpoint = try CheckpointFile.load(file) else {
                throw RunCheckpointError.file(path: file.path, reason: "is missing; remove the run folder")
            }
            phases.append(try node.restore(checkpoint, identity: identity))
        }
        let count = nodes[0].rewards.count
        guard nodes.allSatisfy({ $0.rewards.count == count }), phases.allSatisfy({ $0 == phases[0] }) else {
            throw RunCheckpointError.malformed(reason: "its nodes are at different rounds")
        }
        phase = phases[0]
        rewards = (0..<count).map { round in
            Float(nodes.reduce(0.0) { $0 + Double($1.rewards[round]) } / Double(nodes.count))
        }
        return true
    }

    /// What a network holds is no node's to keep.
    private func requireKept() throws(RunCheckpointError) {
        guard simulation == nil else {
            throw .notKept(reason: "messages of a simulated network are under way")
        }
    }

    private static func file(_ index: Int, in folder: URL, _ name: String) -> URL {
        folder.appendingPathComponent(name).appendingPathComponent("node-\(index).checkpoint")
    }

    private static func latest(in folder: URL) throws -> String? {
        let url = folder.appendingPathComponent("latest")
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let name = String(decoding: try Data(contentsOf: url).prefix(64), as: UTF8.self)
        guard isMoment(name) else {
            throw RunCheckpointError.file(path: url.path, reason: "names no round; remove the run folder")
        }
        return name
    }

    /// Whether a name is that of a round, or of a phase of one.
    private static func isMoment(_ name: String) -> Bool {
        name.wholeMatch(of: /round-[0-9]{1,19}(-phase-[0-9]{1,19})?/) != nil
    }
}
