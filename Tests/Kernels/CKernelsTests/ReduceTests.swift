import CKernels
import TestSupport
import Testing

@Suite struct ReduceTests {
    /// RED16 as it is written: lanes, then halves; above 4096 elements the same over block sums.
    private func red16(_ count: Int, _ add: (Int, Float) -> Float) -> Float {
        if count > 4096 {
            let sums = (0..<(count + 4095) / 4096).map { block in
                red16(min(4096, count - block * 4096)) { add(block * 4096 + $0, $1) }
            }
            return red16(sums.count) { $1 + sums[$0] }
        }
        var lane = [Float](repeating: 0, count: 16)
        for i in 0..<count { lane[i % 16] = add(i, lane[i % 16]) }
        for half in [8, 4, 2, 1] { for l in 0..<half { lane[l] += lane[l + half] } }
        return lane[0]
    }

    @Test(arguments: [0, 1, 15, 16, 17, 100, 4096, 4097, 8192, 20_485, 300_001])
    func `sums are RED16 as written`(n: Int) throws {
        for numbers in Numbers.allCases {
            var seed = Seed(UInt64(n))
            let a = numbers.take(n, &seed), b = numbers.take(n, &seed)
            let expected = [
                red16(n) { $1 + a[$0] }, red16(n) { a[$0].fused(a[$0], $1) },
                red16(n) { a[$0].fused(b[$0], $1) },
            ]
            for context in try RowContext.all() {
                let found =
                    filled(1) { ck_sum_rows_f32(context.pointer, 1, n, a, $0) }
                    + filled(1) { ck_sum_squares_f32(context.pointer, n, a, $0) }
                    + filled(1) { ck_dot_rows_f32(context.pointer, 1, n, a, b, $0) }
                #expect(firstUnequal(expected, found) == nil, "\(numbers), \(context.name)")
            }
        }
    }

    @Test func `a product that underflows does not turn the untouched lanes`() throws {
        for context in try RowContext.all() {
            let a: [Float] = [-1e-30], b: [Float] = [1e-30]
            let found = filled(1) { ck_dot_rows_f32(context.pointer, 1, 1, a, b, $0) }
            #expect(found[0].bitPattern == 0)  // -0 + +0 of the other lanes
            let c = [Float](repeating: -1e-30, count: 16), d = [Float](repeating: 1e-30, count: 16)
            let all = filled(1) { ck_dot_rows_f32(context.pointer, 1, 16, c, d, $0) }
            #expect(all[0].bitPattern == 0x8000_0000)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `above 16.8 million elements there is a third level`()
        throws
    {
        let n = 4096 * 4096 + 4097
        var a = [Float](repeating: 0, count: n)
        a.withUnsafeMutableBufferPointer { a in
            var x: UInt32 = 1
            for i in 0..<n {
                x = x &* 1_664_525 &+ 1_013_904_223
                a[i] = Float(Int32(bitPattern: x)) * 0x1p-31
            }
        }
        let scalar = try RowContext.scalar(), best = try #require(try RowContext.all().last)
        func blockSums(_ values: [Float]) -> [Float] {
            stride(from: 0, to: values.count, by: 4096).map { at in
                let part = Array(values[at..<min(values.count, at + 4096)])
                return filled(1) { ck_sum_rows_f32(scalar.pointer, 1, part.count, part, $0) }[0]
            }
        }
        let expected = blockSums(blockSums(blockSums(a)))
        #expect(expected.count == 1)
        for context in [scalar, best] {
            let found = filled(1) { ck_sum_rows_f32(context.pointer, 1, n, a, $0) }
            #expect(found == expected)
        }
    }

    @Test func `row and column reductions have the same bits everywhere`() throws {
        try expectSameBits("rows", sizes: lengths) { context, n, numbers, seed in
            let r = rows(of: n)
            let a = numbers.take(r * n, &seed), b = numbers.take(r * n, &seed)
            var largest = [Int32](repeating: -1, count: r)
            ck_argmax_rows_f32(context, r, n, a, &largest)
            return filled(r) { ck_sum_rows_f32(context, r, n, a, $0) }
                + filled(r) { ck_dot_rows_f32(context, r, n, a, b, $0) }
                + filled(r) { ck_max_rows_f32(context, r, n, a, $0) }
                + filled(n) { ck_sum_columns_f32(context, r, n, a, $0) } + largest.map(Float.init)
        }
        try expectSameBits("columns of many rows", sizes: [1, 16, 75, 200]) {
            context, n, numbers, seed in
            let a = numbers.take(600 * n, &seed)
            return filled(n) { ck_sum_columns_f32(context, 600, n, a, $0) }
        }
    }

    @Test func `a column sum restarts its chain every 256 rows`() throws {
        let context = try RowContext.scalar(), rows = 700, n = 3
        var seed = Seed(5)
        let a = Numbers.wide.take(rows * n, &seed)
        let found = filled(n) { ck_sum_columns_f32(context.pointer, rows, n, a, $0) }
        for j in 0..<n {
            var sums = [Float]()
            for r in 0..<rows {
                if r % 256 == 0 { sums.append(0) }
                sums[sums.count - 1] += a[r * n + j]
            }
            #expect(found[j] == sums.dropFirst().reduce(sums[0], +))
        }
    }

    @Test func `the maximum overlooks NaN, and the lowest index of equals wins`() throws {
        for context in try RowContext.all() {
            for n in [5, 40, 200] {
                var a = [Float](repeating: -3, count: n)
                a[n - 1] = .nan
                a[2] = -0.0
                a[4] = 0
                var index = [Int32](repeating: -1, count: 1)
                ck_argmax_rows_f32(context.pointer, 1, n, a, &index)
                #expect(index == [2])
                #expect(
                    filled(1) { ck_max_rows_f32(context.pointer, 1, n, a, $0) }[0].bitPattern == 0)
                let none = [Float](repeating: .nan, count: n)
                ck_argmax_rows_f32(context.pointer, 1, n, none, &index)
                #expect(index == [0])
                #expect(
                    filled(1) { ck_max_rows_f32(context.pointer, 1, n, none, $0) } == [-.infinity])
            }
        }
    }
}

extension Float {
    /// `sum + self * factor`, rounded once.
    fileprivate func fused(_ factor: Float, _ sum: Float) -> Float {
        sum.addingProduct(self, factor)
    }
}
