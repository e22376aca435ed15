/// Messages of the last heartbeats: what others may ask for, and what they are told of.
struct GossipHistory: Sendable {
    private struct Entry {
        var message: GossipMessage
        /// How often each peer asked for it, by peer.
        var asked: [(peer: GossipPeer, count: Int)] = []
    }

    private var entries: [GossipMessageID: Entry] = [:]
    /// Ids by heartbeat, the present one first.
    private var windows: [[(id: GossipMessageID, topic: String)]]
    private var byteCount = 0
    private let byteCountMax: Int

    init(_ config: GossipConfig) {
        windows = .init(repeating: [], count: max(1, config.historyLength))
        byteCountMax = config.historyBytesMax
    }

    subscript(_ id: GossipMessageID) -> GossipMessage? { entries[id]?.message }

    mutating func insert(_ message: GossipMessage, _ id: GossipMessageID) {
        guard entries[id] == nil, message.data.count <= byteCountMax else { return }
        while byteCount + message.data.count > byteCountMax, dropOldest() {}
        entries[id] = Entry(message: message)
        windows[0].append((id, message.topic))
        byteCount += message.data.count
    }

    /// A message for a peer that asks, and how often it did.
    mutating func ask(_ id: GossipMessageID, by peer: GossipPeer) -> (message: GossipMessage, count: Int)? {
        guard var entry = entries[id] else { return nil }
        let count: Int
        if let place = entry.asked.firstIndex(where: { $0.peer == peer }) {
            entry.asked[place].count += 1
            count = entry.asked[place].count
        } else {
            entry.asked.append((peer, 1))
            count = 1
        }
        entries[id] = entry
        return (entry.message, count)
    }

    /// Ids of a topic in the last so many heartbeats.
    func ids(of topic: String, heartbeats: Int) -> [GossipMessageID] {
        windows.prefix(heartbeats).flatMap { window in
            window.filter { $0.topic == topic }.map(\.id)
        }
    }

    mutating func heartbeat() {
        for (id, _) in windows.removeLast() { remove(id) }
        windows.insert([], at: 0)
    }

    private mutating func dropOldest() -> Bool {
        guard let place = windows.lastIndex(where: { !$0.isEmpty }) else { return false }
        remove(windows[place].removeFirst().id)
        return true
    }

    private mutating func remove(_ id: GossipMessageID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        byteCount -= entry.message.data.count
    }
}

/// Ids that were met lately, so that a message is taken once.
struct GossipSeen: Sendable {
    private var known: Set<GossipMessageID> = []
    /// In order of arrival.
    private var order: [(id: GossipMessageID, since: Duration)] = []
    private var first = 0
    private let time: Duration, countMax: Int

    init(_ config: GossipConfig) { (time, countMax) = (config.seenTime, config.seenCountMax) }

    func contains(_ id: GossipMessageID) -> Bool { known.contains(id) }

    /// Takes an id in; false if it was known.
    mutating func insert(_ id: GossipMessageID, now: Duration) -> Bool {
        guard known.insert(id).inserted else { return false }
        order.append((id, now))
        if known.count > countMax { removeFirst() }
        return true
    }

    mutating func forget(now: Duration) {
        while first < order.count, order[first].since + time < now { removeFirst() }
        if first > 1024, first * 2 > order.count {
            order.removeFirst(first)
            first = 0
        }
    }

    private mutating func removeFirst() {
        known.remove(order[first].id)
        first += 1
    }
}
