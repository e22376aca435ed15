import Bytes
import GenRL
import Gym
import Neural
import Tensor
import Testing

@testable import Swarm

@Suite struct SimulationTests {
    private static let codec = TextCodec.characters("0123456789")
    private static let mix = EnvironmentMix(
        [
            EnvironmentMix.Part(
                "sort_digits", configuration: .members([("min_digits", .int(2)), ("max_digits", .int(2))]))
        ], seed: 3)

    private func config(nodes: Int) -> SwarmConfig {
        var grpo = GRPOConfig(rate: 3e-3)
        grpo.answersPerTask = 8
        grpo.newTokenMax = 4
        grpo.optimizer.warmup = 2
        var config = SwarmConfig(mix: Self.mix, grpo: grpo)
        config.nodes = nodes
        config.tasksPerRound = 2
        config.external = 6
        config.defence.audits = 4
        return config
    }

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

    private func network(loss: Double = 0.05) -> SimulatedNetwork {
        var network = SimulatedNetwork()
        network.loss = loss
        network.duplication = 0.05
        network.rolloutsPerPeer = 64
        return network
    }

    @Test func `a perfect network is no network: the same bits as in memory`() throws {
        let start = try start()
        let memory = try SwarmRun(config(nodes: 3), start: start, codec: Self.codec)
        let simulated = try SwarmRun(
            config(nodes: 3), start: start, codec: Self.codec, simulation: Simulation())
        let curves = try [memory, simulated].map { try $0.run(.init(rounds: 4)).rewards }
        #expect(curves[0] == curves[1])
        for node in 0..<3 {
            let bits = [memory, simulated].map { run in
                run.weights(ofNode: node).tensors.mapValues { $0.floats.map(\.bitPattern) }
            }
            #expect(bits[0] == bits[1])
        }
    }

    @Test func `threads do not change a simulated run`() throws {
        let start = try start()
        let simulation = Simulation(
            network(loss: 0.3), adversaries: AttackExperiment.adversaries([.liar, .flooder], of: 5))
        let runs = try [1, 4].map { cores in
            let run = try SwarmRun(
                config(nodes: 5), start: start, codec: Self.codec, cores: cores, simulation: simulation)
            return (try run.run(.init(rounds: 4)).rewards, run.messages)
        }
        #expect(runs[0].0 == runs[1].0 && runs[0].1 == runs[1].1)
    }

    @Test func `four kinds of adversary of sixteen cost the fair nodes little`() throws {
        let simulation = Simulation(
            network(), adversaries: AttackExperiment.adversaries(Adversary.allCases, of: 16), seed: 1)
        let result = try AttackExperiment(
            config(nodes: 16), simulation, start: try start(), codec: Self.codec, rounds: 30, cores: 2)
        let refused = result.attacked.refused
        #expect(result.fair.refused.keys.allSatisfy { $0 == "repeated" })
        #expect((refused["implausible"] ?? 0) > 0 && (refused["over_quota"] ?? 0) > 0)
        #expect((refused["wrong_round"] ?? 0) > 0 && (refused["not_assigned"] ?? 0) > 0)
        #expect(result.attacked.messages.overLimit > 0)
        #expect(result.fair.curve.last > result.fair.curve.first + 0.1)
        // One short run of a tiny model: the figures of docs/benchmarks.md have the 5% with three seeds.
        #expect(result.loss < 0.1, "fair nodes lose \(result.loss)")
    }

    @Test func `a window keeps a slow network useful`() throws {
        let start = try start()
        func externals(_ staleness: Int) throws -> Int {
            var config = config(nodes: 4)
            config.defence.staleness = staleness
            let run = try SwarmRun(
                config, start: start, codec: Self.codec,
                simulation: Simulation(network(loss: 0), roundTime: .milliseconds(60)))
            var count = 0
            _ = try run.run(.init(rounds: 8)) { round in
                count += round.reports.reduce(0) { $0 + $1.externalCount }
                return true
            }
            return count
        }
        let (strict, late) = (try externals(0), try externals(3))
        #expect(late > 2 * strict + 10, "\(strict) in step, \(late) with a window")
    }

    @Test func `a game of three stages is played to the same bits on any number of threads`() throws {
        let codec = TextCodec.characters(
            String(String.UnicodeScalarView((32..<127).map { Unicode.Scalar(UInt8($0)) })) + "\n")
        let shape = Transformer(
            TransformerConfig(
                vocabulary: codec.vocabulary, width: 16, feedForward: 32, layers: 1, heads: 1))
        let start = Weights(shape, seed: 5, on: Engine(threads: 1))
        var config = config(nodes: 3)
        config.mix = EnvironmentMix([EnvironmentMix.Part("word_problems")], seed: 1)
        config.play = .maths(.fixed)
        config.tasksPerRound = 1
        config.grpo.answersPerTask = 2
        config.grpo.newTokenMax = 6
        let runs = try [1, 3].map { cores in
            let run = try SwarmRun(
                config, start: start, codec: codec, cores: cores, simulation: Simulation(network(loss: 0.2)))
            var reports: [RoundReport] = []
            _ = try run.run(.init(rounds: 2)) { round in
                reports += round.reports
                return true
            }
            return reports
        }
        #expect(runs[0] == runs[1])
        // Three stages of two answers of at most six tokens.
        #expect(runs[0].allSatisfy { (6...36).contains($0.tokenCount) && $0.rewardByStage.count == 3 })
        #expect(runs[0].allSatisfy { Set($0.refused.keys).isSubset(of: ["repeated", "missing_parent"]) })
    }

    @Test(arguments: Adversary.allCases) func `an adversary sends something else`(kind: Adversary) {
        let rollouts = (0..<3).map { index in
            Rollout(
                task: TaskID(part: "p", seed: 0, index: index), peer: "a", round: 5,
                model: ModelID(family: "f", step: 5),
                completions: [
                    Completion(
                        tokens: [Int32(3 + index), 0], text: "\(index)", logProbabilities: [-1, -0.5])
                ])
        }
        let earlier = rollouts.map { rollout in
            var rollout = rollout
            rollout.round = 4
            return rollout
        }
        let sent = kind.sent(rollouts, earlier: earlier)
        #expect(sent != rollouts)
        switch kind {
        case .liar: #expect(sent[0].completions[0].logProbabilities == [-3.2, -2.7])
        case .replayer: #expect(sent.map(\.round) == [4, 4, 4, 5, 5, 5])
        case .flooder: #expect(Set(sent).count == 3 * Adversary.floodFactor)
        case .wrongTruth: #expect(sent.map(\.task) == rollouts.map(\.task))
        }
    }
}
