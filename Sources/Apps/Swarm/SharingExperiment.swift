public import GenRL
public import Neural

/// The question of SAPO (arXiv 2509.08721): do nodes that share learn faster than nodes that do not?
///
/// Both swarms have the same start, the same own tasks and the same number of own answers per round.
public struct SharingExperiment: Sendable {
    /// How one of the two swarms did.
    public struct Side: Sendable {
        /// Mean reward of every round.
        public var curve = SwarmSummary(rewards: [])
        /// Seconds of work of all nodes together.
        public var workSeconds = 0.0
        /// Tokens that were drawn.
        public var tokenCount = 0
        /// Rollouts that were learned from, own and external.
        public var ownCount = 0, externalCount = 0
    }

    /// Nodes that share, and nodes that do not.
    public private(set) var sharing = Side(), alone = Side()

    /// The lead of the sharing nodes: mean rewards of the ten rounds that end with `round`.
    public func gap(atRound round: Int) -> Float? {
        guard let a = sharing.curve.reward(atRound: round), let b = alone.curve.reward(atRound: round)
        else { return nil }
        return a - b
    }

    /// Runs both swarms.
    ///
    /// - Parameter observe: is told each round of each side.
    public init(
        _ config: SwarmConfig, start: Weights, codec: TextCodec, rounds: Int,
        observe: (_ isSharing: Bool, SwarmRound) -> Void = { _, _ in }
    ) throws {
        func side(_ share: Bool) throws -> Side {
            var config = config, side = Side()
            config.share = share
            side.curve = try SwarmRun(config, start: start, codec: codec).run(.init(rounds: rounds)) {
                round in
                side.workSeconds += round.workSeconds
                for report in round.reports {
                    side.tokenCount += report.tokenCount
                    side.ownCount += report.ownCount
                    side.externalCount += report.externalCount
                }
                observe(share, round)
                return true
            }
            return side
        }
        sharing = try side(true)
        alone = try side(false)
    }
}
