import Neural
import Tensor
import Testing

@testable import GenRL

@Suite struct TrainerTests {
    private func config() -> GRPOConfig {
        var config = GRPOConfig(rate: 3e-3)
        config.answersPerTask = 8
        config.newTokenMax = 4
        config.optimizer.warmup = 2
        config.seed = 5
        return config
    }

    private func game(
        _ weights: Weights, _ config: GRPOConfig, _ engine: Engine
    ) throws -> GameManager<GymDataManager, GymRewardManager, GRPOTrainer> {
        let data = try TestWorld.data(digits: 2, tasks: 8)
        return GameManager(
            peer: "a", data: data, rewards: GymRewardManager(data),
            trainer: GRPOTrainer(
                weights.copy(on: engine), family: "f", codec: data.codec, config: config, on: engine),
            swarm: NoSwarm(), policy: .alone, seed: 1)
    }

    @Test func `what it makes passes its own rule, and its first ratio is exactly 1`() throws {
        let engine = Engine(threads: 1)
        let game = try game(try TestWorld.pupil(on: engine), config(), engine)
        let tasks = try game.data.tasks(of: "a", round: 0)
        for (task, completions) in zip(tasks, try game.trainer.generate(tasks, round: 0)) {
            let rollout = Rollout(
                task: task.id, peer: "a", round: 0, model: game.trainer.model, completions: completions)
            try game.trainer.rule.check(rollout, round: 0)
        }
        let report = try game.play()
        #expect(report.ownCount > 0)
        let ratio = try #require(report.metrics["ratio"])
        // A mean of ones, summed with weights that are rounded.
        #expect(abs(ratio - 1) < 1e-6)
        #expect(report.metrics["clipped"] == 0)
    }

    @Test func `learns to sort by rewards alone`() throws {
        let engine = Engine(threads: 1)
        let game = try game(try TestWorld.pupil(on: engine), config(), engine)
        let before = try game.evaluate(200, greedily: false)
        var rewards: [Float] = []
        for _ in 0..<60 { rewards.append(try game.play().reward) }
        let after = try game.evaluate(200, greedily: false)
        #expect(after.reward > before.reward + 0.15, "from \(before.reward) to \(after.reward)")
        #expect(after.solved == after.reward)
    }

    @Test func `same seed, same bits; another seed, others`() throws {
        let engine = Engine(threads: 1)
        let pupil = try TestWorld.pupil(on: engine)
        func run(_ config: GRPOConfig, threads: Int) throws -> ([RoundReport], [String: [UInt32]]) {
            let game = try game(pupil, config, Engine(threads: threads))
            let reports = try (0..<6).map { _ in try game.play() }
            return (reports, TestWorld.bits(game.trainer.learner.weights))
        }
        var several = config()
        several.epochs = 2
        several.minibatches = 3
        several.divergenceWeight = 0.02
        for config in [config(), several] {
            let one = try run(config, threads: 1), two = try run(config, threads: 2)
            #expect(one.0 == two.0 && one.1 == two.1)
        }
        var other = config()
        other.seed = 6
        #expect(try run(other, threads: 1).1 != run(config(), threads: 1).1)
    }

    @Test func `several steps a round count as steps`() throws {
        let engine = Engine(threads: 1)
        var several = config()
        several.epochs = 2
        several.minibatches = 3
        let game = try game(try TestWorld.pupil(on: engine), several, engine)
        _ = try game.play()
        #expect(game.trainer.learner.stepCount == 6)
        #expect(game.trainer.model == ModelID(family: "f", step: 6))
    }

    @Test func `a supervised run goes on from a checkpoint with the same bits`() throws {
        let engine = Engine(threads: 1)
        var config = SupervisedConfig(TestWorld.sorting(digits: 3), steps: 12, rate: 1e-2)
        config.batch = 8
        func training() throws -> SupervisedTraining {
            try SupervisedTraining(TestWorld.shape, codec: TestWorld.codec, config: config, on: engine)
        }
        let whole = try training()
        while !whole.isDone { _ = try whole.advance() }
        let first = try training()
        for _ in 0..<5 { _ = try first.advance() }
        var bytes: [UInt8] = []
        first.checkpoint().write { bytes += Array($0) }
        let second = try training()
        try second.restore(
            try bytes.withUnsafeBytes { try RunCheckpoint(from: $0) })
        #expect(second.step == 5)
        while !second.isDone { _ = try second.advance() }
        #expect(second.losses == whole.losses)
        #expect(TestWorld.bits(second.learner.weights) == TestWorld.bits(whole.learner.weights))
        #expect(whole.losses[11] < whole.losses[0] * 0.9)
        config.batch = 9
        let checkpoint = first.checkpoint()
        #expect(throws: RunCheckpointError.self) { try training().restore(checkpoint) }
    }

    @Test func `packing goes by length and keeps to its limits`() {
        let sequences = (1...50).map { index in
            TrainingSequence(
                prompt: Array(repeating: 3, count: index % 7 + 1),
                tail: Array(repeating: Int32(index % 10), count: index % 5 + 1),
                inputs: ["weight": Array(repeating: Float(index), count: index % 5 + 1)])
        }
        let expected = sequences.sorted {
            let lengths = ($0.prompt.count + $0.tail.count, $1.prompt.count + $1.tail.count)
            return lengths.0 != lengths.1
                ? lengths.0 < lengths.1 : ($0.inputs["weight"]?[0] ?? 0) < ($1.inputs["weight"]?[0] ?? 0)
        }
        let packing = SequencePacking(positionMax: 120, logitMax: 13 * 24)
        let batches = packing.batches(sequences, vocabulary: 13)
        #expect(
            batches.flatMap { $0.inputs["weight"] ?? [] }
                == expected.flatMap { $0.inputs["weight"] ?? [] })
        for batch in batches {
            #expect(batch.scored.count <= 24)
            #expect(batch.sequences.count == 1 || batch.sequences.count % 8 == 0)
            for token in batch.scored { #expect(token.position < batch.sequences[token.sequence].count) }
        }
        let tails = batches.flatMap { batch in
            batch.scored.map { batch.sequences[$0.sequence][$0.position] }
        }
        #expect(tails == expected.flatMap(\.tail))
    }
}
