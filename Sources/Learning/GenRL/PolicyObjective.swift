// The one objective of all policy-gradient algorithms here. For a scored token t with advantage A_t:
//
//     r_t  = exp(min(log p(t) - log p_behaviour(t), log cap))              one ratio per token, or
//     r_t  = exp(min(sum over the answer of share * (log p - log p_behaviour), log cap))       per answer
//     loss = sum_t w_t * ( i_t * bound(-min(r_t A_t, clip(r_t, 1 - low, 1 + high) A_t)) + beta * d_t )
//     i_t  = min(p_behaviour(t) / p_sender(t), importance cap)
//     d_t  = exp(q_t) - q_t - 1  (k3)  or  q_t^2 / 2  (k2),   q_t = log p_reference(t) - log p(t)
//
// Clipping: PPO, arXiv 1707.06347, equation 7; unequal bounds: DAPO, arXiv 2503.14476, equation 8; k3: GRPO,
// arXiv 2402.03300, equation 4; ratios of answers: GSPO, arXiv 2507.18071. What A, w and share are, and
// which terms take part, is an `Algorithm`; the numbers per token are made by `PolicyInputs`.
//
// Where we differ:
// - p_behaviour is the model that made the answer: our own some steps ago, or a peer's. Its bits come with
//   the rollout. A swarm that scored foreign answers as if they were its own decayed (docs/algorithms.md);
// - the ratio may be cut off at `cap`, which bounds one token of a negative advantage (dual clipping, arXiv
//   1912.09729); beyond it the token has no gradient; without a cap it ends at e^30;
// - generation and training compute equal bits, so a fresh answer of our own has r = 1 exactly.

public import Neural
public import Tensor

/// Over what a ratio of probabilities is taken.
public enum RatioLevel: String, Hashable, Sendable, CaseIterable {
    /// Each token has its own ratio.
    case token
    /// An answer's tokens share the geometric mean of their ratios.
    case answerMean
    /// An answer's tokens share the product of their ratios: the ratio of the answer's probabilities.
    case answerProduct
}

/// How distance from the reference model is kept small.
public enum DivergenceForm: String, Hashable, Sendable, CaseIterable {
    /// In the loss: exp(q) - q - 1, which is never negative.
    case k3
    /// In the loss: q^2 / 2, whose gradient is that of the divergence on own answers.
    case k2
    /// In the reward of each token: log p_behaviour - log p_reference is taken from it.
    case reward
}

/// The loss of policy optimisation over tokens with advantages.
public struct PolicyObjective: Objective {
    /// Over what the ratio is taken.
    public let ratio: RatioLevel
    /// The ratio is clipped to 1 - clipLow ... 1 + clipHigh.
    public let clipLow: Float, clipHigh: Float
    /// The ratio is cut off here; infinity for no cap.
    public let ratioCap: Float
    /// The largest weight of a token another model drew; 0 leaves such weights out.
    public let importanceCap: Float
    /// A token's loss, the divergence aside, is held within this; infinity for no bound.
    public let lossBound: Float
    /// How distance from the reference is measured.
    public let divergence: DivergenceForm
    /// The weight beta of the divergence from a reference model; 0 leaves it out.
    public let divergenceWeight: Float
    /// The temperature that answers were drawn at.
    public let temperature: Float

    /// An objective; the bounds are DAPO's unless said.
    public init(
        ratio: RatioLevel = .token, clipLow: Float = 0.2, clipHigh: Float = 0.28,
        ratioCap: Float = 10, importanceCap: Float = 0, lossBound: Float = .infinity,
        divergence: DivergenceForm = .k3, divergenceWeight: Float = 0, temperature: Float = 1
    ) {
        precondition(clipLow >= 0 && clipLow < 1 && clipHigh >= 0, "bounds around 1")
        precondition(ratioCap > 1 + clipHigh && divergenceWeight >= 0, "a cap above the clip")
        precondition(importanceCap >= 0 && lossBound > 0, "bounds above 0")
        self.ratio = ratio
        self.clipLow = clipLow
        self.clipHigh = clipHigh
        self.ratioCap = ratioCap
        self.importanceCap = importanceCap
        self.lossBound = lossBound
        self.divergence = divergence
        self.divergenceWeight = divergenceWeight
        self.temperature = temperature
    }

