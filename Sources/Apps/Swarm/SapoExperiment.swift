// The experiment of SAPO (arXiv 2509.08721, section 4): N nodes learn from I rollouts of their own and J of
// the others each round, I + J the same for all. The paper compares 8/0, 6/2, 4/4 and 2/6 by the sum of
// rewards, with one seed. Beside those we run what it lacks:
// - 8/0 with the same filter. The paper drops rollouts without signal before external ones are drawn, but
//   not those of the baseline;
// - several seeds, and held-out questions that are asked at the end;
// - rewards at equal compute. Nodes that take more from others draw fewer answers of their own;
// - other rules to draw the J rollouts by.

public import GenRL
public import Neural

/// Nodes that learn from their own and the others' rollouts, in several proportions.
public enum SapoExperiment {
    /// One proportion and rule.
    public struct Arm: Hashable, Sendable {
        /// Rollouts of its own (I) and of others (J) a round.
        public var own: Int, external: Int
        /// How those of others are drawn, and whether rollouts without signal are dropped.
        public var strategy: SharingPolicy.Strategy

        /// An arm.
        public init(_ own: Int, _ external: Int, _ strategy: SharingPolicy.Strategy = .filtered) {
            self.own = own
            self.external = external
            self.strategy = strategy
        }

        /// As `4/4` and, where the rule is not the paper's, its name.
        public var name: String {
            if external == 0 { return "\(own)/0" + (strategy == .filtered ? " filtered" : "") }
            return "\(own)/\(external)" + (strategy == .filtered ? "" : " \(strategy.rawValue)")
        }
    }

    /// The paper's four and the baseline with the same filter.
    public static let proportions: [Arm] = [Arm(8, 0, .uniform), Arm(8, 0), Arm(6, 2), Arm(4, 4), Arm(2, 6)]
    /// One proportion with every rule to choose the others' rollouts by.
    public static let rules: [Arm] =
        [.filtered, .uniform, .advantage, .staleness, .diversity].map { Arm(4, 4, $0) }

    /// How one run of an arm did.
    public struct Outcome: Sendable, Equatable {
        /// The arm.
        public var arm: Arm
        /// Mean reward over nodes of every round.
        public var rewards: [Float] = []
        /// Compute spent by the end of every round, in tokens of a forward pass: a drawn token counts 1, a
        /// token learned from 3.
        public var compute: [Double] = []
        /// The mean reward on held-out questions at the end, over nodes.
        public var heldOut: Float = 0
        /// Rollouts learned from.
        public var ownCount = 0, externalCount = 0
        /// Seconds of work of all nodes together.
        public var workSeconds = 0.0

        /// The sum of rewards over nodes and rounds, as the paper counts.
        public func total(nodes: Int) -> Double { rewards.reduce(0) { $0 + Double($1) } * Double(nodes) }

        /// The mean reward of the ten rounds that end when so much was spent.
        public func reward(atCompute limit: Double) -> Float {
            let round = compute.lastIndex { $0 <= limit } ?? 0
            return SwarmSummary(rewards: rewards).reward(atRound: round + 1) ?? 0
        }
    }

    /// Runs an arm.
    ///
    /// - Parameters:
    ///   - config: what is learned; its numbers of tasks and of shared rollouts are the arm's.
    ///   - heldOut: questions asked at the end.
    public static func run(
        _ arm: Arm, _ config: SwarmConfig, start: Weights, codec: TextCodec, rounds: Int, heldOut: Int,
        cores: Int, observe: (SwarmRound) -> Void = { _ in }
    ) throws -> Outcome {
        var config = config, outcome = Outcome(arm: arm), spent = 0.0
        config.tasksPerRound = arm.own
        config.own = nil
        config.external = arm.external
        config.strategy = arm.strategy
        config.share = arm.external > 0
        let run = try SwarmRun(config, start: start, codec: codec, cores: cores)
        _ = try run.run(.init(rounds: rounds)) { round in
            for report in round.reports {
                spent += Double(report.tokenCount) + 3 * Double(report.learnedTokenCount)
                outcome.ownCount += report.ownCount
                outcome.externalCount += report.externalCount
            }
            outcome.rewards.append(round.reward)
            outcome.compute.append(spent)
            outcome.workSeconds += round.workSeconds
            observe(round)
            return true
        }
        let evaluations = try run.evaluate(heldOut, greedily: false)
        outcome.heldOut = SwarmSummary.mean(evaluations.map(\.reward)[...])
        return outcome
    }
}
