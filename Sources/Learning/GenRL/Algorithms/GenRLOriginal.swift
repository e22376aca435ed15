// The trainer of GenRL 0.3.0, which RL Swarm's nodes ran (PyPI gensyn-genrl, GRPOLanguageTrainerModule).
//
//     loss = 1 / (tokens of the minibatch) * sum_t bound(-min(r_t A_i, clip(r_t, 1 - 0.2, 1 + 0.28) A_i), 10)
//     A_i  = (r_i - mean(r)) / (std(r) + 1e-8)
//
// where bound holds a token's loss within -10 ... 10.
//
// Where we differ: p_behaviour is that of the rollout's maker; GenRL scores every answer with its own model
// before the round's first step. Its defects are not copied: answers are not set apart from their questions
// by padding, the token that stops an answer is trained on, and groups of equal rewards are left out.

extension Algorithm {
    /// GRPO as GenRL's nodes computed it.
    public static let genRL = {
        var algorithm = Algorithm("genrl", advantages: .groupDeviation, averaging: .tokens)
        algorithm.clipHigh = 0.28
        algorithm.lossBound = 10
        return algorithm
    }()
}
