// GRPO as published: group relative policy optimisation. Shao et al., DeepSeekMath, arXiv 2402.03300,
// equation 3.
//
//     loss = -1/G * sum_i 1/|y_i| * sum_t ( min(r_it A_i, clip(r_it, 1 - e, 1 + e) A_i) - beta * k3_it )
//     A_i  = (r_i - mean(r)) / std(r),    beta = 0.04 (section 4.2)
//
// Where we differ:
// - e is 0.2, PPO's; the paper does not say;
// - groups of equal rewards are left out: their answers neither count in the mean nor are held near the
//   reference;
// - the reference is the model at the start of the run; the paper moves it now and then.

extension Algorithm {
    /// A mean per answer, then over answers, with a divergence from the start.
    public static let grpo = {
        var algorithm = Algorithm("grpo", advantages: .groupDeviation, averaging: .answers)
        algorithm.divergenceWeight = 0.04
        return algorithm
    }()
}
