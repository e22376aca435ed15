/// Byte-pair merges (arXiv 1508.07909): which two tokens become which, and in what order.
struct MergeTable: Sendable {
    /// Rank in the high half, resulting token in the low half; lower ranks merge first.
    private var merges: [UInt64: UInt64] = [:]
    /// From so many tokens on, a heap is faster than looking for the lowest rank each time.
    static let heapStart = 48

    init(capacity: Int) { merges.reserveCapacity(capacity) }

    /// How many there are.
    var count: Int { merges.count }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Adds a merge; of two for one pair the later counts, as in the reference.
    mutating func insert(_ left: Int32, _ right: Int32, result: Int32, rank: Int) {
        merges[Self.key(left, right)] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: result))
    }

    private func merge(_ left: Int32, _ right: Int32) -> UInt64 {
        merges[Self.key(left, right)] ?? .max
    }

    private static func result(_ merge: UInt64) -> Int32 {
        Int32(bitPattern: UInt32(truncatingIfNeeded: merge))
    }

    /// Merges until none applies: always the lowest rank, of equal ones the leftmost.
    func apply(_ tokens: [Int32]) -> [Int32] {
        if tokens.count < 2 { return tokens }
        return tokens.count < Self.heapStart ? applyScanning(tokens) : applyHeap(tokens)
    }

    /// Quadratic, without allocation per merge.
    func applyScanning(_ input: [Int32]) -> [Int32] {
        var tokens = input
        var pairs = (0..<max(tokens.count - 1, 0)).map { merge(tokens[$0], tokens[$0 + 1]) }
        while true {
            var best = UInt64.max
            var position = 0
            // Ranks alone compare: the token in the low half must not break a tie.
            for (index, pair) in pairs.enumerated() where pair >> 32 < best >> 32 {
                best = pair
                position = index
            }
            guard best != .max else { return tokens }
            tokens[position] = Self.result(best)
            tokens.remove(at: position + 1)
            pairs.remove(at: position)
            if position > 0 { pairs[position - 1] = merge(tokens[position - 1], tokens[position]) }
            if position < pairs.count {
                pairs[position] = merge(tokens[position], tokens[position + 1])
            }
        }
    }

    /// O(n log n): a heap of candidate merges over a linked list of tokens.
    func applyHeap(_ input: [Int32]) -> [Int32] {
        var tokens = input
        var next = (1...tokens.count).map { $0 < input.count ? $0 : -1 }
        var previous = Array(-1..<(tokens.count - 1))
        var heap = MergeHeap()
        func push(_ left: Int) {
            guard left >= 0, next[left] >= 0 else { return }
            let found = merge(tokens[left], tokens[next[left]])
            guard found != .max else { return }
            heap.push(MergeHeap.Entry(rank: found >> 32, position: left, merge: found))
        }
        for position in 0..<(tokens.count - 1) { push(position) }
        while let top = heap.pop() {
            let left = top.position
            let right = next[left]
            // Either side may have merged since: then this candidate is no more.
            guard tokens[left] >= 0, right >= 0, merge(tokens[left], tokens[right]) == top.merge
            else { continue }
            tokens[left] = Self.result(top.merge)
            tokens[right] = -1
            next[left] = next[right]
            if next[right] >= 0 { previous[next[right]] = left }
            next[right] = -1
            push(previous[left])
            push(left)
        }
        return tokens.filter { $0 >= 0 }
    }
}

/// A binary heap of merges: lowest rank first, then leftmost.
private struct MergeHeap {
    struct Entry {
        let rank: UInt64
        let position: Int
        let merge: UInt64

        func precedes(_ other: Entry) -> Bool {
            rank != other.rank ? rank < other.rank : position < other.position
        }
    }

    private var entries: [Entry] = []

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, entries[child].precedes(entries[(child - 1) / 2]) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Entry? {
        guard let top = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return top }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child].precedes(entries[least]) {
                least = child
            }
            if least == parent { return top }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
