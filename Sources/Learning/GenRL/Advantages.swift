// Advantages: how much better an answer, or a token of it, was than expected.
//
//     group deviation   A_i = (r_i - mean(r)) / (std(r) + 1e-8)       GRPO, arXiv 2402.03300, section 4.1
//     mean only         A_i = r_i - mean(r)                           Dr. GRPO, arXiv 2503.20783
//     leave one out     A_i = r_i - mean of the others' r             RLOO, arXiv 2402.14740
//     step deviation    A_t = (R_t - mean) / (std + 1e-8)             REINFORCE++, arXiv 2501.03262,
//                       R_t = sum over s >= t of the tokens' rewards    over all tokens of the step
//     group mean, step deviation: the same of r_i - mean(r)           REINFORCE++ with baseline
//     generalized       A_t = sum over s >= t of (discount * decay)^(s - t) * delta_s,
//                       delta_t = r_t + discount * V_(t+1) - V_t      GAE, arXiv 1506.02438, then
//                       normalised over the step                      as PPO for language does
//
// over the G answers to one question, or over the tokens of a step. Where we differ:
// - groups whose rewards are all equal say nothing to a rule of groups and are left out (DAPO, arXiv
//   2503.14476, section 3.2); DAPO draws others in their place, we take a smaller step;
// - std has the divisor n - 1, as in GenRL and TRL;
// - sums are fp64 in the order of the answers, so that the bits are the same everywhere.

/// How rewards become advantages.
public enum AdvantageScale: String, Hashable, Sendable, CaseIterable {
    /// Divided by the group's standard deviation.
    case groupDeviation
    /// As far from the mean as they are.
    case meanOnly
    /// As far as they are from the mean of the group's others.
    case leaveOneOut
    /// Normalised over all tokens of a step.
    case stepDeviation
    /// As far from the group's mean as they are, normalised over all tokens of a step.
    case groupMeanStepDeviation
    /// Estimated with a critic's values, normalised over all tokens of a step.
    case generalized

    /// Whether an answer's advantage depends on other answers to its question.
    public var comparesAnswers: Bool { self != .stepDeviation && self != .generalized }
    /// Whether advantages are normalised over all tokens of a step.
    public var normalisesStep: Bool {
        switch self {
        case .stepDeviation, .groupMeanStepDeviation, .generalized: true
        case .groupDeviation, .meanOnly, .leaveOneOut: false
        }
    }
}

/// Advantages of answers and tokens.
public enum Advantages {
    /// Added to the deviation.
    public static let epsilon = 1e-8

    /// One advantage per reward of a group; nil where all rewards are equal, or one is not finite.
    ///
    /// Rules over a whole step, which no group can know, give what the step is yet to normalise: the
    /// rewards, or their distance from the group's mean. A rule that compares no answers keeps equal ones.
    public static func of(_ rewards: [Float], scale: AdvantageScale = .groupDeviation) -> [Float]? {
        guard let first = rewards.first, rewards.allSatisfy(\.isFinite) else { return nil }
        guard scale.comparesAnswers else { return rewards }
        guard rewards.contains(where: { $0 != first }) else { return nil }
        let count = Double(rewards.count)
        let mean = rewards.reduce(0.0) { $0 + Double($1) } / count
        switch scale {
        case .leaveOneOut:
            let others = count / (count - 1)
            return rewards.map { Float((Double($0) - mean) * others) }
        case .groupDeviation:
            let deviation = deviation(rewards.map(Double.init), around: mean)
            return rewards.map { Float((Double($0) - mean) / (deviation + epsilon)) }
        case .meanOnly, .groupMeanStepDeviation, .stepDeviation, .generalized:
            return rewards.map { Float(Double($0) - mean) }
        }
    }

    /// Numbers less their mean, over their deviation.
    public static func normalised(_ numbers: [Double]) -> [Double] {
        guard numbers.count > 1 else { return numbers.map { _ in 0 } }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let scale = deviation(numbers, around: mean) + epsilon
        return numbers.map { ($0 - mean) / scale }
    }

    /// Generalized advantages of one answer's tokens, not normalised; with values of 0 and no discount each
    /// is the sum of the rewards that follow.
    ///
    /// - Parameters:
    ///   - rewards: of each token.
    ///   - values: what a critic expects to follow, before each token.
    ///   - discount: of a reward one token later.
    ///   - decay: 0 trusts the critic after one token, 1 never does.
    public static func generalized(
        rewards: [Double], values: [Double], discount: Double, decay: Double
    ) -> [Double] {
        precondition(rewards.count == values.count, "a value for each reward")
        var advantages = rewards, following = 0.0, next = 0.0
        for token in rewards.indices.reversed() {
            following = rewards[token] + discount * next - values[token] + discount * decay * following
            advantages[token] = following
            next = values[token]
        }
        return advantages
    }

    private static func deviation(_ numbers: [Double], around mean: Double) -> Double {
        let squares = numbers.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(numbers.count - 1)).squareRoot()
    }
}
