// Sampling from a swarm: SAPO, arXiv 2509.08721, section 3.
//
//     T^n = I rollouts of its own, and J of the others, drawn anew each round
//
// A node owns its rule. As in the paper's controlled runs rollouts without signal (all rewards equal) are
// dropped before the draw unless a node asks otherwise. Where we differ: a choice is a function of (seed,
// peer, round) over rollouts in the order of their names, so it does not depend on what arrived first; and
// the ratio of the loss is taken against the sender's log-probabilities (GRPOObjective), not against our
// own. Drawing by advantage, by staleness and by diversity is left open by the paper.

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
        /// Each with the same probability, those without signal too: the paper's public demo.
        case uniform
        /// Each with signal with the same probability: the paper's controlled runs.
        case filtered
        /// Those whose advantages are largest in the mean.
        case advantage
        /// The freshest ones: of late rounds first, then of models nearest to ours in steps.
        case staleness
        /// From as many peers and parts of the mix as there are.
        case diversity
        /// All with signal, whatever J says.
        case all
    }

    /// What a strategy looks at.
    struct Candidate: Hashable {
        var peer: String
        var part: String
        /// Rounds since it was made, then training steps between its model and ours.
        var age: Int, distance: Int
        /// The mean size of its advantages; 0 where it has no signal.
        var strength: Float
    }

    /// A policy.
    public init(own: Int? = nil, external: Int, strategy: Strategy = .filtered) {
        self.own = own
        self.external = external
        self.strategy = strategy
    }

    /// Learning alone.
    public static let alone = SharingPolicy(external: 0)

    /// Whether anything of others is looked at.
    var isSharing: Bool { external > 0 || strategy == .all }

    /// Positions of the chosen ones among own and external rollouts, ascending. Only `uniform` chooses some
    /// without signal: they move nothing, and count in the mean over tokens.
    func choose(
        own: [Candidate], external: [Candidate], seed: UInt64, peer: String, round: Int
    ) -> (own: [Int], external: [Int]) {
        var random = CounterRandom(
            key: seed ^ 0x5341_504F, stream: CounterRandom.number(for: "\(peer)/\(round)"))
        let useful = own.indices.filter { strategy == .uniform || own[$0].strength > 0 }
        let ownPicks = random.choose(self.own ?? useful.count, of: useful.count).map { useful[$0] }
        let strong = external.indices.filter { external[$0].strength > 0 }
        let picks: [Int]
        switch strategy {
        case .all: picks = strong
        case .filtered: picks = random.choose(self.external, of: strong.count).map { strong[$0] }
        case .uniform: picks = random.choose(self.external, of: external.count)
        case .advantage:
            picks = first(strong, &random) { external[$0].strength > external[$1].strength }
        case .staleness:
            picks = first(strong, &random) { a, b in
                (external[a].age, external[a].distance) < (external[b].age, external[b].distance)
            }
        case .diversity: picks = spread(strong, external, &random)
        }
        return (ownPicks, picks.sorted())
    }

    /// The first J by an order; a draw decides between equals.
    private func first(
        _ positions: [Int], _ random: inout CounterRandom, by precedes: (Int, Int) -> Bool
    ) -> [Int] {
        let order = random.permutation(of: positions.count)
        let ranked = order.enumerated().sorted { a, b in
            let (left, right) = (positions[a.element], positions[b.element])
            if precedes(left, right) { return true }
            return precedes(right, left) ? false : a.offset < b.offset
        }
        return ranked.prefix(max(0, external)).map { positions[$0.element] }
    }

    /// One after the other from the peer, then the part, that has been drawn from least.
    private func spread(
        _ positions: [Int], _ candidates: [Candidate], _ random: inout CounterRandom
    ) -> [Int] {
        var left = random.permutation(of: positions.count).map { positions[$0] }
        var peers: [String: Int] = [:], parts: [String: Int] = [:], picks: [Int] = []
        while picks.count < external, !left.isEmpty {
            var best = 0, least = (Int.max, Int.max)
            for (place, position) in left.enumerated() {
                let candidate = candidates[position]
                let used = (peers[candidate.peer] ?? 0, parts[candidate.part] ?? 0)
                if used < least { (best, least) = (place, used) }
            }
            let pick = left.remove(at: best)
            peers[candidates[pick].peer, default: 0] += 1
            parts[candidates[pick].part, default: 0] += 1
            picks.append(pick)
        }
        return picks
    }
}
