import TestSupport

/// Damages valid inputs: bits, lengths, pieces, words of the format.
struct Mutator {
    private var random: Seed
    private let seeds: [[UInt8]]
    private let words: [[UInt8]]
    static let countLimit = 1 << 14

    init(seed: UInt64, seeds: [[UInt8]], words: [String]) {
        random = Seed(seed)
        self.seeds = seeds
        self.words = words.map { Array($0.utf8) }
    }

    private mutating func below(_ limit: Int) -> Int {
        limit > 0 ? Int(random.next() % UInt64(limit)) : 0
    }

    private mutating func range(_ count: Int, _ longest: Int) -> Range<Int> {
        let low = below(count)
        return low..<min(count, low + 1 + below(longest))
    }

    mutating func next() -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(6) { damage(&bytes) }
        return Array(bytes.prefix(Self.countLimit))
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        switch below(9) {
        case 0: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
        case 1: bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes[below(bytes.count)] = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b][below(8)]
        case 3: bytes.removeSubrange(range(bytes.count, 16))
        case 4:
            let piece = bytes[range(bytes.count, 64)]
            bytes.insert(contentsOf: piece, at: below(bytes.count))
        case 5: bytes.removeLast(below(bytes.count))
        case 6:
            guard !words.isEmpty else { return }
            bytes.insert(contentsOf: words[below(words.count)], at: below(bytes.count + 1))
        case 7:
            // A number of four or eight bytes at its edges.
            let place = below(bytes.count)
            let edges: [UInt64] = [0, 1, 0x7fff_ffff, 0xffff_ffff, 1 << 40, .max, .max >> 1]
            let number = edges[below(edges.count)]
            for index in 0..<8 where place + index < bytes.count {
                bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index))
            }
        default:
            let other = seeds[below(seeds.count)]
            guard !other.isEmpty else { return }
            bytes.replaceSubrange(range(bytes.count, 64), with: other[range(other.count, 64)])
        }
    }
}
