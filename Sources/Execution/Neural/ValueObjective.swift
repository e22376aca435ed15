public import Tensor

/// An objective that also moves a value head (PPO, arXiv 1707.06347): the gradient of `values` flows into the
/// head and into the model beneath it.
///
/// The value of a scored token is what the head makes of the state before that token: the row whose logits
/// score it.
public protocol ValueObjective: Objective {
    /// The scalar to minimise, and numbers worth reporting, each `[1]`.
    ///
    /// - Parameters:
    ///   - logProbabilities: `[R]`, nats, 0 where a row is padding.
    ///   - values: `[R]`; a padding row has some finite value, to be weighed by 0.
    func loss(
        in graph: inout Graph, logProbabilities: Value, values: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)])
}

extension ValueObjective {
    /// Without values there is no such objective.
    public func loss(
        in graph: inout Graph, logProbabilities: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
        preconditionFailure("\(Self.self) needs a model with a value head")
    }
}
