public import Neural
import Tensor

extension RunCheckpoint {
    /// The counter of optimizer steps.
    static let stepName = "steps"

    /// The state of a learner, to be completed by its owner.
    public init(of learner: Learner, identity: String) {
        self.init(identity: identity, counters: [Self.stepName: learner.stepCount], tensors: [:])
        for (name, tensor) in learner.weights.tensors { tensors["weight/\(name)"] = tensor }
        for (name, tensor) in learner.first { tensors["first/\(name)"] = tensor }
        for (name, tensor) in learner.second { tensors["second/\(name)"] = tensor }
    }

    /// Puts a learner where the checkpoint left it. The learner is untouched if anything is missing.
    public func restore(_ learner: Learner) throws(RunCheckpointError) {
        let steps = try counter(Self.stepName)
        var moves: [(from: Tensor, to: Tensor)] = []
        for (group, targets) in [
            ("weight", learner.weights.tensors), ("first", learner.first), ("second", learner.second),
        ] {
            for (name, target) in targets {
                guard let source = tensors["\(group)/\(name)"], source.type == target.type else {
                    throw .missing("\(group)/\(name)")
                }
                moves.append((source, target))
            }
        }
        for move in moves { move.to.copy(from: move.from) }
        learner.stepCount = steps
    }
}
