/// What happened in one round of one node.
public struct RoundReport: Sendable, Equatable {
    /// The round, from 0.
    public var round: Int
    /// The mean reward of the node's own answers, before it learned from them.
    public var reward: Float
    /// The same by part of the mix.
    public var rewardByPart: [String: Float]
    /// How many tasks of each part the node had.
    public var tasksByPart: [String: Int]
    /// The mean reward by stage of the game.
    public var rewardByStage: [String: Float]
    /// Own and external rollouts it learned from.
    public var ownCount: Int, externalCount: Int
    /// Rollouts of others that were not used, by kind of fault.
    public var refused: [String: Int]
    /// The loss; nil where there was nothing to learn.
    public var loss: Float?
    /// The norm of the gradient before clipping.
    public var gradientNorm: Float?
    /// The objective's own numbers.
    public var metrics: [String: Float]
    /// Tokens of the node's own answers.
    public var tokenCount: Int
    /// Tokens of the answers it learned from.
    public var learnedTokenCount: Int
}

/// An answer to a held-out task.
public struct Sample: Sendable, Equatable {
    /// The task.
    public var task: RoundTask
    /// What the model answered.
    public var text: String
    /// What that is worth.
    public var reward: Float
}

/// How well held-out tasks are answered.
public struct Evaluation: Sendable, Equatable {
    /// The mean reward.
    public var reward: Float
    /// The share of answers with a full reward.
    public var solved: Float
    /// The mean reward by part of the mix.
    public var rewardByPart: [String: Float]
}

/// Mean rewards, summed in fp64 in order.
enum MeanReward {
    static func of(_ rewards: [Float]) -> Float {
        rewards.isEmpty ? 0 : Float(rewards.reduce(0.0) { $0 + Double($1) } / Double(rewards.count))
    }

    /// The mean of all and of each name's.
    static func of(_ scores: [(name: String, reward: Float)]) -> (all: Float, byName: [String: Float]) {
        let named = Dictionary(grouping: scores, by: \.name)
        return (of(scores.map(\.reward)), named.mapValues { of($0.map(\.reward)) })
    }
}
