public import Foundation
public import GenRL
public import Neural
public import Tensor
public import World

/// Several nodes in one process that learn by answering, sharing and training, round by round.
///
/// Each node has its own engine and model. A round has two phases with a barrier after each, so what is
/// learned does not depend on how threads interleave, or on how many there are.
public final class SwarmRun {
    /// What is learned, and how.
    public let config: SwarmConfig
    /// How text becomes tokens.
    public let codec: TextCodec
    /// Mean reward of every round so far.
    public private(set) var rewards: [Float] = []

    private let nodes: [SwarmNode]
    private let width: Int
    private let identity: String
    private let clock: any WorldClock
    private let simulation: SimulatedExchange?

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
        identity = RunIdentity.of(["swarm", "\(config)", family])
    }

    /// Rounds played so far.
    public var round: Int { rewards.count }

    /// What a simulated network did to messages; nil where there is none.
    public var messages: SimulatedSwarm.Counters? { simulation?.swarm.counters }

    /// The model of a node, as it is now.
    public func weights(ofNode index: Int) -> Weights { nodes[index].game.trainer.learner.weights }

    /// Plays one round.
    public func play() throws -> SwarmRound {
        // One phase for each stage of the game, and for each round that answering runs ahead.
        var solveSeconds = nodes.map { _ in 0.0 }
        while nodes.contains(where: \.game.canSolve) {
            let solve = try phase { if $0.game.canSolve { try $0.game.solve() } }
            for (index, timed) in solve.enumerated() { solveSeconds[index] += timed.seconds }
            simulation?.passRound()
        }
        let learn = try phase { try $0.game.learn() }
        for (node, report) in zip(nodes, learn) { node.rewards.append(report.value.reward) }
        let round = SwarmRound(
            round: round, reports: learn.map(\.value), solveSeconds: solveSeconds,
            learnSeconds: learn.map(\.seconds))
        rewards.append(round.reward)
        return round
    }

    /// Plays until a limit.
    ///
    /// - Parameters:
    ///   - folder: where the run is kept, every `interval` rounds and at the end; nil keeps nothing.
    ///   - observe: is told each round; answering false ends the run.
    public func run(
        _ limit: Limit, keepingIn folder: URL? = nil, every interval: Int = 20,
        observe: (SwarmRound) throws -> Bool = { _ in true }
    ) throws -> SwarmSummary {
        let end = limit.seconds.map { clock.uptime + .seconds($0) }
        var kept = round
        while round < limit.rounds ?? .max, end.map({ clock.uptime < $0 }) ?? true {
            let goesOn = try observe(try play())
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
        try phase { try $0.game.evaluate(count, greedily: greedily) }.map(\.value)
    }

    private func phase<Value: Sendable>(
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
    /// Keeps the run: one file per node in a folder of the round, then the name of that folder in `latest`.
    /// A crash at any point leaves the round before it whole.
    public func keep(in folder: URL) throws {
        precondition(config.defence.staleness == 0, "a run with open rounds cannot be kept")
        let name = "round-\(round)"
        for (index, node) in nodes.enumerated() {
            try CheckpointFile.save(
                node.checkpoint(identity: identity), to: Self.file(index, in: folder, name))
        }
        let before = try Self.latest(in: folder)
        try CheckpointFile.replace(folder.appendingPathComponent("latest"), with: Array(name.utf8))
        if let before, before != name {
            try FileManager.default.removeItem(at: folder.appendingPathComponent(before))
        }
    }

    /// Goes on where the run in `folder` left off; false if there is none.
    public func resume(from folder: URL) throws -> Bool {
        guard let name = try Self.latest(in: folder) else { return false }
        for (index, node) in nodes.enumerated() {
            let file = Self.file(index, in: folder, name)
            guard let checkpoint = try CheckpointFile.load(file) else {
                throw RunCheckpointError.file(path: file.path, reason: "is missing; remove the run folder")
            }
            try node.restore(checkpoint, identity: identity)
        }
        let count = nodes[0].rewards.count
        guard nodes.allSatisfy({ $0.rewards.count == count }) else {
            throw RunCheckpointError.malformed(reason: "its nodes are at different rounds")
        }
        rewards = (0..<count).map { round in
            Float(nodes.reduce(0.0) { $0 + Double($1.rewards[round]) } / Double(nodes.count))
        }
        return true
    }

    private static func file(_ index: Int, in folder: URL, _ name: String) -> URL {
        folder.appendingPathComponent(name).appendingPathComponent("node-\(index).checkpoint")
    }

    private static func latest(in folder: URL) throws -> String? {
        let url = folder.appendingPathComponent("latest")
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let name = String(decoding: try Data(contentsOf: url).prefix(64), as: UTF8.self)
        guard name.hasPrefix("round-"), Int(name.dropFirst(6)) != nil else {
            throw RunCheckpointError.file(path: url.path, reason: "names no round; remove the run folder")
        }
        return name
    }
}
