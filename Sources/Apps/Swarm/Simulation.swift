public import GenRL

/// A swarm in virtual time with some peers that do not play fair.
public struct Simulation: Sendable, Equatable {
    /// How messages fare.
    public var network: SimulatedNetwork
    /// Virtual time between the answers of a round and learning from them.
    public var roundTime: Duration
    /// The nodes that do not play fair, by index.
    public var adversaries: [Int: Adversary]
    /// The seed of the network's draws.
    public var seed: UInt64

    /// A simulation; every node is fair unless said.
    public init(
        _ network: SimulatedNetwork = SimulatedNetwork(), roundTime: Duration = .seconds(1),
        adversaries: [Int: Adversary] = [:], seed: UInt64 = 0
    ) {
        self.network = network
        self.roundTime = roundTime
        self.adversaries = adversaries
        self.seed = seed
    }
}

/// The simulated network between the nodes of a run.
struct SimulatedExchange {
    let swarm: SimulatedSwarm
    private let simulation: Simulation

    init(_ simulation: Simulation, nodes: Int, staleness: Int) {
        var simulation = simulation
        // Rounds that are answered ahead, and those that are still learned from.
        simulation.network.roundsKept = max(simulation.network.roundsKept, 2 * staleness + 2)
        self.simulation = simulation
        swarm = SimulatedSwarm(
            of: (0..<nodes).map(SwarmConfig.peer), simulation.network, seed: simulation.seed)
    }

    /// The network as a node uses it.
    func swarm(ofNode index: Int) -> any Swarm {
        simulation.adversaries[index].map { TamperingSwarm($0, swarm) } ?? swarm
    }

    /// Lets messages travel.
    func passRound() { swarm.advance(by: simulation.roundTime) }
}

/// The question of a swarm among strangers: what do the fair nodes lose to those that are not?
public struct AttackExperiment: Sendable {
    /// How one of the two swarms did.
    public struct Side: Sendable {
        /// The mean reward of the fair nodes' own answers, round by round.
        public var curve = SwarmSummary(rewards: [])
        /// The mean reward of the same nodes on held-out questions at the end; nil where none were asked.
        public var heldOut: Float?
        /// Rollouts of others that fair nodes learned from.
        public var externalCount = 0
        /// Rollouts of others that fair nodes refused, by kind of fault.
        public var refused: [String: Int] = [:]
        /// What the network did to messages.
        public var messages = SimulatedSwarm.Counters()
        /// Seconds of work of all nodes together.
        public var workSeconds = 0.0
    }

    /// All nodes fair, and some of them not. Both sides are judged by the same nodes.
    public internal(set) var fair = Side(), attacked = Side()

    init() {}

    /// What the fair nodes lost: the share of their final reward; below 0 where they gained.
    public var loss: Float { fair.curve.last > 0 ? 1 - attacked.curve.last / fair.curve.last : 0 }

    /// Which node plays which part: the last nodes, one kind after the other.
    public static func adversaries(_ kinds: [Adversary], of nodes: Int) -> [Int: Adversary] {
        precondition(kinds.count < nodes, "some nodes are fair")
        return Dictionary(
            uniqueKeysWithValues: kinds.enumerated().map { (nodes - kinds.count + $0.offset, $0.element) })
    }
}
