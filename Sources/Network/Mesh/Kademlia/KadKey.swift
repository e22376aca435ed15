import Keys

/// A place in Kademlia's space of 256 bits: the SHA-256 of a peer id or of a record's key
/// (github.com/libp2p/specs, kad-dht).
public struct KadKey: Hashable, Comparable, Sendable {
    private let words: SIMD4<UInt64>

    /// The place of some bytes.
    public init(of bytes: [UInt8]) { self.init(Digest(of: bytes).bytes) }

    /// A place by its 32 bytes.
    init(_ bytes: [UInt8]) {
        precondition(bytes.count == Digest.byteCount, "a place has 32 bytes")
        var words = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.words = words
    }

    private init(_ words: SIMD4<UInt64>) { self.words = words }

    /// How far two places are from each other, as a number that compares: their exclusive or.
    public func distance(to other: KadKey) -> KadKey { KadKey(words ^ other.words) }

    /// How many bits two places share from the first on, 0 to 256.
    public func commonPrefix(with other: KadKey) -> Int {
        let difference = words ^ other.words
        for index in 0..<4 where difference[index] != 0 {
            return 64 * index + difference[index].leadingZeroBitCount
        }
        return Self.bitCount
    }

    /// Bits of a place.
    static let bitCount = 256

    /// A place that shares exactly so many bits with this one, the rest drawn.
    func neighbour(sharing prefix: Int, using random: inout some RandomNumberGenerator) -> KadKey {
        precondition((0..<Self.bitCount).contains(prefix), "nothing else shares all bits")
        var drawn = SIMD4<UInt64>.random(in: 0 ... .max, using: &random)
        let (word, bit) = (prefix / 64, prefix % 64)
        for index in 0..<word { drawn[index] = words[index] }
        let kept: UInt64 = bit == 0 ? 0 : ~0 << UInt64(64 - bit)
        let flipped: UInt64 = 1 << UInt64(63 - bit)
        drawn[word] = words[word] & kept | ~words[word] & flipped | drawn[word] & ~(kept | flipped)
        return KadKey(drawn)
    }

    /// Order of the numbers.
    public static func < (left: KadKey, right: KadKey) -> Bool {
        for index in 0..<4 where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }
}
