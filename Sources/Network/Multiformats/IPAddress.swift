/// An address of the Internet Protocol, version 4 or 6.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Its 4 or 16 bytes.
    public let bytes: [UInt8]

    /// An address from its bytes; nil unless there are 4 or 16.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// An address from its text, without a zone; nil where it is none.
    ///
    /// Version 4 is four decimal numbers without leading zeros, for some programs read those as octal.
    public init?(text: String) {
        let text = Array(text.utf8)
        // The longest: six groups of four digits and a dotted quad.
        guard text.count <= 45, let bytes = Self.quad(text[...]) ?? Self.sixteen(text[...]) else {
            return nil
        }
        self.bytes = bytes
    }

    /// Whether it is of version 4.
    public var isVersion4: Bool { bytes.count == 4 }

    /// The version-4 address that a version-6 address stands for (RFC 4291, 2.5.5.2); nil for others.
    public var mapped: IPAddress? {
        guard bytes.starts(with: Self.mappedPrefix), bytes.count == 16 else { return nil }
        return IPAddress(bytes: bytes[12...])
    }

    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
}

// MARK: Reading

extension IPAddress {
    private static func quad(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard let number = Decimal.number(part, limit: 255) else { return nil }
            bytes.append(UInt8(number))
        }
        return bytes
    }

    private static func sixteen(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        let gap = text.indices.first {
            $0 + 1 < text.endIndex && text[$0] == colon && text[$0 + 1] == colon
        }
        guard let gap else {
            let bytes = groups(text, mayEndInQuad: true)
            return bytes?.count == 16 ? bytes : nil
        }
        let tail = text[(gap + 2)...]
        guard let left = groups(text[..<gap], mayEndInQuad: false),
            let right = groups(tail, mayEndInQuad: true), left.count + right.count <= 14
        else { return nil }
        return left + [UInt8](repeating: 0, count: 16 - left.count - right.count) + right
    }

    /// Groups of one to four hexadecimal digits between colons, the last one perhaps a dotted quad.
    private static func groups(_ text: ArraySlice<UInt8>, mayEndInQuad: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            if mayEndInQuad, place == parts.count - 1, let quad = quad(part) {
                bytes += quad
                continue
            }
            // A sign is no digit, though the standard library reads it.
            guard (1...4).contains(part.count), part.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 255)]
        }
        return bytes
    }
}

/// Decimal numbers written in one way only.
enum Decimal {
    /// The number that ASCII digits spell, without signs and leading zeros; nil beyond `limit`.
    static func number(_ text: some Collection<UInt8>, limit: UInt64) -> UInt64? {
        guard let first = text.first, first != 0x30 || text.count == 1 else { return nil }
        var value: UInt64 = 0
        for character in text {
            guard (0x30...0x39).contains(character) else { return nil }
            let (scaled, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, exceeds) = scaled.addingReportingOverflow(UInt64(character - 0x30))
            guard !overflows, !exceeds, sum <= limit else { return nil }
            value = sum
        }
        return value
    }
}

// MARK: Writing

extension IPAddress {
    /// The text of RFC 5952: lower case, the longest run of zero groups as `::`.
    public var description: String {
        if isVersion4 { return bytes.map(String.init).joined(separator: ".") }
        if let mapped { return "::ffff:\(mapped)" }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let gap = Self.longestGap(groups)
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard gap.count > 1 else { return text(groups[...]) }
        return text(groups[..<gap.lowerBound]) + "::" + text(groups[gap.upperBound...])
    }

    /// The longest run of zeros, the first of those.
    private static func longestGap(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0, start = 0
        for place in groups.indices {
            if groups[place] != 0 { start = place + 1 }
            if place + 1 - start > longest.count { longest = start..<(place + 1) }
        }
        return longest
    }
}

// MARK: Reach

extension IPAddress {
    /// From where an address can be reached (RFC 6890 and the registries it names).
    public enum Reach: Hashable, Sendable {
        /// This machine only.
        case loopback
        /// This link or site, or behind a provider's translator.
        case `private`
        /// Everywhere.
        case `public`
        /// Nowhere: no address of a machine, or one for documents and measurements.
        case nowhere
    }

    /// From where it can be reached.
    ///
    /// Addresses that wrap one of version 4 are as reachable as that.
    public var reach: Reach {
        if isVersion4 { return Self.reach(bytes, in: Self.version4) ?? .public }
        if let mapped { return mapped.reach }
        // Through translators (RFC 6052) and tunnels (RFC 3056).
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8)) {
            return IPAddress(bytes: bytes[12...])?.reach ?? .nowhere
        }
        if bytes.starts(with: [0x20, 0x02]) { return IPAddress(bytes: bytes[2..<6])?.reach ?? .nowhere }
        return Self.reach(bytes, in: Self.version6) ?? .nowhere
    }

    private typealias Block = (prefix: [UInt8], bitCount: Int, reach: Reach)

    private static func reach(_ bytes: [UInt8], in blocks: [Block]) -> Reach? {
        blocks.first { block in
            (0..<block.bitCount).allSatisfy { bit in
                let mask: UInt8 = 0x80 >> UInt8(bit & 7)
                let expected = bit >> 3 < block.prefix.count ? block.prefix[bit >> 3] : 0
                return (bytes[bit >> 3] ^ expected) & mask == 0
            }
        }?.reach
    }

    private static let version4: [Block] = [
        ([0], 8, .nowhere), ([10], 8, .private), ([100, 64], 10, .private), ([127], 8, .loopback),
        ([169, 254], 16, .private), ([172, 16], 12, .private), ([192, 0, 0], 24, .nowhere),
        ([192, 0, 2], 24, .nowhere), ([192, 168], 16, .private), ([198, 18], 15, .nowhere),
        ([198, 51, 100], 24, .nowhere), ([203, 0, 113], 24, .nowhere), ([224], 3, .nowhere),
    ]
    private static let version6: [Block] = [
        ([UInt8](repeating: 0, count: 15) + [1], 128, .loopback), ([0xFC], 7, .private),
        ([0xFE, 0x80], 10, .private), ([0x20, 0x01, 0x0D, 0xB8], 32, .nowhere),
        ([0x3F, 0xFF], 20, .nowhere), ([0x20], 3, .public),
    ]
}
