import Bytes
import Foundation
import GenRL
import Gym
import Neural
import Synchronization
import Tensor
import Testing
import World

@testable import Swarm

@Suite struct SwarmRunTests {
    private static let codec = TextCodec.characters("0123456789")
    private static let mix = EnvironmentMix(
        [
            EnvironmentMix.Part(
                "sort_digits", configuration: .members([("min_digits", .int(2)), ("max_digits", .int(2))]))
        ], seed: 3)

    private func config(nodes: Int = 3, share: Bool = true) -> SwarmConfig {
        var grpo = GRPOConfig(rate: 3e-3)
        grpo.answersPerTask = 8
        grpo.newTokenMax = 4
        grpo.optimizer.warmup = 2
        var config = SwarmConfig(mix: Self.mix, grpo: grpo)
        config.nodes = nodes
        config.share = share
        config.tasksPerRound = 4
        return config
    }

    /// A model that sorts two digits at times.
    private func start() throws -> Weights {
        let shape = Transformer(
            TransformerConfig(vocabulary: 13, width: 32, feedForward: 64, layers: 1, heads: 2))
        var config = SupervisedConfig(steps: 40, rate: 1e-2)
        config.batch = 32
        let training = try SupervisedTraining(
            shape, codec: Self.codec, plan: .init(Self.mix), config: config, on: Engine(threads: 1))
        while !training.isDone { _ = try training.advance() }
        return training.learner.weights
    }

    private func bits(_ run: SwarmRun) -> [[String: [UInt32]]] {
        (0..<run.config.nodes).map { node in
            run.weights(ofNode: node).tensors.mapValues { $0.floats.map(\.bitPattern) }
        }
    }

    @Test func `the number of cores changes nothing but time`() throws {
        let start = try start()
        var known: (curve: [Float], bits: [[String: [UInt32]]])?
        for cores in [1, 2, 8] {
            let run = try SwarmRun(config(), start: start, codec: Self.codec, cores: cores)
            let summary = try run.run(.init(rounds: 5))
            #expect(summary.rewards.count == 5)
            if let known {
                #expect(known.curve == summary.rewards && known.bits == bits(run), "\(cores) cores")
            }
            known = (summary.rewards, bits(run))
        }
    }

    @Test func `nodes that learn from the same rollouts stay equal, others part`() throws {
        let start = try start()
        var config = config()
        let run = try SwarmRun(config, start: start, codec: Self.codec)
        _ = try run.run(.init(rounds: 6))
        #expect(bits(run)[0] == bits(run)[1] && bits(run)[1] == bits(run)[2])
        config.external = 2
        let parted = try SwarmRun(config, start: start, codec: Self.codec)
        let first = try parted.play()
        #expect(first.reports.allSatisfy { $0.externalCount <= 2 })
        #expect(bits(parted)[0] != bits(parted)[1])
    }

    @Test func `nodes that do not share make the same first answers and learn from no other`() throws {
        let start = try start()
        let together = try SwarmRun(config(), start: start, codec: Self.codec)
        let alone = try SwarmRun(config(share: false), start: start, codec: Self.codec)
        let first = (try together.play(), try alone.play())
        #expect(first.0.reports.map(\.reward) == first.1.reports.map(\.reward))
        #expect(first.0.reports.allSatisfy { $0.externalCount > 0 && $0.refused.isEmpty })
        #expect(first.1.reports.allSatisfy { $0.externalCount == 0 })
        #expect(
            first.0.reports.allSatisfy {
                $0.ownCount + $0.externalCount
                    == first.0.reports.map(\.ownCount).reduce(0, +)
            })
        #expect(try together.play().reward != alone.play().reward || bits(together) != bits(alone))
    }

    @Test func `a run that was stopped goes on with the same bits`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("swarm-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let start = try start()
        let whole = try SwarmRun(config(), start: start, codec: Self.codec)
        _ = try whole.run(.init(rounds: 7))
        let first = try SwarmRun(config(), start: start, codec: Self.codec)
        #expect(try !first.resume(from: folder))
        _ = try first.run(.init(rounds: 5), keepingIn: folder, every: 2)
        let second = try SwarmRun(config(), start: start, codec: Self.codec)
        #expect(try second.resume(from: folder))
        #expect(second.round == 5 && second.rewards == first.rewards)
        _ = try second.run(.init(rounds: 7))
        #expect(second.rewards == whole.rewards)
        #expect(bits(second) == bits(whole))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "latest", "round-5",
            ])

        let other = try SwarmRun(config(share: false), start: start, codec: Self.codec)
        #expect(throws: RunCheckpointError.self) { try other.resume(from: folder) }
        try Data("../etc".utf8).write(to: folder.appendingPathComponent("latest"))
        #expect(throws: RunCheckpointError.self) { try second.resume(from: folder) }
    }

    @Test func `limits and observers end a run`() throws {
        let start = try start()
        let run = try SwarmRun(
            config(nodes: 1), start: start, codec: Self.codec, clock: TickingClock())
        // A round of one node reads the clock five times, the end included.
        let summary = try run.run(.init(seconds: 20))
        #expect(summary.rewards.count == 4)
        var seen = 0
        _ = try run.run(.init(rounds: 100)) { round in
            seen += 1
            #expect(round.solveSeconds == [1] && round.learnSeconds == [1])
            return seen < 3
        }
        #expect(run.round == 7)
        #expect(throws: TaskError.self) {
            try SwarmRun(config(nodes: 0), start: start, codec: Self.codec)
        }
        var common = config()
        common.mix.isAdaptive = true
        common.play = .maths(.fixed)
        let error = #expect(throws: TaskError.self) {
            try SwarmRun(common, start: start, codec: Self.codec)
        }
        #expect(error?.description.contains("nobody chooses") == true)
    }

    @Test func `held-out tasks are answered better after learning`() throws {
        let run = try SwarmRun(config(), start: try start(), codec: Self.codec)
        let before = try run.evaluate(100, greedily: false).map(\.reward)
        _ = try run.run(.init(rounds: 40))
        let after = try run.evaluate(100, greedily: false).map(\.reward)
        #expect(zip(before, after).allSatisfy { $1 > $0 + 0.1 }, "from \(before) to \(after)")
    }

    @Test func `a summary compares first and last tenths`() {
        let summary = SwarmSummary(rewards: (1...100).map { Float($0) / 100 })
        #expect(abs(summary.first - 0.055) < 1e-6 && abs(summary.last - 0.955) < 1e-6)
        #expect(abs((summary.reward(atRound: 20) ?? 0) - 0.155) < 1e-6)
        #expect(summary.reward(atRound: 101) == nil && summary.reward(atRound: 0) == nil)
        #expect(SwarmSummary(rewards: []).first == 0)
    }

    @Test func `the experiment gives both sides the same own work`() throws {
        let result = try SharingExperiment(config(), start: try start(), codec: Self.codec, rounds: 4)
        #expect(result.sharing.curve.rewards.count == 4 && result.alone.curve.rewards.count == 4)
        #expect(result.alone.externalCount == 0 && result.sharing.externalCount > 0)
        #expect(result.sharing.curve.rewards[0] == result.alone.curve.rewards[0])
        #expect(result.gap(atRound: 4) != nil && result.gap(atRound: 5) == nil)
    }
}

/// A clock that is a second further each time it is read.
private final class TickingClock: WorldClock {
    private let ticks = Mutex(0)
    var uptime: Duration {
        ticks.withLock { ticks in
            ticks += 1
            return .seconds(ticks)
        }
    }
    var sinceEpoch: Duration { uptime }
    func sleep(until deadline: Duration) {}
}
