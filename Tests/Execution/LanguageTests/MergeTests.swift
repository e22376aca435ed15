import Foundation
import TestSupport
import Testing

@testable import Language

@Suite struct MergeTests {
    @Test func `the heap merges as the plain definition does`() {
        let start: UInt64 = 5
        print("seed \(start)")
        var seed = Seed(start)
        for _ in 0..<200 {
            let letters = Int32.random(in: 1...4, using: &seed)
            var table = MergeTable(capacity: 16)
            var next = letters
            for rank in 0..<20 {
                // Ranks repeat, so that ties are met.
                table.insert(
                    .random(in: 0..<next, using: &seed), .random(in: 0..<next, using: &seed),
                    result: next, rank: rank / 2)
                next += 1
            }
            let word = (0..<Int.random(in: 2...80, using: &seed)).map { _ in
                Int32.random(in: 0..<letters, using: &seed)
            }
            #expect(table.applyHeap(word) == table.applyScanning(word))
        }
    }

    @Test func `half precision widens exactly`() {
        for bits in UInt16.min...UInt16.max {
            let value = Widening.half(bits)
            #if arch(x86_64) && os(macOS)
            break
            #else
            let expected = Float(Float16(bitPattern: bits))
            #expect(value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN)
            #endif
        }
        #expect(Widening.half(1) == 0x1p-24)
        #expect(Widening.half(0xfbff) == -65504)
    }

    @Test(
        arguments: [
            (1.0, 0x3f80), (0x1.01p0, 0x3f80), (0x1.03p0, 0x3f82),
            (0x1.010002p0, 0x3f81), (-0.0, 0x8000), (.infinity, 0x7f80), (3.4e38, 0x7f80),
        ] as [(Float, UInt16)])
    func `fp32 rounds to bf16 with ties to even`(value: Float, bits: UInt16) {
        #expect(Widening.bfloatBits(value) == bits)
        #expect(
            Widening.bfloat(Widening.bfloatBits(Widening.bfloat(bits))) == Widening.bfloat(bits))
    }

    @Test func `NaN stays NaN in bf16`() {
        #expect(Widening.bfloat(Widening.bfloatBits(.nan)).isNaN)
        #expect(Widening.bfloat(Widening.bfloatBits(Float(bitPattern: 0x7f80_0001))).isNaN)
    }

    @Test(arguments: [
        ("e\u{301}", "\u{e9}"), ("\u{1100}\u{1161}\u{11a8}", "\u{ac01}"),
        ("\u{ac00}\u{11a8}", "\u{ac01}"),
        ("a\u{315}\u{300}", "\u{e0}\u{315}"), ("\u{212b}", "\u{c5}"), ("\u{958}", "\u{915}\u{93c}"),
        ("\u{1e9b}\u{323}", "\u{1e9b}\u{323}"), ("abc", "abc"),
        ("q\u{307}\u{323}", "q\u{323}\u{307}"),
        ("\u{f900}", "\u{8c48}"), ("a\u{300}\u{300}", "\u{e0}\u{300}"),
    ])
    func `text comes into form C`(text: String, composed: String) {
        let scalars = CanonicalComposition.normalized(text).unicodeScalars
        #expect(Array(scalars) == Array(composed.unicodeScalars))
    }
}