    /// Whether the loss itself reads the reference's log-probabilities.
    private var measuresDivergence: Bool { divergenceWeight > 0 && divergence != .reward }

    /// Per token: its advantage, its log-probability when it was drawn, its weight; with a divergence its
    /// log-probability under the reference; with ratios of answers its share in the answer's sum; with
    /// importance weights its log-probability under the model that sent it.
    public var inputNames: [String] {
        ["advantage", "behaviour", "weight"] + (measuresDivergence ? ["reference"] : [])
            + (ratio == .token ? [] : ["share"]) + (importanceCap > 0 ? ["sender"] : [])
    }

    /// A log ratio below this is as good as minus infinity; it keeps differences finite.
    static let logRatioMin: Float = -30

    /// The loss; weighted means of the ratio, of clipped tokens and of the divergence beside it.
    public func loss(
        in graph: inout Graph, logProbabilities: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
        let terms = terms(in: &graph, logProbabilities: logProbabilities)
        return (terms.loss, terms.metrics)
    }

    /// The same, and the input with which a further term of the loss is weighed.
    func terms(
        in graph: inout Graph, logProbabilities: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)], weight: Value) {
        let shape = graph.shape(logProbabilities)
        let advantage = graph.input("advantage", shape)
        let behaviour = graph.input("behaviour", shape)
        let weight = graph.input("weight", shape)
        func mean(_ value: Value) -> Value { graph.sum(graph.multiply(weight, value)) }

        let difference = logRatio(in: &graph, graph.subtract(logProbabilities, behaviour))
        let ratio = graph.exp(graph.clamp(difference, Self.logRatioMin, Self.logarithm(ratioCap)))
        let free = graph.multiply(ratio, advantage)
        let clipped = graph.multiply(graph.clamp(ratio, 1 - clipLow, 1 + clipHigh), advantage)
        var gain = graph.minimum(free, clipped)
        if lossBound.isFinite { gain = graph.clamp(gain, -lossBound, lossBound) }
        if importanceCap > 0 {
            gain = graph.multiply(gain, importance(in: &graph, behaviour, graph.input("sender", shape)))
        }
        var loss = graph.negate(mean(gain))
        var metrics = [
            (name: "ratio", value: mean(ratio)), (name: "clipped", value: mean(graph.step(clipped, free))),
        ]
        if measuresDivergence {
            let divergence = mean(
                distance(in: &graph, graph.subtract(graph.input("reference", shape), logProbabilities)))
            loss = graph.add(loss, graph.affine(divergence, scale: divergenceWeight, offset: 0))
            metrics.append((name: "divergence", value: divergence))
        }
        return (loss, metrics, weight)
    }

    /// The logarithm of a cap on a ratio.
    private static func logarithm(_ cap: Float) -> Float {
        cap.isFinite ? Float(Canonical.log(Double(cap))) : -logRatioMin
    }

    /// Of each token, or the answer's in the place of each of its tokens.
    private func logRatio(in graph: inout Graph, _ difference: Value) -> Value {
        guard ratio != .token else { return difference }
        let shape = graph.shape(difference), share = graph.input("share", shape)
        let segment = graph.input("segment", shape, .int32)
        return graph.segmentSums(graph.multiply(share, difference), segment)
    }

    /// A constant of the step: no gradient flows into the inputs.
    private func importance(in graph: inout Graph, _ behaviour: Value, _ sender: Value) -> Value {
        let difference = graph.subtract(behaviour, sender)
        return graph.exp(graph.clamp(difference, Self.logRatioMin, Self.logarithm(importanceCap)))
    }

    private func distance(in graph: inout Graph, _ q: Value) -> Value {
        guard divergence != .k2 else { return graph.affine(graph.square(q), scale: 0.5, offset: 0) }
        let bounded = graph.clamp(q, Self.logRatioMin, -Self.logRatioMin)
        return graph.affine(graph.subtract(graph.exp(bounded), bounded), scale: 1, offset: -1)
    }
}
