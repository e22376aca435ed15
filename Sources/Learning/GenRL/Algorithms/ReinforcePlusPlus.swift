// REINFORCE++: no critic, advantages normalised over the whole step. Hu et al., arXiv 2501.03262, version 9.
//
//     A_t  = r - beta * sum over s >= t of (log p_behaviour(s) - log p_reference(s))     (equation 4, k1)
//     A'   = (A - mean(A)) / std(A)      over all tokens of the step                     (equation 5)
//     loss = -mean over answers of mean over tokens of min(r_t A'_t, clip(r_t, 1 - 0.2, 1 + 0.2) A'_t)
//                                                                                        (equation 1)
// With baseline: A = r_i - mean(r) of the group instead (equation 6), and the divergence is a loss of its
// own, beta * (log p - log p_reference)^2 / 2 (k2, equation 8).
//
// What the paper leaves open, and where we differ:
// - it names no beta and no clip. Ours are 0.001 in both forms and PPO's 0.2. The authors' program,
//   OpenRLHF, has a beta of 0.01 or 1e-4 in its scripts without baseline and 1e-5 in the one with it;
// - mean and deviation are over tokens, as in OpenRLHF; the paper's appendix B.2 has them over answers, and
//   the advantage at the last token alone, which is not its equation 4. OpenRLHF also averages the loss
//   over tokens, not over answers as equation 1 does;
// - without baseline, equal rewards of a group are learned from like any others; with it, such groups are
//   left out.

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
