// DAPO: decoupled clip and dynamic sampling. Yu et al., arXiv 2503.14476, equation 8.
//
//     loss = -1 / (sum_i |y_i|) * sum_i sum_t min(r_it A_i, clip(r_it, 1 - 0.2, 1 + 0.28) A_i)
//     penalty(y) = 0                                 if |y| <= L - c                     (equation 13)
//                = ((L - c) - |y|) / c               between, down to -1 at L
//
// Where we differ:
// - groups of equal rewards are left out, not replaced by others (the paper draws until the batch is full);
// - the ratio is cut off at 10; `ratio_cap = 0` gives the paper's;
// - the penalty for length is off unless `overlong` says c; the paper has c = L / 5. Groups are left out by
//   their rewards before the penalty, as in the paper.

extension Algorithm {
    /// What a swarm does unless told otherwise: DAPO's bounds and mean over tokens.
    public static let dapo = {
        var algorithm = Algorithm("dapo", advantages: .groupDeviation, averaging: .tokens)
        algorithm.clipHigh = 0.28
        algorithm.ratioCap = 10
        return algorithm
    }()
}
