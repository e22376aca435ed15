import CKernels
import TestSupport

/// How wild the numbers of a problem are.
enum Values: CaseIterable {
    /// Near one, so that sums cancel and round.
    case ordinary
    /// Also -0, subnormals, and magnitudes around the bf16 flush of 2^-56.
    case tiny
    /// Also infinities and NaN.
    case special
}

/// Bits with every NaN made the same one: its payload is not part of the arithmetic.
func canonicalBits(_ x: Float) -> UInt32 { x.isNaN ? 0x7FC0_0000 : x.bitPattern }

extension Seed {
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func coin() -> Bool { next() & 1 == 0 }

    mutating func float(_ values: Values) -> Float {
        let bits = UInt32(truncatingIfNeeded: next() >> 16), sign = bits & 0x8000_0000
        func scaled(_ least: UInt32, _ count: UInt32) -> Float {
            Float(bitPattern: (bits & 0x807F_FFFF) | (least + bits % count) << 23)
        }
        switch (below(40), values) {
        case (0, .tiny), (0, .special): return Float(bitPattern: sign)
        case (1, .tiny), (1, .special): return Float(bitPattern: bits & 0x807F_FFFF)
        case (2...3, .tiny), (2...3, .special): return scaled(70, 3)
        case (4, .special): return Float(bitPattern: sign | 0x7F80_0000)
        case (5, .special): return Float(bitPattern: sign | 0x7F80_0001 | bits & 0x7F_0000)
        case (_, .ordinary): return scaled(117, 12)
        default: return scaled(90, 60)
        }
    }

    mutating func floats(_ count: Int, _ values: Values) -> [Float] {
        (0..<count).map { _ in float(values) }
    }
}

/// One random product: operands that end where their memory ends, strides of every kind, and guards
/// between the rows of C.
struct MatmulProblem: CustomStringConvertible {
    enum Weights: CaseIterable { case plain, packed, packedFloats }

    var batch = 1, m: Int, n: Int, k: Int
    let values: Values, weights: Weights
    let transposedA: Bool, transposedB: Bool
    let accumulate: Bool, product: ck_dtype, bType: ck_dtype
    let a: Guarded<Float>, b: Guarded<Float>, bHalf: Guarded<UInt16>, bias: Guarded<Float>?
    let aRow: Int, aCol: Int, bRow: Int, bCol: Int, cRow: Int
    let c: [Float]

    /// A problem of at most the given sizes. Strides other than one are drawn, too.
    init(seed: inout Seed, m: Int, n: Int, k: Int) {
        (self.m, self.n, self.k) = (1 + seed.below(m), 1 + seed.below(n), 1 + seed.below(k))
        if seed.below(3) == 0 { self.m = 1 + seed.below(min(m, 9)) }
        values = Values.allCases[seed.below(3)]
        weights = Weights.allCases[seed.below(3)]
        batch = weights == .plain && seed.coin() ? 1 + seed.below(3) : 1
        (transposedA, transposedB) = (seed.coin(), seed.coin())
        accumulate = seed.coin()
        product = seed.coin() ? CK_BF16 : CK_F32
        bType = product == CK_BF16 && seed.coin() ? CK_BF16 : CK_F32
        let (aWide, bWide) = (seed.below(8) == 0 ? 2 : 1, seed.below(8) == 0 ? 2 : 1)
        (aRow, aCol) =
            transposedA
            ? (aWide, self.m * aWide + seed.below(3))
            : (self.k * aWide + seed.below(3), aWide)
        (bRow, bCol) =
            transposedB
            ? (bWide, self.k * bWide + seed.below(3))
            : (self.n * bWide + seed.below(3), bWide)
        cRow = self.n + seed.below(4)
        // Dense to the last element: one more would be outside.
        let aCount = batch * self.m * self.k * aWide + 3 * batch * max(self.m, self.k)
        let bCount = batch * self.n * self.k * bWide + 3 * batch * max(self.n, self.k)
        let aEnd =
            (batch - 1) * Self.span(aRow, self.m, aCol, self.k)
            + (self.m - 1) * aRow + (self.k - 1) * aCol + 1
        let bEnd =
            (batch - 1) * Self.span(bRow, self.k, bCol, self.n)
            + (self.k - 1) * bRow + (self.n - 1) * bCol + 1
        precondition(aEnd <= aCount && bEnd <= bCount)
        a = Guarded(seed.floats(aEnd, values))
        let weightValues = seed.floats(bEnd, values)
        b = Guarded(weightValues)
        bHalf = Guarded(weightValues.map { UInt16($0.bitPattern >> 16) })
        bias = seed.coin() ? Guarded(seed.floats(self.n, values)) : nil
        c = seed.floats(batch * self.m * cRow, values)
    }

