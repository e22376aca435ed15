import Bytes
import Foundation
import Neural
import Tensor
import TestSupport
import Testing

@testable import GenRL

/// A case of `Tests/Golden/algorithms.py`: what another program makes of random log-probabilities.
struct AlgorithmCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let algorithm: String
    let settings: JSON
    let lengthMax: Int
    let loss: Double
    let groups: [[Answer]]

    /// Numbers by name, one per token, and the reward.
    struct Answer: Sendable {
        let reward: Float
        let numbers: [String: [Double]]

        func floats(_ name: String) -> [Float] { (numbers[name] ?? []).map(Float.init) }
        var count: Int { numbers["logprobs"]?.count ?? 0 }
    }

    struct Malformed: Error {}

    static func read(_ file: URL) throws -> [AlgorithmCase] {
        let list = try JSON(parsing: String(contentsOf: file, encoding: .utf8)).elements
        return try (list ?? []).map(AlgorithmCase.init)
    }

    init(_ json: JSON) throws {
        guard let name = json["name"]?.text, let algorithm = json["algorithm"]?.text,
            let settings = json["settings"], let lengthMax = json["lengthMax"]?.wholeNumber,
            let loss = json["loss"]?.realNumber, let groups = json["groups"]?.elements
        else { throw Malformed() }
        testDescription = "\(algorithm): \(name)"
        self.algorithm = algorithm
        self.settings = settings
        self.lengthMax = lengthMax
        self.loss = loss
        self.groups = try groups.map { group in
            try (group.elements ?? []).map { answer in
                guard let reward = answer["reward"]?.realNumber, let members = answer.orderedMembers
                else { throw Malformed() }
                let lists = members.compactMap { member in
                    member.value.elements.map { (member.key, $0.compactMap(\.realNumber)) }
                }
                return Answer(
                    reward: Float(reward), numbers: Dictionary(lists) { first, _ in first })
            }
        }
    }

    func setting(_ name: String) -> Float? { settings[name]?.realNumber.map { Float($0) } }
}

// MARK: - Our side

extension AlgorithmCase {
    /// Loss and gradients of one token after the other, as Starling computes them.
    struct Outcome {
        var loss: Float
        var gradient: [Float]
        /// By the critic's values; empty without one.
        var valueGradient: [Float] = []
    }

    /// The algorithm of the case with its settings.
    func chosen() throws -> Algorithm {
        var algorithm = try #require(Algorithm.named(self.algorithm))
        if let cap = setting("ratioCap") { algorithm.ratioCap = cap == 0 ? .infinity : cap }
        if let weight = setting("divergence") { algorithm.divergenceWeight = weight }
        if let cap = setting("importanceCap") { algorithm.importanceCap = cap }
        if let tokens = setting("overlong") { algorithm.overlongTokens = Int(tokens) }
        return algorithm
    }

    func outcome() throws -> Outcome {
        switch algorithm {
        case "dpo": try preference()
        case "sft": try likelihood()
        default: try policy()
        }
    }

    private func likelihood() throws -> Outcome {
        let answers = groups.flatMap { $0 }, count = answers.reduce(0) { $0 + $1.count }
        return try run(["weight": Array(repeating: 1 / Float(count), count: count)], answers) {
            graph, logProbabilities, _ in
            LikelihoodObjective().loss(in: &graph, logProbabilities: logProbabilities).loss
        }
    }

