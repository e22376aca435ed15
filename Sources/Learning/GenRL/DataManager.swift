/// The first of the four parts of a swarm: which tasks there are.
///
/// Tasks are functions of names and numbers, so that everybody can make everybody's tasks again.
public protocol DataManager: Sendable {
    /// The tasks of a peer in a round. A peer cannot choose them: others know which are its own.
    func tasks(of peer: String, round: Int) throws(TaskError) -> [RoundTask]
    /// A task by its name.
    func task(_ id: TaskID) throws(TaskError) -> RoundTask
    /// Tasks that are never trained on.
    func heldOut(_ count: Int) throws(TaskError) -> [RoundTask]
    /// What nodes may choose; nil where their tasks are given.
    var choice: TaskChoice? { get }
    /// The task of a peer in a place of a round, if it chooses a part there.
    func task(of peer: String, round: Int, place: Int, part: String) throws(TaskError) -> RoundTask
}

extension DataManager {
    /// Nothing.
    public var choice: TaskChoice? { nil }
    /// The task of that place: there are no parts to choose from.
    public func task(
        of peer: String, round: Int, place: Int, part: String
    ) throws(TaskError) -> RoundTask {
        let tasks = try tasks(of: peer, round: round)
        guard tasks.indices.contains(place) else { throw .noTask(part: part, attempts: 1) }
        return tasks[place]
    }
}
