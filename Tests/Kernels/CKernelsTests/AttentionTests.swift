import CKernels
import TestSupport
import Testing

@Suite struct AttentionTests {
    @Test(arguments: [(1, 1, 1, 4), (5, 2, 1, 16), (90, 3, 3, 8), (130, 4, 2, 20)])
    func `the output is softmax attention`(time: Int, heads: Int, keyHeads: Int, dim: Int) throws {
        var seed = Seed(UInt64(time))
        let problem = AttentionProblem(
            batch: 2, time: time, heads: heads, keyHeads: keyHeads, dim: dim, seed: &seed)
        let o = problem.forward(try TileContext(CK_SCALAR, threads: 1)).o
        let expected = problem.textbook(
            q: problem.q.map(Double.init), k: problem.k.map(Double.init),
            v: problem.v.map(Double.init))
        let worst = zip(o, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(worst < 1e-6)
    }

    @Test(arguments: [(7, 2, 1, 3), (66, 2, 2, 16), (70, 1, 1, 270), (1100, 1, 1, 3)])
    func `the scalar kernel is the written definition, forward`(
        time: Int, heads: Int, keyHeads: Int, dim: Int
    ) throws {
        for content in Content.allCases {
            var seed = Seed(UInt64(time))
            let problem = AttentionProblem(
                time: time, heads: heads, keyHeads: keyHeads, dim: dim, content: content,
                seed: &seed)
            let found = problem.forward(try TileContext(CK_SCALAR, threads: 1)),
                expected = problem.written()
            #expect(firstDifference(found.o, expected.o) == nil, "\(problem), \(content)")
            #expect(firstDifference(found.stats, expected.stats) == nil, "\(problem), \(content)")
        }
    }

    @Test(arguments: [(1, 1, 1, 1), (40, 4, 2, 17), (300, 2, 1, 3), (5, 1, 1, 300)])
    func `the scalar kernel is the written definition, backward`(
        time: Int, heads: Int, keyHeads: Int, dim: Int
    ) throws {
        for content in Content.allCases {
            var seed = Seed(UInt64(time + 1))
            let problem = AttentionProblem(
                time: time, heads: heads, keyHeads: keyHeads, dim: dim, content: content,
                seed: &seed)
            let context = try TileContext(CK_SCALAR, threads: 1)
            let forward = problem.forward(context)
            let found = problem.gradients(context, of: forward)
            let expected = problem.writtenGradients(of: forward)
            #expect(firstDifference(found.q, expected.q) == nil, "dq, \(problem), \(content)")
            #expect(firstDifference(found.k, expected.k) == nil, "dk, \(problem), \(content)")
            #expect(firstDifference(found.v, expected.v) == nil, "dv, \(problem), \(content)")
        }
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func `every instruction set and thread count gives the scalar bits`(number: UInt64) throws {
        var seed = Seed(number)
        try expectScalarBits(.random(&seed))
    }

    @Test(arguments: [
        (1090, 2, 1, 8, 1), (1300, 3, 3, 40, 1), (260, 1, 1, 64, 1), (3, 80, 1, 8, 2),
    ])
    func `long contexts and wide groups give the scalar bits`(
        time: Int, heads: Int, keyHeads: Int, dim: Int, batch: Int
    ) throws {
        var seed = Seed(UInt64(time))
        try expectScalarBits(
            AttentionProblem(
                batch: batch, time: time, heads: heads, keyHeads: keyHeads, dim: dim,
                content: .zerosAndSubnormals, seed: &seed))
    }

    private func expectScalarBits(_ problem: AttentionProblem) throws {
        let scalar = try TileContext(CK_SCALAR, threads: 1)
        let expected = problem.forward(scalar)
        let gradients = problem.gradients(scalar, of: expected)
        for (name, context) in try TileContext.vector() {
            let found = problem.forward(context)
            #expect(firstDifference(found.o, expected.o) == nil, "o, \(problem), \(name)")
            #expect(
                firstDifference(found.stats, expected.stats) == nil,
                "statistics, \(problem), \(name)")
            let back = problem.gradients(context, of: expected)
            #expect(firstDifference(back.q, gradients.q) == nil, "dq, \(problem), \(name)")
            #expect(firstDifference(back.k, gradients.k) == nil, "dk, \(problem), \(name)")
            #expect(firstDifference(back.v, gradients.v) == nil, "dv, \(problem), \(name)")
        }
    }

    @Test func `gradients are the slopes of the loss`() throws {
        var seed = Seed(11)
        let problem = AttentionProblem(
            batch: 2, time: 6, heads: 4, keyHeads: 2, dim: 5, seed: &seed)
        let context = try TileContext(CK_SCALAR, threads: 1)
        let found = problem.gradients(context, of: problem.forward(context))
        let inputs = [problem.q, problem.k, problem.v].map { $0.map(Double.init) }
        func loss(_ x: [[Double]]) -> Double {
            zip(problem.textbook(q: x[0], k: x[1], v: x[2]), problem.outputGradient)
                .reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        for (which, gradient) in [found.q, found.k, found.v].enumerated() {
            for i in gradient.indices {
                var up = inputs, down = inputs
                up[which][i] += 1e-4
                down[which][i] -= 1e-4
                let slope = (loss(up) - loss(down)) / 2e-4
                #expect(abs(slope - Double(gradient[i])) < 2e-6, "input \(which), element \(i)")
            }
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `a cache filled in any chunks gives the bits of training`(number: UInt64) throws {
        var seed = Seed(100 + number)
        let problem = AttentionProblem.random(&seed)
        let expected = problem.forward(try TileContext(CK_SCALAR, threads: 1)).o
        var chunks: [[(sequence: Int, count: Int)]] = [], done = 0
        while done < problem.time {
            let count = Bool.random(using: &seed) ? 1 : Int.random(in: 1...100, using: &seed)
            // One sequence may run behind the others, and rows of all of them come in one call.
            chunks.append((0..<problem.batch).map { ($0, $0 == 0 ? count : max(1, count / 2)) })
            done += max(1, count / (problem.batch > 1 ? 2 : 1))
        }
        let capacity = (problem.time + 63) / 64 * 64 + 64
        for (name, context) in try TileContext.vector() {
            let found = problem.cached(context, chunks: chunks, capacity: capacity)
            #expect(firstDifference(found, expected) == nil, "\(problem), \(name)")
        }
    }

    @Test func `decoding far into a sequence gives the bits of training`() throws {
        var seed = Seed(5)
        let problem = AttentionProblem(time: 2100, heads: 2, keyHeads: 1, dim: 16, seed: &seed)
        let chunks = [
            [(sequence: 0, count: 1000)], [(0, 90)], [(0, 1007)], [(0, 1)], [(0, 1)], [(0, 1)],
        ]
        let expected = problem.forward(try TileContext(CK_SCALAR, threads: 2)).o
        for (name, context) in try TileContext.vector() {
            let found = problem.cached(context, chunks: chunks, capacity: 2112)
            #expect(firstDifference(found, expected) == nil, "\(name)")
        }
    }

    @Test func `later keys change no bit, whatever they hold`() throws {
        var seed = Seed(6)
        var problem = AttentionProblem(
            time: 200, heads: 2, keyHeads: 1, dim: 24, content: .zerosAndSubnormals, seed: &seed)
        for (_, context) in try TileContext.vector() + [
            ("scalar", try TileContext(CK_SCALAR, threads: 1))
        ] {
            let clean = problem.forward(context).o
            for position in [199, 130, 64, 1] {
                let first = problem.keyIndex(0, position, 0), saved = (problem.k, problem.v)
                for i in first..<problem.k.count {
                    (problem.k[i], problem.v[i]) = (.nan, .infinity)
                }
                let seen = problem.queryIndex(0, position, 0)
                let found = problem.forward(context).o
                #expect(firstDifference(Array(found[..<seen]), Array(clean[..<seen])) == nil)
                let poisoned = found[seen...].allSatisfy(\.isNaN)
                #expect(poisoned)
                (problem.k, problem.v) = saved
            }
        }
    }

    @Test func `a batch entry does not know its neighbours`() throws {
        var seed = Seed(8)
        var both = AttentionProblem(batch: 2, time: 77, heads: 4, keyHeads: 2, dim: 32, seed: &seed)
        for (_, context) in try TileContext.vector() {
            let forward = both.forward(context), gradients = both.gradients(context, of: forward)
            let whole = both
            both.batch = 1
            both.q.removeFirst(whole.q.count / 2)
            both.k.removeFirst(whole.k.count / 2)
            both.v.removeFirst(whole.v.count / 2)
            both.outputGradient.removeFirst(whole.q.count / 2)
            let alone = both.forward(context), back = both.gradients(context, of: alone)
            #expect(firstDifference(alone.o, Array(forward.o.suffix(alone.o.count))) == nil)
            #expect(firstDifference(back.q, Array(gradients.q.suffix(back.q.count))) == nil)
            #expect(firstDifference(back.k, Array(gradients.k.suffix(back.k.count))) == nil)
            #expect(firstDifference(back.v, Array(gradients.v.suffix(back.v.count))) == nil)
            both = whole
        }
    }

    @Test func `a copied cache goes on like the first one`() throws {
        var seed = Seed(9)
        let problem = AttentionProblem(time: 71, heads: 2, keyHeads: 2, dim: 8, seed: &seed)
        let context = try TileContext(ck_isa_best(), threads: 1)
        let row = problem.keyHeads * problem.dim, capacity = 128
        var keys = [Float](
            repeating: .nan, count: ck_cache_elements(3, problem.keyHeads, problem.dim, capacity))
        var values = keys
        let positions = (0..<71).map(Int32.init), slots = [Int32](repeating: 2, count: 71)
        ck_cache_append_f32(
            context.pointer, 71, problem.keyHeads, problem.dim, capacity, problem.k, row, problem.v,
            row, slots,
            positions, &keys, &values)
        ck_cache_copy_f32(
            context.pointer, problem.keyHeads, problem.dim, capacity, 2, 0, 69, &keys, &values)
        ck_cache_append_f32(
            context.pointer, 2, problem.keyHeads, problem.dim, capacity,
            Array(problem.k[(69 * row)...]), row,
            Array(problem.v[(69 * row)...]), row, [0, 0], [69, 70], &keys, &values)
        var o = [Float](repeating: .nan, count: problem.q.count)
        ck_attention_cached_f32(
            context.pointer, 71, problem.heads, problem.keyHeads, problem.dim, capacity, problem.q,
            row, keys,
            values, Array(repeating: 0, count: 71), positions, problem.scale, &o)
        #expect(firstDifference(o, problem.forward(context).o) == nil)
    }
}
