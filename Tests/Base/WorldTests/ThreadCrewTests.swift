import Synchronization
import Testing
import World

@Suite struct ThreadCrewTests {
    @Test(arguments: [1, 3, 64])
    func `every job runs once and results keep their order`(width: Int) throws {
        let counts = Mutex<[Int]>(Array(repeating: 0, count: 100))
        let results = try ThreadCrew.run(100, width: width) { index in
            counts.withLock { $0[index] += 1 }
            return index * index
        }
        #expect(results == (0..<100).map { $0 * $0 })
        #expect(counts.withLock { $0 }.allSatisfy { $0 == 1 })
    }

    private struct Fault: Error, Equatable { let index: Int }

    @Test func `the error of the lowest index is thrown`() {
        #expect(throws: Fault(index: 3)) {
            try ThreadCrew.run(20, width: 4) { index in
                if index >= 3 { throw Fault(index: index) }
            }
        }
    }
}
