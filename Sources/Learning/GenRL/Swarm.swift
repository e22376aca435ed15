import Synchronization

/// The seam between learning and a network: rollouts go out, those of others come in.
///
/// Learning knows no network. What comes in is foreign: `GameManager` checks it and computes its reward.
public protocol Swarm: Sendable {
    /// Hands out what a peer made in a round.
    func share(_ rollouts: [Rollout], of peer: String, round: Int)
    /// What the others made in a round, as far as it has arrived. The order carries no meaning.
    func rollouts(ofRound round: Int, for peer: String) -> [Rollout]
}

/// A swarm within one process whose exchange is perfect: everything arrives, in an order of names.
public final class InMemorySwarm: Swarm {
    private let rounds = Mutex<[Int: [String: [Rollout]]]>([:])

    /// Rounds that are kept; older ones are forgotten.
    public static let roundsKept = 2

    /// A swarm without rollouts.
    public init() {}

    /// Keeps what a peer made, instead of what it made in that round before.
    public func share(_ rollouts: [Rollout], of peer: String, round: Int) {
        rounds.withLock { rounds in
            rounds[round, default: [:]][peer] = rollouts
            while rounds.count > Self.roundsKept, let oldest = rounds.keys.min() {
                rounds[oldest] = nil
            }
        }
    }

    /// What all others made, by peer name.
    public func rollouts(ofRound round: Int, for peer: String) -> [Rollout] {
        let shared = rounds.withLock { $0[round] ?? [:] }
        return shared.keys.sorted().filter { $0 != peer }.flatMap { shared[$0] ?? [] }
    }
}

/// A swarm of one: nothing goes out, nothing comes in.
public struct NoSwarm: Swarm {
    /// Alone.
    public init() {}
    /// Keeps everything to itself.
    public func share(_ rollouts: [Rollout], of peer: String, round: Int) {}
    /// Nothing.
    public func rollouts(ofRound round: Int, for peer: String) -> [Rollout] { [] }
}
