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

    /// The log-probability of each token of each continuation after its prompt.
    private func logProbabilities(_ texts: [(prompt: [Int32], continuation: [Int32])]) -> [[Float]] {
        var batch = Batch(sequences: [], scored: [], inputs: [:])
        for (index, text) in texts.enumerated() {
            batch.sequences.append(text.prompt + text.continuation)
            for position in text.continuation.indices {
                batch.scored.append(.init(sequence: index, position: text.prompt.count + position))
            }
        }
        var rest = lock.withLock { learner.score(batch) }[...]
        return texts.map { text in
            defer { rest = rest.dropFirst(text.continuation.count) }
            return Array(rest.prefix(text.continuation.count))
        }
    }

    /// As a judge.
    ///
    /// - Parameter isTaught: whether `CodeLessons` taught it; others are asked for the verdict.
    func judge(_ codec: TextCodec, isTaught: Bool) -> any Judge {
        let tokenMax = learner.transformer.config.contextLength
        guard !isTaught else {
            return LikelihoodJudge(tokenMax: tokenMax, codec: codec, scores: logProbabilities)
        }
        return TokenJudge(
            tokenMax: tokenMax, trusted: codec.answer, quoted: codec.answer,
            logProbabilities: { [self] continuations, prompt in
                logProbabilities(continuations.map { (prompt, $0) })
            })
    }
}
