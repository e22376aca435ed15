// Dr. GRPO: GRPO done right. Liu et al., "Understanding R1-Zero-like training", arXiv 2503.20783, section 3.
//
//     loss = -1 / (G L) * sum_i sum_t min(r_it A_i, clip(r_it, 1 - 0.2, 1 + 0.2) A_i)
//     A_i  = r_i - mean(r)
//
// L is a constant, the greatest length of an answer: neither the length of an answer nor the deviation of
// a group changes how much it counts.
//
// Where we differ: groups of equal rewards are left out, so that the 1 / G is over the answers that are left.

extension Algorithm {
    /// No division by an answer's length or a group's deviation.
    public static let drGRPO = Algorithm("dr-grpo", advantages: .meanOnly, averaging: .constant)
}
