import Gym

/// One answer of a model, with what is needed to learn from it elsewhere.
public struct Completion: Hashable, Sendable {
    /// Its tokens, the stop token included.
    public var tokens: [Int32]
    /// Its text.
    public var text: String
    /// For each token its log-probability, in nats, under the model that made it.
    public var logProbabilities: [Float]

    /// A completion of these parts.
    public init(tokens: [Int32], text: String, logProbabilities: [Float]) {
        self.tokens = tokens
        self.text = text
        self.logProbabilities = logProbabilities
    }
}

/// Which model made a rollout.
public struct ModelID: Hashable, Sendable {
    /// Names architecture and vocabulary; tokens mean the same within a family.
    public var family: String
    /// Training steps it had taken.
    public var step: Int

    /// A model by its parts.
    public init(family: String, step: Int) {
        self.family = family
        self.step = step
    }
}

/// All answers of one peer to one task of one round: a group of GRPO. It carries no reward.
public struct Rollout: Hashable, Sendable {
    /// What was asked.
    public var task: TaskID
    /// Who answered.
    public var peer: String
    /// When.
    public var round: Int
    /// With which model.
    public var model: ModelID
    /// The answers.
    public var completions: [Completion]

    /// A rollout of these parts.
    public init(task: TaskID, peer: String, round: Int, model: ModelID, completions: [Completion]) {
        self.task = task
        self.peer = peer
        self.round = round
        self.model = model
        self.completions = completions
    }
}

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
        }
    }
}

/// What a receiver asks of a rollout before it is looked at further.
public struct RolloutRule: Sendable {
    /// The model family of this swarm.
    public var family: String
    /// Completions in a rollout.
    public var completionCount: Int
    /// A completion has at most so many tokens.
    public var tokenMax: Int
    /// How tokens become text.
    public var codec: TextCodec

    /// The longest peer or family name, in bytes.
    public static let nameByteCountMax = 128

    /// A rule.
    public init(family: String, completionCount: Int, tokenMax: Int, codec: TextCodec) {
        self.family = family
        self.completionCount = completionCount
        self.tokenMax = tokenMax
        self.codec = codec
    }

    /// Checks everything that needs no task: names, counts, tokens, log-probabilities, text.
    public func check(_ rollout: Rollout, round: Int) throws(RolloutError) {
        for name in [rollout.peer, rollout.model.family, rollout.task.part] {
            guard (1...Self.nameByteCountMax).contains(name.utf8.count) else { throw .badName }
        }
        guard rollout.round == round else { throw .wrongRound(rollout.round, expected: round) }
        guard rollout.model.family == family, rollout.model.step >= 0 else { throw .otherModel }
        guard rollout.completions.count == completionCount else {
            throw .completionCount(rollout.completions.count, expected: completionCount)
        }
        for completion in rollout.completions { try check(completion) }
    }

    private func check(_ completion: Completion) throws(RolloutError) {
        let tokens = completion.tokens
        guard (1...tokenMax).contains(tokens.count) else {
            throw .tokenCount(tokens.count, max: tokenMax)
        }
        for token in tokens where !(0..<Int32(codec.vocabulary)).contains(token) {
            throw .unknownToken(token)
        }
        let stop = tokens.firstIndex(where: codec.stopTokens.contains)
        guard stop.map({ $0 == tokens.count - 1 }) ?? (tokens.count == tokenMax) else {
            throw .wrongEnd
        }
        guard completion.logProbabilities.count == tokens.count else {
            throw .logProbabilityCount(completion.logProbabilities.count, tokens: tokens.count)
        }
        for number in completion.logProbabilities where !(number.isFinite && number <= 0) {
            throw .badLogProbability
        }
        guard completion.text.utf8.elementsEqual(codec.text(tokens).utf8) else { throw .textMismatch }
    }
}
