/// Bytes in order, taken from the front without moving the rest each time.
struct ByteQueue: Sendable {
    /// An empty queue keeps no more storage than this: most streams are idle most of the time.
    private static let idleCapacityMax = 64 << 10

    private var bytes: [UInt8] = []
    private var head = 0

    /// How many bytes wait.
    var count: Int { bytes.count - head }
    /// Whether none wait.
    var isEmpty: Bool { head == bytes.count }

    /// Adds bytes at the end.
    mutating func append(_ more: UnsafeRawBufferPointer) {
        if head > count {
            // Less moves than was taken since the last move: constant work for each byte.
            bytes.removeFirst(head)
            head = 0
        }
        bytes.append(contentsOf: more.bindMemory(to: UInt8.self))
    }

    /// Moves the first `amount` bytes behind `output`.
    mutating func moveFirst(_ amount: Int, into output: inout [UInt8]) {
        precondition(amount <= count, "more bytes are taken than wait")
        bytes.withUnsafeBufferPointer {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: $0[head..<head + amount]))
        }
        head += amount
        guard isEmpty else { return }
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.idleCapacityMax)
        head = 0
    }
}

/// Numbers in order; those at the front are taken without moving the rest each time.
struct IDQueue: Sendable {
    private var ids: [UInt32] = []
    private var head = 0

    /// How many wait.
    var count: Int { ids.count - head }

    /// Adds one at the end.
    mutating func append(_ id: UInt32) {
        if head > count {
            ids.removeFirst(head)
            head = 0
        }
        ids.append(id)
    }

    /// Takes the first; nil when none waits.
    mutating func popFirst() -> UInt32? {
        guard head < ids.count else { return nil }
        defer { head += 1 }
        return ids[head]
    }

    /// The first; nil when none waits.
    var first: UInt32? { head < ids.count ? ids[head] : nil }
}

/// How often something may happen: `burst` times at once, and `perSecond` in the long run.
struct RateAllowance: Sendable {
    private let burst: Double
    private let perSecond: Double
    private var level: Double
    private var updated: Duration?

    init(_ rate: YamuxLimits.Rate) {
        burst = Double(rate.burst)
        perSecond = Double(rate.perSecond)
        level = burst
    }

    /// Whether it may happen once more.
    mutating func take(now: Duration) -> Bool {
        if let updated, now > updated {
            let elapsed = (now - updated) / .seconds(1)
            level = min(burst, level + elapsed * perSecond)
        }
        updated = max(updated ?? now, now)
        guard level >= 1 else { return false }
        level -= 1
        return true
    }
}
