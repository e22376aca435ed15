// Sampling from a swarm: SAPO, arXiv 2509.08721, section 3.
//
//     T^n = I rollouts of its own, and J of the others, drawn anew each round
//
// A node owns its rule. As in the paper's controlled runs rollouts without signal (all rewards equal) are
// dropped before the draw. Where we differ: a choice is a function of (seed, peer, round) over rollouts in
// the order of their names, so it does not depend on what arrived first; and the ratio of the loss is
// taken against the sender's log-probabilities (GRPOObjective), not against our own.

/// How many rollouts a node learns from in a round, and which.
public struct SharingPolicy: Hashable, Sendable {
    /// Its own rollouts (I); nil for all of them.
    public var own: Int?
    /// Rollouts of others (J).
    public var external: Int
    /// How those of others are chosen.
    public var strategy: Strategy

    /// How rollouts are chosen from more than are wanted.
    public enum Strategy: String, Hashable, Sendable, CaseIterable {
        /// Each with the same probability.
        case uniform
        /// All of them, whatever J says.
        case all
    }

    /// A policy.
    public init(own: Int? = nil, external: Int, strategy: Strategy = .uniform) {
        self.own = own
        self.external = external
        self.strategy = strategy
    }

    /// Learning alone.
    public static let alone = SharingPolicy(external: 0)

    /// Positions of the chosen ones among `ownCount` own and `externalCount` external rollouts.
    public func choose(
        ownCount: Int, externalCount: Int, seed: UInt64, peer: String, round: Int
    ) -> (own: [Int], external: [Int]) {
        var random = CounterRandom(
            key: seed ^ 0x5341_504F, stream: CounterRandom.number(for: "\(peer)/\(round)"))
        let ownPicks = random.choose(own ?? ownCount, of: ownCount)
        switch strategy {
        case .all: return (ownPicks, Array(0..<externalCount))
        case .uniform: return (ownPicks, random.choose(external, of: externalCount))
        }
    }
}
