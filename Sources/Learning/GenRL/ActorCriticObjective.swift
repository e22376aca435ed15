public import Neural
public import Tensor

/// The loss of a policy and its critic, which share a trunk.
///
/// The values `[R]` are a node of the graph, so that gradients flow into the head and below it.
public struct ActorCriticObjective: ValueObjective {
    /// The loss of the policy.
    public let policy: PolicyObjective
    /// A value moves at most this far from what it was when the answer was scored.
    public let valueClip: Float
    /// The weight of the critic's loss.
    public let valueWeight: Float

    /// An objective of two parts.
    public init(policy: PolicyObjective, critic: Algorithm.Critic) {
        precondition(critic.clip > 0 && critic.weight >= 0, "a value may move")
        self.policy = policy
        valueClip = critic.clip
        valueWeight = critic.weight
    }

    /// Those of the policy, and per token the value when the answer was scored and the return to be learned.
    public var inputNames: [String] { policy.inputNames + ["oldValue", "return"] }
    /// The temperature that answers were drawn at.
    public var temperature: Float { policy.temperature }

    /// The loss; the policy's numbers and the critic's error beside it.
    ///
    /// - Parameters:
    ///   - logProbabilities: `[R]`, nats, 0 where a row is padding.
    ///   - values: `[R]`, the critic's.
    public func loss(
        in graph: inout Graph, logProbabilities: Value, values: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
        var (loss, metrics, weight) = policy.terms(in: &graph, logProbabilities: logProbabilities)
        let shape = graph.shape(values)
        let old = graph.input("oldValue", shape), target = graph.input("return", shape)
        let held = graph.add(old, graph.clamp(graph.subtract(values, old), -valueClip, valueClip))
        let free = graph.square(graph.subtract(values, target))
        let bounded = graph.square(graph.subtract(held, target))
        let error = graph.sum(graph.multiply(weight, graph.maximum(free, bounded)))
        loss = graph.add(loss, graph.affine(error, scale: 0.5 * valueWeight, offset: 0))
        metrics.append((name: "valueError", value: error))
        return (loss, metrics)
    }
}
