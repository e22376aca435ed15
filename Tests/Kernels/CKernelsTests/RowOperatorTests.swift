import CKernels
import Foundation
import TestSupport
import Testing

@Suite struct RoPETests {
    @Test func `rotation has the same bits everywhere, also in place`() throws {
        try expectSameBits("rope", sizes: [1, 2, 7, 16, 32, 48, 100]) {
            context, half, numbers, seed in
            let rows = 40, heads = 3, width = heads * 2 * half + 5
            let a = numbers.take(rows * width, &seed)
            let cosine = numbers.take(50 * half, &seed), sine = numbers.take(50 * half, &seed)
            let positions = (0..<rows).map { _ in Int32(seed.next() % 50) }
            var result = [Float]()
            for inverse in [Int32(0), 1] {
                var y = a
                y.withUnsafeMutableBufferPointer { y in
                    ck_rope_f32(
                        context, rows, heads, 2 * half, y.baseAddress, width, positions, cosine,
                        sine,
                        inverse, y.baseAddress, width)
                }
                result += y
            }
            return result
        }
    }

    @Test
    func `the table holds the cosine and sine of each angle, and turning back restores the input`()
        throws
    {
        let half = 8, positions = 3000
        let frequency = (0..<half).map { Float(pow(10_000, -Double($0) / Double(half))) }
        var sine = [Float](repeating: 0, count: positions * half)
        let cosine = filled(positions * half) {
            ck_rope_table(positions, half, frequency, $0, &sine)
        }
        for p in stride(from: 0, to: positions, by: 13) {
            for i in 0..<half {
                let angle = Double(Float(p) * frequency[i])
                #expect(
                    cosine[p * half + i] == Float(cos(angle))
                        && sine[p * half + i] == Float(sin(angle)))
            }
        }
        var seed = Seed(9)
        let a = Numbers.plain.take(2 * half, &seed), context = try RowContext.scalar()
        func turned(_ x: [Float], inverse: Int32) -> [Float] {
            filled(2 * half) {
                ck_rope_f32(
                    context.pointer, 1, 1, 2 * half, x, 2 * half, [2999], cosine, sine, inverse, $0,
                    2 * half)
            }
        }
        let there = turned(a, inverse: 0), back = turned(there, inverse: 1)
        #expect(zip(a, back).allSatisfy { abs($0 - $1) < 4e-6 })
        let angle = Double(Float(2999) * frequency[3])
        let exact = Double(a[3]) * cos(angle) - Double(a[3 + half]) * sin(angle)
        #expect(abs(Double(there[3]) - exact) < 2e-6)
    }
}

@Suite struct EmbeddingTests {
    @Test func `rows come from plain and packed tables, fp32 and bf16`() throws {
        let vocabulary = 70, n = 37, rows = 900
        var seed = Seed(21)
        let table = Numbers.plain.take(vocabulary * n, &seed).map {
            Float(bitPattern: $0.bitPattern & 0xFFFF_0000)
        }
        let ids = (0..<rows).map { _ in Int32(seed.next() % UInt64(vocabulary + 2)) - 1 }
        let panels = (vocabulary + 31) / 32
        var packed = [Float](repeating: 0, count: panels * n * 32)
        var pairs = [UInt32](repeating: 0, count: panels * ((n + 1) / 2) * 32)
        for v in 0..<vocabulary {
            for j in 0..<n {
                packed[(v / 32 * n + j) * 32 + v % 32] = table[v * n + j]
                let half = table[v * n + j].bitPattern >> 16
                pairs[(v / 32 * ((n + 1) / 2) + j / 2) * 32 + v % 32] |=
                    j % 2 == 0 ? half << 16 : half
            }
        }
        let halves = table.map { UInt16($0.bitPattern >> 16) }
        let expected = ids.flatMap { id -> [Float] in
            id < 0 || id >= vocabulary
                ? [Float](repeating: 0, count: n) : Array(table[(Int(id) * n)..<(Int(id) * n + n)])
        }
        for context in try RowContext.all() {
            func rowsOf(_ table: UnsafeRawPointer, _ type: ck_dtype, _ packed: Int32) -> [Float] {
                filled(rows * n) {
                    ck_embedding_f32(
                        context.pointer, rows, n, vocabulary, table, type, packed, ids, $0)
                }
            }
            #expect(rowsOf(table, CK_F32, 0) == expected)
            #expect(rowsOf(packed, CK_F32, 1) == expected)
            #expect(rowsOf(halves, CK_BF16, 0) == expected)
            #expect(rowsOf(pairs, CK_BF16, 1) == expected)
        }
    }

    @Test(arguments: [1, 37, 600]) func `the gradient of an id is the chain over its tokens`(n: Int)
        throws
    {
        let vocabulary = 50, rows = 400
        var seed = Seed(UInt64(n))
        let ids = (0..<rows).map { _ in Int32(seed.next() % 60) - 5 }
        let dy = Numbers.wide.take(rows * n, &seed),
            before = Numbers.wide.take(vocabulary * n, &seed)
        var chains = [Float](repeating: 0, count: vocabulary * n), added = before
        for (i, id) in ids.enumerated() where id >= 0 && id < vocabulary {
            for j in 0..<n { chains[Int(id) * n + j] += dy[i * n + j] }
        }
        for id in Set(ids) where id >= 0 && id < vocabulary {
            for j in 0..<n { added[Int(id) * n + j] += chains[Int(id) * n + j] }
        }
        for context in try RowContext.all() {
            var table = before
            ck_embedding_backward_f32(context.pointer, rows, n, vocabulary, ids, dy, &table, 1)
            #expect(firstUnequal(table, added) == nil, "\(context.name)")
            ck_embedding_backward_f32(context.pointer, rows, n, vocabulary, ids, dy, &table, 0)
            #expect(firstUnequal(table, chains) == nil, "\(context.name)")
        }
    }
}

@Suite struct AdamWTests {
    static let constants = ck_adamw(
        rate: 1e-3, beta1: 0.9, beta2: 0.95, a1: 0.1, a2: 0.05, c1: 2.5, c2: 3.5, epsilon: 1e-8,
        decay: 0.999)

    @Test func `three steps have the same bits everywhere`() throws {
        try expectSameBits("adamw", sizes: longLengths) { context, n, numbers, seed in
            var p = numbers.take(n, &seed), m = numbers.take(n, &seed)
            var v = numbers.take(n, &seed).map(abs)
            var constants = Self.constants
            for _ in 0..<3 {
                ck_adamw_f32(context, n, &constants, [0.7], numbers.take(n, &seed), &p, &m, &v)
            }
            return p + m + v
        }
    }

    @Test func `a step is the published formula`() throws {
        let context = try RowContext.scalar()
        var seed = Seed(1), p = Numbers.plain.take(9, &seed), constants = Self.constants
        var m = [Float](repeating: 0.5, count: 9), v = [Float](repeating: 2, count: 9)
        let before = p, g = Numbers.plain.take(9, &seed)
        ck_adamw_f32(context.pointer, 9, &constants, [0.5], g, &p, &m, &v)
        for i in 0..<9 {
            let d = Double(g[i]) / 2, newM = 0.9 * 0.5 + 0.1 * d, newV = 0.95 * 2 + 0.05 * d * d
            let exact =
                Double(before[i]) * 0.999 - 1e-3 * newM * 2.5 / ((newV * 3.5).squareRoot() + 1e-8)
            #expect(abs(Double(m[i]) - newM) < 1e-6 && abs(Double(v[i]) - newV) < 1e-6)
            #expect(abs(Double(p[i]) - exact) < 1e-6)
        }
    }
}
