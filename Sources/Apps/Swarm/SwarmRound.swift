public import GenRL

/// What happened in one round of a swarm.
public struct SwarmRound: Sendable {
    /// The round, from 0.
    public let round: Int
    /// One report per node.
    public let reports: [RoundReport]
    /// Seconds each node took to answer and to learn.
    public let solveSeconds: [Double], learnSeconds: [Double]

    /// The mean reward over all nodes' own answers, before they learned from them.
    public var reward: Float {
        Float(reports.reduce(0.0) { $0 + Double($1.reward) } / Double(max(1, reports.count)))
    }
    /// The mean loss of the nodes that learned; nil where none did.
    public var loss: Float? {
        let losses = reports.compactMap(\.loss)
        return losses.isEmpty ? nil : losses.reduce(0, +) / Float(losses.count)
    }
    /// Seconds of work of all nodes together.
    public var workSeconds: Double { (solveSeconds + learnSeconds).reduce(0, +) }
}

/// What a run of a swarm came to.
public struct SwarmSummary: Sendable, Equatable {
    /// Mean reward of every round, those before a resume included.
    public var rewards: [Float]
    /// The mean of the first and of the last tenth of the rounds.
    public var first: Float, last: Float

    /// A summary of a curve.
    public init(rewards: [Float]) {
        self.rewards = rewards
        let tenth = max(1, rewards.count / 10)
        first = Self.mean(rewards.prefix(tenth))
        last = Self.mean(rewards.suffix(tenth))
    }

    /// The mean reward of the ten rounds that end with a round, counted from 1.
    public func reward(atRound round: Int) -> Float? {
        guard round >= 1, round <= rewards.count else { return nil }
        return Self.mean(rewards[max(0, round - 10)..<round])
    }

    static func mean(_ values: ArraySlice<Float>) -> Float {
        Float(values.reduce(0.0) { $0 + Double($1) } / Double(max(1, values.count)))
    }
}
