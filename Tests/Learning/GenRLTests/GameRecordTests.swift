import Gym
import Keys
import TestSupport
import Testing

@testable import GenRL

/// A game at rest, and what becomes of it.
@Suite struct GameRecordTests {
    typealias Manager = GameManager<GymDataManager, GymRewardManager, PlayingTrainer>

    private static let mix = EnvironmentMix([EnvironmentMix.Part("word_problems")], seed: 9)

    private func manager(
        _ peer: String, _ swarm: any Swarm, staleness: Int = 0, tasks: Int = 2, game: Game? = nil
    ) throws -> Manager {
        let data = try GymDataManager(Self.mix, tasksPerRound: tasks, codec: PlayingTrainer.codec)
        var defence = Defence()
        defence.staleness = staleness
        let trainer = PlayingTrainer { prompt, task in
            prompt.contains("Whose answer")
                ? ["Choice: Student #0", "no idea"] : ["Answer: \(task.entry.answer ?? "")", "Answer: x"]
        }
        return GameManager(
            peer: peer, data: data, rewards: GymRewardManager(data, reading: .lastNumber(formatShare: 0)),
            trainer: trainer, swarm: swarm, policy: SharingPolicy(external: 2), seed: 1, game: game,
            defence: defence)
    }

    /// What two peers send in a round, some of it damaged: the same list whenever it is asked for.
    private struct Recorded: Swarm {
        var rounds: [Int: [Received]]
        func share(_ rollouts: [Rollout], of peer: String, round: Int) {}
        func received(ofRound round: Int, for peer: String) -> [Received] { rounds[round] ?? [] }
    }

    private func recorded(rounds: Int, game: Game?) throws -> Recorded {
        let swarm = InMemorySwarm(roundsKept: rounds)
        let others = try ["b", "c"].map { try manager($0, swarm, game: game) }
        for _ in 0..<rounds {
            for _ in others[0].game.stages { for other in others { try other.solve() } }
            for other in others { _ = try other.learn() }
        }
        var recorded = Recorded(rounds: [:])
        for round in 0..<rounds {
            var items = swarm.received(ofRound: round, for: "a")
            var wrong = items[0]
            wrong.rollout.completions[0].text += "!"
            var late = items[1]
            late.rollout.round += 1
            items += [wrong, late, items[0], Received(sender: "d", rollout: items[2].rollout)]
            // More than a peer may send.
            items += (0..<80).map { step in
                var flood = items[0]
                flood.rollout.model.step = 100 + step
                return flood
            }
            recorded.rounds[round] = items
        }
        return recorded
    }

    @Test(arguments: [0, 2], [false, true])
    func `a game that is put to rest after every call goes on as one that is not`(
        staleness: Int, isMaths: Bool
    ) throws {
        let game = isMaths ? MathsGame().game : nil
        let swarm = try recorded(rounds: 5, game: game)
        let whole = try manager("a", swarm, staleness: staleness, game: game)
        var part = try manager("a", swarm, staleness: staleness, game: game)
        var learned: [[ScoredRollout]] = [], refused: [String: Int] = [:]
        for _ in 0..<5 {
            while whole.canSolve {
                try whole.solve()
                try part.solve()
                part = try rested(part, swarm, staleness, game)
            }
            let reports = try [whole.learn(), part.learn()]
            #expect(reports[0] == reports[1])
            refused.merge(reports[0].refused, uniquingKeysWith: +)
            learned += part.trainer.learned.suffix(1)
            part = try rested(part, swarm, staleness, game)
        }
        #expect(learned == whole.trainer.learned)
        // Each round's are counted once, however often they are seen.
        #expect(refused["text_mismatch"] == 5 && (refused["over_quota"] ?? 0) > 5)
        #expect(learned.contains { groups in groups.contains { $0.rollout.peer != "a" } })
    }

    /// Another game, made from the bytes of this one.
    private func rested(
        _ manager: Manager, _ swarm: any Swarm, _ staleness: Int, _ game: Game?
    ) throws -> Manager {
        let bytes = manager.record.encoded
        let record = try GameRecord(decoding: bytes)
        #expect(record == manager.record && record.encoded == bytes)
        let next = try self.manager("a", swarm, staleness: staleness, game: game)
        next.trainer.model = manager.trainer.model
        try next.resume(from: record)
        #expect(next.record == record && next.canSolve == manager.canSolve)
        return next
    }

