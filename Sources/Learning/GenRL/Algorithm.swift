/// How tokens are averaged into the loss of a step.
public enum TokenAveraging: String, Hashable, Sendable, CaseIterable {
    /// Each token of the step counts the same.
    case tokens
    /// Each answer counts the same, and each token within it.
    case answers
    /// Each token counts as one of an answer of the greatest length: long answers count more.
    case constant
}

/// A reinforcement-learning algorithm: a combination of settings of one shared core.
///
/// Advantages come from `Advantages`, numbers per token from `PolicyInputs`, the loss from
/// `PolicyObjective`. The folder `Algorithms` has one file for each.
public struct Algorithm: Hashable, Sendable {
    /// The name in recipes.
    public let name: String
    /// How rewards become advantages.
    public var advantages: AdvantageScale
    /// Over what the ratio is taken.
    public var ratio = RatioLevel.token
    /// The ratio is clipped to 1 - clipLow ... 1 + clipHigh.
    public var clipLow: Float = 0.2, clipHigh: Float = 0.2
    /// The ratio is cut off here; infinity for no cap.
    public var ratioCap = Float.infinity
    /// How tokens are averaged.
    public var averaging: TokenAveraging
    /// How distance from the model at the start is kept small.
    public var divergence = DivergenceForm.k3
    /// The weight of that distance; 0 leaves it out.
    public var divergenceWeight: Float = 0
    /// Above 0: ratios are taken against our own model at the start of the round, and a token counts by how
    /// much more probable it was there than under its sender, at most this much (truncated importance
    /// sampling). 0: ratios are taken against the sender.
    public var importanceCap: Float = 0
    /// A token's loss is held within this; infinity for no bound.
    public var lossBound = Float.infinity
    /// The last tokens of the greatest length in which an answer loses reward, 1 at the end; 0 for none.
    public var overlongTokens = 0
    /// The critic; nil where there is none.
    public var critic: Critic?

    /// Settings of a value head.
    public struct Critic: Hashable, Sendable {
        /// Of a reward one token later, and of trust in the critic.
        public var discount = 1.0, decay = 0.95
        /// A value moves at most this far from what it was.
        public var clip: Float = 0.2
        /// The weight of the critic's loss.
        public var weight: Float = 0.1

        /// The settings of InstructGPT's kin.
        public init() {}
    }

    init(_ name: String, advantages: AdvantageScale, averaging: TokenAveraging) {
        self.name = name
        self.advantages = advantages
        self.averaging = averaging
    }

    /// Every algorithm that learns from rewards, the default first.
    public static let all = [
        dapo, grpo, drGRPO, gspo, rloo, reinforcePlusPlus, reinforcePlusPlusBaseline, ppo, genRL,
    ]

    /// The algorithm of a name.
    public static func named(_ name: String) -> Algorithm? { all.first { $0.name == name } }

    /// Whether a frozen copy of the model at the start is needed.
    public var needsReference: Bool { divergenceWeight > 0 }

    /// The objective, for answers drawn at a temperature.
    public func objective(temperature: Float) -> PolicyObjective {
        PolicyObjective(
            ratio: ratio, clipLow: clipLow, clipHigh: clipHigh, ratioCap: ratioCap,
            importanceCap: importanceCap, lossBound: lossBound, divergence: divergence,
            divergenceWeight: divergenceWeight, temperature: temperature)
    }
}
