/// What an algorithm needs to know about an answer, a number per token but for the reward.
public struct ScoredAnswer: Hashable, Sendable {
    /// What the answer is worth.
    public var reward: Float
    /// Log-probabilities under the model that ratios are taken against.
    public var behaviour: [Float]
    /// Log-probabilities under the model that drew the answer, where that is another; else empty.
    public var sender: [Float] = []
    /// Log-probabilities under the reference; empty where the algorithm has none.
    public var reference: [Float] = []
    /// The critic's values, before each token; empty where the algorithm has none.
    public var values: [Float] = []

    /// An answer of these parts.
    public init(reward: Float, behaviour: [Float]) {
        precondition(!behaviour.isEmpty, "an answer has a token")
        self.reward = reward
        self.behaviour = behaviour
    }
}

/// An objective's inputs for the answers of a step: one array of numbers per answer, by name.
///
/// Advantages are those of all answers given; weights and shares depend on which answers make up a step,
/// and are added by `weighed`.
struct PolicyInputs {
    /// By group and answer; nil for a group that says nothing.
    private(set) var groups: [[[String: [Float]]]?]

    init(_ groups: [[ScoredAnswer]], algorithm: Algorithm, lengthMax: Int) {
        let advantages = algorithm.advantages(of: groups, lengthMax: lengthMax)
        self.groups = zip(groups, advantages).map { answers, advantages in
            advantages.map { zip(answers, $0).map { Self.inputs($0, $1, algorithm) } }
        }
    }

    private static func inputs(
        _ answer: ScoredAnswer, _ targets: TokenTargets, _ algorithm: Algorithm
    ) -> [String: [Float]] {
        var inputs = ["advantage": targets.advantages, "behaviour": answer.behaviour]
        if algorithm.importanceCap > 0 {
            inputs["sender"] = answer.sender.isEmpty ? answer.behaviour : answer.sender
        }
        if algorithm.needsReference, algorithm.divergence != .reward {
            inputs["reference"] = answer.reference
        }
        if algorithm.critic != nil {
            inputs["oldValue"] = answer.values
            inputs["return"] = targets.returns
        }
        return inputs
    }

    /// The weight of each token of answers of these lengths, which make up a step.
    static func weights(_ lengths: [Int], _ averaging: TokenAveraging, lengthMax: Int) -> [Float] {
        switch averaging {
        case .tokens:
            let weight = 1 / Float(lengths.reduce(0, +))
            return lengths.map { _ in weight }
        case .answers: return lengths.map { 1 / (Float(lengths.count) * Float($0)) }
        case .constant:
            let weight = 1 / (Float(lengths.count) * Float(lengthMax))
            return lengths.map { _ in weight }
        }
    }

    /// How much of a token's log ratio goes into that of its answer; nil where tokens have their own.
    static func share(ofLength length: Int, _ ratio: RatioLevel) -> Float? {
        switch ratio {
        case .token: nil
        case .answerMean: 1 / Float(length)
        case .answerProduct: 1
        }
    }
}

/// What a token's loss aims at.
struct TokenTargets {
    var advantages: [Float]
    /// What the critic is to learn; empty without one.
    var returns: [Float] = []
}

extension Algorithm {
    /// The advantage of each token, by group and answer; nil for a group that says nothing.
    func advantages(of groups: [[ScoredAnswer]], lengthMax: Int) -> [[TokenTargets]?] {
        let rewards = groups.map { $0.map { shaped($0, lengthMax: lengthMax) } }
        let known = zip(groups, rewards).map { answers, rewards in
            // By the rewards themselves: a penalty alone is no reason to learn from a group.
            Advantages.of(answers.map(\.reward), scale: advantages) == nil
                ? nil : Advantages.of(rewards, scale: advantages)
        }
        guard advantages.normalisesStep else {
            return zip(groups, known).map { answers, known in
                known.map { known in
                    zip(answers, known).map { answer, advantage in
                        TokenTargets(
                            advantages: Array(repeating: advantage, count: answer.behaviour.count))
                    }
                }
            }
        }
        return normalised(groups, known)
    }

    /// An answer's reward less what it loses by its length, and by its distance from the reference where
    /// a reward belongs to the answer as a whole.
    private func shaped(_ answer: ScoredAnswer, lengthMax: Int) -> Float {
        var reward = Double(answer.reward)
        if overlongTokens > 0 {
            let over = answer.behaviour.count - (lengthMax - overlongTokens)
            reward -= min(1, Double(max(0, over)) / Double(overlongTokens))
        }
        if advantages.comparesAnswers { reward -= penalties(answer).reduce(0, +) }
        return Float(reward)
    }

    /// What each token loses by its distance from the reference.
    private func penalties(_ answer: ScoredAnswer) -> [Double] {
        guard divergence == .reward, divergenceWeight > 0 else {
            return answer.behaviour.map { _ in 0 }
        }
        precondition(answer.reference.count == answer.behaviour.count, "a reference for each token")
        return zip(answer.behaviour, answer.reference).map {
            Double(divergenceWeight) * (Double($0) - Double($1))
        }
    }

    /// Token by token, normalised over all tokens of the groups that say something.
    private func normalised(_ groups: [[ScoredAnswer]], _ known: [[Float]?]) -> [[TokenTargets]?] {
        let plain: [[[Double]]?] = zip(groups, known).map { answers, known in
            known.map { known in zip(answers, known).map { following($0, reward: Double($1)) } }
        }
        let whole = Advantages.normalised(plain.flatMap { ($0 ?? []).flatMap { $0 } })
        var next = 0
        return zip(groups, plain).map { answers, plain in
            plain.map { plain in
                zip(answers, plain).map { answer, advantages in
                    defer { next += advantages.count }
                    return TokenTargets(
                        advantages: whole[next..<next + advantages.count].map(Float.init),
                        returns: zip(advantages, answer.values).map { Float($0 + Double($1)) })
                }
            }
        }
    }

    /// The reward that follows each token, the answer's at its last; less what the critic expects.
    private func following(_ answer: ScoredAnswer, reward: Double) -> [Double] {
        let count = answer.behaviour.count
        var rewards =
            advantages.comparesAnswers
            ? Array(repeating: 0, count: count) : penalties(answer).map { -$0 }
        rewards[count - 1] += reward
        guard let critic, advantages == .generalized else {
            return Advantages.generalized(
                rewards: rewards, values: Array(repeating: 0, count: count), discount: 1, decay: 1)
        }
        return Advantages.generalized(
            rewards: rewards, values: answer.values.map(Double.init), discount: critic.discount,
            decay: critic.decay)
    }
}
