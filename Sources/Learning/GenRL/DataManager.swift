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
}
