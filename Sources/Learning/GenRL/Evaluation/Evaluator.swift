public import Gym
public import Language
import Neural
import Tensor

/// What a model answered to held-out questions of one environment, and what that was worth.
public struct EnvironmentScores: Sendable {
    /// One question.
    public struct Item: Sendable, Equatable {
        /// Its name.
        public let id: TaskID
        /// The question and its expected answer.
        public let entry: Entry
        /// The answers, in the order in which they were drawn.
        public let answers: [Answer]
    }

    /// One answer.
    public struct Answer: Sendable, Equatable {
        /// Its text.
        public let text: String
        /// Its reward, 1 for a right one.
        public let reward: Float
        /// Its probability under the model: the product over its tokens.
        public let confidence: Double
    }

    /// The environment, by its name in the mix.
    public let name: String
    /// The questions.
    public let items: [Item]

    /// Scores of these questions.
    public init(name: String, items: [Item]) {
        self.name = name
        self.items = items
    }

    /// The mean reward over questions.
    public var reward: Interval { Interval(items.map(\.reward)) }
    /// The share of answers that earn the full reward, over questions.
    public var solved: Interval {
        Interval(items.map { Double($0.solvedCount) / Double(max(1, $0.answers.count)) })
    }
    /// The mean over questions of `passAtK`.
    public func pass(at k: Int) -> Double {
        Interval(items.map { passAtK(k, answers: $0.answers.count, solved: $0.solvedCount) }).mean
    }
    /// Powers of two up to the number of answers to a question.
    public var passCounts: [Int] {
        let most = items.map(\.answers.count).min() ?? 0
        return sequence(first: 1) { $0 * 2 }.prefix { $0 <= most }.map { $0 }
    }
    /// How well the probabilities of answers foretell whether they are right.
    public var calibration: Calibration {
        Calibration(items.flatMap { $0.answers.map { ($0.confidence, $0.reward >= 1) } })
    }
}

extension EnvironmentScores.Item {
    /// The mean reward of its answers.
    public var reward: Double {
        answers.reduce(0) { $0 + Double($1.reward) } / Double(max(1, answers.count))
    }
    /// Answers with the full reward.
    public var solvedCount: Int { answers.count { $0.reward >= 1 } }
}

/// Two models on the same questions.
public struct Comparison: Sendable {
    /// The second model's mean reward minus the first's, question by question.
    public let difference: Interval
    /// Questions on which the second has the greater, the smaller and the same mean reward.
    public let better: Int, worse: Int, equal: Int

    /// Compares; both must have been asked the same.
    public init(_ first: EnvironmentScores, _ second: EnvironmentScores) {
        precondition(first.items.map(\.id) == second.items.map(\.id), "the same questions")
        let differences = zip(first.items, second.items).map { $1.reward - $0.reward }
        difference = Interval(differences)
        better = differences.count { $0 > 0 }
        worse = differences.count { $0 < 0 }
        equal = differences.count { $0 == 0 }
    }
}

/// Asks a model held-out questions.
public struct Evaluator {
    /// The model.
    public let generator: Generator
    /// How text becomes tokens.
    public let codec: TextCodec
    /// Where in a completion the answer stands.
    public var reading = AnswerReading.whole
    /// Answers to a question.
    public var answersPerQuestion = 1
    /// 0 takes the most probable tokens.
    public var temperature: Float = 0
    /// Tokens of an answer at most.
    public var newTokenMax = 128
    /// Key of the draws and of the questions.
    public var seed = 0

    /// What is asked between two reports of progress, in answers.
    private static let batch = 32

    /// An evaluator of a model.
    public init(_ generator: Generator, codec: TextCodec) {
        self.generator = generator
        self.codec = codec
    }

    /// Scores of `count` questions of one part of a mix.
    ///
    /// - Parameter observe: is told how many questions have been answered.
    public func scores(
        of part: EnvironmentMix.Part, count: Int, observe: (Int) -> Void = { _ in }
    ) throws -> EnvironmentScores {
        let room = generator.transformer.config.contextLength - newTokenMax
        let data = try GymDataManager(
            EnvironmentMix([part], seed: seed), tasksPerRound: 1, promptTokenMax: max(1, room), codec: codec)
        let rewards = GymRewardManager(data, reading: reading)
        let tasks = try data.heldOut(count), each = answersPerQuestion
        var items: [EnvironmentScores.Item] = []
        let step = max(1, Self.batch / each)
        for start in stride(from: 0, to: tasks.count, by: step) {
            let asked = Array(tasks[start..<min(start + step, tasks.count)])
            let generations = try generator.generate(requests(asked, from: start))
            for (position, task) in asked.enumerated() {
                let answers = try generations[position * each..<(position + 1) * each].map { generation in
                    let text = codec.text(generation.tokens)
                    let logProbability = generation.logProbabilities.reduce(0.0) { $0 + Double($1) }
                    return EnvironmentScores.Answer(
                        text: text, reward: try rewards.reward(text, for: task),
                        confidence: Canonical.exp(logProbability))
                }
                items.append(.init(id: task.id, entry: task.entry, answers: answers))
            }
            observe(items.count)
        }
        return EnvironmentScores(name: part.name, items: items)
    }

    private func requests(_ tasks: [RoundTask], from start: Int) -> [GenerationRequest] {
        let sampling = temperature > 0 ? Sampling(temperature: temperature) : .greedy
        return tasks.enumerated().flatMap { position, task in
            (0..<answersPerQuestion).map { answer in
                GenerationRequest(
                    prompt: task.prompt, maxNewTokens: newTokenMax, sampling: sampling, seed: UInt64(seed),
                    stream: UInt64((start + position) * answersPerQuestion + answer),
                    stopTokens: Set(codec.stopTokens))
            }
        }
    }
}
