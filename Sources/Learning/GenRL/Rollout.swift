import Gym
public import Keys
import Tensor

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

/// All answers of one peer to one prompt of one round: a group of GRPO, a move of a game. It carries no
/// reward and no prompt: whoever receives it makes both again.
public struct Rollout: Hashable, Sendable {
    /// What was asked.
    public var task: TaskID
    /// Who answered.
    public var peer: String
    /// When.
    public var round: Int
    /// With which model.
    public var model: ModelID
    /// The stage of the game, from 0.
    public var stage = 0
    /// The position among the peer's prompts of that stage, from 0.
    public var turn = 0
    /// The nodes of the task's tree that the peer saw, in the tree's order.
    public var parents: [RolloutID] = []
    /// The answers.
    public var completions: [Completion]

    /// A rollout of these parts.
    public init(
        task: TaskID, peer: String, round: Int, model: ModelID, stage: Int = 0, turn: Int = 0,
        parents: [RolloutID] = [], completions: [Completion]
    ) {
        self.task = task
        self.peer = peer
        self.round = round
        self.model = model
        self.stage = stage
        self.turn = turn
        self.parents = parents
        self.completions = completions
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
    /// The most nodes that a rollout may say its sender saw.
    public static let parentCountMax = 1024

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
        guard (0..<Game.stageCountMax).contains(rollout.stage),
            (0..<Game.turnCountMax).contains(rollout.turn),
            rollout.parents.count <= (rollout.stage == 0 ? 0 : Self.parentCountMax)
        else { throw .wrongTurn }
        for completion in rollout.completions { try check(completion) }
        try checkCoherence(rollout.completions)
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

    /// Answers to one prompt come from one model, which gives the same bits to the same tokens in the same
    /// place, and whose choices at a place add up to no more than 1. No model is needed to see a group
    /// that contradicts itself.
    private func checkCoherence(_ completions: [Completion]) throws(RolloutError) {
        var groups = [completions.indices.map { $0 }], position = 0
        while let longest = groups.map(\.count).max(), longest > 1 {
            var next: [[Int]] = []
            for group in groups where group.count > 1 {
                var byToken: [Int32: [Int]] = [:]
                for index in group where position < completions[index].tokens.count {
                    byToken[completions[index].tokens[position], default: []].append(index)
                }
                var sum = 0.0
                for token in byToken.keys.sorted() {
                    let members = byToken[token] ?? []
                    let numbers = members.map { completions[$0].logProbabilities[position] }
                    guard numbers.allSatisfy({ $0 == numbers[0] }) else { throw .incoherent }
                    sum += Canonical.exp(Double(numbers[0]))
                    next.append(members)
                }
                guard sum <= Self.probabilityMax else { throw .incoherent }
            }
            groups = next
            position += 1
        }
    }

    /// What rounding may add to a sum of probabilities in fp32.
    static let probabilityMax = 1.001
}

extension Rollout {
    /// Tokens of all its answers.
    var tokenCount: Int { completions.reduce(0) { $0 + $1.tokens.count } }
}
