import Foundation
import Neural
import Tensor
import TestSupport
import Testing

@testable import GenRL

@Suite struct GRPOObjectiveTests {
    private struct Sample {
        var logProbability: [Float] = [], behaviour: [Float] = [], advantage: [Float] = []
        var weight: [Float] = [], reference: [Float] = []
    }

    private func sample(_ count: Int, seed: UInt64) -> Sample {
        var random = Seed(seed), sample = Sample()
        for _ in 0..<count {
            sample.logProbability.append(.random(in: -4...0, using: &random))
            sample.behaviour.append(.random(in: -4...0, using: &random))
            sample.advantage.append(.random(in: -2...2, using: &random))
            sample.weight.append(.random(in: 0...0.1, using: &random))
            sample.reference.append(.random(in: -4...0, using: &random))
        }
        return sample
    }

    /// Loss, metrics, and the gradient by the log-probabilities.
    private func run(
        _ objective: GRPOObjective, _ sample: Sample
    ) throws -> (loss: Float, metrics: [String: Float], gradient: [Float]) {
        var graph = Graph()
        let input = graph.input("logprobs", [sample.weight.count])
        let (loss, metrics) = objective.loss(in: &graph, logProbabilities: input)
        graph.output("loss", loss)
        for metric in metrics { graph.output(metric.name, metric.value) }
        graph.output("gradient", graph.gradients(of: loss, by: [input])[0])
        let session = try Session(Plan(Program(graph)), on: Engine(threads: 1), [:])
        session.write(sample.logProbability, to: "logprobs")
        session.write(sample.behaviour, to: "behaviour")
        session.write(sample.advantage, to: "advantage")
        session.write(sample.weight, to: "weight")
        if session.hasInput("reference") { session.write(sample.reference, to: "reference") }
        session.run()
        return (
            session.scalar("loss"),
            Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, session.scalar($0.name)) }),
            Array(session.floats("gradient"))
        )
    }

    /// The formula as the paper writes it, in fp64.
    private func expected(_ objective: GRPOObjective, _ sample: Sample) -> Double {
        sample.weight.indices.reduce(0.0) { sum, i in
            let p = Double(sample.logProbability[i]), a = Double(sample.advantage[i])
            let ratio = min(exp(p - Double(sample.behaviour[i])), Double(objective.ratioCap))
            let bounded = min(max(ratio, 1 - Double(objective.clipLow)), 1 + Double(objective.clipHigh))
            let d = Double(sample.reference[i]) - p
            let divergence = Double(objective.divergenceWeight) * (exp(d) - d - 1)
            return sum + Double(sample.weight[i]) * (-min(ratio * a, bounded * a) + divergence)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3], [Float(0), 0.04])
    func `the loss is the formula's`(seed: UInt64, divergence: Float) throws {
        let objective = GRPOObjective(divergenceWeight: divergence), sample = sample(64, seed: seed)
        let loss = try run(objective, sample).loss
        #expect(abs(Double(loss) - expected(objective, sample)) < 1e-4, "seed \(seed)")
    }

    @Test(arguments: [UInt64(4), 5], [Float(0), 0.04])
    func `the gradient is that of finite differences`(seed: UInt64, divergence: Float) throws {
        let objective = GRPOObjective(divergenceWeight: divergence), sample = sample(32, seed: seed)
        let gradient = try run(objective, sample).gradient
        let h: Float = 0x1p-10
        for index in gradient.indices {
            var up = sample, down = sample
            up.logProbability[index] += h
            down.logProbability[index] -= h
            let slope = (expected(objective, up) - expected(objective, down)) / Double(2 * h)
            #expect(abs(Double(gradient[index]) - slope) < 2e-3, "seed \(seed), token \(index)")
        }
    }

    @Test func `answers of the model itself have a ratio of exactly 1`() throws {
        var sample = sample(16, seed: 6)
        sample.behaviour = sample.logProbability
        sample.weight = Array(repeating: 1 / 16, count: 16)
        let result = try run(GRPOObjective(), sample)
        #expect(result.metrics == ["ratio": 1, "clipped": 0])
        for (gradient, advantage) in zip(result.gradient, sample.advantage) {
            #expect(gradient == -advantage / 16)
        }
    }

    @Test func `clipped tokens and those beyond the cap have no gradient`() throws {
        var sample = Sample()
        sample.logProbability = [-1, -1, -1, -1, 0]
        sample.behaviour = [-2, 0, -2, 0, -9]
        sample.advantage = [1, -1, -1, 1, -1]
        sample.weight = [1, 1, 1, 1, 1]
        let result = try run(GRPOObjective(), sample)
        #expect(result.gradient[0] == 0 && result.gradient[1] == 0 && result.gradient[4] == 0)
        #expect(abs(result.gradient[2] - Float(M_E)) < 1e-5)
        #expect(abs(result.gradient[3] + Float(exp(-1.0))) < 1e-5)
        #expect(result.metrics["clipped"] == 2)
    }
}
