import Bytes
import Multiformats
import TestSupport
import Testing

@Suite struct `Text in a base` {
    static let names: [String: Multibase] = [
        "base58btc": .base58btc, "base32": .base32, "base36": .base36, "base64": .base64,
        "base64url": .base64url, "base16": .base16,
    ]

    @Test func `is what py-multibase writes`() throws {
        for entry in try FormatsGolden.load().multibase {
            let bytes = try Hex.bytes(entry.bytes)
            #expect(entry.texts.count >= Multibase.allCases.count - 1)
            for (name, text) in entry.texts {
                let base = try #require(Self.names[name])
                #expect(base.text(bytes) == text)
                let read = try Multibase.bytes(text)
                #expect(read.base == base && read.bytes == bytes)
            }
        }
    }

    /// github.com/multiformats/multibase, tests/leading_zero.csv and two_leading_zeros.csv.
    @Test(
        arguments: [
            "f00796573206d616e692021", "bab4wk4zanvqw42jaee", "k02lcpzo5yikidynfl", "z17paNL19xttacUY",
            "mAHllcyBtYW5pICE", "uAHllcyBtYW5pICE",
        ]) func `keeps zero bytes at its front`(text: String) throws
    {
        let bytes = [0] + Array("yes mani !".utf8)
        let read = try Multibase.bytes(text)
        #expect(read.bytes == bytes && read.base.text(bytes) == text)
    }

    @Test func `means the bytes that it was made of`() throws {
        let start = UInt64.random(in: 0...UInt64.max)
        var seed = Seed(start)
        for count in 0..<70 {
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &seed) }
            for place in bytes.indices.prefix(count % 4) { bytes[place] = 0 }
            for base in Multibase.allCases {
                let text = base.text(bytes)
                #expect(try Multibase.bytes(text).bytes == bytes, "\(text), seed \(start)")
            }
            #expect(try Base58.bytes(Base58.text(bytes)) == bytes, "seed \(start)")
        }
    }

    /// Every text of up to three characters: no two mean the same bytes, but for the case of letters.
    @Test(arguments: Multibase.allCases) func `means bytes that no other text does`(base: Multibase) {
        let characters = (0x21...0x7E).map { UInt8($0) }
        var texts: [[UInt8]: String] = [:]
        for first in characters {
            for second in [nil] + characters.map(Optional.some) {
                let word = String(decoding: [first] + (second.map { [$0] } ?? []), as: UTF8.self)
                let text = String(base.rawValue) + word
                guard let read = try? Multibase.bytes(text) else { continue }
                #expect(base.text(read.bytes).lowercased() == text.lowercased())
                if let other = texts[read.bytes] { #expect(other.lowercased() == text.lowercased()) }
                texts[read.bytes] = text
            }
        }
        #expect(texts.count > 50)
    }

    @Test(
        arguments: [
            ("", TextError.empty), ("?", .unknownBase("?")), ("z0", .notADigit(offset: 0)),
            ("zIl", .notADigit(offset: 0)), ("baaé", .notADigit(offset: 2)), ("b8", .notADigit(offset: 0)),
            ("ba", .notCanonical), ("bab", .notCanonical), ("f0", .notCanonical), ("mAB", .notCanonical),
            ("mAA==", .notADigit(offset: 2)), ("mA", .notCanonical),
        ] as [(String, TextError)]) func `is refused with a reason`(text: String, error: TextError)
    {
        #expect(throws: error) { try Multibase.bytes(text) }
    }

    @Test func `is short where it is one long number`() throws {
        let long = [UInt8](repeating: 0xFF, count: Base58.byteCountMax)
        #expect(try Base58.bytes(Base58.text(long)) == long)
        for prefix in ["z", "k"] {
            let text = prefix + String(repeating: "2", count: 100_000)
            #expect(throws: TextError.self) { try Multibase.bytes(text) }
            #expect(throws: TextError.self) {
                try Multibase.bytes(prefix + String(repeating: prefix == "z" ? "1" : "0", count: 257))
            }
        }
    }
}
