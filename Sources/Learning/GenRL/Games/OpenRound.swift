import Keys

/// A round between its first answer and its being forgotten.
struct OpenRound {
    /// The trees of a round: in games of one's own tasks each peer has its own.
    struct TreeName: Hashable {
        var owner: String
        var task: TaskID
    }

    /// A peer's prompt, which it may answer once.
    struct Place: Hashable {
        var peer: String
        var task: TaskID
        var stage: Int
        var turn: Int
    }

    let number: Int
    let tasks: [RoundTask]
    /// The stage to be played next.
    var stage = 0
    var trees: [TreeName: GameTree] = [:]
    /// Own moves, in the order they were made.
    var own: [Move] = []
    /// Moves of others that passed the checks.
    var external: [Move] = []
    /// Rollouts that were looked at, whatever came of it.
    var judged: Set<Digest> = []
    /// Moves of others that were learned from.
    var learned: Set<Digest> = []
    var taken: Set<Place> = []
    /// The tasks that others chose for the places of their rounds.
    var chosen: [ChosenPlace: TaskID] = [:]
    /// Rollouts beyond their senders' quotas, as last counted.
    var overQuotaCount = 0
    /// Tasks of others, made once.
    var assigned: [Assignment: [TaskID: Assigned]] = [:]

    /// Whose tasks; of which part, where a peer chooses.
    struct Assignment: Hashable {
        var owner: String
        var part: String?
    }

    /// A task and its place in its owner's round, where a peer chooses.
    struct Assigned {
        var task: RoundTask
        var place: Int?
    }

    /// A place of a peer's round.
    struct ChosenPlace: Hashable {
        var peer: String
        var place: Int
    }

    /// A node and the tree it stands in.
    struct Move {
        let tree: TreeName
        let node: GameNode
    }

    init(number: Int, tasks: [RoundTask]) {
        self.number = number
        self.tasks = tasks
    }

    /// The tree of a name, made where it is not there.
    func tree(_ name: TreeName, of task: RoundTask) -> GameTree { trees[name] ?? GameTree(task: task) }
}
