import Bytes
import Foundation
import TestSupport
import Testing

@testable import Gym

@Suite struct `Python's random numbers` {
    /// One seed's values, all from one generator, in the order of the fields.
    struct Stream: Decodable {
        let seed: Int
        let getrandbits32: [UInt64]
        let random: [String]
        let randint_0_1000: [Int]
        let choice: [String]
        let choices_w: [Int]
        let shuffle10: [Int]
        let sample_100_5: [Int]
        let sample_20_15: [Int]
        let uniform: [String]
        let randrange_3_99_4: [Int]
    }

    @Test(.enabled(if: Fixtures.sharedExists("pyrandom.json"), "needs shared/fixtures"))
    func `are CPython's for seven seeds and ten kinds of draws`() throws {
        let data = try Data(contentsOf: Fixtures.shared("pyrandom.json"))
        let streams = try JSONDecoder().decode([Stream].self, from: data)
        #expect(streams.count == 7)
        for stream in streams {
            var random = PythonRandom(seed: stream.seed)
            #expect((0..<4).map { _ in random.bits(32) } == stream.getrandbits32)
            #expect((0..<4).map { _ in random.random() } == stream.random.compactMap { Double($0) })
            #expect((0..<6).map { _ in random.randint(0, 1000) } == stream.randint_0_1000)
            let letters = ["a", "b", "c", "d", "e", "f", "g"]
            #expect((0..<6).map { _ in random.choice(letters) } == stream.choice)
            let weights = [Double](repeating: 1, count: 9)
            #expect(random.choices(weights: weights, picks: 6) == stream.choices_w)
            var items = Array(0..<10)
            random.shuffle(&items)
            #expect(items == stream.shuffle10)
            #expect(random.sample(Array(0..<100), 5) == stream.sample_100_5)
            #expect(random.sample(Array(0..<20), 15) == stream.sample_20_15)
            let uniform = (0..<3).map { _ in random.uniform(-1, 2) }
            #expect(uniform == stream.uniform.compactMap { Double($0) })
            let steps = (0..<4).map { _ in random.randrange(3, 99, step: 4) }
            #expect(steps == stream.randrange_3_99_4)
        }
    }

    // Values of CPython 3.11.
    @Test func `take the sign of a seed for nothing and its every word for something`() throws {
        var minus = PythonRandom(seed: -42)
        var plus = PythonRandom(seed: 42)
        #expect(minus.bits(64) == plus.bits(64))
        let seed = try #require(BigInteger(digits: "1267650600228229401496703205383".utf8))
        var long = PythonRandom(seed: seed)
        #expect(long.bits(32) == 1_786_885_132)
        #expect(long.bits(53) == 2_943_234_067_720_849)
        #expect(long.bigBits(100).description == "899262016267698194331271970090")
        #expect(long.choices(10, picks: 5) == [7, 5, 6, 2, 9])
    }
}
