/// Why a rollout of a peer is not used.
public enum RolloutError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A name is empty or too long.
    case badName
    /// It belongs to another round.
    case wrongRound(Int, expected: Int)
    /// Its tokens are those of another vocabulary, or its step is below 0.
    case otherModel
    /// The peer was not given this task in this round.
    case notAssigned(TaskID)
    /// The peer answered the same task twice.
    case repeated(TaskID)
    /// It has fewer or more completions than the swarm asks for.
    case completionCount(Int, expected: Int)
    /// A completion has no tokens or too many.
    case tokenCount(Int, max: Int)
    /// A token that the vocabulary does not have.
    case unknownToken(Int32)
    /// A completion that goes on after a stop token, or ends before one without being of full length.
    case wrongEnd
    /// As many log-probabilities as tokens are needed.
    case logProbabilityCount(Int, tokens: Int)
    /// A log-probability is not a finite number of at most 0.
    case badLogProbability
    /// The text is not that of the tokens.
    case textMismatch
    /// It came from another peer than it names.
    case otherSender
    /// A stage or turn that the game does not have there.
    case wrongTurn
    /// Its sender saw nodes that are not known here.
    case missingParent
    /// Equal tokens in equal places have different log-probabilities, or those of one place add up to
    /// more than a whole.
    case incoherent
    /// The peer has sent more than a peer may.
    case overQuota
    /// The tokens were not drawn with the probabilities that are claimed.
    case implausible

    /// One line that says what is wrong.
    public var description: String {
        switch self {
        case .badName: "a name has no bytes or too many"
        case .wrongRound(let round, let expected): "round \(round) where \(expected) is played"
        case .otherModel: "the tokens belong to another model family"
        case .notAssigned(let id): "the peer was not given task \(id)"
        case .repeated(let id): "task \(id) is answered twice"
        case .completionCount(let count, let expected): "\(count) completions, not \(expected)"
        case .tokenCount(let count, let max): "a completion of \(count) tokens, not 1 to \(max)"
        case .unknownToken(let token): "token \(token) is outside the vocabulary"
        case .wrongEnd: "a completion does not end where it must"
        case .logProbabilityCount(let count, let tokens):
            "\(count) log-probabilities for \(tokens) tokens"
        case .badLogProbability: "a log-probability is not a finite number of at most 0"
        case .textMismatch: "the text is not that of the tokens"
        case .otherSender: "it came from another peer than it names"
        case .wrongTurn: "the game has no such stage or turn there"
        case .missingParent: "it builds on moves that are not known here"
        case .incoherent: "its log-probabilities contradict each other"
        case .overQuota: "the peer has sent more than a peer may"
        case .implausible: "its tokens were not drawn with the probabilities that it claims"
        }
    }

    /// The kind of fault, for counters.
    public var kind: String {
        switch self {
        case .badName: "bad_name"
        case .wrongRound: "wrong_round"
        case .otherModel: "other_model"
        case .notAssigned: "not_assigned"
        case .repeated: "repeated"
        case .completionCount: "completion_count"
        case .tokenCount: "token_count"
        case .unknownToken: "unknown_token"
        case .wrongEnd: "wrong_end"
        case .logProbabilityCount: "log_probability_count"
        case .badLogProbability: "bad_log_probability"
        case .textMismatch: "text_mismatch"
        case .otherSender: "other_sender"
        case .wrongTurn: "wrong_turn"
        case .missingParent: "missing_parent"
        case .incoherent: "incoherent"
        case .overQuota: "over_quota"
        case .implausible: "implausible"
        }
    }
}
