import Streams

/// When refusals of protocols go out: some at once, then a few in each turn.
///
/// Nodes of rust-libp2p open a protocol that was refused again at once, thousands of times a second; a peer
/// that waits for its answer is slowed by it, and costs next to nothing.
struct RefusalPace: Sendable {
    /// As many as a node may ask for that looks for what we speak.
    static let burst = 128
    static let perTurn = 16
    static let turn = Duration.milliseconds(100)

    private var left = burst
    private var filledAt = Duration.zero
    /// One for each stream at most, so that the limit of streams is its limit.
    private var held: [(id: YamuxStreamID, answer: [UInt8])] = []
    /// When refusals are to be released.
    private(set) var due: Duration?

    /// Whether the answer is kept for later; otherwise it may go out.
    mutating func holds(_ answer: [UInt8], for id: YamuxStreamID, now: Duration) -> Bool {
        fill(now)
        if held.isEmpty, left > 0 {
            left -= 1
            return false
        }
        held.append((id, answer))
        if due == nil { due = now + Self.turn }
        return true
    }

    /// What may go out by now, the oldest first.
    mutating func release(now: Duration) -> [(id: YamuxStreamID, answer: [UInt8])] {
        fill(now)
        let count = min(left, held.count)
        defer { held.removeFirst(count) }
        left -= count
        due = count == held.count ? nil : now + Self.turn
        return Array(held.prefix(count))
    }

    /// The answer of a stream that is not to be kept any longer; nil where none is.
    mutating func drop(_ id: YamuxStreamID) -> [UInt8]? {
        guard let index = held.firstIndex(where: { $0.id == id }) else { return nil }
        return held.remove(at: index).answer
    }

    private mutating func fill(_ now: Duration) {
        let turns = Int((now - filledAt) / Self.turn)
        guard turns > 0 else { return }
        filledAt = now
        // Fewer turns than fill it: their product cannot overflow.
        left = min(Self.burst, left + min(turns, Self.burst) * Self.perTurn)
    }
}
