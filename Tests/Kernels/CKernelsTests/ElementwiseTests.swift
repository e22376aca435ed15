import CKernels
import Foundation
import TestSupport
import Testing

@Suite struct ElementwiseTests {
    static let unary: [(String, ck_unary)] = [
        ("neg", CK_NEG), ("abs", CK_ABS), ("exp", CK_EXP), ("log", CK_LOG), ("tanh", CK_TANH),
        ("sigmoid", CK_SIGMOID), ("silu", CK_SILU), ("gelu", CK_GELU), ("relu", CK_RELU),
        ("square", CK_SQUARE), ("sqrt", CK_SQRT), ("reciprocal", CK_RECIPROCAL), ("sin", CK_SIN),
        ("cos", CK_COS), ("round to bf16", CK_ROUND_BF16),
    ]
    static let binary: [(String, ck_binary)] = [
        ("add", CK_ADD), ("sub", CK_SUB), ("mul", CK_MUL), ("div", CK_DIV), ("min", CK_MIN),
        ("max", CK_MAX), ("silu gradient", CK_SILU_GRAD), ("gelu gradient", CK_GELU_GRAD),
        ("step", CK_STEP),
    ]

    @Test func `functions of one number have the same bits everywhere`() throws {
        for (name, f) in Self.unary {
            try expectSameBits(name, sizes: longLengths) { context, n, numbers, seed in
                let a = numbers.take(n, &seed)
                return filled(n) { ck_unary_f32(context, f, n, a, $0) }
            }
        }
    }

    @Test func `functions of two numbers have the same bits everywhere, in all three broadcasts`()
        throws
    {
        for (name, f) in Self.binary {
            try expectSameBits(name, sizes: longLengths) { context, n, numbers, seed in
                let a = numbers.take(n, &seed), b = numbers.take(n, &seed)
                return filled(n) { ck_binary_f32(context, f, n, a, b, $0) }
            }
            try expectSameBits("\(name) by row and column", sizes: lengths) {
                context, n, numbers, seed in
                let r = rows(of: n)
                let a = numbers.take(r * n, &seed), b = numbers.take(max(n, r), &seed)
                return filled(r * n) { ck_binary_row_f32(context, f, r, n, a, b, $0) }
                    + filled(r * n) { ck_binary_column_f32(context, f, r, n, a, b, $0) }
            }
        }
    }

    @Test func `affine, scale, clamp, select and SwiGLU have the same bits everywhere`() throws {
        try expectSameBits("affine and others", sizes: longLengths) { context, n, numbers, seed in
            let a = numbers.take(n, &seed), b = numbers.take(n, &seed), c = numbers.take(n, &seed)
            var result = filled(n) { ck_affine_f32(context, n, a, 0.3, -1.7, $0) }
            result += filled(n) { ck_scale_by_f32(context, n, a, b, $0) }
            result += filled(n) { ck_clamp_f32(context, n, a, -1, 1.5, $0) }
            result += filled(n) { ck_select_f32(context, n, c, a, b, $0) }
            result += filled(n) { ck_swiglu_f32(context, n, a, b, $0) }
            var up = [Float](repeating: 0, count: n)
            result += filled(n) { ck_swiglu_backward_f32(context, n, a, b, c, $0, &up) }
            return result + up
        }
    }

    @Test func `an output may be its input`() throws {
        try expectSameBits("in place", sizes: [1, 16, 37, 20_000]) { context, n, numbers, seed in
            var a = numbers.take(n, &seed)
            let b = numbers.take(n, &seed)
            a.withUnsafeMutableBufferPointer { a in
                ck_unary_f32(context, CK_SILU, n, a.baseAddress, a.baseAddress)
                ck_binary_f32(context, CK_ADD, n, b, a.baseAddress, a.baseAddress)
                ck_swiglu_f32(context, n, a.baseAddress, b, a.baseAddress)
            }
            return a
        }
    }

    @Test func `the scalar functions are what their names say`() throws {
        let context = try RowContext.scalar()
        let x: [Float] = [-9, -3, -1, -0.25, 0, 0.5, 1, 2.5, 7, 20]
        func all(_ f: ck_unary) -> [Double] {
            filled(x.count) { ck_unary_f32(context.pointer, f, x.count, x, $0) }.map(Double.init)
        }
        func expect(_ f: ck_unary, _ exact: (Double) -> Double) {
            for (found, x) in zip(all(f), x.map(Double.init))
            where !exact(x).isNaN && exact(x).isFinite {
                #expect(abs(found - exact(x)) <= 4e-7 * abs(exact(x)), "\(f) at \(x)")
            }
        }
        expect(CK_NEG) { -$0 }
        expect(CK_ABS) { abs($0) }
        expect(CK_EXP) { exp($0) }
        expect(CK_LOG) { log($0) }
        expect(CK_TANH) { tanh($0) }
        expect(CK_SIGMOID) { 1 / (1 + exp(-$0)) }
        expect(CK_SILU) { $0 / (1 + exp(-$0)) }
        expect(CK_RELU) { max($0, 0) }
        expect(CK_SQUARE) { $0 * $0 }
        expect(CK_SQRT) { $0.squareRoot() }
        expect(CK_RECIPROCAL) { 1 / $0 }
        expect(CK_SIN) { sin($0) }
        expect(CK_COS) { cos($0) }
        for (found, x) in zip(all(CK_GELU), x.map(Double.init)) {
            let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
            #expect(abs(found - 0.5 * x * (1 + tanh(inner))) < 1e-6)
        }
        let edge: [Float] = [.nan, -.nan, -0.0]
        let relu = filled(3) { ck_unary_f32(context.pointer, CK_RELU, 3, edge, $0) }
        #expect(relu[0].isNaN && relu[1].isNaN && relu[2].bitPattern == 0x8000_0000)
    }

