// PPO with a value head. Schulman et al., arXiv 1707.06347, equation 9; advantages by GAE, arXiv 1506.02438.
//
//     loss  = policy + c * value
//     value = 1/2 * mean over tokens of max((V - R)^2, (clip(V, V_old - e, V_old + e) - R)^2)
//     R_t   = A_t + V_old(t),    A by GAE (discount 1, decay 0.95) of
//     r_t   = -beta * (log p_behaviour(t) - log p_reference(t)) + (t is last ? r : 0)
//
// e = 0.2, c = 0.1, beta = 0.05: the settings of TRL's PPO, after InstructGPT (arXiv 2203.02155).
//
// Where we differ: no bonus for entropy, as usual with language models; the clipped value loss is the
// authors' code, not in the paper. Both means are over all tokens of a step.

extension Algorithm {
    /// A critic says what to expect after each token.
    public static let ppo = {
        var algorithm = Algorithm("ppo", advantages: .generalized, averaging: .tokens)
        algorithm.divergence = .reward
        algorithm.divergenceWeight = 0.05
        algorithm.critic = Critic()
        return algorithm
    }()
}