    @Test func `what was shared is shared again, for those who have not gathered it`() throws {
        let first = InMemorySwarm(), game = MathsGame().game
        let sender = try manager("b", first, game: game)
        try sender.solve()
        let second = InMemorySwarm()
        let again = try manager("b", second, game: game)
        try again.resume(from: sender.record)
        #expect(second.received(ofRound: 0, for: "a") == first.received(ofRound: 0, for: "a"))
        #expect(!second.received(ofRound: 0, for: "a").isEmpty)
    }

    /// A record of a game in its second stage, with moves of two others.
    private func sample() throws -> (record: GameRecord, swarm: Recorded) {
        let game = MathsGame().game, swarm = try recorded(rounds: 1, game: game)
        let manager = try manager("a", swarm, game: game)
        for _ in 0..<2 { try manager.solve() }
        let record = manager.record
        #expect(record.rounds.count == 1 && record.rounds[0].external.count >= 4)
        #expect(record.rounds[0].own.count == 4 && !record.refused.isEmpty)
        return (record, swarm)
    }

    @Test func `a record that does not fit the game is refused, and changes nothing`() throws {
        let (record, swarm) = try sample()
        func isRefused(_ damage: (inout GameRecord) -> Void) throws -> Bool {
            var record = record
            damage(&record)
            let manager = try manager("a", swarm, game: MathsGame().game)
            do {
                try manager.resume(from: record)
                return false
            } catch {
                #expect(manager.record == GameRecord(round: 0))
                return true
            }
        }
        #expect(try !isRefused { _ in })
        #expect(try isRefused { $0.round = 1 })
        #expect(try isRefused { $0.rounds[0].number = 1 })
        #expect(try isRefused { $0.rounds.append($0.rounds[0]) })
        #expect(try isRefused { $0.rounds[0].stage = 0 })
        #expect(try isRefused { $0.rounds[0].stage = 4 })
        #expect(try isRefused { $0.rounds[0].stage = 1 })
        #expect(try isRefused { $0.rounds[0].own[0].peer = "b" })
        #expect(try isRefused { $0.rounds[0].own[0].completions[0].text = "?" })
        #expect(try isRefused { $0.rounds[0].own[3].stage = 7 })
        #expect(try isRefused { $0.rounds[0].own.removeFirst() })
        #expect(try isRefused { $0.rounds[0].tasks = [] })
        #expect(try isRefused { $0.rounds[0].tasks[0] = TaskID(part: "x", seed: 9, index: 0) })
        #expect(try isRefused { $0.rounds[0].external[0].peer = "a" })
        #expect(try isRefused { $0.rounds[0].external.append($0.rounds[0].external[0]) })
        #expect(try isRefused { $0.rounds[0].external[0].model.step = 77 })
        #expect(try isRefused { $0.rounds[0].judged = [] })
        #expect(try isRefused { $0.rounds[0].learned = [RolloutID(of: "nobody's")] })
    }

    @Test func `any cut or added end is an error`() throws {
        let bytes = try sample().record.encoded
        for count in 0..<bytes.count {
            #expect(throws: PayloadError.self) { try GameRecord(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: PayloadError.self) { try GameRecord(decoding: bytes + [0]) }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `changed bytes end in another record or an error, never in a trap`(seed: UInt64) throws {
        let (record, swarm) = try sample()
        let bytes = record.encoded, game = MathsGame().game
        let manager = try manager("a", swarm, game: game)
        var random = Seed(seed), errors = 0
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<changed.count, using: &random)
                changed[position] =
                    [0, 1, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
            do {
                let other = try GameRecord(decoding: changed)
                #expect(other.encoded == changed)
                try manager.resume(from: other)
            } catch is PayloadError {
                errors += 1
            } catch is RunCheckpointError { errors += 1 }
        }
        #expect(errors > 150, "seed \(seed): \(errors) errors of 300")
    }

    @Test func `held-out tasks are asked as the game's first solvers are asked`() throws {
        let maths = try manager("a", NoSwarm(), game: MathsGame().game)
        let sample = try #require(try maths.samples(1, greedily: true).first)
        #expect(PlayingTrainer.text(sample.task.prompt).contains("The last line must be \"Answer: \""))
        #expect(sample.reward == 1)
        let plain = try manager("a", NoSwarm())
        let asked = try #require(try plain.samples(1, greedily: true).first)
        #expect(PlayingTrainer.text(asked.task.prompt) == asked.task.entry.question)
    }
}
