/// A judge that is a model with a tokenizer: a value of functions, so that any engine fits.
public struct TokenJudge: Judge {
    /// The tokens of our own words; special tokens may come of them.
    public var trusted: @Sendable (String) -> [Int32]
    /// The tokens of a stranger's words, as text without any special token.
    public var quoted: @Sendable (String) -> [Int32]
    /// The log-probability of each token of each of some continuations of a prompt.
    public var logProbabilities:
        @Sendable (_ continuations: [[Int32]], _ prompt: [Int32]) throws(JudgeError) -> [[Float]]
    /// Tokens of a prompt and an answer that fit.
    public var tokenMax: Int

    /// A judge that reads our words and a stranger's apart.
    public init(
        tokenMax: Int, trusted: @escaping @Sendable (String) -> [Int32],
        quoted: @escaping @Sendable (String) -> [Int32],
        logProbabilities: @escaping @Sendable ([[Int32]], [Int32]) throws(JudgeError) -> [[Float]]
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
        let tokens = prompt.tokens(trusted: trusted, quoted: quoted), continuations = answers.map(quoted)
        for continuation in continuations {
            guard !continuation.isEmpty else { throw .badAnswer }
            let count = tokens.count + continuation.count
            guard count <= tokenMax else { throw .tooLong(tokens: count, max: tokenMax) }
        }
        let values = try logProbabilities(continuations, tokens)
        guard values.map(\.count) == continuations.map(\.count) else { throw .badAnswer }
        return values.map { $0.reduce(0) { $0 + Double($1) } }
    }
}
