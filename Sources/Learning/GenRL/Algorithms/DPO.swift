// DPO: direct preference optimisation. Rafailov et al., arXiv 2305.18290, equation 7.
//
//     loss = -mean over pairs of log sigmoid(beta * (d(chosen) - d(rejected)))
//     d(y) = log p(y | x) - log p_reference(y | x)
//
// The reference is the model at the start, frozen. beta = 0.1, the paper's.
//
// Where we differ: the loss is written per token. Tokens of a pair carry +1 or -1, the sum over their segment
// is d(chosen) - d(rejected), and each has its part of the pair's weight; the sum is the same.

public import Neural
public import Tensor

/// The loss of preferring one sequence of each pair; a segment of the batch is a pair.
public struct PreferenceObjective: Objective {
    /// How much a difference of log-probabilities says.
    public let beta: Float
    /// Logits are scored as they are.
    public let temperature: Float = 1

    /// An objective.
    public init(beta: Float = 0.1) {
        precondition(beta > 0, "a difference says something")
        self.beta = beta
    }

    /// Per token: +1 where its sequence was chosen and -1 where it was rejected, its log-probability under
    /// the reference, and its weight.
    public let inputNames = ["sign", "reference", "weight"]

    /// The loss; the mean margin `beta * (d(chosen) - d(rejected))` and the share of pairs where it is
    /// above 0 beside it.
    public func loss(
        in graph: inout Graph, logProbabilities: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
        let shape = graph.shape(logProbabilities)
        let sign = graph.input("sign", shape), reference = graph.input("reference", shape)
        let weight = graph.input("weight", shape), segment = graph.input("segment", shape, .int32)
        let signed = graph.multiply(sign, graph.subtract(logProbabilities, reference))
        let margin = graph.affine(graph.segmentSums(signed, segment), scale: beta, offset: 0)
        // -log sigmoid(m) = max(-m, 0) + log(1 + exp(-|m|)), which neither overflows nor cancels.
        let tail = graph.exp(graph.negate(graph.absolute(margin)))
        let loss = graph.add(
            graph.relu(graph.negate(margin)), graph.log(graph.affine(tail, scale: 1, offset: 1)))
        let won = graph.step(graph.fill(shape, 0), margin)
        return (
            graph.sum(graph.multiply(weight, loss)),
            [
                (name: "margin", value: graph.sum(graph.multiply(weight, margin))),
                (name: "accuracy", value: graph.sum(graph.multiply(weight, won))),
            ]
        )
    }
}
