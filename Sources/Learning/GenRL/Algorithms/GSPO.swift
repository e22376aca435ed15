// GSPO: group sequence policy optimisation. Zheng et al., arXiv 2507.18071, equation 5.
//
//     loss = -1/G * sum_i min(s_i A_i, clip(s_i, 1 - 3e-4, 1 + 4e-4) A_i)
//     s_i  = (p(y_i) / p_behaviour(y_i)) ^ (1 / |y_i|)
//     A_i  = (r_i - mean(r)) / std(r)
//
// The bounds are those of the paper's section 5.1; the ratio of a whole answer moves that little.
//
// Where we differ: groups of equal rewards are left out. The loss is written per token, each of an answer's
// tokens carrying the answer's ratio and 1 / |y_i| of its weight; the sum is the same.

extension Algorithm {
    /// One ratio for each answer.
    public static let gspo = {
        var algorithm = Algorithm("gspo", advantages: .groupDeviation, averaging: .answers)
        algorithm.ratio = .answerMean
        algorithm.clipLow = 3e-4
        algorithm.clipHigh = 4e-4
        return algorithm
    }()
}
