/// NumPy's `default_rng(seed)`, bit for bit: a permuted congruential generator of 128 bits with the
/// seeding of `SeedSequence`, and the two draws that task formats use.
struct NumpyGenerator {
    /// A number of 128 bits; the standard library's own is too new for some systems.
    private struct Wide {
        var high: UInt64
        var low: UInt64

        static func * (a: Wide, b: Wide) -> Wide {
            let (high, low) = a.low.multipliedFullWidth(by: b.low)
            return Wide(high: high &+ a.high &* b.low &+ a.low &* b.high, low: low)
        }

        static func + (a: Wide, b: Wide) -> Wide {
            let (low, carry) = a.low.addingReportingOverflow(b.low)
            return Wide(high: a.high &+ b.high &+ (carry ? 1 : 0), low: low)
        }
    }

    private static let factor = Wide(high: 0x2360_ed05_1fc6_5da4, low: 0x4385_df64_9fcc_f645)
    private var state = Wide(high: 0, low: 0)
    private let increment: Wide
    /// The upper half of the last 64 bits, which the next draw of 32 bits takes.
    private var half: UInt32?

    init(seed: UInt64) {
        let words = Self.spread(seed)
        increment = Wide(high: words[2] << 1 | words[3] >> 63, low: words[3] << 1 | 1)
        step()
        state = state + Wide(high: words[0], low: words[1])
        step()
    }

    private mutating func step() { state = state * Self.factor + increment }

    private mutating func next64() -> UInt64 {
        step()
        let (mixed, turn) = (state.high ^ state.low, state.high >> 58)
        return mixed >> turn | mixed << (64 - turn)
    }

    private mutating func next32() -> UInt32 {
        if let kept = half {
            half = nil
            return kept
        }
        let word = next64()
        half = UInt32(word >> 32)
        return UInt32(truncatingIfNeeded: word)
    }

    // MARK: Seeding

    /// Four words of 64 bits from a seed, as `SeedSequence` makes them from a pool of four words.
    private static func spread(_ seed: UInt64) -> [UInt64] {
        var hash: UInt32 = 0x43b0_d7e5
        func hashed(_ word: UInt32) -> UInt32 {
            var value = word ^ hash
            hash = hash &* 0x931e_8875
            value = value &* hash
            return value ^ value >> 16
        }
        let entropy = [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32), 0, 0]
        var pool = entropy.map(hashed)
        for source in 0..<4 {
            for target in 0..<4 where target != source {
                let mixed = pool[target] &* 0xca01_f9dd &- hashed(pool[source]) &* 0x4973_f715
                pool[target] = mixed ^ mixed >> 16
            }
        }
        hash = 0x8b51_f9dd
        let words = (0..<8).map { i -> UInt64 in
            var value = pool[i % 4] ^ hash
            hash = hash &* 0x58f3_8ded
            value = value &* hash
            return UInt64(value ^ value >> 16)
        }
        return stride(from: 0, to: 8, by: 2).map { words[$0] | words[$0 + 1] << 32 }
    }

    // MARK: The draws

    /// `integers(low, high)`: the upper end does not belong to the range.
    ///
    /// Spans are below 2^32.
    mutating func integers(_ low: Int, _ high: Int) -> Int {
        precondition(low < high && high - low < 1 << 32, "a span of 1 to 2^32 - 1")
        return low + Int(below(UInt32(high - low)))
    }

    /// Lemire's method; nothing is drawn where there is nothing to choose.
    private mutating func below(_ bound: UInt32) -> UInt32 {
        if bound == 1 { return 0 }
        var product = next32().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold {
                product = next32().multipliedFullWidth(by: bound)
            }
        }
        return product.high
    }

    /// `choice(items)`.
    mutating func choice<Item>(_ items: [Item]) -> Item { items[integers(0, items.count)] }

    /// `choice(items, size=count, replace=False)` for less than 10,000 items: Floyd's selection,
    /// then a shuffle.
    mutating func choice<Item>(_ items: [Item], distinct count: Int) -> [Item] {
        precondition(count <= items.count && items.count <= 10_000, "a small population")
        var chosen: [Int] = []
        for last in (items.count - count)..<items.count {
            let drawn = integers(0, last + 1)
            chosen.append(chosen.contains(drawn) ? last : drawn)
        }
        for i in stride(from: count - 1, to: 0, by: -1) { chosen.swapAt(i, integers(0, i + 1)) }
        return chosen.map { items[$0] }
    }
}
