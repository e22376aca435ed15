public import GenRL

/// A judge that was taught to write right and wrong programs, and says which of both a program is.
///
/// By Bayes' rule with both equally likely beforehand: P(right | program) is
/// P(program | right) / (P(program | right) + P(program | wrong)). A model that is asked for the verdict
/// learns from one token of each example; one that writes the program learns from all of them, and a line
/// that the task does not ask for stands out.
///
/// Whoever is paid by such a judge soon writes what it has never seen, where both likelihoods are noise. So
/// half of the wrong programs are taken to be right ones with slips: tokens that are, once in `slipShare`,
/// any of the vocabulary. What is far less likely than that in a right program speaks against it.
public struct LikelihoodJudge: Judge {
    /// The log-probability of each token of each continuation after its prompt.
    public typealias Scores =
        @Sendable ([(prompt: [Int32], continuation: [Int32])]) throws(JudgeError) -> [[Float]]

    /// One token in so many of a program with slips is drawn from the whole vocabulary.
    private static let slipShare = 50.0

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
        var sums = values.map { $0.reduce(0) { $0 + Double($1) } }
        if let right = answers.firstIndex(of: EvaluationPrompt.answers.correct),
            let wrong = answers.firstIndex(of: EvaluationPrompt.answers.wrong)
        {
            sums[wrong] = Self.logSum([sums[wrong], slipped(values[right])]) - Judging.logarithm(2)
        }
        guard sums.allSatisfy({ !$0.isNaN }), sums.contains(where: \.isFinite) else { throw .badAnswer }
        let all = Self.logSum(sums)
        return sums.map { min(0, $0 - all) }
    }

    /// The log-likelihood of a program as a right one with slips.
    private func slipped(_ values: [Float]) -> Double {
        let slip = 1 / Self.slipShare
        return values.reduce(0) { sum, value in
            sum
                + Judging.logarithm(
                    (1 - slip) * Judging.exponential(Double(value)) + slip / Double(codec.vocabulary))
        }
    }

    /// The logarithm of a sum, without an overflow.
    private static func logSum(_ values: [Double]) -> Double {
        guard let most = values.max(), most.isFinite else { return -.infinity }
        return most + Judging.logarithm(values.reduce(0) { $0 + Judging.exponential($1 - most) })
    }
}
