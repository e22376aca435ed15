/// An order of `0..<count` that is computed place by place: four rounds of a Feistel network on the next
/// power of four, walked until the number is below the count (Black and Rogaway, CT-RSA 2002).
struct Permutation {
    let count: Int
    private let key: UInt64
    private let halfBits: UInt64

    init(count: Int, seed: Int, epoch: Int = 0) {
        self.count = count
        key = Self.mixed(UInt64(bitPattern: Int64(seed)) &+ Self.mixed(UInt64(epoch)))
        var bits: UInt64 = 1
        while 1 << (2 * bits) < count { bits += 1 }
        halfBits = bits
    }

    subscript(place: Int) -> Int {
        precondition((0..<count).contains(place), "a place among \(count)")
        let mask: UInt64 = (1 << halfBits) - 1
        var number = UInt64(place)
        repeat {
            var left = number >> halfBits, right = number & mask
            for round in 0..<4 as Range<UInt64> {
                (left, right) = (right, left ^ (Self.mixed(key &+ round << 58 &+ right) & mask))
            }
            number = left << halfBits | right
        } while number >= count
        return Int(number)
    }

    /// splitmix64's finaliser (Steele, Lea and Flood, OOPSLA 2014).
    private static func mixed(_ number: UInt64) -> UInt64 {
        var z = number &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
