import CKernels
import TestSupport
import Testing

private let vectorSets = [CK_AVX2, CK_AVX512, CK_NEON].filter { ck_isa_supported($0) == 1 }

/// Contexts for a test: the reference, and every instruction set on one, two and three threads.
private final class Contexts {
    let reference: OpaquePointer
    let others: [(name: String, context: OpaquePointer)]

    init() throws {
        reference = try #require(ck_context_create(CK_SCALAR, 1))
        others = try ([CK_SCALAR] + vectorSets).flatMap { isa in
            try [1, 2, 3].map { threads in
                let context = try #require(ck_context_create(isa, Int32(threads)))
                return ("isa \(isa.rawValue), \(threads) threads", context)
            }
        }
    }

    deinit {
        ck_context_destroy(reference)
        others.forEach { ck_context_destroy($0.context) }
    }
}

private func firstDifference(_ a: [UInt32], _ b: [UInt32]) -> String? {
    guard let at = zip(a, b).enumerated().first(where: { $0.element.0 != $0.element.1 }) else {
        return a.count == b.count ? nil : "counts \(a.count) and \(b.count)"
    }
    let (x, y) = (Float(bitPattern: at.element.0), Float(bitPattern: at.element.1))
    return "element \(at.offset): \(x), not \(y)"
}

