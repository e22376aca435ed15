import CKernels
import Foundation
import TestSupport
import Testing

@Suite struct RandomTests {
    /// Known answers of the Random123 distribution (kat_vectors), philox4x32 with 10 rounds.
    @Test func `Philox gives the published words`() {
        func words(_ key: UInt64, _ stream: UInt64, _ index: UInt64) -> [UInt32] {
            var out: [UInt32] = [0, 0, 0, 0]
            ck_philox(key, stream, index, &out)
            return out
        }
        #expect(words(0, 0, 0) == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
        #expect(words(.max, .max, .max) == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
        #expect(
            words(0x299F_31D0_A409_3822, 0x0370_7344_1319_8A2E, 0x85A3_08D3_243F_6A88)
                == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
    }

    @Test func `uniform and normal numbers have the same bits everywhere`() throws {
        try expectSameBits("random", sizes: longLengths, numbers: [.plain]) { context, n, _, seed in
            let key = seed.next(), stream = seed.next()
            return filled(n) { ck_uniform_f32(context, key, stream, n, $0) }
                + filled(n) { ck_normal_f32(context, key, stream, n, $0) }
        }
    }

    @Test func `element i is word i mod 4 of counter i / 4, whatever the length`() throws {
        let context = try RowContext.scalar(), n = 203
        let u = filled(n) { ck_uniform_f32(context.pointer, 7, 9, n, $0) }
        let z = filled(n) { ck_normal_f32(context.pointer, 7, 9, n, $0) }
        for i in 0..<n {
            var words: [UInt32] = [0, 0, 0, 0]
            ck_philox(7, 9, UInt64(i / 4), &words)
            #expect(u[i] == Float(words[i % 4] >> 8) * 0x1p-24)
            let pair = i % 4 / 2 * 2
            let r = (-2 * log(Double((words[pair] >> 8) + 1) * 0x1p-24)).squareRoot()
            let t = Double(words[pair + 1] >> 8) * 0x1p-24 * 2 * Double.pi
            #expect(abs(Double(z[i]) - r * (i % 2 == 0 ? cos(t) : sin(t))) < 4e-6)
        }
    }

    @Test func `normal numbers have the moments of the normal distribution`() throws {
        let context = try RowContext.scalar(), n = 200_000
        let z = filled(n) { ck_normal_f32(context.pointer, 1, 2, n, $0) }.map(Double.init)
        func moment(_ k: Double) -> Double { z.map { pow($0, k) }.reduce(0, +) / Double(n) }
        #expect(abs(moment(1)) < 0.01)
        #expect(abs(moment(2) - 1) < 0.015)
        #expect(abs(moment(3)) < 0.04)
        #expect(abs(moment(4) - 3) < 0.1)
    }
}

