public import Gym

/// Names a question of a swarm: whoever knows the swarm's environments makes the same question from it.
public struct TaskID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The part of the environment mix, by its name there.
    public let part: String
    /// The seed of the part: the one of training or the one that is held out.
    public let seed: Int
    /// The index under that seed.
    public let index: Int

    /// A task by its parts.
    public init(part: String, seed: Int, index: Int) {
        self.part = part
        self.seed = seed
        self.index = index
    }

    /// By part, then seed, then index: the order in which rollouts are trained on.
    public static func < (a: TaskID, b: TaskID) -> Bool {
        (a.part, a.seed, a.index) < (b.part, b.seed, b.index)
    }

    /// As `part/seed/index`.
    public var description: String { "\(part)/\(seed)/\(index)" }
}

/// A question made ready for a model.
public struct RoundTask: Sendable, Equatable {
    /// Its name.
    public let id: TaskID
    /// The question and what is needed to score an answer.
    public let entry: Entry
    /// The question as tokens, ready to be continued.
    public let prompt: [Int32]

    /// A task of these parts.
    public init(id: TaskID, entry: Entry, prompt: [Int32]) {
        self.id = id
        self.entry = entry
        self.prompt = prompt
    }
}

/// Why a task cannot be made.
public enum TaskError: Error, Hashable, CustomStringConvertible {
    /// The mix has no part of this name.
    case unknownPart(String, valid: [String])
    /// The seed is neither that of training nor the held-out one.
    case unknownSeed(TaskID)
    /// The index is below 0 or beyond the largest.
    case indexOutOfRange(TaskID, count: Int)
    /// The environment has no question there.
    case notGenerated(TaskID, reason: String)
    /// The question has too many tokens, or none.
    case badPrompt(TaskID, tokens: Int, max: Int)
    /// No index tried gave a question that fits.
    case noTask(part: String, attempts: Int)
    /// The mix itself is wrong.
    case badMix(reason: String)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .unknownPart(let part, let valid):
            "this swarm has no task part \"\(part)\"; it has \(valid.joined(separator: ", "))"
        case .unknownSeed(let id): "task \(id) has a seed of another swarm"
        case .indexOutOfRange(let id, let count): "task \(id) is outside 0..<\(count)"
        case .notGenerated(let id, let reason): "task \(id) cannot be made: \(reason)"
        case .badPrompt(let id, let tokens, let max):
            "task \(id) has \(tokens) prompt tokens where 1 to \(max) fit; allow longer prompts"
        case .noTask(let part, let attempts):
            "\(part): none of \(attempts) questions fits; allow longer prompts or ask for shorter ones"
        case .badMix(let reason): "the environment mix is not usable: \(reason)"
        }
    }
}
