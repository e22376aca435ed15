import Keys
import Synchronization

/// How messages fare in a simulated swarm.
public struct SimulatedNetwork: Hashable, Sendable {
    /// The least delay, and what a draw adds to it at most. Unequal delays reorder messages.
    public var delay = Duration.milliseconds(50), jitter = Duration.milliseconds(200)
    /// The share of messages that are lost, and of those that arrive twice.
    public var loss = 0.0, duplication = 0.0
    /// The share of spells in which a peer is cut off: it sends nothing and hears nothing.
    public var absence = 0.0
    /// How long a spell lasts.
    public var spell = Duration.seconds(10)
    /// What is taken from one peer for one round: rollouts, and their bytes in the canonical encoding.
    public var rolloutsPerPeer = 1024, bytesPerPeer = 16 << 20
    /// Rounds that are kept; older ones are forgotten.
    public var roundsKept = 4

    /// A quick network that loses nothing.
    public init() {}
}

/// A swarm in virtual time: messages are late, lost, doubled and reordered, and peers come and go, by draws
/// that are a function of the seed, of who speaks to whom, and of what is said. Threads cannot change it.
public final class SimulatedSwarm: Swarm {
    /// How messages fare.
    public let network: SimulatedNetwork

    /// What happened to messages.
    public struct Counters: Hashable, Sendable {
        /// Rollouts handed in, and of those: lost on the way, not sent because a peer was cut off, beyond
        /// what is taken from one peer.
        public var sent = 0, lost = 0, absent = 0, overLimit = 0
        /// Rollouts that arrive twice.
        public var doubled = 0

        /// Nothing happened.
        public init() {}
    }

    private struct Message {
        let sender: String
        let rollout: Rollout
        let arrival: Duration
        let order: UInt64
    }
    private struct Inbox: Hashable {
        let round: Int
        let peer: String
    }
    private struct State {
        var now = Duration.zero
        var inboxes: [Inbox: [Message]] = [:]
        var handedIn: [Int: [String: (ids: Set<RolloutID>, bytes: Int)]] = [:]
        var counters = Counters()
    }

    private let peers: [String]
    private let seed: UInt64
    private let state = Mutex(State())

    /// A swarm of some peers at time 0.
    public init(of peers: [String], _ network: SimulatedNetwork, seed: UInt64) {
        self.peers = peers.sorted()
        self.network = network
        self.seed = seed
    }

    /// Virtual time since the start.
    public var now: Duration { state.withLock(\.now) }

    /// What happened so far.
    public var counters: Counters { state.withLock(\.counters) }

    /// Lets time pass.
    public func advance(by step: Duration) {
        precondition(step >= .zero, "time does not go back")
        state.withLock { $0.now += step }
    }

    /// Sends what was not sent before, to each of the others.
    public func share(_ rollouts: [Rollout], of peer: String, round: Int) {
        // Hashing and counting bytes are left outside the lock.
        let named = rollouts.prefix(Self.rolloutCountMax).map { rollout in
            let bytes = RolloutPayload.encode([rollout])
            return (rollout: rollout, id: RolloutID(of: bytes), byteCount: bytes.count)
        }
        state.withLock { state in
            state.counters.sent += rollouts.count
            state.counters.overLimit += rollouts.count - named.count
            for item in named { send(item.rollout, item.id, item.byteCount, peer, round, &state) }
            while state.handedIn.count > network.roundsKept, let oldest = state.handedIn.keys.min() {
                state.handedIn[oldest] = nil
                state.inboxes = state.inboxes.filter { $0.key.round != oldest }
            }
        }
    }

    /// Rollouts that are looked at in one call.
    static let rolloutCountMax = 1 << 16

    /// What has arrived by now, in the order of arrival.
    public func received(ofRound round: Int, for peer: String) -> [Received] {
        state.withLock { state in
            (state.inboxes[Inbox(round: round, peer: peer)] ?? [])
                .filter { $0.arrival <= state.now }
                .sorted { ($0.arrival, $0.order) < ($1.arrival, $1.order) }
                .map { Received(sender: $0.sender, rollout: $0.rollout) }
        }
    }

    private func send(
        _ rollout: Rollout, _ id: RolloutID, _ byteCount: Int, _ sender: String, _ round: Int,
        _ state: inout State
    ) {
        var before = state.handedIn[round, default: [:]][sender] ?? (ids: [], bytes: 0)
        guard !before.ids.contains(id) else { return }
        guard before.ids.count < network.rolloutsPerPeer,
            before.bytes + byteCount <= network.bytesPerPeer
        else {
            state.counters.overLimit += 1
            return
        }
        before.ids.insert(id)
        before.bytes += byteCount
        state.handedIn[round, default: [:]][sender] = before
        guard !isAbsent(sender, at: state.now) else {
            state.counters.absent += 1
            return
        }
        for receiver in peers where receiver != sender {
            var random = CounterRandom(
                key: seed, stream: CounterRandom.number(for: "\(sender)>\(receiver)/\(round)/\(id)"))
            guard !random.isOne(of: network.loss) else {
                state.counters.lost += 1
                continue
            }
            let isDoubled = random.isOne(of: network.duplication)
            if isDoubled { state.counters.doubled += 1 }
            for _ in 0..<(isDoubled ? 2 : 1) {
                let arrival = state.now + network.delay + network.jitter * random.share()
                guard !isAbsent(receiver, at: arrival) else {
                    state.counters.absent += 1
                    continue
                }
                state.inboxes[Inbox(round: round, peer: receiver), default: []].append(
                    Message(
                        sender: sender, rollout: rollout, arrival: arrival,
                        order: UInt64(random.word()) << 32 | UInt64(random.word())))
            }
        }
    }

    /// Whether a peer is cut off in the spell that a moment falls into.
    public func isAbsent(_ peer: String, at moment: Duration) -> Bool {
        guard network.absence > 0 else { return false }
        let spell = Int(moment / network.spell)
        var random = CounterRandom(
            key: seed ^ 0x4348_5552, stream: CounterRandom.number(for: "\(peer)/\(spell)"))
        return random.isOne(of: network.absence)
    }
}

extension CounterRandom {
    /// A number from 0 to below 1, of 32 bits.
    mutating func share() -> Double { Double(word()) / 4_294_967_296 }

    /// True with a probability.
    mutating func isOne(of probability: Double) -> Bool { probability > 0 && share() < probability }
}
