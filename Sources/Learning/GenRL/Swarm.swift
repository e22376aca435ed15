import Synchronization

/// A rollout as it arrived, with the peer that sent it.
public struct Received: Sendable, Hashable {
    /// Who sent it, as the swarm knows; not what the rollout says.
    public var sender: String
    /// What was sent: foreign until it is checked.
    public var rollout: Rollout

    /// A rollout from a sender.
    public init(sender: String, rollout: Rollout) {
        self.sender = sender
        self.rollout = rollout
    }
}

/// The seam between learning and a network: rollouts go out, those of others come in.
///
/// Learning knows no network. What comes in is foreign: `GameManager` checks it and computes its reward.
public protocol Swarm: Sendable {
    /// Hands out what a peer made in a round; said again with more, where a round has several stages.
    func share(_ rollouts: [Rollout], of peer: String, round: Int)
    /// What the others made in a round, as far as it has arrived. The order carries no meaning.
    func received(ofRound round: Int, for peer: String) -> [Received]
}

extension Swarm {
    /// What the others made in a round, whoever sent it.
    public func rollouts(ofRound round: Int, for peer: String) -> [Rollout] {
        received(ofRound: round, for: peer).map(\.rollout)
    }
}

/// A swarm within one process whose exchange is perfect: everything arrives, in an order of names.
public final class InMemorySwarm: Swarm {
    private let rounds = Mutex<[Int: [String: [Rollout]]]>([:])
    private let roundsKept: Int

    /// Rounds that are kept; older ones are forgotten.
    public static let roundsKept = 2

    /// A swarm without rollouts.
    ///
    /// - Parameter roundsKept: at least the staleness window and one more.
    public init(roundsKept: Int = InMemorySwarm.roundsKept) { self.roundsKept = max(1, roundsKept) }

    /// Keeps what a peer made, instead of what it made in that round before.
    public func share(_ rollouts: [Rollout], of peer: String, round: Int) {
        rounds.withLock { rounds in
            rounds[round, default: [:]][peer] = rollouts
            while rounds.count > roundsKept, let oldest = rounds.keys.min() {
                rounds[oldest] = nil
            }
        }
    }

    /// What all others made, by peer name.
    public func received(ofRound round: Int, for peer: String) -> [Received] {
        let shared = rounds.withLock { $0[round] ?? [:] }
        return shared.keys.sorted().filter { $0 != peer }.flatMap { sender in
            (shared[sender] ?? []).map { Received(sender: sender, rollout: $0) }
        }
    }
}

/// A swarm of one: nothing goes out, nothing comes in.
public struct NoSwarm: Swarm {
    /// Alone.
    public init() {}
    /// Keeps everything to itself.
    public func share(_ rollouts: [Rollout], of peer: String, round: Int) {}
    /// Nothing.
    public func received(ofRound round: Int, for peer: String) -> [Received] { [] }
}
