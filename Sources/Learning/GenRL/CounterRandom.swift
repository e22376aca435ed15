import Keys
import Tensor

/// Random choices that are a function of (key, stream, position): Philox4x32-10 read word by word.
///
/// The draws are written here and not taken from the standard library, whose algorithms may change
/// from version to version; a choice of a swarm must stay what it was.
public struct CounterRandom: Sendable {
    private let key: UInt64, stream: UInt64
    private var position: UInt64 = 0
    private var words: [UInt32] = []

    /// The choices of one stream of a key.
    public init(key: UInt64, stream: UInt64) {
        self.key = key
        self.stream = stream
    }

    /// The next 32 bits.
    public mutating func word() -> UInt32 {
        if words.isEmpty {
            words = Canonical.philox(key: key, stream: stream, index: position).reversed()
            position += 1
        }
        return words.removeLast()
    }

    /// A number in `0..<count`, each as likely: words above the largest multiple are drawn again.
    public mutating func draw(below count: Int) -> Int {
        precondition(count > 0 && count <= 1 << 31, "\(count) is no count to draw below")
        let bound = UInt64(count), limit = (1 << 32) - (1 << 32) % bound
        while true {
            let word = UInt64(word())
            if word < limit { return Int(word % bound) }
        }
    }

    /// `picks` different numbers of `0..<count`, ascending; all of them where there are no more.
    public mutating func choose(_ picks: Int, of count: Int) -> [Int] {
        guard picks < count else { return Array(0..<count) }
        var pool = Array(0..<count)
        for position in 0..<max(0, picks) {
            pool.swapAt(position, position + draw(below: count - position))
        }
        return pool.prefix(max(0, picks)).sorted()
    }

    /// The numbers of `0..<count` in a random order.
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for position in order.indices.dropLast() {
            order.swapAt(position, position + draw(below: count - position))
        }
        return order
    }

    /// A number for a name, the same on every machine.
    public static func number(for name: String) -> UInt64 {
        Digest(of: Array(name.utf8)).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
