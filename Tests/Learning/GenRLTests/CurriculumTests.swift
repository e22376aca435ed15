import Bytes
import Gym
import Testing

@testable import GenRL

@Suite struct CurriculumTests {
    typealias Manager = GameManager<GymDataManager, GymRewardManager, ScriptedTrainer>

    /// One environment at three levels, by the count of digits.
    private static let levels = EnvironmentMix(
        [("easy", 2), ("middle", 3), ("hard", 4)].map { name, digits in
            EnvironmentMix.Part(
                "sort_digits", name: name,
                configuration: .members([("min_digits", .int(digits)), ("max_digits", .int(digits))]))
        }, seed: 7, isAdaptive: true)

    private func data(_ mix: EnvironmentMix = levels, tasks: Int = 8) throws -> GymDataManager {
        try GymDataManager(mix, tasksPerRound: tasks, codec: TestWorld.codec)
    }

    /// Sorts two digits always, three now and then, four never.
    private func manager(
        _ peer: String, _ swarm: any Swarm = NoSwarm(), external: Int = 100, mix: EnvironmentMix = levels
    ) throws -> Manager {
        let data = try data(mix)
        let trainer = ScriptedTrainer(answerCount: 4) { task, answer in
            let right = task.entry.answer ?? ""
            switch task.id.part {
            case "easy": return right
            case "middle": return answer % 2 == 0 ? right : "0"
            default: return "0"
            }
        }
        return GameManager(
            peer: peer, data: data, rewards: GymRewardManager(data), trainer: trainer, swarm: swarm,
            policy: SharingPolicy(external: external), seed: 1)
    }

    @Test func `a rate follows what is solved, and what can be learned is in the middle`() {
        var curriculum = Curriculum()
        #expect(curriculum.learnability("new") == 1)
        for _ in 0..<50 {
            curriculum.observe("easy", solved: 8, of: 8)
            curriculum.observe("hard", solved: 0, of: 8)
            curriculum.observe("middle", solved: 5, of: 8)
        }
        curriculum.observe("nothing", solved: 0, of: 0)
        #expect(abs((curriculum.rates["middle"] ?? 0) - 0.625) < 0.01 && curriculum.rates["nothing"] == nil)
        #expect(curriculum.learnability("easy") == Curriculum.floor)
        #expect(curriculum.learnability("hard") == Curriculum.floor)
        #expect(abs(curriculum.learnability("middle") - 0.75) < 0.02)
        // What was never solved comes back when it is.
        for _ in 0..<6 { curriculum.observe("hard", solved: 8, of: 8) }
        #expect(curriculum.learnability("hard") > 0.8)
    }

    @Test func `parts are drawn by weight and by what can be learned of them`() {
        var curriculum = Curriculum(), random = CounterRandom(key: 1, stream: 2)
        let parts: [TaskChoice.Part] = [
            .init("a", weight: 1), .init("b", weight: 3), .init("c", weight: 1_000_000),
        ]
        for _ in 0..<100 { curriculum.observe("c", solved: 1, of: 1) }
        let some = curriculum.choose(4000, of: Array(parts.prefix(2)), &random)
        let share = some.count { $0 == "b" }
        #expect((2850...3150).contains(share), "\(share) of 4000, where 3000 are expected")
        // The largest weights of all parts that a mix may have are no overflow.
        let many = (0..<EnvironmentMix.partCountMax).map {
            TaskChoice.Part("\($0)", weight: EnvironmentMix.weightMax)
        }
        let all = Set(curriculum.choose(4000, of: many, &random))
        let heaviest = curriculum.choose(10, of: parts, &random)
        #expect(all.count == many.count && heaviest.allSatisfy { $0 == "c" })
    }

