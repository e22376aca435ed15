import CodeZero
import Foundation
import GenRL
import Neural
import Tensor

/// A model that never learns and is asked how likely continuations are: what an evaluator is.
// SAFETY: the learner is used behind the lock only.
final class FrozenModel: @unchecked Sendable {
    private let lock = NSLock()
    private let learner: Learner

    init(_ weights: Weights, on engine: Engine) {
        // It takes no step, so how steps are taken does not matter.
        learner = Learner(weights.copy(on: engine), optimizer: OptimizerConfig(rate: 0), on: engine)
    }

    /// The log-probability of each token of each continuation.
    func logProbabilities(_ continuations: [[Int32]], after prompt: [Int32]) -> [[Float]] {
        var batch = Batch(sequences: [], scored: [], inputs: [:])
        for (index, continuation) in continuations.enumerated() {
            batch.sequences.append(prompt + continuation)
            for position in continuation.indices {
                batch.scored.append(.init(sequence: index, position: prompt.count + position))
            }
        }
        var rest = lock.withLock { learner.score(batch) }[...]
        return continuations.map { continuation in
            defer { rest = rest.dropFirst(continuation.count) }
            return Array(rest.prefix(continuation.count))
        }
    }

    /// As a judge.
    ///
    /// - Parameter isTaught: whether `CodeLessons` taught it, which leave out our words.
    func judge(_ codec: TextCodec, isTaught: Bool) -> TokenJudge {
        TokenJudge(
            tokenMax: learner.transformer.config.contextLength,
            prompt: { isTaught ? $0.marked(codec) : $0.tokens(trusted: codec.answer, quoted: codec.answer) },
            answer: codec.answer,
            logProbabilities: { [self] continuations, prompt in
                logProbabilities(continuations, after: prompt)
            })
    }
}
