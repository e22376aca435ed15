import Bytes
public import GenRL
public import Gym
import Sandbox

/// Programming tasks of a swarm: generated ones of some levels, named `code-<level>` / seed / index.
///
/// Which tasks a peer has in a round is drawn by Philox, as `GymDataManager` does.
public struct CodeDataManager: DataManager {
    /// The seed of training tasks; held-out tasks have another.
    public let seed: Int
    /// Levels to draw from.
    public let levels: [Int]
    /// Tasks of a peer in a round.
    public let tasksPerRound: Int
    /// How questions become tokens.
    public let codec: TextCodec
    /// Longer questions are refused.
    public let promptTokenMax: Int

    /// Tasks of these levels.
    public init(
        seed: Int, levels: [Int] = [1], tasksPerRound: Int, promptTokenMax: Int = 1024, codec: TextCodec
    ) throws(TaskError) {
        guard (0..<EnvironmentMix.seedMax).contains(seed) else {
            throw .badMix(reason: "the seed \(seed) is outside 0..<\(EnvironmentMix.seedMax)")
        }
        guard !levels.isEmpty, levels.allSatisfy(ProblemGenerator.levels.contains) else {
            throw .badMix(reason: "levels are 1 to 5, at least one")
        }
        guard (1...4096).contains(tasksPerRound) else {
            throw .badMix(reason: "\(tasksPerRound) tasks a round are not 1 to 4096")
        }
        self.seed = seed
        self.levels = levels
        self.tasksPerRound = tasksPerRound
        self.promptTokenMax = promptTokenMax
        self.codec = codec
    }

    /// The tasks of a peer in a round.
    public func tasks(of peer: String, round: Int) throws(TaskError) -> [RoundTask] {
        var random = CounterRandom(key: UInt64(seed), stream: CounterRandom.number(for: "\(peer)/\(round)"))
        return try drawn(tasksPerRound, seed: seed, &random)
    }

    /// The first tasks of the held-out stream.
    public func heldOut(_ count: Int) throws(TaskError) -> [RoundTask] {
        let other = seed + EnvironmentMix.heldOutOffset
        var random = CounterRandom(key: UInt64(other), stream: CounterRandom.number(for: "held out"))
        return try drawn(max(0, count), seed: other, &random)
    }

    /// A task by its name, training or held out.
    public func task(_ id: TaskID) throws(TaskError) -> RoundTask {
        let problem = try Self.problem(id, seed: seed)
        let prompt = codec.prompt(problem.prompt)
        guard (1...promptTokenMax).contains(prompt.count) else {
            throw .badPrompt(id, tokens: prompt.count, max: promptTokenMax)
        }
        let entry = Entry(question: problem.prompt, answer: nil, metadata: problem.json)
        return RoundTask(id: id, entry: entry, prompt: prompt)
    }

    /// The problem that a name stands for, whoever says it.
    static func problem(_ id: TaskID, seed: Int) throws(TaskError) -> CodeProblem {
        let named = ProblemGenerator.levels.first { id.part == "code-\($0)" }
        guard let level = named else {
            throw .unknownPart(id.part, valid: ProblemGenerator.levels.map { "code-\($0)" })
        }
        let isHeldOut = id.seed == seed + EnvironmentMix.heldOutOffset
        guard id.seed == seed || isHeldOut else { throw .unknownSeed(id) }
        guard (0..<EnvironmentMix.indexCount).contains(id.index) else {
            throw .indexOutOfRange(id, count: EnvironmentMix.indexCount)
        }
        let generator = ProblemGenerator(seed: UInt64(id.seed), part: isHeldOut ? .heldOut : .training)
        return generator.problem(at: id.index, level: level).problem
    }

    private func drawn(
        _ count: Int, seed: Int, _ random: inout CounterRandom
    ) throws(TaskError) -> [RoundTask] {
        var tasks: [RoundTask] = []
        for _ in 0..<count {
            let level = levels[random.draw(below: levels.count)]
            let index = random.draw(below: EnvironmentMix.indexCount)
            tasks.append(try task(TaskID(part: "code-\(level)", seed: seed, index: index)))
        }
        return tasks
    }
}

/// The reward of a swarm's programming tasks: what execution says.
///
/// The problem is made again from the task's name; what a rollout brings along is not looked at.
public struct CodeRewardManager: RewardManager {
    private let execution: ExecutionRewards
    private let seed: Int

    /// Rewards of the tasks of a seed.
    public init(_ execution: ExecutionRewards, seed: Int) {
        self.execution = execution
        self.seed = seed
    }

    /// The reward of a completion; 0 for a task of another swarm.
    ///
    /// - Throws: where the machine, not the completion, is the reason that nothing could be run.
    public func reward(_ completion: String, for task: RoundTask) throws(EnvironmentError) -> Float {
        let problem: CodeProblem
        do throws(TaskError) {
            problem = try CodeDataManager.problem(task.id, seed: seed)
        } catch {
            // A name that is no task of ours, for whatever reason.
            return 0
        }
        do throws(SandboxError) {
            return try execution.rewards(of: [completion], to: problem)[0]
        } catch { throw .source(environment: task.id.part, reason: "\(error)") }
    }
}
