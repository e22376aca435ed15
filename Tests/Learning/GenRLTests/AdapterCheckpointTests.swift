import Neural
import Tensor
import TestSupport
import Testing

@testable import GenRL

/// A run with an adapter or a value head goes on to the same bits.
@Suite struct AdapterCheckpointTests {
    /// Likelihood and squared values, so that head and adapter move.
    private struct Both: ValueObjective {
        let inputNames = ["weight"]
        let temperature: Float = 1
        func loss(
            in graph: inout Graph, logProbabilities: Value, values: Value
        ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
            let weight = graph.input("weight", graph.shape(values))
            let distance = graph.affine(values, scale: 1, offset: -0.5)
            let square = graph.multiply(distance, distance)
            return (
                graph.sum(graph.multiply(weight, graph.subtract(square, logProbabilities))), []
            )
        }
    }

    private func learner(adapter: LoRAConfig?, seed: UInt64 = 1, on engine: Engine) -> Learner {
        var weights = Weights(TestWorld.shape, seed: seed, on: engine)
        if let adapter { weights = weights.adding(adapter, seed: 3, on: engine) }
        return Learner(
            weights.addingValueHead(on: engine), optimizer: OptimizerConfig(rate: 0.01), on: engine)
    }

    private func batch(_ step: Int) -> Batch {
        var random = Seed(UInt64(step))
        let sequences = (0..<3).map { _ in
            (0..<7).map { _ in Int32.random(in: 0..<13, using: &random) }
        }
        let scored = (0..<3).flatMap { sequence in
            (1..<7).map { Batch.ScoredToken(sequence: sequence, position: $0) }
        }
        return Batch(
            sequences: sequences, scored: scored,
            inputs: ["weight": Array(repeating: 1 / 18, count: 18)])
    }

    private func bytes(_ checkpoint: RunCheckpoint) -> [UInt8] {
        var bytes: [UInt8] = []
        checkpoint.write { bytes += Array($0) }
        return bytes
    }

    @Test(arguments: [nil, LoRAConfig(rank: 3)])
    func `a kept run goes on to the bits of one that never stopped`(adapter: LoRAConfig?) throws {
        let engine = Engine(threads: 1)
        let whole = learner(adapter: adapter, on: engine)
        for step in 0..<4 { _ = try whole.step(Both(), [batch(step)]) }
        let kept = bytes(RunCheckpoint(of: whole, identity: "run"))
        for step in 4..<8 { _ = try whole.step(Both(), [batch(step)]) }

        let resumed = learner(adapter: adapter, on: engine)
        let checkpoint = try kept.withUnsafeBytes { try RunCheckpoint(from: $0) }
        try checkpoint.restore(resumed)
        #expect(resumed.stepCount == 4)
        for step in 4..<8 { _ = try resumed.step(Both(), [batch(step)]) }
        #expect(
            bytes(RunCheckpoint(of: resumed, identity: "run"))
                == bytes(RunCheckpoint(of: whole, identity: "run")))
        #expect(resumed.values(batch(9)) == whole.values(batch(9)))
        #expect(checkpoint.tensors["first/value_head.weight"] != nil)
        // The model under an adapter is named, not kept.
        #expect((checkpoint.tensors["weight/model.norm.weight"] == nil) == (adapter != nil))
    }

    @Test func `an adapter's checkpoint belongs to the model it was trained on`() throws {
        let engine = Engine(threads: 1), adapter = LoRAConfig(rank: 3)
        let checkpoint = RunCheckpoint(
            of: learner(adapter: adapter, on: engine), identity: "run")
        try checkpoint.restore(learner(adapter: adapter, on: engine))
        #expect(throws: RunCheckpointError.self) {
            try checkpoint.restore(learner(adapter: adapter, seed: 2, on: engine))
        }
        #expect(throws: RunCheckpointError.self) {
            try checkpoint.restore(learner(adapter: LoRAConfig(rank: 4), on: engine))
        }
        #expect(throws: RunCheckpointError.self) {
            try checkpoint.restore(learner(adapter: nil, on: engine))
        }
    }

    @Test(arguments: [ElementType.float32, .bfloat16])
    func `own answers have a ratio of exactly 1 with an adapter, and it learns`(
        element: ElementType
    ) throws {
        let engine = Engine(threads: 2)
        let data = try TestWorld.data(digits: 2, tasks: 6)
        let pupil = try TestWorld.pupil(on: engine).adding(LoRAConfig(rank: 4), seed: 5, on: engine)
        var config = GRPOConfig(rate: 1e-2)
        config.answersPerTask = 8
        config.newTokenMax = 4
        config.element = element
        config.algorithm.divergenceWeight = 0.01
        let trainer = GRPOTrainer(
            pupil, family: "f", codec: data.codec, config: config, on: engine)
        let game = GameManager(
            peer: "p", data: data, rewards: GymRewardManager(data), trainer: trainer,
            swarm: NoSwarm(), policy: .alone, seed: 1)
        var ratios: [Float] = []
        for _ in 0..<3 {
            if let ratio = try game.play().metrics["ratio"] { ratios.append(ratio) }
        }
        #expect(!ratios.isEmpty && ratios.allSatisfy { abs($0 - 1) < 1e-5 }, "\(ratios)")
        #expect(trainer.learner.stepCount == ratios.count)
    }
}
