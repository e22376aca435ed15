import CKernels
import TestSupport
import Testing

/// A context that ends with its owner.
final class TileContext {
    let pointer: OpaquePointer

    init(_ isa: ck_isa, threads: Int32) throws {
        pointer = try #require(ck_context_create(isa, threads))
    }

    deinit { ck_context_destroy(pointer) }

    /// Every instruction set of this machine but the scalar one, each with one and two threads.
    static func vector() throws -> [(name: String, context: TileContext)] {
        try [(CK_AVX2, "AVX2"), (CK_AVX512, "AVX-512"), (CK_NEON, "NEON")].flatMap { isa, name in
            guard ck_isa_supported(isa) == 1 else {
                return [(name: String, context: TileContext)]()
            }
            return try [1, 2].map { ("\(name), \($0) threads", try TileContext(isa, threads: $0)) }
        }
    }
}

/// Values of one kind for a whole tensor.
enum Content: CaseIterable {
    /// `tiny`: every product underflows to a zero with a sign.
    case plain, zerosAndSubnormals, wide, tiny

    func value(from seed: inout Seed) -> Float {
        let plain = Float.random(in: -1...1, using: &seed)
        switch self {
        case .plain: return plain
        case .wide:
            return plain
                * Float(sign: .plus, exponent: .random(in: -15...15, using: &seed), significand: 1)
        case .tiny:
            return [0.0, -0.0, 1e-25, -1e-25, 1e-30, -1e-30].randomElement(using: &seed) ?? 0
        case .zerosAndSubnormals:
            switch Int.random(in: 0..<8, using: &seed) {
            case 0: return -0.0
            case 1: return plain * Float.leastNormalMagnitude
            case 2: return plain * 1e-25
            default: return plain
            }
        }
    }

    func values(_ count: Int, from seed: inout Seed) -> [Float] {
        (0..<count).map { _ in value(from: &seed) }
    }
}

/// One attention problem in the training layout; heads * dim values per row, rows dense.
struct AttentionProblem: CustomStringConvertible {
    var batch = 1, time: Int, heads: Int, keyHeads: Int, dim: Int
    var scale: Float
    var q: [Float], k: [Float], v: [Float], outputGradient: [Float]

    init(
        batch: Int = 1, time: Int, heads: Int, keyHeads: Int, dim: Int, content: Content = .plain,
        seed: inout Seed
    ) {
        (self.batch, self.time, self.heads, self.keyHeads, self.dim) = (
            batch, time, heads, keyHeads, dim
        )
        scale = 1 / Float(dim).squareRoot()
        q = content.values(batch * time * heads * dim, from: &seed)
        k = content.values(batch * time * keyHeads * dim, from: &seed)
        v = content.values(batch * time * keyHeads * dim, from: &seed)
        outputGradient = content.values(batch * time * heads * dim, from: &seed)
    }

    /// Any shape: time 1 to 300, heads 1 to 8 in groups, dims of every kind.
    static func random(_ seed: inout Seed) -> AttentionProblem {
        let dims = [1, 3, 8, 13, 16, 24, 32, 40, 64, 80, 96, 100, 128, 264]
        let keyHeads = Int.random(in: 1...2, using: &seed)
        let longest = Bool.random(using: &seed) ? 70 : 300
        return AttentionProblem(
            batch: .random(in: 1...2, using: &seed), time: .random(in: 1...longest, using: &seed),
            heads: keyHeads * Int.random(in: 1...4, using: &seed), keyHeads: keyHeads,
            dim: dims.randomElement(using: &seed) ?? 1,
            content: Content.allCases.randomElement(using: &seed) ?? .plain, seed: &seed)
    }

    var description: String {
        "batch \(batch) time \(time) heads \(heads)/\(keyHeads) dim \(dim)"
    }

    func queryIndex(_ b: Int, _ t: Int, _ head: Int) -> Int {
        ((b * time + t) * heads + head) * dim
    }
    func keyIndex(_ b: Int, _ t: Int, _ head: Int) -> Int {
        ((b * time + t) * keyHeads + head * keyHeads / heads) * dim
    }

    struct Forward { var o: [Float], stats: [Float] }
    struct Gradients { var q: [Float], k: [Float], v: [Float] }

    func forward(_ context: TileContext) -> Forward {
        var result = Forward(
            o: Array(repeating: .nan, count: q.count),
            stats: Array(repeating: .nan, count: batch * heads * time * 2))
        ck_attention_f32(
            context.pointer, batch, time, heads, keyHeads, dim, q, heads * dim, k, keyHeads * dim,
            v,
            keyHeads * dim, scale, &result.o, &result.stats)
        return result
    }

    func gradients(_ context: TileContext, of forward: Forward) -> Gradients {
        var result = Gradients(
            q: Array(repeating: .nan, count: q.count), k: Array(repeating: .nan, count: k.count),
            v: Array(repeating: .nan, count: v.count))
        ck_attention_backward_f32(
            context.pointer, batch, time, heads, keyHeads, dim, q, heads * dim, k, keyHeads * dim,
            v,
            keyHeads * dim, scale, forward.o, forward.stats, outputGradient, &result.q, &result.k,
            &result.v)
        return result
    }

    /// Appends `chunks` of (sequence, rows) to a cache and attends to it, like serving does.
    func cached(_ context: TileContext, chunks: [[(sequence: Int, count: Int)]], capacity: Int)
        -> [Float]
    {
        let elements = ck_cache_elements(batch + 1, keyHeads, dim, capacity)
        var keys = [Float](repeating: .nan, count: elements), values = keys
        var o = [Float](repeating: .nan, count: q.count), done = [Int](repeating: 0, count: batch)
        for chunk in chunks {
            var rows: [Int] = [], slots: [Int32] = [], positions: [Int32] = []
            for (sequence, count) in chunk {
                for position in done[sequence]..<min(time, done[sequence] + count) {
                    rows.append(sequence * time + position)
                    slots.append(Int32((sequence + 1) % (batch + 1)))
                    positions.append(Int32(position))
                }
                done[sequence] = min(time, done[sequence] + count)
            }
            let queryRow = heads * dim, keyRow = keyHeads * dim
            let q = rows.flatMap { self.q[$0 * queryRow..<($0 + 1) * queryRow] }
            let k = rows.flatMap { self.k[$0 * keyRow..<($0 + 1) * keyRow] }
            let v = rows.flatMap { self.v[$0 * keyRow..<($0 + 1) * keyRow] }
            var part = [Float](repeating: .nan, count: q.count)
            ck_cache_append_f32(
                context.pointer, rows.count, keyHeads, dim, capacity, k, keyRow, v, keyRow, slots,
                positions,
                &keys, &values)
            ck_attention_cached_f32(
                context.pointer, rows.count, heads, keyHeads, dim, capacity, q, queryRow, keys,
                values, slots,
                positions, scale, &part)
            for (i, row) in rows.enumerated() {
                o.replaceSubrange(
                    row * queryRow..<(row + 1) * queryRow,
                    with: part[i * queryRow..<(i + 1) * queryRow])
            }
        }
        return o
    }
}

/// The first index at which two tensors differ in a bit; all NaN are one.
func firstDifference(_ a: [Float], _ b: [Float]) -> Int? {
    if a.count != b.count { return min(a.count, b.count) }
    return a.indices.first { a[$0].bitPattern != b[$0].bitPattern && !(a[$0].isNaN && b[$0].isNaN) }
}
