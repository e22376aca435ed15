// Group-relative advantages: GRPO, DeepSeekMath, arXiv 2402.03300, section 4.1.
//
//     A_i = (r_i - mean(r)) / (std(r) + 1e-8)
//
// over the G answers to one question; std has the divisor G - 1, as in GenRL. Where we differ:
// - groups whose rewards are all equal say nothing and are left out (DAPO, arXiv 2503.14476, section 3.2);
// - sums are fp64 in the order of the answers, so that the bits are the same everywhere;
// - `meanOnly` leaves the division out (Dr. GRPO, arXiv 2503.20783).

/// How rewards of a group become advantages.
public enum AdvantageScale: String, Hashable, Sendable, CaseIterable {
    /// Divided by the group's standard deviation.
    case groupDeviation
    /// As far from the mean as they are.
    case meanOnly
}

/// Advantages of the answers to one question.
public enum Advantages {
    /// Added to the deviation.
    public static let epsilon = 1e-8

    /// One advantage per reward; nil where all rewards are equal, or one is not finite.
    public static func of(_ rewards: [Float], scale: AdvantageScale = .groupDeviation) -> [Float]? {
        guard let first = rewards.first, rewards.allSatisfy(\.isFinite),
            rewards.contains(where: { $0 != first })
        else { return nil }
        let count = Double(rewards.count)
        let mean = rewards.reduce(0.0) { $0 + Double($1) } / count
        guard scale == .groupDeviation else { return rewards.map { Float(Double($0) - mean) } }
        let squares = rewards.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        let deviation = (squares / (count - 1)).squareRoot()
        return rewards.map { Float((Double($0) - mean) / (deviation + epsilon)) }
    }
}
