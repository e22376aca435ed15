public import GenRL
import Synchronization

/// A peer that does not play fair. It makes answers as everybody does, and sends something else.
public enum Adversary: String, Hashable, Sendable, CaseIterable {
    /// Claims log-probabilities that make its wrong answers weigh most, and right ones in the others' eyes
    /// improbable: each claim is lower than the truth by what the ratio's cap still lets through.
    case liar
    /// Sends what it sent in earlier rounds again, under the number of this one as well.
    case replayer
    /// Sends each rollout thousands of times, changed a little.
    case flooder
    /// Answers other questions than it was given, under the names of its own.
    case wrongTruth = "wrong-truth"

    /// How much lower than computed a liar's claims are, in nats: just below the logarithm of a cap of 10.
    public static let lie: Float = 2.2
    /// How many rollouts a flooder makes of one.
    public static let floodFactor = 1024

    /// What it sends in place of what it made.
    ///
    /// - Parameter earlier: what it made in the round before.
    public func sent(_ rollouts: [Rollout], earlier: [Rollout]) -> [Rollout] {
        switch self {
        case .liar: return rollouts.map(Self.underclaimed)
        case .replayer:
            let renumbered = earlier.map { rollout in
                var rollout = rollout
                rollout.round = rollouts.first?.round ?? rollout.round
                return rollout
            }
            return earlier + renumbered
        case .flooder:
            return rollouts.flatMap { rollout in
                (0..<Self.floodFactor).map { copy in
                    var rollout = rollout
                    rollout.model.step += copy
                    return rollout
                }
            }
        case .wrongTruth:
            // Each question gets the answers to the next one.
            return rollouts.indices.map { index in
                var rollout = rollouts[index]
                rollout.completions = rollouts[(index + 1) % rollouts.count].completions
                return rollout
            }
        }
    }

    private static func underclaimed(_ rollout: Rollout) -> Rollout {
        var rollout = rollout
        for index in rollout.completions.indices {
            rollout.completions[index].logProbabilities =
                rollout.completions[index].logProbabilities.map { $0 - lie }
        }
        return rollout
    }
}

/// The swarm as an adversary uses it: what goes out is tampered with, what comes in is not.
final class TamperingSwarm: Swarm {
    private let inner: any Swarm
    private let adversary: Adversary
    private let earlier = Mutex<[Int: [Rollout]]>([:])

    init(_ adversary: Adversary, _ inner: any Swarm) {
        self.adversary = adversary
        self.inner = inner
    }

    func share(_ rollouts: [Rollout], of peer: String, round: Int) {
        let before = earlier.withLock { earlier in
            earlier[round] = rollouts
            earlier[round - 2] = nil
            return earlier[round - 1] ?? []
        }
        inner.share(adversary.sent(rollouts, earlier: before), of: peer, round: round)
    }

    func received(ofRound round: Int, for peer: String) -> [Received] {
        inner.received(ofRound: round, for: peer)
    }
}
