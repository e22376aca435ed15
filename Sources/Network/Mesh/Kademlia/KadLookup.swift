/// An iterative lookup: asks the nearest peers known, learns of nearer ones, and ends when the nearest have
/// answered (Kademlia 2.3).
///
/// Paths are disjoint (S/Kademlia, Baumgart and Mies 2007): each asks peers that no other has asked, so that
/// a liar leads only its own path astray.
public struct KadLookup: Sendable {
    private enum State: Sendable { case known, asked, answered, failed }
    private struct Candidate: Sendable {
        var peer: KadPeer
        let distance: KadKey
        var state = State.known
        /// The path that heard of it first.
        let path: Int
    }

    /// How a lookup goes on.
    public struct Config: Sendable, Hashable {
        /// Peers that are sought (k).
        public var count = 20
        /// Requests at a time (alpha).
        public var parallel = 10
        /// The nearest so many must have answered for an end (beta); all sought ones for stores.
        public var settled = 3
        /// Paths.
        public var paths = 2
        /// Peers that are asked at most.
        public var askedMax = 200
        /// Peers that are remembered at most.
        public var candidatesMax = 1000

        /// Go's values.
        public init() {}
    }

    /// What is sought.
    public let target: KadKey
    private let config: Config
    /// By distance.
    private var candidates: [Candidate] = []
    private var known: Set<[UInt8]> = []
    private var asked = 0, underway = 0
    private var isEnded = false

    /// A lookup that begins from the nearest peers known.
    public init(_ target: KadKey, from peers: [KadPeer], without own: [UInt8], config: Config = .init()) {
        self.target = target
        self.config = config
        known.insert(own)
        for (index, peer) in peers.enumerated() { insert(peer, path: index % max(1, config.paths)) }
    }

    private mutating func insert(_ peer: KadPeer, path: Int) {
        guard candidates.count < config.candidatesMax, known.insert(peer.id).inserted else { return }
        let distance = KadKey(of: peer.id).distance(to: target)
        let place = candidates.firstIndex { $0.distance > distance } ?? candidates.count
        candidates.insert(Candidate(peer: peer, distance: distance, path: path), at: place)
    }

    /// Peers to ask now; each is told by `answered` or `failed` what came of it.
    public mutating func next() -> [KadPeer] {
        var peers: [KadPeer] = []
        guard !isEnded else { return [] }
        // Each path asks its own nearest in turn.
        var path = asked
        var idle = 0
        while underway < config.parallel, asked < config.askedMax, idle < max(1, config.paths), !isSettled {
            let here = path % max(1, config.paths)
            path += 1
            guard let index = candidates.firstIndex(where: { $0.state == .known && $0.path == here }) else {
                idle += 1
                continue
            }
            idle = 0
            candidates[index].state = .asked
            (asked, underway) = (asked + 1, underway + 1)
            peers.append(candidates[index].peer)
        }
        return peers
    }

    /// A peer answered and told of these.
    public mutating func answered(_ id: [UInt8], closer: [KadPeer]) {
        guard let index = candidates.firstIndex(where: { $0.peer.id == id && $0.state == .asked }) else {
            return
        }
        candidates[index].state = .answered
        underway -= 1
        let path = candidates[index].path
        for peer in closer { insert(peer, path: path) }
    }

    /// A peer did not answer.
    public mutating func failed(_ id: [UInt8]) {
        guard let index = candidates.firstIndex(where: { $0.peer.id == id && $0.state == .asked }) else {
            return
        }
        candidates[index].state = .failed
        underway -= 1
    }

    /// Ends it before its time, when what was sought is found.
    public mutating func end() { isEnded = true }

    private var isSettled: Bool {
        let live = candidates.lazy.filter { $0.state != .failed }.prefix(config.settled)
        return live.count >= config.settled && live.allSatisfy { $0.state == .answered }
    }

    /// Whether nobody is left to ask, or the nearest have answered.
    public var isDone: Bool {
        if isEnded || isSettled { return true }
        guard underway == 0 else { return false }
        return asked >= config.askedMax || !candidates.contains { $0.state == .known }
    }

    /// The nearest peers that answered, nearest first.
    public var nearest: [KadPeer] {
        candidates.lazy.filter { $0.state == .answered }.prefix(config.count).map(\.peer)
    }
}
