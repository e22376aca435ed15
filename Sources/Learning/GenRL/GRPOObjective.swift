// The clipped objective of GRPO (arXiv 2402.03300, equation 3) with the bounds of DAPO (arXiv 2503.14476,
// equation 8). For a scored token t of an answer with advantage A:
//
//     r_t  = exp(min(log p(t) - log p_behaviour(t), log cap))
//     loss = sum_t w_t * ( -min(r_t A, clip(r_t, 1 - low, 1 + high) A) + beta * k3_t )
//     k3_t = exp(d_t) - d_t - 1,  d_t = log p_reference(t) - log p(t)       (arXiv 2402.03300, equation 4)
//
// Where we differ:
// - w_t = 1 / (all scored tokens of the step): each token counts the same, long answers included (DAPO);
// - p_behaviour is the model that made the answer: our own some steps ago, or a peer's. Its bits come with
//   the rollout. A swarm that scored foreign answers as if they were its own decayed (docs/algorithms.md);
// - the ratio is cut off at `cap`, which bounds one token of a negative advantage (truncated importance
//   weights; dual clipping, arXiv 1912.09729); beyond it the token has no gradient;
// - generation and training compute equal bits, so a fresh answer of our own has r = 1 exactly.

public import Neural
public import Tensor

/// The loss of policy optimisation over tokens with advantages.
public struct GRPOObjective: Objective {
    /// The ratio is clipped to 1 - clipLow ... 1 + clipHigh.
    public let clipLow: Float, clipHigh: Float
    /// The ratio is cut off here.
    public let ratioCap: Float
    /// The weight beta of the divergence from a reference model; 0 leaves it out.
    public let divergenceWeight: Float
    /// The temperature that answers were drawn at.
    public let temperature: Float

    /// An objective; the bounds are DAPO's unless said.
    public init(
        clipLow: Float = 0.2, clipHigh: Float = 0.28, ratioCap: Float = 10,
        divergenceWeight: Float = 0, temperature: Float = 1
    ) {
        precondition(clipLow >= 0 && clipLow < 1 && clipHigh >= 0, "bounds around 1")
        precondition(ratioCap > 1 + clipHigh && divergenceWeight >= 0, "a cap above the clip")
        self.clipLow = clipLow
        self.clipHigh = clipHigh
        self.ratioCap = ratioCap
        self.divergenceWeight = divergenceWeight
        self.temperature = temperature
    }

    /// Per token: its advantage, its log-probability when it was drawn, its weight, and with a divergence
    /// its log-probability under the reference.
    public var inputNames: [String] {
        ["advantage", "behaviour", "weight"] + (divergenceWeight > 0 ? ["reference"] : [])
    }

    /// A log ratio below this is as good as minus infinity; it keeps differences finite.
    static let logRatioMin: Float = -30

    /// The loss; weighted means of the ratio, of clipped tokens and of the divergence beside it.
    public func loss(
        in graph: inout Graph, logProbabilities: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
        let shape = graph.shape(logProbabilities)
        let advantage = graph.input("advantage", shape)
        let behaviour = graph.input("behaviour", shape)
        let weight = graph.input("weight", shape)
        func mean(_ value: Value) -> Value { graph.sum(graph.multiply(weight, value)) }

        let difference = graph.subtract(logProbabilities, behaviour)
        let logCap = Float(Canonical.log(Double(ratioCap)))
        let ratio = graph.exp(graph.clamp(difference, Self.logRatioMin, logCap))
        let free = graph.multiply(ratio, advantage)
        let clipped = graph.multiply(graph.clamp(ratio, 1 - clipLow, 1 + clipHigh), advantage)
        var loss = graph.negate(mean(graph.minimum(free, clipped)))
        var metrics = [
            (name: "ratio", value: mean(ratio)), (name: "clipped", value: mean(graph.step(clipped, free))),
        ]
        if divergenceWeight > 0 {
            let reference = graph.input("reference", shape)
            let d = graph.subtract(reference, logProbabilities)
            let bounded = graph.clamp(d, Self.logRatioMin, -Self.logRatioMin)
            let divergence = mean(
                graph.affine(graph.subtract(graph.exp(bounded), bounded), scale: 1, offset: -1))
            loss = graph.add(loss, graph.affine(divergence, scale: divergenceWeight, offset: 0))
            metrics.append((name: "divergence", value: divergence))
        }
        return (loss, metrics)
    }
}
