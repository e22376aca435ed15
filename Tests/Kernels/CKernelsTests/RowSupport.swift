import CKernels
import TestSupport
import Testing

/// A context that ends with its owner.
final class RowContext {
    let pointer: OpaquePointer
    let name: String

    init(_ isa: ck_isa, _ name: String, threads: Int32) throws {
        pointer = try #require(ck_context_create(isa, threads))
        self.name = "\(name), \(threads) threads"
    }

    deinit { ck_context_destroy(pointer) }

    static func scalar() throws -> RowContext { try RowContext(CK_SCALAR, "scalar", threads: 1) }

    /// Every instruction set of this machine, each with one and two threads.
    static func all() throws -> [RowContext] {
        let sets = [
            (CK_SCALAR, "scalar"), (CK_AVX2, "AVX2"), (CK_AVX512, "AVX-512"), (CK_NEON, "NEON"),
        ]
        return try sets.flatMap { isa, name in
            guard ck_isa_supported(isa) == 1 else { return [RowContext]() }
            return try [1, 2].map { try RowContext(isa, name, threads: $0) }
        }
    }
}

/// What the numbers of a test are like.
enum Numbers: CaseIterable {
    case plain, wide, special

    private static let specials: [Float] = [
        .infinity, -.infinity, .nan, 0, -0.0, .leastNonzeroMagnitude, -0x1.8p-130,
        .leastNormalMagnitude,
        .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1, -1, 88.8, -87.4, 131_073, 1e-30,
    ]

    func next(_ seed: inout Seed) -> Float {
        let plain = Float(Int32(truncatingIfNeeded: seed.next())) * 0x1p-28
        switch self {
        case .plain: return plain
        case .wide:
            return plain * Float(sign: .plus, exponent: Int(seed.next() % 40) - 20, significand: 1)
        case .special:
            let choice = seed.next() % 64
            return choice < 16 ? Self.specials[Int(choice)] : plain
        }
    }

    func take(_ count: Int, _ seed: inout Seed) -> [Float] {
        var result = [Float]()
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(next(&seed)) }
        return result
    }
}

/// The first index at which two results differ in a bit; NaN is NaN whatever its payload.
func firstUnequal(_ a: [Float], _ b: [Float]) -> Int? {
    guard a.count == b.count else { return min(a.count, b.count) }
    return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            for i in 0..<a.count where a[i].bitPattern != b[i].bitPattern {
                if !(a[i].isNaN && b[i].isNaN) { return i }
            }
            return nil
        }
    }
}

/// Runs a computation on every instruction set, on one and two threads, and expects the scalar bits.
func expectSameBits(
    _ name: String, sizes: [Int], numbers: [Numbers] = Numbers.allCases,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ compute: (_ context: OpaquePointer, _ n: Int, _ numbers: Numbers, _ seed: inout Seed) ->
        [Float]
) throws {
    let contexts = try RowContext.all()
    for kind in numbers {
        for n in sizes {
            let start = UInt64(n) &* 1_000_003
            var seed = Seed(start)
            let expected = compute(contexts[0].pointer, n, kind, &seed)
            for context in contexts.dropFirst() {
                var seed = Seed(start)
                let found = compute(context.pointer, n, kind, &seed)
                guard let i = firstUnequal(expected, found) else { continue }
                Issue.record(
                    """
                    \(name), n = \(n), \(kind), seed \(start), \(context.name): element \(i) is \
                    \(found[i]) instead of \(expected[i])
                    """,
                    sourceLocation: sourceLocation)
            }
        }
    }
}

/// Lengths about every tail, a block of RED16 and more, and enough to be shared out among threads.
let lengths = Array(1...70) + [896, 4097, 10_000]
let longLengths = lengths + [33_000]

/// Rows so that a matrix of this width is shared out among threads.
func rows(of n: Int) -> Int { n > 70 ? 20_000 / n + 2 : n % 7 + 1 }

/// An output array filled by `body`.
func filled(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    [Float](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
        buffer.initialize(repeating: 77)
        if let base = buffer.baseAddress { body(base) }
        initialized = count
    }
}
