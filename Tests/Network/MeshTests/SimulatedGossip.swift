import Bytes
import Keys
import World

@testable import Mesh

/// Many routers in one process under a virtual clock: a function of its seed.
struct SimulatedGossip {
    /// What a node does with what it gets.
    enum Conduct { case honest, silent, liar }

    private enum Event {
        case rpc([UInt8], from: Int, to: Int)
        case checked(GossipMessage, GossipRouter.Verdict, at: Int)
        case heartbeat(Int)
        case publish(GossipMessage, at: Int)
    }

    static let topic = "/starling/test"

    private(set) var routers: [GossipRouter]
    let conduct: [Conduct]
    private(set) var now = Duration.zero
    /// Who got what when, in order.
    private(set) var trace = SHA256Hasher()
    /// Nodes that got each message, and after how long the last.
    private(set) var deliveries: [GossipMessageID: [(node: Int, after: Duration)]] = [:]
    private(set) var published: [GossipMessageID: (by: Int, at: Duration)] = [:]
    /// Messages that went over links, and bytes.
    private(set) var sentMessages = 0, sentBytes = 0
    /// Links that carry nothing while this holds.
    var isCut: (Int, Int) -> Bool = { _, _ in false }

    /// By node: its neighbours, whose place is their slot.
    private var neighbours: [[Int]]
    private var queue = EventQueue<Event>()
    private var random: SeededGenerator
    private let delays: ClosedRange<Int>

    /// Nodes that each dial so many others.
    init(
        nodes: Int, dials: Int, seed: UInt64, delayMilliseconds: ClosedRange<Int> = 10...100,
        config: GossipConfig = .init(), conduct: (Int) -> Conduct = { _ in .honest }
    ) {
        random = SeededGenerator(seed: seed)
        delays = delayMilliseconds
        routers = (0..<nodes).map { GossipRouter(config, seed: seed &+ UInt64($0) &* 7919) }
        self.conduct = (0..<nodes).map(conduct)
        neighbours = .init(repeating: [], count: nodes)
        for node in 0..<nodes {
            var dialled = 0
            while dialled < min(dials, nodes - 1) {
                let other = Int.random(in: 0..<nodes, using: &random)
                guard other != node else { continue }
                dialled += 1
                guard !neighbours[node].contains(other) else { continue }
                connect(node, other)
            }
        }
        for node in 0..<nodes {
            perform(node) { $0.subscribe(Self.topic, now: $1, &$2) }
            let start = Duration.milliseconds(Int.random(in: 0..<1000, using: &random))
            queue.add(.heartbeat(node), at: start)
        }
    }

    private mutating func connect(_ node: Int, _ other: Int) {
        neighbours[node].append(other)
        neighbours[other].append(node)
        for (me, them, isOutbound) in [(node, other, true), (other, node, false)] {
            let slot = neighbours[me].count - 1
            perform(me) {
                $0.connected(
                    GossipPeer(slot), id: Array("\(them)".utf8), version: .v12, isOutbound: isOutbound,
                    address: "", now: $1, &$2)
            }
        }
    }

    /// Publishes a message at a time.
    mutating func publish(_ number: Int, at node: Int, after delay: Duration, byteCount: Int = 200) {
        let sequence = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
        let message = GossipMessage(
            from: Array("\(node)".utf8), data: .init(repeating: UInt8(number & 255), count: byteCount),
            sequence: sequence, topic: Self.topic)
        published[message.id] = (node, now + delay)
        queue.add(.publish(message, at: node), at: now + delay)
    }

    /// Lets time pass.
    mutating func run(until end: Duration) throws {
        while let (time, event) = queue.next(before: end) {
            now = time
            switch event {
            case .heartbeat(let node):
                perform(node) { $0.heartbeat(now: $1, &$2) }
                queue.add(.heartbeat(node), at: now + routers[node].config.heartbeat)
            case .publish(let message, let node):
                perform(node) { $0.publish(message, now: $1, &$2) }
            case .checked(let message, let verdict, let node):
                perform(node) { $0.checked(message, verdict, now: $1, &$2) }
            case .rpc(let bytes, let from, let to):
                guard !isCut(from, to), let slot = neighbours[to].firstIndex(of: from) else { continue }
                var actions: [GossipRouter.Action] = []
                try routers[to].received(bytes[...], from: GossipPeer(slot), now: now, &actions)
                carryOut(actions, of: to)
            }
        }
        now = end
    }

    private mutating func perform(
        _ node: Int, _ body: (inout GossipRouter, Duration, inout [GossipRouter.Action]) -> Void
    ) {
        var actions: [GossipRouter.Action] = []
        body(&routers[node], now, &actions)
        carryOut(actions, of: node)
    }

    private mutating func carryOut(_ actions: [GossipRouter.Action], of node: Int) {
        for action in actions {
            switch action {
            case .send(let bytes, let peer):
                let other = neighbours[node][peer.slot]
                sentMessages += 1
                sentBytes += bytes.count
                // A link's delay is its own; what is sent in order arrives in order.
                let delay = delays.lowerBound + (node * 7919 + other * 104_729) % delays.count
                queue.add(.rpc(bytes, from: node, to: other), at: now + .milliseconds(delay))
            case .check(let message, _):
                switch conduct[node] {
                case .honest: queue.add(.checked(message, .accept, at: node), at: now + .milliseconds(1))
                // It swallows what it gets.
                case .silent: break
                case .liar:
                    var changed = message
                    changed.data = Array("forged".utf8)
                    queue.add(.checked(changed, .accept, at: node), at: now + .milliseconds(1))
                }
            case .deliver(let message):
                guard conduct[node] == .honest else { continue }
                let since = published[message.id]?.at ?? now
                deliveries[message.id, default: []].append((node, now - since))
                trace.update("\(now) \(node) \(Hex.text(message.id.bytes))\n")
            case .join: break
            }
        }
    }

    /// The share of honest nodes that got each message, the publisher too.
    func delivered(_ id: GossipMessageID) -> Double {
        let honest = conduct.count { $0 == .honest }
        return Double(Set((deliveries[id] ?? []).map(\.node)).count) / Double(honest)
    }
}

/// Events by time, those of one time in the order they came.
struct EventQueue<Event> {
    private var heap: [(time: Duration, order: Int, event: Event)] = []
    private var count = 0

    mutating func add(_ event: Event, at time: Duration) {
        heap.append((time, count, event))
        count += 1
        var place = heap.count - 1
        while place > 0, isEarlier(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func next(before end: Duration) -> (Duration, Event)? {
        guard let first = heap.first, first.time < end else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var place = 0
            while true {
                var least = place
                for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                    if isEarlier(child, least) { least = child }
                }
                if least == place { break }
                heap.swapAt(place, least)
                place = least
            }
        }
        return (first.time, first.event)
    }

    private func isEarlier(_ left: Int, _ right: Int) -> Bool {
        (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order)
    }
}
