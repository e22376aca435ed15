/// A judge that is a model with a tokenizer: a value of functions, so that any engine fits.
public struct TokenJudge: Judge {
    /// The tokens of our own words; special tokens may come of them.
    public var trusted: @Sendable (String) -> [Int32]
    /// The tokens of a stranger's words, as text without any special token.
    public var quoted: @Sendable (String) -> [Int32]
    /// The log-probability of each token of a continuation after a prompt.
    public var logProbabilities:
        @Sendable (_ continuation: [Int32], _ prompt: [Int32]) throws(JudgeError) -> [Float]
    /// Tokens of a prompt and an answer that fit.
    public var tokenMax: Int

    /// A judge of these functions.
    public init(
        tokenMax: Int, trusted: @escaping @Sendable (String) -> [Int32],
        quoted: @escaping @Sendable (String) -> [Int32],
        logProbabilities: @escaping @Sendable ([Int32], [Int32]) throws(JudgeError) -> [Float]
    ) {
        self.tokenMax = tokenMax
        self.trusted = trusted
        self.quoted = quoted
        self.logProbabilities = logProbabilities
    }

    /// The sum over each answer's tokens.
    public func logProbabilities(
        of answers: [String], after prompt: EvaluationPrompt
    ) throws(JudgeError) -> [Double] {
        let tokens = prompt.tokens(trusted: trusted, quoted: quoted)
        var sums: [Double] = []
        for answer in answers {
            let continuation = quoted(answer)
            guard !continuation.isEmpty else { throw .badAnswer }
            let count = tokens.count + continuation.count
            guard count <= tokenMax else { throw .tooLong(tokens: count, max: tokenMax) }
            let values = try logProbabilities(continuation, tokens)
            guard values.count == continuation.count else { throw .badAnswer }
            sums.append(values.reduce(0) { $0 + Double($1) })
        }
        return sums
    }
}
