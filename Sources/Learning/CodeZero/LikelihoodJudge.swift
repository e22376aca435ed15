public import GenRL

/// A judge that was taught to write right and wrong programs, and says which of both a program is.
///
/// By Bayes' rule with both equally likely beforehand: P(right | program) is
/// P(program | right) / (P(program | right) + P(program | wrong)). A model that is asked for the verdict
/// learns from one token of each example; one that writes the program learns from all of them, and a line
/// that the task does not ask for stands out.
public struct LikelihoodJudge: Judge {
    /// The log-probability of each token of each continuation after its prompt.
    public typealias Scores =
        @Sendable ([(prompt: [Int32], continuation: [Int32])]) throws(JudgeError) -> [[Float]]

    private let tokenMax: Int
    private let codec: TextCodec
    private let scores: Scores

    /// A judge that `CodeLessons` taught.
    ///
    /// - Parameter tokenMax: tokens of a task, a verdict and a program that fit.
    public init(tokenMax: Int, codec: TextCodec, scores: @escaping Scores) {
        self.tokenMax = tokenMax
        self.codec = codec
        self.scores = scores
    }

    /// The verdicts' log-probabilities, given the program.
    public func logProbabilities(
        of answers: [String], after prompt: EvaluationPrompt
    ) throws(JudgeError) -> [Double] {
        let program = codec.answer(prompt.program)
        let asked = answers.map { (prompt: prompt.deserving($0, codec), continuation: program) }
        for (prompt, program) in asked {
            let count = prompt.count + program.count
            guard count <= tokenMax else { throw .tooLong(tokens: count, max: tokenMax) }
        }
        let values = try scores(asked)
        guard !answers.isEmpty, values.count == answers.count,
            values.allSatisfy({ $0.count == program.count })
        else { throw .badAnswer }
        let sums = values.map { $0.reduce(0) { $0 + Double($1) } }
        let most = sums.max() ?? 0
        guard most.isFinite else { throw .badAnswer }
        let all = most + Judging.logarithm(sums.reduce(0) { $0 + Judging.exponential($1 - most) })
        return sums.map { min(0, $0 - all) }
    }
}