    @Test func `parts that are always or never solved fade, the one between them stays`() throws {
        let manager = try manager("a")
        var counts: [[String: Int]] = []
        for _ in 0..<30 { counts.append(try manager.play().tasksByPart) }
        func share(_ part: String, _ rounds: ArraySlice<[String: Int]>) -> Double {
            Double(rounds.reduce(0) { $0 + ($1[part] ?? 0) }) / Double(8 * rounds.count)
        }
        for part in ["easy", "middle", "hard"] {
            #expect((0.1...0.6).contains(share(part, counts.prefix(4))), "\(part) at first")
        }
        // 0.05 : 1 : 0.05
        #expect(share("middle", counts.suffix(15)) > 0.75)
        #expect(share("easy", counts.suffix(15)) > 0, "the floor keeps an eye on it")
        let fixed = try self.manager(
            "a", mix: EnvironmentMix(Self.levels.parts, seed: 7))
        var even: [[String: Int]] = []
        for _ in 0..<30 { even.append(try fixed.play().tasksByPart) }
        #expect((0.2...0.5).contains(share("middle", even.suffix(15))))
        #expect(fixed.curriculum == Curriculum() && manager.curriculum.rates.count == 3)
    }

    @Test func `a task is a function of peer, round, place and part`() throws {
        let data = try data(), again = try self.data()
        var seen: Set<TaskID> = []
        for part in ["easy", "middle", "hard"] {
            for place in 0..<8 {
                let task = try data.task(of: "a", round: 3, place: place, part: part)
                #expect(task.id.part == part && seen.insert(task.id).inserted)
                #expect(try task == again.task(of: "a", round: 3, place: place, part: part))
                #expect(try task != data.task(of: "b", round: 3, place: place, part: part))
                #expect(try task != data.task(of: "a", round: 4, place: place, part: part))
            }
        }
        // Without a choice the draw is what it was before there was one.
        let given = try self.data(EnvironmentMix(Self.levels.parts, seed: 7))
        #expect(given.choice == nil && data.choice?.places == 8)
        #expect(try given.tasks(of: "a", round: 3) == data.tasks(of: "a", round: 3))
    }

    @Test func `what a peer chose is taken, what it could not choose is refused`() throws {
        let swarm = InMemorySwarm()
        let chooser = try manager("b", swarm), honest = try manager("a", swarm)
        try chooser.solve()
        let rollouts = swarm.rollouts(ofRound: 0, for: "a")
        #expect(Set(rollouts.map(\.task.part)).count > 1)
        let useful = rollouts.count { $0.task.part == "middle" }
        #expect(try honest.play().externalCount == useful && useful > 0)

        let wary = try manager("a", swarm)
        func with(_ task: TaskID) -> Rollout {
            var rollout = rollouts[0]
            rollout.task = task
            return rollout
        }
        let first = rollouts[0].task
        let other = ["easy", "middle", "hard"].first { $0 != first.part } ?? ""
        let forged = [
            // An index of its own choice, another peer's task, another round's, no part of the mix.
            with(TaskID(part: first.part, seed: 7, index: 1)),
            with(try wary.data.task(of: "c", round: 0, place: 0, part: other).id),
            with(try wary.data.task(of: "b", round: 1, place: 0, part: other).id),
            with(TaskID(part: "nonsense", seed: 7, index: 1)),
            // A second part for a place that it has played.
            with(try wary.data.task(of: "b", round: 0, place: 0, part: other).id),
        ]
        swarm.share(rollouts + forged, of: "b", round: 0)
        let report = try wary.play()
        #expect(report.refused == ["not_assigned": 5] && report.externalCount == useful)
    }

    @Test func `the choice goes on as it was after a rest`() throws {
        let swarm = InMemorySwarm()
        let whole = try manager("a", swarm), other = try manager("b", swarm)
        var part = try manager("a", NoSwarm())
        for round in 0..<12 {
            for manager in [whole, other] { try manager.solve() }
            try part.solve()
            // `part` hears what `whole` hears.
            let heard = InMemorySwarm()
            heard.share(swarm.rollouts(ofRound: round, for: "a"), of: "b", round: round)
            let next = try manager("a", heard)
            let record = try GameRecord(decoding: part.record.encoded)
            try next.resume(from: record)
            next.trainer.model = part.trainer.model
            part = next
            let reports = try [whole.learn(), part.learn()]
            _ = try other.learn()
            #expect(reports[0] == reports[1])
            #expect(part.curriculum == whole.curriculum && !part.curriculum.rates.isEmpty)
        }
    }
}
