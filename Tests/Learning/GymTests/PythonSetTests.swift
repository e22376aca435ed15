import Testing

@testable import Gym

// Values of CPython 3.11.
@Suite struct `A Python set` {
    @Test(arguments: [
        ([], 5_740_354_900_026_072_187), ([0], -8_753_497_827_991_233_192),
        ([3, 1], 8_756_109_708_711_196_808), ([1, 2, 3], 529_344_067_295_497_451),
    ]) func `hashes a tuple of numbers`(numbers: [Int], hash: Int) {
        #expect(PythonSet.hash(ofTuple: numbers) == hash)
    }

    @Test(arguments: [
        ([1, 9], [1, 9]), ([9, 1], [9, 1]), ([8, 3], [8, 3]), ([4, 9], [9, 4]), ([7, 7], [7]),
        ([100, 8, 16, 24, 33, 1, 40, 9, 17], [33, 1, 100, 8, 40, 9, 16, 17, 24]),
    ]) func `lists numbers in the order of its table`(added: [Int], listed: [Int]) {
        #expect(PythonSet.ordered(added) { $0 } == listed)
    }

    @Test func `keeps that order while it grows`() {
        let added = [
            [8, 5], [29, 27], [24, 12], [5, 24], [25, 2], [4, 19], [19, 14], [4, 4], [0, 27],
            [0, 6], [24, 6], [30, 5], [27, 5], [9, 10], [30, 6], [17, 28], [21, 20], [6, 5],
            [30, 30],
        ]
        let listed = [
            [30, 6], [30, 30], [6, 5], [30, 5], [8, 5], [9, 10], [19, 14], [5, 24], [4, 4],
            [21, 20], [29, 27], [27, 5], [4, 19], [25, 2], [24, 6], [0, 6], [17, 28], [24, 12],
            [0, 27],
        ]
        #expect(PythonSet.ordered(added, hash: PythonSet.hash(ofTuple:)) == listed)
        // Enough for several tables and for steps beyond the neighbours.
        var random = PythonRandom(seed: 9)
        let pairs = (0..<1_500).map { _ in
            let first = random.randint(0, 300)
            return [first, random.randint(0, 300)]
        }
        let order = PythonSet.ordered(pairs, hash: PythonSet.hash(ofTuple:))
        #expect(order.count == 1_489 && order[0] == [165, 216] && order[500] == [207, 244])
        let sum = order.enumerated().reduce(0) { $0 + $1.0 * ($1.1[0] * 7 + $1.1[1]) }
        #expect(sum == 1_331_975_151)
    }
}

// Values of NumPy 2.4.6.
@Suite struct `NumPy's generator` {
    struct Draws: Sendable {
        let seed: UInt64
        let dice: [Int]
        let coins: [Int]
        let fewOfMany: [Int]
        let all: [Int]
        let large: Int
    }

    @Test(arguments: [
        Draws(
            seed: 0, dice: [5, 3, 3, 1, 1, 0, 0, 0], coins: [0, 1, 1, 1, 1, 1],
            fewOfMany: [35, 46, 27, 31], all: [1, 3, 2, 4, 0, 7, 5, 6], large: 1_624_383_660),
        Draws(
            seed: 12_345, dice: [4, 1, 4, 1, 1, 4, 3, 4], coins: [1, 0, 1, 0, 1, 1],
            fewOfMany: [10, 9, 34, 11], all: [6, 5, 7, 1, 4, 0, 3, 2], large: 347_946_179),
        Draws(
            seed: 1 << 32, dice: [3, 5, 5, 3, 1, 4, 1, 5], coins: [1, 0, 0, 0, 0, 1],
            fewOfMany: [1, 12, 0, 37], all: [4, 2, 3, 1, 5, 7, 6, 0], large: 944_035_276),
    ]) func `draws the same numbers`(draws: Draws) {
        var random = NumpyGenerator(seed: draws.seed)
        #expect((0..<8).map { _ in random.integers(0, 6) } == draws.dice)
        #expect((0..<6).map { _ in random.integers(0, 2) } == draws.coins)
        #expect(random.integers(2, 3) == 2)
        #expect(random.choice(Array(0..<51), distinct: 4) == draws.fewOfMany)
        #expect(random.choice(Array(0..<8), distinct: 8) == draws.all)
        #expect(random.integers(0, 3_000_000_000) == draws.large)
    }
}
