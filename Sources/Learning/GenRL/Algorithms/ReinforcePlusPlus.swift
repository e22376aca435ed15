// REINFORCE++: no critic, advantages normalised over the whole step. Hu et al., arXiv 2501.03262.
//
//     A_t  = r - beta * sum over s >= t of (log p_behaviour(s) - log p_reference(s))     (k1, in the reward)
//     loss = -mean over answers of mean over tokens of min(r_t A'_t, clip(r_t, 1 - 0.2, 1 + 0.2) A'_t)
//     A'   = (A - mean(A)) / std(A)      over all tokens of the step
//
// With baseline: A = r_i - mean(r) of the group instead, and the divergence is a loss of its own,
// beta * (log p - log p_reference)^2 / 2 (k2).
//
// Where we differ: beta is 0.001 in both unless the recipe says otherwise. Without baseline, equal rewards
// of a group are learned from like any others; with it, such groups are left out.

extension Algorithm {
    /// Each answer is compared with all of the step.
    public static let reinforcePlusPlus = {
        var algorithm = Algorithm("reinforce++", advantages: .stepDeviation, averaging: .answers)
        algorithm.divergence = .reward
        algorithm.divergenceWeight = 0.001
        return algorithm
    }()

    /// Each answer is compared with the others to its question, on the scale of the step.
    public static let reinforcePlusPlusBaseline = {
        var algorithm = Algorithm(
            "reinforce++-baseline", advantages: .groupMeanStepDeviation, averaging: .answers)
        algorithm.divergence = .k2
        algorithm.divergenceWeight = 0.001
        return algorithm
    }()
}
