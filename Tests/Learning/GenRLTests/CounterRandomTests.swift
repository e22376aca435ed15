import Testing

@testable import GenRL

@Suite struct CounterRandomTests {
    @Test func `one stream gives one sequence, another another`() {
        func words(_ key: UInt64, _ stream: UInt64) -> [UInt32] {
            var random = CounterRandom(key: key, stream: stream)
            return (0..<9).map { _ in random.word() }
        }
        #expect(words(1, 2) == words(1, 2))
        #expect(words(1, 2) != words(1, 3))
        #expect(words(2, 2) != words(1, 2))
        #expect(Set(words(1, 2)).count == 9)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `draws stay below their bound and reach every number`(count: Int) {
        var random = CounterRandom(key: 5, stream: 6)
        var seen: [Int: Int] = [:]
        for _ in 0..<count * 50 { seen[random.draw(below: count), default: 0] += 1 }
        #expect(seen.keys.allSatisfy { (0..<count).contains($0) })
        #expect(seen.count == count)
    }

    @Test func `choices are different numbers in order, and all of few`() {
        var random = CounterRandom(key: 5, stream: 7)
        for _ in 0..<100 {
            let chosen = random.choose(8, of: 24)
            #expect(chosen.count == 8 && Set(chosen).count == 8 && chosen == chosen.sorted())
        }
        #expect(random.choose(8, of: 5) == [0, 1, 2, 3, 4])
        #expect(random.choose(0, of: 5).isEmpty)
        #expect(random.permutation(of: 9).sorted() == Array(0..<9))
        #expect(random.permutation(of: 0).isEmpty)
    }

    @Test func `a name has one number on every machine`() {
        // The first eight bytes of SHA-256 of "abc" (FIPS 180-4).
        #expect(CounterRandom.number(for: "abc") == 0xba78_16bf_8f01_cfea)
    }
}
