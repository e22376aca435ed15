// RLOO: REINFORCE, leave one out. Ahmadian et al., "Back to Basics", arXiv 2402.14740, section 2; Kool
// et al., "Buy 4 REINFORCE samples, get a baseline for free!", 2019.
//
//     gradient = -1/G * sum_i A_i * gradient of log p(y_i)
//     A_i = R_i - mean over j != i of R_j
//     R_i = r_i - beta * (log p_behaviour(y_i) - log p_reference(y_i))
//
// Written as a loss with the ratio of whole answers, whose gradient at ratio 1 is the paper's:
//
//     loss = -1/G * sum_i min(s_i A_i, clip(s_i, 1 - 0.2, 1 + 0.2) A_i),    s_i = p(y_i) / p_behaviour(y_i)
//
// Where we differ: the paper has no clip; TRL has this one, and answers of others need it. beta is 0.05,
// TRL's; the paper (appendix C) has 0.03 for summaries and 0.10 for dialogue. Groups of equal rewards are
// left out, though their R may differ.

extension Algorithm {
    /// The other answers to the same question are the baseline.
    public static let rloo = {
        var algorithm = Algorithm("rloo", advantages: .leaveOneOut, averaging: .answers)
        algorithm.ratio = .answerProduct
        algorithm.divergence = .reward
        algorithm.divergenceWeight = 0.05
        return algorithm
    }()
}
