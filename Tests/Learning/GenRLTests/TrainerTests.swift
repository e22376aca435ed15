import Neural
import Tensor
import Testing

@testable import GenRL

@Suite struct TrainerTests {
    private func config(_ algorithm: Algorithm = .dapo) -> GRPOConfig {
        var config = GRPOConfig(algorithm, rate: 3e-3)
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
            swarm: NoSwarm(), policy: .alone, advantageScale: config.advantageScale, seed: 1)
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

    static let algorithms = Algorithm.all.map { $0.name }

    @Test(arguments: algorithms) func `every algorithm learns to sort`(name: String) throws {
        let engine = Engine(threads: 1)
        let algorithm = try #require(Algorithm.named(name))
        let game = try game(try TestWorld.pupil(on: engine), config(algorithm), engine)
        let before = try game.evaluate(200, greedily: false)
        for round in 0..<40 {
            let report = try game.play()
            // Means of ones: weights of every form of averaging sum to 1 in a report.
            if round < 3, let ratio = report.metrics["ratio"] { #expect(abs(ratio - 1) < 1e-5) }
        }
        let after = try game.evaluate(200, greedily: false)
        print("\(name): from \(before.reward) to \(after.reward)")
        #expect(after.reward > before.reward + 0.08, "from \(before.reward) to \(after.reward)")
    }

    @Test(arguments: algorithms)
    func `every algorithm has the same bits on any number of threads`(name: String) throws {
        let engine = Engine(threads: 1), pupil = try TestWorld.pupil(on: engine)
        var config = config(try #require(Algorithm.named(name)))
        config.epochs = 2
        config.minibatches = 2
        config.algorithm.importanceCap = 2
        func run(threads: Int) throws -> [String: [UInt32]] {
            let game = try game(pupil, config, Engine(threads: threads))
            for _ in 0..<3 { _ = try game.play() }
            return TestWorld.bits(game.trainer.learner.weights)
        }
        #expect(try run(threads: 1) == run(threads: 2))
    }

    @Test func `own answers have an importance of exactly 1`() throws {
        let engine = Engine(threads: 1), pupil = try TestWorld.pupil(on: engine)
        func run(_ cap: Float) throws -> [String: [UInt32]] {
            var config = config()
            config.algorithm.importanceCap = cap
            let game = try game(pupil, config, engine)
            for _ in 0..<3 { _ = try game.play() }
            return TestWorld.bits(game.trainer.learner.weights)
        }
        #expect(try run(0) == run(2))
    }

    @Test func `a critic learns what answers are worth`() throws {
        let engine = Engine(threads: 1)
        var config = config(.ppo)
        config.algorithm.critic?.weight = 1
        let game = try game(try TestWorld.pupil(on: engine), config, engine)
        let tasks = try game.data.tasks(of: "a", round: 0)
        // Every answer is worth 1, so that is what each of its tokens should come to promise.
        let groups = zip(tasks, try game.trainer.generate(tasks, round: 0)).map { task, completions in
            ScoredRollout(
                task: task,
                rollout: Rollout(
                    task: task.id, peer: "a", round: 0, model: game.trainer.model,
                    completions: completions),
                rewards: completions.map { _ in 1 }, advantages: completions.map { _ in 1 })
        }
        let errors = try (0..<40).map { round in
            try #require(try game.trainer.train(groups, round: round)?.metrics["valueError"])
        }
        #expect(errors[0] > 0.5 && errors[39] < 0.2 * errors[0], "\(errors)")
    }

    @Test func `long answers lose reward only in the last tokens`() {
        var algorithm = Algorithm.dapo
        algorithm.overlongTokens = 4
        let group = [2, 6, 7, 8, 10].map { length in
            ScoredAnswer(reward: length == 2 ? 1 : 0, behaviour: Array(repeating: -1, count: length))
        }
        let lost = Advantages.of([1, 0, -0.25, -0.5, -1])
        let targets = algorithm.advantages(of: [group], lengthMax: 10)[0]
        #expect(targets?.map { $0.advantages[0] } == lost)
        #expect(targets?.map { $0.advantages.count } == [2, 6, 7, 8, 10])
        // A penalty alone is no reason to learn from a group.
        let flat = group.map { ScoredAnswer(reward: 0, behaviour: $0.behaviour) }
        #expect(algorithm.advantages(of: [flat], lengthMax: 10)[0] == nil)
    }

    @Test func `weights of a step sum to 1, or count long answers more`() {
        let lengths = [1, 4, 7]
        for averaging in TokenAveraging.allCases {
            let weights = PolicyInputs.weights(lengths, averaging, lengthMax: 8)
            let parts = zip(lengths, weights).map { Float($0) * $1 }
            let sum = parts.reduce(0, +)
            switch averaging {
            case .tokens: #expect(abs(sum - 1) < 1e-6 && Set(weights).count == 1)
            case .answers: #expect(abs(sum - 1) < 1e-6 && parts.allSatisfy { abs($0 - 1 / 3) < 1e-6 })
            case .constant: #expect(abs(sum - 0.5) < 1e-6 && weights.allSatisfy { $0 == 1 / Float(24) })
            }
        }
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
        several.algorithm.divergenceWeight = 0.02
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
        var config = SupervisedConfig(steps: 12, rate: 1e-2)
        config.batch = 8
        func training() throws -> SupervisedTraining {
            try SupervisedTraining(
                TestWorld.shape, codec: TestWorld.codec, plan: .init(TestWorld.sorting(digits: 3)),
                config: config,
                on: engine)
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
