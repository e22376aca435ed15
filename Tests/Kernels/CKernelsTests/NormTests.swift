import CKernels
import Foundation
import TestSupport
import Testing

/// The gradient of `loss` at `x`, by central differences in double precision.
func slopes(of loss: ([Double]) -> Double, at x: [Float]) -> [Double] {
    x.indices.map { i in
        var up = x.map(Double.init), down = up
        up[i] += 1e-4
        down[i] -= 1e-4
        return (loss(up) - loss(down)) / 2e-4
    }
}

/// The largest difference, relative to the largest exact value.
func relativeError(_ found: [Float], _ exact: [Double]) -> Double {
    let scale = exact.map(abs).max() ?? 1
    return (zip(found, exact).map { abs(Double($0) - $1) }.max() ?? .infinity) / max(scale, 1e-30)
}

@Suite struct NormTests {
    @Test func `both norms have the same bits everywhere`() throws {
        try expectSameBits("norms", sizes: lengths) { context, n, numbers, seed in
            let r = rows(of: n)
            let a = numbers.take(r * n, &seed), w = numbers.take(n, &seed),
                b = numbers.take(n, &seed)
            var kept = [Float](repeating: 0, count: 3 * r)
            let rms = filled(r * n) { ck_rmsnorm_f32(context, r, n, a, w, 1e-5, $0, &kept) }
            var stats = [Float](repeating: 0, count: 2 * r)
            let layer = filled(r * n) { ck_layernorm_f32(context, r, n, a, w, b, 1e-5, $0, &stats) }
            return rms + layer + kept + stats
        }
    }

    @Test func `both backward passes have the same bits everywhere`() throws {
        for many in [false, true] {
            try expectSameBits("norm gradients", sizes: many ? [1, 33, 70] : lengths) {
                context, n, numbers, seed in
                let r = many ? 600 : rows(of: n)
                let a = numbers.take(r * n, &seed), w = numbers.take(n, &seed)
                let dy = numbers.take(r * n, &seed)
                let stats = Numbers.plain.take(2 * r, &seed)
                var dw = w, db = w
                var result = filled(r * n) {
                    ck_rmsnorm_backward_f32(context, r, n, a, w, stats, dy, $0, &dw)
                }
                result += dw
                result += filled(r * n) {
                    ck_layernorm_backward_f32(context, r, n, a, w, stats, dy, $0, &dw, &db)
                }
                return result + dw + db
            }
        }
    }

    @Test func `RMSNorm and its gradients are those of the formula`() throws {
        var seed = Seed(3)
        let rows = 3, n = 20, eps = 1e-3
        let a = Numbers.plain.take(rows * n, &seed), w = Numbers.plain.take(n, &seed)
        let dy = Numbers.plain.take(rows * n, &seed)
        func forward(_ x: [Double], _ w: [Double]) -> [Double] {
            (0..<rows).flatMap { r in
                let row = x[(r * n)..<((r + 1) * n)]
                let scale = 1 / (row.map { $0 * $0 }.reduce(0, +) / Double(n) + eps).squareRoot()
                return zip(row, w).map { $0 * scale * $1 }
            }
        }
        func loss(_ x: [Double], _ w: [Double]) -> Double {
            zip(forward(x, w), dy).map { $0 * Double($1) }.reduce(0, +)
        }
        let context = try RowContext.scalar()
        var kept = [Float](repeating: 0, count: rows), dw = w
        let y = filled(rows * n) {
            ck_rmsnorm_f32(context.pointer, rows, n, a, w, Float(eps), $0, &kept)
        }
        let dx = filled(rows * n) {
            ck_rmsnorm_backward_f32(context.pointer, rows, n, a, w, kept, dy, $0, &dw)
        }
        let wide = w.map(Double.init)
        #expect(relativeError(y, forward(a.map(Double.init), wide)) < 1e-6)
        #expect(relativeError(dx, slopes(of: { loss($0, wide) }, at: a)) < 1e-5)
        #expect(relativeError(dw, slopes(of: { loss(a.map(Double.init), $0) }, at: w)) < 1e-5)
    }

    @Test func `LayerNorm and its gradients are those of the formula`() throws {
        var seed = Seed(4)
        let rows = 3, n = 20, eps = 1e-3
        let a = Numbers.plain.take(rows * n, &seed), w = Numbers.plain.take(n, &seed)
        let b = Numbers.plain.take(n, &seed), dy = Numbers.plain.take(rows * n, &seed)
        func forward(_ x: [Double], _ w: [Double], _ b: [Double]) -> [Double] {
            (0..<rows).flatMap { r in
                let row = x[(r * n)..<((r + 1) * n)]
                let mean = row.reduce(0, +) / Double(n)
                let variance = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(n)
                let scale = 1 / (variance + eps).squareRoot()
                return row.indices.map { (row[$0] - mean) * scale * w[$0 - r * n] + b[$0 - r * n] }
            }
        }
        func loss(_ x: [Double], _ w: [Double], _ b: [Double]) -> Double {
            zip(forward(x, w, b), dy).map { $0 * Double($1) }.reduce(0, +)
        }
        let context = try RowContext.scalar()
        var stats = [Float](repeating: 0, count: 2 * rows), dw = w, db = b
        let y = filled(rows * n) {
            ck_layernorm_f32(context.pointer, rows, n, a, w, b, Float(eps), $0, &stats)
        }
        let dx = filled(rows * n) {
            ck_layernorm_backward_f32(context.pointer, rows, n, a, w, stats, dy, $0, &dw, &db)
        }
        let x = a.map(Double.init), weights = w.map(Double.init), bias = b.map(Double.init)
        #expect(relativeError(y, forward(x, weights, bias)) < 1e-6)
        #expect(relativeError(dx, slopes(of: { loss($0, weights, bias) }, at: a)) < 1e-5)
        #expect(relativeError(dw, slopes(of: { loss(x, $0, bias) }, at: w)) < 1e-5)
        #expect(relativeError(db, slopes(of: { loss(x, weights, $0) }, at: b)) < 1e-5)
    }
}