    private static func span(_ row: Int, _ rows: Int, _ col: Int, _ columns: Int) -> Int {
        max(row * rows, col * columns)
    }

    var aBatch: Int { Self.span(aRow, m, aCol, k) }
    var bBatch: Int { Self.span(bRow, k, bCol, n) }
    var bPointer: UnsafeRawPointer {
        bType == CK_BF16 ? UnsafeRawPointer(bHalf.pointer) : UnsafeRawPointer(b.pointer)
    }

    var description: String {
        "batch \(batch) m \(m) n \(n) k \(k) \(values) \(weights) "
            + "a^T \(transposedA) b^T \(transposedB) "
            + "strides a \(aRow),\(aCol) b \(bRow),\(bCol) c \(cRow) accumulate \(accumulate) "
            + "bias \(bias != nil) product \(product.rawValue) b \(bType.rawValue)"
    }

    /// The type of packed weights, where there are any.
    var packedType: ck_dtype { weights == .packed ? product : bType }

    func packed(on context: OpaquePointer) -> Guarded<UInt32> {
        let memory = Guarded<UInt32>(
            repeating: 0xDEAD_BEEF, count: ck_packed_bytes(packedType, k, n) / 4)
        ck_pack(context, packedType, k, n, bPointer, bType, bRow, bCol, memory.pointer)
        return memory
    }

    /// The whole of C's memory after the product, guards included.
    func result(on context: OpaquePointer) -> [UInt32] {
        let output = Guarded(c)
        var g = ck_matmul(
            batch: batch, m: m, n: n, k: k, a: UnsafePointer(a.pointer), a_batch: aBatch,
            a_row: aRow, a_col: aCol, b: bPointer, b_batch: bBatch, b_row: bRow, b_col: bCol,
            b_type: bType, b_packed: 0, c: output.pointer, c_batch: m * cRow, c_row: cRow,
            bias: bias.map { UnsafePointer($0.pointer) }, accumulate: accumulate ? 1 : 0,
            product: product)
        if weights == .plain {
            ck_matmul_run(context, &g)
        } else {
            let memory = packed(on: context)
            g.b = UnsafeRawPointer(memory.pointer)
            g.b_type = packedType
            g.b_packed = 1
            withExtendedLifetime(memory) { ck_matmul_run(context, &g) }
        }
        return output.elements.map(canonicalBits)
    }

    /// The definition, once more, in another language and from the text of the header alone.
    func defined() -> [UInt32] {
        func q(_ x: Float) -> Float {
            guard product == CK_BF16 else { return x }
            if x.isNaN { return x }
            if x.magnitude < 0x1p-56 { return 0 }
            guard x.isFinite else { return x }
            // 8 significant bits: round to nearest, ties to even, in units of the last one.
            let unit = Float(sign: .plus, exponent: x.exponent - 7, significand: 1)
            let rounded = (Double(x) / Double(unit)).rounded(.toNearestOrEven) * Double(unit)
            return rounded.magnitude >= 0x1p128 ? (x < 0 ? -.infinity : .infinity) : Float(rounded)
        }
        let half = bType == CK_BF16
        var y = c
        for entry in 0..<batch {
            for i in 0..<m {
                for j in 0..<n {
                    let at = (entry * m + i) * cRow + j
                    var sum: Float = accumulate ? c[at] : 0
                    for start in stride(from: 0, to: k, by: 256) {
                        var p: Float = 0
                        for s in start..<min(start + 256, k) {
                            let bAt = entry * bBatch + s * bRow + j * bCol
                            let weight =
                                half
                                ? Float(bitPattern: UInt32(bHalf.pointer[bAt]) << 16)
                                : b.pointer[bAt]
                            let aAt = entry * aBatch + i * aRow + s * aCol
                            p.addProduct(q(a.pointer[aAt]), q(weight))
                        }
                        sum = start == 0 && !accumulate ? p : sum + p
                    }
                    y[at] = bias.map { sum + $0.pointer[j] } ?? sum
                }
            }
        }
        return y.map(canonicalBits)
    }
}
