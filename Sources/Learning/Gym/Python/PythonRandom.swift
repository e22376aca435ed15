/// CPython's `random.Random`, bit for bit: the Mersenne Twister with its seeding and its draws.
///
/// An environment of Reasoning Gym is a function of this stream, so that two peers who name a task,
/// a seed and an index speak of the same question without sending it.
public struct PythonRandom: Sendable {
    private static let size = 624
    private static let middle = 397
    private var state = [UInt32](repeating: 0, count: size)
    private var position = size

    /// `random.Random(seed)`.
    public init(seed: Int) { self.init(key: BigInteger(seed).magnitude) }

    /// `random.Random(seed)` for an integer of any length; the sign is ignored, as CPython does.
    init(seed: BigInteger) { self.init(key: seed.magnitude) }

    /// The generator seeded with one word, as its authors and NumPy's `RandomState` do.
    init(word: UInt32) { seed(word: word) }

    /// Seeds from the 32-bit words of the seed, least significant first.
    private init(key words: [UInt32]) {
        let key = words.isEmpty ? [0] : words
        let n = Self.size
        seed(word: 19_650_218)
        var i = 1
        var j = 0
        for _ in 0..<max(n, key.count) {
            let previous = state[i - 1] ^ (state[i - 1] >> 30)
            let mixed = state[i] ^ (previous &* 1_664_525)
            state[i] = mixed &+ key[j] &+ UInt32(truncatingIfNeeded: j)
            i += 1
            j += 1
            if i == n { (state[0], i) = (state[n - 1], 1) }
            if j == key.count { j = 0 }
        }
        for _ in 0..<(n - 1) {
            let previous = state[i - 1] ^ (state[i - 1] >> 30)
            state[i] = (state[i] ^ (previous &* 1_566_083_941)) &- UInt32(truncatingIfNeeded: i)
            i += 1
            if i == n { (state[0], i) = (state[n - 1], 1) }
        }
        state[0] = 0x8000_0000
    }

    private mutating func seed(word: UInt32) {
        state[0] = word
        for i in 1..<Self.size {
            let previous = state[i - 1] ^ (state[i - 1] >> 30)
            state[i] = 1_812_433_253 &* previous &+ UInt32(truncatingIfNeeded: i)
        }
    }

    private mutating func twist() {
        let n = Self.size
        for i in 0..<n {
            let y = (state[i] & 0x8000_0000) | (state[(i + 1) % n] & 0x7fff_ffff)
            let mask: UInt32 = y & 1 == 0 ? 0 : 0x9908_b0df
            state[i] = state[(i + Self.middle) % n] ^ (y >> 1) ^ mask
        }
        position = 0
    }

    /// The next 32 bits of the generator.
    private mutating func nextWord() -> UInt32 {
        if position == Self.size { twist() }
        var y = state[position]
        position += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c_5680
        y ^= (y << 15) & 0xefc6_0000
        return y ^ (y >> 18)
    }
}

// MARK: The draws

extension PythonRandom {
    /// A number of `[0, 1)` with 53 random bits.
    public mutating func random() -> Double {
        let high = Double(nextWord() >> 5)
        let low = Double(nextWord() >> 6)
        return (high * 67_108_864 + low) * (1 / 9_007_199_254_740_992)
    }

    /// `getrandbits(count)` for at most 64 bits.
    public mutating func bits(_ count: Int) -> UInt64 {
        precondition((0...64).contains(count), "0 to 64 bits at a time; more come as a BigInteger")
        if count == 0 { return 0 }
        if count <= 32 { return UInt64(nextWord() >> UInt32(32 - count)) }
        let low = UInt64(nextWord())
        return low | UInt64(nextWord() >> UInt32(64 - count)) << 32
    }

    /// `getrandbits(count)`: words come least significant first.
    mutating func bigBits(_ count: Int) -> BigInteger {
        var words: [UInt32] = []
        var left = count
        while left > 0 {
            words.append(left >= 32 ? nextWord() : nextWord() >> UInt32(32 - left))
            left -= 32
        }
        return BigInteger(negative: false, magnitude: words)
    }

