import World

/// The peers that a node knows, more of those that are near to it (Maymounkov and Mazières 2002, 2.4).
///
/// One bucket for each number of leading bits shared with the node's own place. A full bucket keeps whom it
/// knows: who was up for long will be, and nobody can push them out by coming in crowds.
public struct KadRoutingTable: Sendable {
    private struct Entry: Sendable {
        var peer: KadPeer
        let place: KadKey
        var seen: Duration
        /// Requests in a row that it did not answer.
        var failures = 0
        /// Where it is, for the limit of peers from one network.
        let group: String
    }

    /// Whose table this is.
    public let own: KadKey
    private let ownID: [UInt8]
    /// Peers of a bucket.
    public let bucketSize: Int
    /// Peers of one group, in a bucket and in all.
    private let groupBucketMax: Int, groupMax: Int
    /// By bits shared.
    private var buckets: [[Entry]]
    /// Requests in a row without an answer, after which a peer makes room for others.
    private static let failuresMax = 2

    /// A table without peers.
    public init(of id: [UInt8], bucketSize: Int = 20, groupBucketMax: Int = 2, groupMax: Int = 10) {
        ownID = id
        own = KadKey(of: id)
        self.bucketSize = bucketSize
        (self.groupBucketMax, self.groupMax) = (groupBucketMax, groupMax)
        buckets = .init(repeating: [], count: KadKey.bitCount)
    }

    /// How many peers there are.
    public var count: Int { buckets.reduce(0) { $0 + $1.count } }

    /// Takes in a peer that answered, or knows it better.
    ///
    /// - Parameter group: the network it is in, such as an IPv4 /16; empty where that does not matter.
    /// - Returns: whether it is in the table.
    @discardableResult
    public mutating func insert(_ peer: KadPeer, group: String = "", now: Duration) -> Bool {
        guard peer.id != ownID else { return false }
        let place = KadKey(of: peer.id)
        let bucket = min(own.commonPrefix(with: place), KadKey.bitCount - 1)
        if let index = buckets[bucket].firstIndex(where: { $0.peer.id == peer.id }) {
            if !peer.addresses.isEmpty { buckets[bucket][index].peer = peer }
            buckets[bucket][index].seen = now
            buckets[bucket][index].failures = 0
            return true
        }
        if !group.isEmpty {
            let here = buckets[bucket].count { $0.group == group }
            let all = buckets.reduce(0) { $0 + $1.count { $0.group == group } }
            guard here < groupBucketMax, all < groupMax else { return false }
        }
        if buckets[bucket].count >= bucketSize {
            guard let dead = buckets[bucket].firstIndex(where: { $0.failures >= Self.failuresMax }) else {
                return false
            }
            buckets[bucket].remove(at: dead)
        }
        buckets[bucket].append(Entry(peer: peer, place: place, seen: now, group: group))
        return true
    }

    /// Notes that a peer did not answer; one that did not so often goes.
    public mutating func failed(_ id: [UInt8]) {
        let bucket = min(own.commonPrefix(with: KadKey(of: id)), KadKey.bitCount - 1)
        guard let index = buckets[bucket].firstIndex(where: { $0.peer.id == id }) else { return }
        buckets[bucket][index].failures += 1
        if buckets[bucket][index].failures > Self.failuresMax { buckets[bucket].remove(at: index) }
    }

    /// The peers nearest to a place, nearest first.
    public func nearest(to place: KadKey, count: Int) -> [KadPeer] {
        let known = buckets.joined().map { (distance: $0.place.distance(to: place), peer: $0.peer) }
        return known.sorted { $0.distance < $1.distance }.prefix(count).map(\.peer)
    }

    /// Places whose neighbourhoods nobody was met in since some time, to be looked up: one for each bucket up
    /// to the last that has somebody, and one after it.
    mutating func stale(since: Duration, using random: inout SeededGenerator) -> [KadKey] {
        let last = buckets.lastIndex { !$0.isEmpty } ?? -1
        return (0...min(last + 1, Self.refreshedMax)).compactMap { prefix -> KadKey? in
            guard !buckets[prefix].contains(where: { $0.seen > since }) else { return nil }
            return own.neighbour(sharing: prefix, using: &random)
        }
    }

    /// Deeper buckets than this are filled by looking oneself up.
    private static let refreshedMax = 15
}