@Suite struct MatmulTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the scalar reference is the definition`(number: UInt64) throws {
        let contexts = try Contexts()
        var seed = Seed(number)
        for round in 0..<40 {
            let problem = MatmulProblem(seed: &seed, m: 6, n: 40, k: round % 4 == 0 ? 600 : 30)
            let difference = firstDifference(
                problem.result(on: contexts.reference), problem.defined())
            #expect(difference == nil, "seed \(number) round \(round): \(problem)")
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `every instruction set and thread count gives the same bits`(number: UInt64) throws {
        let contexts = try Contexts()
        var seed = Seed(0x6D61_746D_756C + number)
        for round in 0..<30 {
            let problem = MatmulProblem(seed: &seed, m: 40, n: 100, k: round % 2 == 0 ? 700 : 50)
            let expected = problem.result(on: contexts.reference)
            for (name, context) in contexts.others {
                let difference = firstDifference(problem.result(on: context), expected)
                #expect(difference == nil, "\(name), seed \(number) round \(round): \(problem)")
            }
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `so do products of many blocks`(number: UInt64) throws {
        let contexts = try Contexts()
        var seed = Seed(0x626C_6F63_6B73 + number)
        for round in 0..<4 {
            let problem = MatmulProblem(
                seed: &seed, m: 420, n: 260, k: round % 2 == 0 ? 100 : 1500)
            let expected = problem.result(on: contexts.reference)
            for (name, context) in contexts.others where context != contexts.others.first?.context {
                let difference = firstDifference(problem.result(on: context), expected)
                #expect(difference == nil, "\(name), seed \(number) round \(round): \(problem)")
            }
        }
    }

    @Test func `the bf16 dot product and its expansion agree`() throws {
        guard ck_bf16_dot_use(1) == 1 else { return }
        let contexts = try Contexts()
        defer { _ = ck_bf16_dot_use(1) }
        var seed = Seed(77)
        for round in 0..<60 {
            let problem = MatmulProblem(seed: &seed, m: 40, n: 100, k: 600)
            let context = try #require(contexts.others.last?.context)
            _ = ck_bf16_dot_use(1)
            let dot = problem.result(on: context)
            _ = ck_bf16_dot_use(0)
            let difference = firstDifference(problem.result(on: context), dot)
            #expect(difference == nil, "round \(round): \(problem)")
        }
    }

    @Test func `packing gives the same bytes on every instruction set`() throws {
        let contexts = try Contexts()
        var seed = Seed(5)
        for round in 0..<100 {
            let problem = MatmulProblem(seed: &seed, m: 1, n: 150, k: 400)
            let bits = { (words: [UInt32]) in
                problem.packedType == CK_BF16
                    ? words : words.map { canonicalBits(Float(bitPattern: $0)) }
            }
            let expected = bits(problem.packed(on: contexts.reference).elements)
            for (name, context) in contexts.others {
                let packed = bits(problem.packed(on: context).elements)
                #expect(packed == expected, "\(name), round \(round): \(problem)")
            }
        }
    }

    @Test func `unpacking gives back what was packed`() throws {
        let contexts = try Contexts()
        var seed = Seed(6)
        for round in 0..<60 {
            let problem = MatmulProblem(seed: &seed, m: 1, n: 150, k: 400)
            let context = contexts.others[round % contexts.others.count].context
            let packed = problem.packed(on: context)
            let plain = Guarded<Float>(repeating: 7, count: problem.b.count)
            ck_unpack(
                context, problem.packedType, problem.k, problem.n, packed.pointer, plain.pointer,
                problem.bRow, problem.bCol)
            // Packing it again must give the same panels, and fp32 panels the same numbers.
            let again = Guarded<UInt32>(repeating: 0, count: packed.count)
            ck_pack(
                contexts.reference, problem.packedType, problem.k, problem.n, plain.pointer, CK_F32,
                problem.bRow, problem.bCol, again.pointer)
            let floats = { (x: UInt32) in canonicalBits(Float(bitPattern: x)) }
            if problem.packedType == CK_F32 {
                #expect(again.elements.map(floats) == packed.elements.map(floats), "\(problem)")
            } else {
                #expect(again.elements == packed.elements, "\(problem)")
            }
            guard problem.packedType == CK_F32, problem.bType == CK_F32 else { continue }
            for s in 0..<problem.k {
                for j in 0..<problem.n {
                    let at = s * problem.bRow + j * problem.bCol
                    let (old, new) = (problem.b.pointer[at], plain.pointer[at])
                    #expect(canonicalBits(old) == canonicalBits(new))
                }
            }
        }
    }

    @Test func `a row does not depend on how many rows are asked for`() throws {
        let context = try #require(ck_context_create(ck_isa_best(), 2))
        defer { ck_context_destroy(context) }
        var seed = Seed(8)
        let (rows, k, n) = (200, 700, 97)
        let a = seed.floats(rows * k, .ordinary), w = seed.floats(n * k, .ordinary)
        func product(_ count: Int) -> [Float] {
            var y = [Float](repeating: 0, count: count * n)
            a.withUnsafeBufferPointer { a in
                w.withUnsafeBufferPointer { w in
                    y.withUnsafeMutableBufferPointer { y in
                        var g = ck_matmul()
                        (g.batch, g.m, g.n, g.k) = (1, count, n, k)
                        (g.a, g.a_row, g.a_col) = (a.baseAddress, k, 1)
                        (g.b, g.b_row, g.b_col) = (UnsafeRawPointer(w.baseAddress), 1, k)
                        (g.c, g.c_row) = (y.baseAddress, n)
                        ck_matmul_run(context, &g)
                    }
                }
            }
            return y
        }
        let all = product(rows)
        for count in [1, 2, 8, 9, 14, 64, 169] {
            #expect(product(count) == Array(all[..<(count * n)]), "\(count) rows")
        }
    }

    @Test(arguments: [CK_SCALAR] + vectorSets)
    func `a product over nothing is the bias, or what was there`(isa: ck_isa) throws {
        let context = try #require(ck_context_create(isa, 2))
        defer { ck_context_destroy(context) }
        var c: [Float] = [1, 2, 3, 4], bias: [Float] = [10, 20]
        c.withUnsafeMutableBufferPointer { c in
            bias.withUnsafeMutableBufferPointer { bias in
                var g = ck_matmul()
                (g.batch, g.m, g.n, g.k) = (1, 2, 2, 0)
                (g.c, g.c_row, g.bias) = (c.baseAddress, 2, UnsafePointer(bias.baseAddress))
                g.accumulate = 1
                ck_matmul_run(context, &g)
                #expect(Array(c) == [11, 22, 13, 24])
                (g.accumulate, g.bias) = (0, nil)
                ck_matmul_run(context, &g)
                #expect(Array(c) == [0, 0, 0, 0])
                g.m = 0
                ck_matmul_run(context, &g)
            }
        }
    }
}
