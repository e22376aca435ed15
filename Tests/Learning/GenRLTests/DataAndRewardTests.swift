import Bytes
import Gym
import Testing

@testable import GenRL

@Suite struct DataAndRewardTests {
    @Test func `tasks are a function of peer and round`() throws {
        let data = try TestWorld.data(), again = try TestWorld.data()
        let tasks = try data.tasks(of: "a", round: 5)
        #expect(try tasks == again.tasks(of: "a", round: 5))
        #expect(try tasks != data.tasks(of: "b", round: 5))
        #expect(try tasks != data.tasks(of: "a", round: 6))
        #expect(tasks.count == 4)
        for task in tasks { #expect(try data.task(task.id) == task) }
        #expect(tasks[0].prompt.count == 4 && tasks[0].prompt.last == 1)
    }

    @Test func `held-out tasks share no random stream with tasks of training`() throws {
        let data = try TestWorld.data()
        let heldOut = try data.heldOut(50)
        #expect(Set(heldOut.map(\.id)).count == 50)
        let streams = heldOut.map { $0.id.seed + $0.id.index }
        let highest = TestWorld.sorting(digits: 3).seed + EnvironmentMix.indexCount - 1
        #expect(streams.allSatisfy { $0 > highest })
        for round in 0..<50 {
            for task in try data.tasks(of: "a", round: round) {
                #expect(task.id.seed + task.id.index <= highest)
            }
        }
    }

    @Test func `parts come as often as their weights say`() throws {
        let mix = EnvironmentMix([
            EnvironmentMix.Part("sort_digits", weight: 3), EnvironmentMix.Part("chain_sum", weight: 1),
        ])
        let data = try GymDataManager(mix, tasksPerRound: 400, codec: TextCodec.characters("0"))
        let tasks = try data.tasks(of: "a", round: 0)
        let share = tasks.count { $0.id.part == "sort_digits" }
        #expect((270...330).contains(share), "\(share) of 400, where 300 are expected")
    }

    @Test func `questions that do not fit are passed over, and where none fits it says so`() throws {
        let mix = EnvironmentMix([
            EnvironmentMix.Part(
                "sort_digits",
                configuration: .members([("min_digits", .int(2)), ("max_digits", .int(9))]))
        ])
        let data = try GymDataManager(
            mix, tasksPerRound: 100, promptTokenMax: 5, codec: TestWorld.codec)
        #expect(try data.tasks(of: "a", round: 0).allSatisfy { $0.prompt.count <= 5 })
        let narrow = try GymDataManager(
            mix, tasksPerRound: 1, promptTokenMax: 2, codec: TestWorld.codec)
        #expect(throws: TaskError.noTask(part: "sort_digits", attempts: 64)) {
            try narrow.tasks(of: "a", round: 0)
        }
    }

    @Test func `task names of strangers end in the exact error`() throws {
        let data = try TestWorld.data()
        func error(_ part: String, _ seed: Int, _ index: Int) -> TaskError? {
            do throws(TaskError) {
                _ = try data.task(TaskID(part: part, seed: seed, index: index))
                return nil
            } catch { return error }
        }
        #expect(error("sort_digits", 7, 0) == nil)
        #expect(error("x", 7, 0) == .unknownPart("x", valid: ["sort_digits"]))
        let other = TaskID(part: "sort_digits", seed: 8, index: 0)
        #expect(error("sort_digits", 8, 0) == .unknownSeed(other))
        for index in [-1, 1 << 31, Int.max, Int.min] {
            let id = TaskID(part: "sort_digits", seed: 7, index: index)
            #expect(error("sort_digits", 7, index) == .indexOutOfRange(id, count: 1 << 31))
        }
    }

    @Test func `a mix that cannot be used says why`() {
        func reason(_ mix: EnvironmentMix, tasks: Int = 1) -> String? {
            do throws(TaskError) {
                _ = try GymDataManager(mix, tasksPerRound: tasks, codec: TestWorld.codec)
                return nil
            } catch { return "\(error)" }
        }
        let part = EnvironmentMix.Part("sort_digits")
        #expect(reason(EnvironmentMix([part])) == nil)
        #expect(reason(EnvironmentMix([]))?.contains("0 parts") == true)
        #expect(reason(EnvironmentMix([part, part]))?.contains("different") == true)
        #expect(reason(EnvironmentMix([part], seed: -1))?.contains("seed -1") == true)
        #expect(reason(EnvironmentMix([part]), tasks: 0)?.contains("0 tasks") == true)
        #expect(reason(EnvironmentMix([.init("sort_digits", weight: 0)]))?.contains("weight") == true)
        #expect(reason(EnvironmentMix([.init("nonsense")]))?.contains("nonsense") == true)
        let seeded = EnvironmentMix.Part("sort_digits", configuration: .members([("seed", .int(1))]))
        #expect(reason(EnvironmentMix([seeded]))?.contains("must not set a seed") == true)
    }

    @Test func `rewards read the answer where it is said to stand`() throws {
        let data = try TestWorld.data()
        let task = try #require(try data.tasks(of: "a", round: 0).first)
        let answer = try #require(task.entry.answer)
        let whole = GymRewardManager(data), tagged = GymRewardManager(data, reading: .tagged)
        let number = GymRewardManager(data, reading: .lastNumber(formatShare: 0.25))
        #expect(try whole.reward(answer, for: task) == 1)
        #expect(try whole.reward(" \(answer)\n", for: task) == 1)
        #expect(try whole.reward("x\(answer)", for: task) == 0)
        #expect(try tagged.reward("so <answer> \(answer) </answer>.", for: task) == 1)
        #expect(try tagged.reward(answer, for: task) == 0)
        #expect(try number.reward(answer, for: task) == 1)
        #expect(try number.reward("It is \(answer).", for: task) == 0.75)
        #expect(try number.reward("1", for: task) == 0.25)
        #expect(try number.reward("", for: task) == 0)
    }

    @Test func `the last number keeps its sign and takes no other's`() {
        #expect(GymRewardManager.lastNumber(in: "3 + -4 = -1.") == "-1")
        #expect(GymRewardManager.lastNumber(in: "9-5") == "5")
        #expect(GymRewardManager.lastNumber(in: "-5") == "-5")
        #expect(GymRewardManager.lastNumber(in: "no") == nil)
        #expect(GymRewardManager.trimmed(" \t\n") == "")
    }
}