@Suite struct SampleTests {
    private func sample(
        _ isa: ck_isa, _ logits: [Float], _ sampling: ck_sampling, _ uniform: Float
    ) -> Int32 {
        var sampling = sampling
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: ck_sample_scratch(logits.count), alignment: 16)
        defer { scratch.deallocate() }
        return ck_sample_f32(isa, logits.count, logits, &sampling, uniform, scratch)
    }
    private let vector = [CK_AVX2, CK_AVX512, CK_NEON].filter { ck_isa_supported($0) == 1 }

    @Test func `selecting before sorting draws what sorting everything draws`() {
        var seed = Seed(17)
        for round in 0..<600 {
            let n = [1, 2, 17, 63, 64, 65, 300, 2000, 5000][round % 9]
            var logits = Numbers.plain.take(n, &seed)
            if round % 3 == 1 { logits = logits.map { $0.rounded() } }  // many ties
            if round % 3 == 2 { logits = logits.map { $0 < 0 ? $0 * 0 : 0 } }  // both zeros
            if round % 7 == 3, n > 1 { logits[n / 2] = -.infinity }
            let sampling = ck_sampling(
                temperature: [1, 0.6, 2, 0.05][round % 4],
                top_p: [1, 0.9, 0.3, 1, 0.999999, 0][Int(seed.next() % 6)],
                min_p: [0, 0.1, 0, 2][Int(seed.next() % 4)],
                top_k: [0, 1, 5, 50, 1500, Int32(n)][Int(seed.next() % 6)])
            let uniform = Float(seed.next() >> 40) * 0x1p-24
            let expected = sample(CK_SCALAR, logits, sampling, uniform)
            #expect(expected >= 0 && expected < n)
            for isa in vector {
                #expect(
                    sample(isa, logits, sampling, uniform) == expected,
                    "round \(round), n \(n), \(sampling), uniform \(uniform)")
            }
        }
    }

    @Test func `draws follow the softmax at the temperature`() {
        let logits: [Float] = [0.3, -1, 2, 0.3, 1.1, -4], temperature = 0.8
        let e = logits.map { exp(Double($0) / temperature) }, sum = e.reduce(0, +), draws = 4000
        for isa in [CK_SCALAR] + vector {
            var counts = [Int](repeating: 0, count: logits.count)
            let sampling = ck_sampling(
                temperature: Float(temperature), top_p: 1, min_p: 0, top_k: 0)
            for i in 0..<draws {
                counts[Int(sample(isa, logits, sampling, (Float(i) + 0.5) / Float(draws)))] += 1
            }
            for (count, x) in zip(counts, e) {
                #expect(abs(Double(count) - x / sum * Double(draws)) <= 1.01)
            }
        }
    }

    @Test func `top-k, top-p and min-p keep what they say`() {
        // p = 0.4, 0.3, 0.2, 0.1 for ids 2, 0, 3, 1
        let logits: [Float] = [0.3, 0.1, 0.4, 0.2].map { Float(log($0)) }
        func kept(_ isa: ck_isa, _ top_k: Int32, _ top_p: Float, _ min_p: Float) -> Set<Int32> {
            let sampling = ck_sampling(temperature: 1, top_p: top_p, min_p: min_p, top_k: top_k)
            return Set((0..<100).map { sample(isa, logits, sampling, Float($0) / 100) })
        }
        for isa in [CK_SCALAR] + vector {
            #expect(kept(isa, 0, 1, 0) == [0, 1, 2, 3])
            #expect(kept(isa, 2, 1, 0) == [0, 2])
            #expect(kept(isa, 0, 0.69, 0) == [0, 2])
            #expect(kept(isa, 0, 0.75, 0) == [0, 2, 3])
            #expect(kept(isa, 1, 0.95, 0) == [2])
            #expect(kept(isa, 0, 1, 0.4) == [0, 2, 3])
            #expect(kept(isa, 0, 0.95, 0.6) == [0, 2])
        }
    }

    @Test func `greedy draws take the lowest of equals, and a fault draws nothing`() {
        let greedy = ck_sampling(temperature: 0, top_p: 1, min_p: 0, top_k: 0)
        let one = ck_sampling(temperature: 1, top_p: 1, min_p: 0, top_k: 3)
        for isa in [CK_SCALAR] + vector {
            #expect(sample(isa, [1, 3, -2, 3, 3], greedy, 0.9) == 1)
            #expect(sample(isa, [1, 3, .nan, 3], one, 0.9) == -1)
            #expect(sample(isa, [1, .infinity, 2], one, 0.9) == -1)
            #expect(sample(isa, [-.infinity, -.infinity], one, 0.1) == -1)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a vocabulary of 152 thousand is drawn from in well under a millisecond`() {
        var seed = Seed(2)
        let logits = Numbers.plain.take(151_936, &seed)
        let sampling = ck_sampling(temperature: 1, top_p: 0.95, min_p: 0, top_k: 50)
        let isa = ck_isa_best()
        var best = Duration.seconds(1)
        for _ in 0..<20 {
            let took = ContinuousClock().measure {
                #expect(sample(isa, logits, sampling, 0.5) >= 0)
            }
            best = min(best, took)
        }
        #expect(isa == CK_SCALAR || best < .milliseconds(1))
    }
}