    /// The first two answers of each group are a pair.
    private func preference() throws -> Outcome {
        let units = groups.map { group in
            zip(group.prefix(2), [Float(1), -1]).map { answer, sign in
                TrainingSequence(
                    prompt: [0], tail: Array(repeating: 0, count: answer.count),
                    inputs: [
                        "sign": Array(repeating: sign, count: answer.count),
                        "reference": answer.floats("reference"),
                        "logprobs": answer.floats("logprobs"),
                    ])
            }
        }
        let weighed = PreferenceTraining.weighed(units)
        let packed = SequencePacking().batches(units: weighed, vocabulary: 2)
        let batch = try #require(packed.first)
        #expect(packed.count == 1)
        let objective = PreferenceObjective(beta: try #require(setting("beta")))
        let outcome = try run(batch.inputs, segments: batch.segments) {
            graph, logProbabilities, _ in
            objective.loss(in: &graph, logProbabilities: logProbabilities).loss
        }
        // Back from the order of the batch; answers that are in no pair have no gradient.
        var gradients = groups.map { $0.map { Array(repeating: Float(0), count: $0.count) } }
        var rest = outcome.gradient[...]
        for unit in SequencePacking().layout(weighed, vocabulary: 2).flatMap({ $0 }) {
            for side in 0..<2 {
                gradients[unit][side] = Array(rest.prefix(groups[unit][side].count))
                rest = rest.dropFirst(groups[unit][side].count)
            }
        }
        return Outcome(loss: outcome.loss, gradient: gradients.flatMap { $0.flatMap { $0 } })
    }

    private func policy() throws -> Outcome {
        let algorithm = try chosen()
        let scored = groups.map { group in
            group.map { answer in
                var scored = ScoredAnswer(
                    reward: answer.reward, behaviour: answer.floats("behaviour"))
                scored.reference = answer.floats("reference")
                scored.sender = answer.floats("sender")
                scored.values = answer.floats("oldValues")
                return scored
            }
        }
        let inputs = PolicyInputs(scored, algorithm: algorithm, lengthMax: lengthMax)
        let answers = groups.flatMap { $0 }
        var numbers: [String: [Float]] = [:]
        for group in inputs.groups {
            for answer in try #require(group, "each group says something") {
                for (name, values) in answer { numbers[name, default: []] += values }
            }
        }
        let lengths = answers.map { $0.count }
        let weights = PolicyInputs.weights(lengths, algorithm.averaging, lengthMax: lengthMax)
        for (length, weight) in zip(lengths, weights) {
            numbers["weight", default: []] += Array(repeating: weight, count: length)
            guard let share = PolicyInputs.share(ofLength: length, algorithm.ratio) else { continue }
            numbers["share", default: []] += Array(repeating: share, count: length)
        }
        let objective = algorithm.objective(temperature: 1)
        guard let critic = algorithm.critic else {
            return try run(numbers, answers) { graph, logProbabilities, _ in
                objective.loss(in: &graph, logProbabilities: logProbabilities).loss
            }
        }
        numbers["values"] = answers.flatMap { $0.floats("values") }
        let whole = ActorCriticObjective(policy: objective, critic: critic)
        return try run(numbers, answers, hasValues: true) { graph, logProbabilities, values in
            whole.loss(
                in: &graph, logProbabilities: logProbabilities, values: values ?? logProbabilities
            ).loss
        }
    }

    private func run(
        _ numbers: [String: [Float]], _ answers: [Answer], hasValues: Bool = false,
        _ loss: (inout Graph, Value, Value?) -> Value
    ) throws -> Outcome {
        var numbers = numbers
        numbers["logprobs"] = answers.flatMap { $0.floats("logprobs") }
        let segments = answers.enumerated().flatMap { index, answer in
            Array(repeating: Int32(index), count: answer.count)
        }
        return try run(numbers, segments: segments, hasValues: hasValues, loss)
    }

    private func run(
        _ numbers: [String: [Float]], segments: [Int32], hasValues: Bool = false,
        _ loss: (inout Graph, Value, Value?) -> Value
    ) throws -> Outcome {
        var graph = Graph()
        let input = graph.input("logprobs", [segments.count])
        let values = hasValues ? graph.input("values", [segments.count]) : nil
        let result = loss(&graph, input, values)
        graph.output("loss", result)
        graph.output("gradient", graph.gradients(of: result, by: [input])[0])
        if let values {
            graph.output("valueGradient", graph.gradients(of: result, by: [values])[0])
        }
        let session = try Session(Plan(Program(graph)), on: Engine(threads: 1), [:])
        for (name, values) in numbers where session.hasInput(name) { session.write(values, to: name) }
        if session.hasInput("segment") { session.write(segments, to: "segment") }
        session.run()
        return Outcome(
            loss: session.scalar("loss"), gradient: Array(session.floats("gradient")),
            valueGradient: hasValues ? Array(session.floats("valueGradient")) : [])
    }
}
