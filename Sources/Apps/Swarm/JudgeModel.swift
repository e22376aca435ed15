import CodeZero
import Foundation
import GenRL
import Neural
import Tensor

/// A model that is asked how likely continuations are: what an evaluator is. It learns from audits only.
// SAFETY: while others hold it, the learner is used behind the lock only.
final class JudgeModel: @unchecked Sendable {
    private let lock = NSLock()
    let learner: Learner

    init(_ weights: Weights, rate: Double, on engine: Engine) {
        learner = Learner(weights.copy(on: engine), optimizer: OptimizerConfig(rate: rate), on: engine)
    }

    /// Learns what deserves which verdict.
    func learn(_ lessons: [Lesson], _ codec: TextCodec) throws {
        _ = try lock.withLock { try learner.imitate(lessons, codec: codec) }
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
