public import Neural

/// The third of the four parts of a swarm: a model that answers and learns.
public protocol Trainer: AnyObject {
    /// Which model it is now.
    var model: ModelID { get }
    /// What rollouts of this swarm look like.
    var rule: RolloutRule { get }
    /// Several answers to each task, in order.
    func generate(_ tasks: [RoundTask], round: Int) throws -> [[Completion]]
    /// One answer to each task, in order.
    func answer(_ tasks: [RoundTask], greedily: Bool) throws -> [String]
    /// Learns from scored answers; nil where there is nothing to learn.
    func train(_ groups: [ScoredRollout], round: Int) throws -> StepReport?
    /// The log-probability of each token of some answers under the model as it is; nil where it has none.
    func score(_ answers: [ClaimedAnswer]) throws -> [[Float]]?
}

extension Trainer {
    /// Nothing: a trainer without a model of its own cannot say.
    public func score(_ answers: [ClaimedAnswer]) throws -> [[Float]]? { nil }
}

/// A rollout that was checked and scored here.
public struct ScoredRollout: Sendable, Equatable {
    /// The task, made here.
    public let task: RoundTask
    /// The answers.
    public let rollout: Rollout
    /// The reward of each, computed here.
    public let rewards: [Float]
    /// The advantage of each.
    public let advantages: [Float]

    /// A scored rollout of these parts.
    public init(task: RoundTask, rollout: Rollout, rewards: [Float], advantages: [Float]) {
        self.task = task
        self.rollout = rollout
        self.rewards = rewards
        self.advantages = advantages
    }
}
