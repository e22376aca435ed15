import Foundation
import Neural
import Tensor
import TestSupport
import Testing

@testable import GenRL

@Suite struct PolicyObjectiveTests {
    private struct Sample {
        var logProbability: [Float] = [], behaviour: [Float] = [], advantage: [Float] = []
        var weight: [Float] = [], reference: [Float] = [], share: [Float] = [], sender: [Float] = []
        var segment: [Int32] = []
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
        _ objective: PolicyObjective, _ sample: Sample
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
        for (name, numbers) in [
            ("reference", sample.reference), ("share", sample.share), ("sender", sample.sender),
        ] where session.hasInput(name) { session.write(numbers, to: name) }
        if session.hasInput("segment") { session.write(sample.segment, to: "segment") }
        session.run()
        return (
            session.scalar("loss"),
            Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, session.scalar($0.name)) }),
            Array(session.floats("gradient"))
        )
    }

    /// The formula as the paper writes it, in fp64.
    private func expected(_ objective: PolicyObjective, _ sample: Sample) -> Double {
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
        let objective = PolicyObjective(divergenceWeight: divergence), sample = sample(64, seed: seed)
        let loss = try run(objective, sample).loss
        #expect(abs(Double(loss) - expected(objective, sample)) < 1e-4, "seed \(seed)")
    }

    @Test(arguments: [UInt64(4), 5], [Float(0), 0.04])
    func `the gradient is that of finite differences`(seed: UInt64, divergence: Float) throws {
        let objective = PolicyObjective(divergenceWeight: divergence), sample = sample(32, seed: seed)
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
        let result = try run(PolicyObjective(), sample)
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
        let result = try run(PolicyObjective(), sample)
        #expect(result.gradient[0] == 0 && result.gradient[1] == 0 && result.gradient[4] == 0)
        #expect(abs(result.gradient[2] - Float(M_E)) < 1e-5)
        #expect(abs(result.gradient[3] + Float(exp(-1.0))) < 1e-5)
        #expect(result.metrics["clipped"] == 2)
    }

    /// Answers of 1 to 6 tokens, each with one advantage and equal parts of its weight.
    private func answers(_ count: Int, seed: UInt64, share: (Int) -> Float) -> Sample {
        var random = Seed(seed), sample = Sample()
        for answer in 0..<count {
            let length = Int.random(in: 1...6, using: &random)
            let advantage = Float.random(in: -2...2, using: &random)
            for _ in 0..<length {
                let behaviour = Float.random(in: -4...(-1), using: &random)
                sample.behaviour.append(behaviour)
                sample.logProbability.append(behaviour + Float.random(in: -0.1...0.1, using: &random))
                sample.advantage.append(advantage)
                sample.weight.append(1 / Float(count * length))
                sample.share.append(share(length))
                sample.segment.append(Int32(answer))
            }
        }
        return sample
    }

    @Test(arguments: [UInt64(7), 8], [RatioLevel.answerMean, .answerProduct])
    func `at ratio 1 an answer's tokens share its gradient`(seed: UInt64, level: RatioLevel) throws {
        var sample = answers(9, seed: seed) { level == .answerMean ? 1 / Float($0) : 1 }
        sample.logProbability = sample.behaviour
        let result = try run(PolicyObjective(ratio: level), sample)
        let token = try run(PolicyObjective(), sample)
        #expect(abs(result.loss - token.loss) < 1e-6, "seed \(seed)")
        for index in result.gradient.indices {
            // A mean moves as tokens do; a product moves with each of them.
            let times = level == .answerMean ? 1 : 1 / (9 * sample.weight[index])
            #expect(abs(result.gradient[index] - times * token.gradient[index]) < 1e-5, "seed \(seed)")
        }
    }

    @Test(arguments: [UInt64(9), 10], [RatioLevel.answerMean, .answerProduct])
    func `an answer is clipped as a whole`(seed: UInt64, level: RatioLevel) throws {
        let sample = answers(40, seed: seed) { level == .answerMean ? 1 / Float($0) : 1 }
        let objective = PolicyObjective(ratio: level, clipLow: 0.02, clipHigh: 0.03, ratioCap: .infinity)
        let gradient = try run(objective, sample).gradient
        var clipped = 0, free = 0
        for answer in 0..<Int32(40) {
            let places = sample.segment.indices.filter { sample.segment[$0] == answer }
            let logRatio = places.reduce(Float(0)) {
                $0 + sample.share[$1] * (sample.logProbability[$1] - sample.behaviour[$1])
            }
            let ratio = Float(exp(Double(logRatio))), advantage = sample.advantage[places[0]]
            let isOut = advantage > 0 ? ratio > 1.03 : ratio < 0.98
            for place in places {
                let slope = -ratio * advantage * sample.share[place] / 40
                #expect(abs(gradient[place] - (isOut ? 0 : slope)) < 1e-5, "seed \(seed), \(answer)")
            }
            if isOut { clipped += 1 } else { free += 1 }
        }
        #expect(clipped > 3 && free > 3)
    }

    @Test func `a token another model drew counts by its truncated importance`() throws {
        var sample = sample(12, seed: 11)
        sample.behaviour = sample.logProbability
        sample.sender = sample.behaviour.enumerated().map { $1 - [0, 0.5, -0.5, 3][$0 % 4] }
        let plain = try run(PolicyObjective(), sample).gradient
        let gradient = try run(PolicyObjective(importanceCap: 2), sample).gradient
        for index in gradient.indices {
            let weight = [1, Float(exp(0.5)), Float(exp(-0.5)), 2][index % 4]
            #expect(abs(gradient[index] - weight * plain[index]) < 1e-5)
        }
    }

    @Test func `a bound on a token's loss leaves no gradient beyond it`() throws {
        var sample = Sample()
        sample.logProbability = [-1, -1]
        sample.behaviour = [-3, -1]
        sample.advantage = [-2, -2]
        sample.weight = [1, 1]
        let result = try run(PolicyObjective(ratioCap: .infinity, lossBound: 10), sample)
        #expect(result.loss == 12 && result.gradient[0] == 0 && result.gradient[1] == 2)
    }

    @Test(arguments: [UInt64(12)]) func `k2 pulls towards the reference in proportion`(seed: UInt64) throws {
        var sample = sample(16, seed: seed)
        sample.advantage = sample.advantage.map { _ in 0 }
        let objective = PolicyObjective(divergence: .k2, divergenceWeight: 0.5)
        for (index, gradient) in try run(objective, sample).gradient.enumerated() {
            let slope = 0.5 * sample.weight[index] * (sample.logProbability[index] - sample.reference[index])
            #expect(abs(gradient - slope) < 1e-6, "seed \(seed)")
        }
    }
}