    @Test func `gradients of SiLU, GELU and SwiGLU are slopes`() throws {
        let context = try RowContext.scalar()
        func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }
        func gelu(_ x: Double) -> Double {
            0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        }
        func slope(_ f: (Double) -> Double, _ x: Double) -> Double {
            (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
        }
        let x = (-120...120).map { Float($0) / 10 }, n = x.count
        let ones = [Float](repeating: 1.5, count: n), up = x.map { $0 * 0.7 + 1 }
        let a = filled(n) { ck_binary_f32(context.pointer, CK_SILU_GRAD, n, x, ones, $0) }
        let b = filled(n) { ck_binary_f32(context.pointer, CK_GELU_GRAD, n, x, ones, $0) }
        var dUp = ones
        let dGate = filled(n) { ck_swiglu_backward_f32(context.pointer, n, x, up, ones, $0, &dUp) }
        for i in 0..<n {
            let at = Double(x[i])
            #expect(abs(Double(a[i]) - 1.5 * slope(silu, at)) < 2e-6)
            #expect(abs(Double(b[i]) - 1.5 * slope(gelu, at)) < 2e-6)
            #expect(abs(Double(dGate[i]) - 1.5 * Double(up[i]) * slope(silu, at)) < 2e-5)
            #expect(abs(Double(dUp[i]) - 1.5 * silu(at)) < 2e-5)
        }
        let far: [Float] = [-1e30, -50, 50, 1e30], one = [Float](repeating: 1, count: 4)
        let flat = filled(4) { ck_binary_f32(context.pointer, CK_GELU_GRAD, 4, far, one, $0) }
        #expect(abs(flat[0]) < 1e-30 && abs(flat[1]) < 1e-30 && flat[2] == 1 && flat[3] == 1)
    }

    @Test func `bf16 rounds to nearest even, flushes below 2^-56 and keeps what it can hold`()
        throws
    {
        for context in try RowContext.all() {
            let held = (0..<65_536).map { Float(bitPattern: UInt32($0) << 16) }
            var halves = [UInt16](repeating: 1, count: held.count)
            ck_f32_to_bf16(context.pointer, held.count, held, &halves)
            let back = filled(held.count) {
                ck_bf16_to_f32(context.pointer, held.count, halves, $0)
            }
            for (x, y) in zip(held, back) {
                if x.isNaN {
                    #expect(y.isNaN)
                } else if abs(x) < 0x1p-56 {
                    #expect(y.bitPattern == 0)
                } else {
                    #expect(x.bitPattern == y.bitPattern)
                }
            }
            let ties: [UInt32] = [
                0x3F80_8000, 0x3F81_8000, 0x3F80_8001, 0x3F80_7FFF, 0x7F7F_FFFF, 0xBF81_8000,
            ]
            let numbers = ties.map { Float(bitPattern: $0) }
            var rounded = [UInt16](repeating: 0, count: 6)
            ck_f32_to_bf16(context.pointer, 6, numbers, &rounded)
            #expect(rounded == [0x3F80, 0x3F82, 0x3F81, 0x3F80, 0x7F80, 0xBF82])
        }
    }

    @Test func `the first fault is found wherever it is`() throws {
        for context in try RowContext.all() {
            for n in [1, 15, 16, 70, 30_000] {
                var seed = Seed(UInt64(n))
                var a = Numbers.wide.take(n, &seed)
                #expect(ck_first_fault_f32(context.pointer, n, a) == -1)
                for at in [n - 1, n / 2, 0] {
                    a[at] = [Float.nan, .infinity, -.infinity][at % 3]
                    #expect(ck_first_fault_f32(context.pointer, n, a) == at)
                }
            }
        }
    }

    @Test func `copies, gathers and transposes move every element`() throws {
        for context in try RowContext.all() {
            for (rows, n) in [(1, 1), (3, 17), (16, 16), (33, 50), (200, 130)] {
                var seed = Seed(UInt64(rows))
                let a = Numbers.plain.take(2 * rows * n, &seed)
                let turned = filled(2 * rows * n) {
                    ck_transpose_f32(context.pointer, 2, rows, n, a, $0)
                }
                let ids = (0..<rows).map { _ in Int32(seed.next() % UInt64(rows)) }
                let gathered = filled(rows * n) {
                    ck_gather_rows_f32(context.pointer, rows, n, a, ids, $0)
                }
                let copied = filled(rows * (n + 3)) {
                    ck_copy_rows_f32(context.pointer, rows, n, a, 2 * n, $0, n + 3)
                }
                var wrong = 0
                for r in 0..<rows {
                    for c in 0..<n {
                        for b in 0..<2
                        where turned[(b * n + c) * rows + r] != a[(b * rows + r) * n + c] {
                            wrong += 1
                        }
                        if gathered[r * n + c] != a[Int(ids[r]) * n + c] { wrong += 1 }
                        if copied[r * (n + 3) + c] != a[r * 2 * n + c] { wrong += 1 }
                    }
                }
                #expect(wrong == 0, "\(rows) x \(n), \(context.name)")
            }
        }
    }
}
