import Gym
import Tensor

/// Tasks from a mix of environments.
///
/// Task `j` of a peer in a round is drawn by Philox with the mix's seed as key, the peer's name as
/// stream and (round, j) as index: peers have different tasks, and nobody chooses easy ones. In an adaptive
/// mix there is such a task for each part, and a peer chooses the part.
public struct GymDataManager: DataManager {
    /// The environments.
    public let mix: EnvironmentMix
    /// Tasks of a peer in a round.
    public let tasksPerRound: Int
    /// Longer questions are passed over.
    public let promptTokenMax: Int
    /// How questions become tokens.
    public let codec: TextCodec

    private let environments: [String: (training: any Environment, heldOut: any Environment)]
    private let weightSum: Int

    /// Draws that are tried for one task before giving up.
    static let attempts = 64

    /// Tasks of a mix.
    public init(
        _ mix: EnvironmentMix, tasksPerRound: Int, promptTokenMax: Int = 512, codec: TextCodec
    ) throws(TaskError) {
        environments = try mix.environments()
        guard (1...4096).contains(tasksPerRound) else {
            throw .badMix(reason: "\(tasksPerRound) tasks a round are not 1 to 4096")
        }
        self.mix = mix
        self.tasksPerRound = tasksPerRound
        self.promptTokenMax = promptTokenMax
        self.codec = codec
        weightSum = mix.parts.reduce(0) { $0 + $1.weight }
    }

    /// The tasks of a peer in a round.
    public func tasks(of peer: String, round: Int) throws(TaskError) -> [RoundTask] {
        precondition(round >= 0, "rounds count from 0")
        let stream = CounterRandom.number(for: peer)
        var tasks: [RoundTask] = []
        for position in 0..<tasksPerRound {
            tasks.append(
                try draw(seed: mix.seed, stream, UInt64(round) * UInt64(tasksPerRound) + UInt64(position)))
        }
        return tasks
    }

    /// The parts of an adaptive mix.
    public var choice: TaskChoice? {
        guard mix.isAdaptive else { return nil }
        return TaskChoice(of: mix.parts.map { .init($0.name, weight: $0.weight) }, places: tasksPerRound)
    }

    /// The task of a peer in a place of a round, if it chooses a part there.
    public func task(
        of peer: String, round: Int, place: Int, part: String
    ) throws(TaskError) -> RoundTask {
        precondition(round >= 0 && (0..<tasksPerRound).contains(place), "a place of a round")
        return try draw(
            seed: mix.seed, CounterRandom.number(for: peer),
            UInt64(round) * UInt64(tasksPerRound) + UInt64(place), part: part)
    }

    /// The first tasks of the held-out stream.
    public func heldOut(_ count: Int) throws(TaskError) -> [RoundTask] {
        let stream = CounterRandom.number(for: "held out")
        var tasks: [RoundTask] = []
        for position in 0..<max(0, count) {
            tasks.append(try draw(seed: mix.seed + EnvironmentMix.heldOutOffset, stream, UInt64(position)))
        }
        return tasks
    }

    /// A task by its name, training or held out.
    public func task(_ id: TaskID) throws(TaskError) -> RoundTask {
        guard let environment = knownEnvironment(of: id) else {
            guard environments[id.part] != nil else {
                throw .unknownPart(id.part, valid: mix.parts.map(\.name))
            }
            throw .unknownSeed(id)
        }
        guard (0..<EnvironmentMix.indexCount).contains(id.index) else {
            throw .indexOutOfRange(id, count: EnvironmentMix.indexCount)
        }
        let entry: Entry
        do throws(EnvironmentError) {
            entry = try environment.entry(at: id.index)
        } catch { throw .notGenerated(id, reason: "\(error)") }
        let prompt = codec.prompt(entry.question)
        guard (1...promptTokenMax).contains(prompt.count) else {
            throw .badPrompt(id, tokens: prompt.count, max: promptTokenMax)
        }
        return RoundTask(id: id, entry: entry, prompt: prompt)
    }

    /// The environment that a task comes from, nil for a task of another swarm.
    func knownEnvironment(of id: TaskID) -> (any Environment)? {
        guard let pair = environments[id.part] else { return nil }
        if id.seed == mix.seed { return pair.training }
        return id.seed == mix.seed + EnvironmentMix.heldOutOffset ? pair.heldOut : nil
    }

    /// The first drawn task that can be made; which it is depends on nothing but the arguments.
    ///
    /// - Parameter chosen: the part, which is drawn with the task where nobody chooses it. Each part has
    ///   draws of its own.
    private func draw(
        seed: Int, _ stream: UInt64, _ position: UInt64, part chosen: String? = nil
    ) throws(TaskError) -> RoundTask {
        var part = chosen ?? mix.parts[0].name
        let key = UInt64(seed) ^ (chosen.map { CounterRandom.number(for: "part \($0)") } ?? 0)
        for attempt in 0..<UInt64(Self.attempts) {
            let words = Canonical.philox(
                key: key, stream: stream, index: position * UInt64(Self.attempts) + attempt)
            part = chosen ?? self.part(at: Int((UInt64(words[0]) * UInt64(weightSum)) >> 32))
            let id = TaskID(part: part, seed: seed, index: Int(words[1] >> 1))
            do throws(TaskError) {
                return try task(id)
            } catch {
                // A question that is too long or has no answer is passed over by every peer alike.
                switch error {
                case .notGenerated, .badPrompt: continue
                case .unknownPart, .unknownSeed, .indexOutOfRange, .noTask, .badMix: throw error
                }
            }
        }
        throw .noTask(part: part, attempts: Self.attempts)
    }

    private func part(at weight: Int) -> String {
        var left = weight
        for part in mix.parts {
            if left < part.weight { return part.name }
            left -= part.weight
        }
        preconditionFailure("a drawn weight is below the sum of weights")
    }
}