    /// A number of `0..<bound`, by rejection.
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a bound of at least 1")
        let count = Int.bitWidth - bound.leadingZeroBitCount
        while true {
            let drawn = bits(count)
            if drawn < UInt64(bound) { return Int(drawn) }
        }
    }

    private mutating func below(_ bound: BigInteger) -> BigInteger {
        while true {
            let drawn = bigBits(bound.bitWidth)
            if drawn < bound { return drawn }
        }
    }

    /// `randint(low, high)`: both ends belong to the range.
    ///
    /// Spans are below 2^63.
    public mutating func randint(_ low: Int, _ high: Int) -> Int {
        precondition(low <= high, "an empty range of integers")
        return low + below(high - low + 1)
    }

    /// `randint` over a range.
    public mutating func randint(_ range: ClosedRange<Int>) -> Int {
        randint(range.lowerBound, range.upperBound)
    }

    mutating func randint(_ low: BigInteger, _ high: BigInteger) -> BigInteger {
        precondition(low <= high, "an empty range of integers")
        return low + below(high - low + 1)
    }

    /// `randrange(start, stop, step)` with a positive step.
    public mutating func randrange(_ start: Int, _ stop: Int, step: Int = 1) -> Int {
        precondition(step > 0 && start < stop, "a range that is not empty and a positive step")
        return start + step * below((stop - start + step - 1) / step)
    }

    /// `uniform(low, high)`.
    public mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * random()
    }

    /// `choice(items)`.
    public mutating func choice<Item>(_ items: [Item]) -> Item {
        precondition(!items.isEmpty, "a choice needs items")
        return items[below(items.count)]
    }

    /// `choices(string.ascii_lowercase, k=picks)`.
    mutating func lowercaseLetters(_ picks: Int) -> [Unicode.Scalar] {
        choices(26, picks: picks).map { Unicode.Scalar(97 + UInt8($0)) }
    }

    /// `choices(range(count), k=picks)`: equal weights.
    public mutating func choices(_ count: Int, picks: Int) -> [Int] {
        (0..<picks).map { _ in Int(random() * Double(count)) }
    }

    /// `choices(range(weights.count), weights, k=picks)`: positions, with replacement.
    public mutating func choices(weights: [Double], picks: Int) -> [Int] {
        var sums: [Double] = []
        for weight in weights { sums.append((sums.last ?? 0) + weight) }
        guard let total = sums.last, total > 0, total.isFinite else {
            preconditionFailure("weights with a positive, finite sum")
        }
        return (0..<picks).map { _ in
            let point = random() * total
            return min(sums.firstIndex { point < $0 } ?? sums.count, sums.count - 1)
        }
    }

    /// `shuffle(items)`.
    public mutating func shuffle<Item>(_ items: inout [Item]) {
        for i in stride(from: items.count - 1, to: 0, by: -1) {
            items.swapAt(i, below(i + 1))
        }
    }

    /// `sample(items, k)`: without replacement.
    public mutating func sample<Item>(_ items: [Item], _ k: Int) -> [Item] {
        sample(below: items.count, k).map { items[$0] }
    }

    /// `sample(range(n), k)`, with no list of the whole range.
    ///
    /// Small populations are drawn from a pool, large ones by rejection; the border is CPython's,
    /// for it changes which numbers are drawn.
    public mutating func sample(below n: Int, _ k: Int) -> [Int] {
        precondition((0...n).contains(k), "a sample is no larger than its population")
        var setSize = 21
        if k > 5 {
            var power = 1
            while power < 3 * k { power *= 4 }
            setSize += power
        }
        if n <= setSize {
            var pool = Array(0..<n)
            return (0..<k).map { i in
                let j = below(n - i)
                defer { pool[j] = pool[n - i - 1] }
                return pool[j]
            }
        }
        var selected: Set<Int> = []
        return (0..<k).map { _ in
            var j = below(n)
            while !selected.insert(j).inserted { j = below(n) }
            return j
        }
    }
}
