// How a node tells that log-probabilities are claimed and not computed; see decision 0011.
//
// An answer t_1 ... t_n drawn with probabilities q has, for the receiver's own model p fixed before,
//
//     E_q[ prod p(t_i) / q(t_i) ] <= 1,     so     P( sum log p(t_i) - log q(t_i) >= e ) <= exp(-e)
//
// (Markov; over growing sums Ville), whatever the two models are and however far apart they have learned. A
// peer that claims less than it computed, to make its tokens weigh more, gathers evidence at the rate of
// its lie. Between equal weights every term of an honest peer is 0, to the bit. Claims that are too high
// make tokens weigh less, and a group whose claims at one place add up to more than 1 is refused unread.

/// What a node allows the others, and how it checks them.
public struct Defence: Hashable, Sendable {
    /// Rollouts may be so many rounds old, and answering may run so many rounds ahead of learning; 0 for
    /// rounds in step.
    public var staleness = 0
    /// Completions of each peer that are scored again in a round, before it is learned from; 0 for none.
    public var audits = 0
    /// Evidence, in nats, from which a peer's claims are not believed: an honest one is refused once in
    /// exp(14), a million, of its rounds.
    public var evidenceMax = 14.0

    /// No audits, rounds in step.
    public init() {}

    /// The widest window, in rounds: what a node keeps of its past is bounded by it.
    public static let stalenessMax = 16
    /// The most completions of a peer that are scored again in a round.
    public static let auditsMax = 1024

    /// Rollouts of a peer that are looked at in a round, for each that it may make: room for repeats.
    static let quotaFactor = 2
    /// And a few more.
    static let quotaSpare = 16
}

/// An answer to be scored again.
public struct ClaimedAnswer: Sendable, Equatable {
    /// What was asked.
    public var prompt: [Int32]
    /// What was answered.
    public var tokens: [Int32]
    /// The log-probability of each token as its sender claims.
    public var claimed: [Float]

    /// An answer and a claim.
    public init(prompt: [Int32], tokens: [Int32], claimed: [Float]) {
        self.prompt = prompt
        self.tokens = tokens
        self.claimed = claimed
    }

    /// Evidence, in nats, that the tokens were not drawn as claimed.
    public func evidence(_ own: [Float]) -> Double {
        precondition(own.count == claimed.count, "a score for each token")
        return zip(own, claimed).reduce(0.0) { $0 + Double($1.0) - Double($1.1) }
    }
}
