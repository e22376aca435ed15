import GenRL
import Gym
import Testing

@testable import CodeZero

@Suite(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
struct `Rewards by execution` {
    let execution: ExecutionRewards

    init() throws { execution = ExecutionRewards(try #require(Tried.sandbox)) }

    @Test func `are 1 for a right program and 0 for any other`() throws {
        let completions = [
            "```python\ndef add_one(x): return x + 1\n```", wrong, "no program",
            "def add_one(x): return 1 / 0",
            "def add_one(x): return x + 1",
        ]
        #expect(try execution.rewards(of: completions, to: Examples.addOne()) == [1, 0, 0, 0, 1])
    }

    @Test func `may give a part for a part`() throws {
        let rule = CodeRewardRule(partialShare: 0.3)
        let partly = ExecutionRewards(try #require(Tried.sandbox), rule: rule)
        let rewards = try partly.rewards(
            of: ["def add_one(x): return abs(x) + 1", wrong], to: Examples.addOne())
        #expect(rewards == [0.3 * (Float(2) / 3), 0])
    }

    @Test func `are not raised by speaking to the evaluator`() throws {
        #expect(injections.count >= 20)
        let rewards = try execution.rewards(of: injections.map(\.completion), to: Examples.addOne())
        #expect(rewards == .init(repeating: 0, count: injections.count))
    }

    @Test func `give the rate at which a solver passes`() throws {
        let generator = ProblemGenerator(seed: 2)
        let made = (0..<4).map { generator.problem(at: $0, level: 1) }
        let rate = try execution.passRate(on: made.map(\.problem)) { problem in
            // Knows the first three only.
            made.prefix(3).first { $0.problem == problem }?.reference ?? "def f(): pass"
        }
        #expect(rate == 0.75)
    }

    @Test func `fit into a swarm`() throws {
        let codec = TextCodec.characters("abcdefghijklmnopqrstuvwxyz ")
        let data = try CodeDataManager(
            seed: 5, levels: [1, 2], tasksPerRound: 3, promptTokenMax: 4096, codec: codec)
        let tasks = try data.tasks(of: "a", round: 0)
        #expect(try tasks == data.tasks(of: "a", round: 0) && tasks != data.tasks(of: "b", round: 0))
        #expect(try data.tasks(of: "a", round: 1) != tasks && data.task(tasks[0].id) == tasks[0])
        let heldOut = try data.heldOut(2)
        #expect(heldOut[0].id.seed != 5)
        let rewards = CodeRewardManager(execution, seed: 5)
        for task in tasks + heldOut {
            let level = try #require(task.id.part.split(separator: "-").last.flatMap { Int($0) })
            let part: ProblemGenerator.Part = task.id.seed == 5 ? .training : .heldOut
            let generator = ProblemGenerator(seed: UInt64(task.id.seed), part: part)
            let made = generator.problem(at: task.id.index, level: level)
            #expect(try rewards.reward(made.reference, for: task) == 1)
            #expect(try rewards.reward("nothing", for: task) == 0)
        }
        // What a peer writes into a task does not change its tests.
        var entry = tasks[0].entry
        entry.metadata = try CodeProblem(question: "q", entryPoint: "f", tests: ["pass"]).json
        let forged = RoundTask(id: tasks[0].id, entry: entry, prompt: [1])
        #expect(try rewards.reward("def f(): pass", for: forged) == 0)
        let foreign = RoundTask(id: TaskID(part: "code-9", seed: 5, index: 0), entry: entry, prompt: [1])
        #expect(try rewards.reward("def f(): pass", for: foreign) == 0)
    }
}
