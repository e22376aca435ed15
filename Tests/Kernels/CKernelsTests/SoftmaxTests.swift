import CKernels
import Foundation
import TestSupport
import Testing

@Suite struct SoftmaxTests {
    @Test func `softmax and selected log-probabilities have the same bits everywhere`() throws {
        try expectSameBits("softmax", sizes: longLengths) { context, n, numbers, seed in
            let r = rows(of: n)
            let a = numbers.take(r * n, &seed), dy = numbers.take(r * n, &seed)
            let targets = (0..<r).map { _ in Int32(seed.next() % UInt64(n + 1)) - 1 }
            var stats = [Float](repeating: 0, count: 2 * r)
            let y = filled(r * n) { ck_softmax_f32(context, r, n, a, $0) }
            let dx = filled(r * n) { ck_softmax_backward_f32(context, r, n, a, dy, $0) }
            let p = filled(r) { ck_selected_logprob_f32(context, r, n, a, targets, $0, &stats) }
            let alone = filled(r) { ck_selected_logprob_f32(context, r, n, a, targets, $0, nil) }
            let dlogits = filled(r * n) {
                ck_selected_logprob_backward_f32(context, r, n, a, targets, stats, dy, $0)
            }
            return y + dx + p + alone + stats + dlogits
        }
    }

    private func softmax(_ x: [Double]) -> [Double] {
        let m = x.max() ?? 0, e = x.map { exp($0 - m) }, sum = e.reduce(0, +)
        return e.map { $0 / sum }
    }

    @Test(arguments: [1, 2, 17, 50])
    func `softmax, log-probability and their gradients are those of the formulas`(n: Int) throws {
        var seed = Seed(UInt64(n))
        let a = Numbers.plain.take(n, &seed), dy = Numbers.plain.take(n, &seed)
        let x = a.map(Double.init), p = softmax(x), target = [Int32(n / 2)]
        let context = try RowContext.scalar()
        let y = filled(n) { ck_softmax_f32(context.pointer, 1, n, a, $0) }
        #expect(relativeError(y, p) < 1e-6)
        let dx = filled(n) { ck_softmax_backward_f32(context.pointer, 1, n, y, dy, $0) }
        let exact = slopes(
            of: { zip(self.softmax($0), dy).map { $0 * Double($1) }.reduce(0, +) }, at: a)
        #expect(zip(dx, exact).allSatisfy { abs(Double($0) - $1) < 1e-5 })
        var stats: [Float] = [0, 0]
        let logp = filled(1) {
            ck_selected_logprob_f32(context.pointer, 1, n, a, target, $0, &stats)
        }
        #expect(abs(Double(logp[0]) - log(p[n / 2])) < 4e-6)
        let dlogits = filled(n) {
            ck_selected_logprob_backward_f32(context.pointer, 1, n, a, target, stats, [0.5], $0)
        }
        let slope = slopes(of: { 0.5 * log(self.softmax($0)[n / 2]) }, at: a)
        #expect(zip(dlogits, slope).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    @Test func `a target outside the classes gives zero and no gradient`() throws {
        for context in try RowContext.all() {
            let a: [Float] = [1, 2, 3, 4, 5, 6], targets: [Int32] = [-1, 3]
            var stats = [Float](repeating: 0, count: 4)
            let p = filled(2) {
                ck_selected_logprob_f32(context.pointer, 2, 3, a, targets, $0, &stats)
            }
            #expect(p == [0, 0])
            let dx = filled(6) {
                ck_selected_logprob_backward_f32(
                    context.pointer, 2, 3, a, targets, stats, [1, 1], $0)
            }
            #expect(dx == [0, 0, 0, 0, 0, 0])
        }
    }

    @Test func `a NaN or an infinite maximum makes the whole row NaN`() throws {
        for context in try RowContext.all() {
            for bad in [Float.nan, .infinity] {
                var a = [Float](repeating: 1, count: 40)
                a[37] = bad
                let y = filled(40) { ck_softmax_f32(context.pointer, 1, 40, a, $0) }
                #expect(y.allSatisfy { $0.isNaN })
            }
        }
    }
}
