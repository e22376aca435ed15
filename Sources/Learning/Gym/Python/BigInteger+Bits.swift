// Shifts and powers, as exact conversions between binary and decimal need them.

extension BigInteger {
    /// The magnitude times 2 to the power `count`, with the sign.
    func shiftedLeft(by count: Int) -> BigInteger {
        let (words, bits) = (count / 32, UInt64(count % 32))
        var result = [UInt32](repeating: 0, count: words)
        var carry: UInt64 = 0
        for word in magnitude {
            carry |= UInt64(word) << bits
            result.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        result.append(UInt32(carry))
        return BigInteger(negative: negative, magnitude: result)
    }

    /// The magnitude divided by 2 to the power `count` and rounded half to even, with the sign.
    func roundedRight(by count: Int) -> BigInteger {
        if count <= 0 { return self }
        let half = count - 1
        if bitWidth < count { return .zero }
        let below = magnitude.prefix(half / 32).contains { $0 != 0 } || lowBits(half) != 0
        let kept = droppingBits(count)
        let odd = kept.magnitude.first.map { $0 & 1 == 1 } ?? false
        let up = bit(half) && (below || odd)
        return BigInteger(
            negative: negative, magnitude: up ? (kept + 1).magnitude : kept.magnitude)
    }

    private func bit(_ position: Int) -> Bool {
        magnitude[position / 32] >> UInt32(position % 32) & 1 == 1
    }

    /// The bits below `position` in the word that holds it.
    private func lowBits(_ position: Int) -> UInt32 {
        magnitude[position / 32] & (1 << UInt32(position % 32) - 1)
    }

    private func droppingBits(_ count: Int) -> BigInteger {
        let (words, bits) = (count / 32, UInt64(count % 32))
        let rest = Array(magnitude.dropFirst(words))
        let shifted = rest.indices.map { i in
            let next = i + 1 < rest.count ? UInt64(rest[i + 1]) : 0
            return UInt32(truncatingIfNeeded: (next << 32 | UInt64(rest[i])) >> bits)
        }
        return BigInteger(negative: false, magnitude: shifted)
    }

    /// The number to the power `exponent`, from 0.
    func raised(to exponent: Int) -> BigInteger {
        (0..<exponent).reduce(BigInteger(1)) { power, _ in power * self }
    }

    /// Python's `hex(self)`.
    var hex: String {
        let words = magnitude.reversed().map { String($0, radix: 16) }
        let padded = words.dropFirst().map { String(repeating: "0", count: 8 - $0.count) + $0 }
        return (negative ? "-0x" : "0x") + (words.first ?? "0") + padded.joined()
    }
}
