import Bytes
import TestSupport
import Testing

@testable import Gym

@Suite struct `A puzzle` {
    private func entry(_ name: String, _ config: String) throws -> Entry {
        let configuration = try JSON(parsing: config)
        return try EnvironmentRegistry.make(name, configuration: configuration, seed: 4)
            .entry(at: 0)
    }

    @Test(arguments: [(4, 2), (5, 10), (6, 4), (7, 40), (8, 92)])
    func `of queens knows all solutions`(side: Int, count: Int) throws {
        let entry = try entry(
            "n_queens", #"{"n": \#(side), "min_remove": \#(side), "max_remove": \#(side)}"#)
        #expect(entry.metadata.member("solutions")?.elements?.count == count)
    }

    @Test(arguments: [(3, [1, 3, 7, 15, 31, 63]), (4, [1, 3, 5, 9, 13, 17, 25, 33])])
    func `of Hanoi takes the fewest moves known`(pegs: Int, lengths: [Int]) {
        for (i, length) in lengths.enumerated() {
            let hanoi = HanoiMoves(disks: i + 1, from: 1, to: 2, over: Array(3...pegs))
            #expect(hanoi.moves.count == length)
        }
    }

    @Test func `of weighted ones is unique where no other grid has its sums`() {
        var seed = Seed(0x6b61_6b75)
        var sums: [[Int]: Int] = [:]
        func weights(_ bits: Int) -> [Int] {
            let rows = (0..<3).map { r in (0..<3).map { (bits >> (3 * r + $0) & 1) * ($0 + 1) } }
            let columns = (0..<3).map { c in (0..<3).map { (bits >> (3 * $0 + c) & 1) * ($0 + 1) } }
            return (rows + columns).map { $0.reduce(0, +) }
        }
        for bits in 0..<512 { sums[weights(bits), default: 0] += 1 }
        for _ in 0..<200 {
            let bits = Int(seed.next() % 512)
            let wanted = weights(bits)
            var solver = KakurasuSolver()
            let isUnique = solver.isUnique(Array(wanted[..<3]), Array(wanted[3...]))
            #expect(isUnique == (sums[wanted] == 1), "grid \(bits) of seed 0x6b616b75")
        }
    }

    @Test func `of inequalities is a Latin square that keeps them`() {
        for seed in 0..<20 {
            var random = PythonRandom(seed: seed)
            let puzzle = FutoshikiPuzzle(side: 4 + seed % 6, chance: 0.3, &random)
            let all = Array(1...puzzle.side)
            #expect(puzzle.rows.allSatisfy { $0.sorted() == all }, "seed \(seed)")
            for column in 0..<puzzle.side {
                #expect(puzzle.rows.map { $0[column] }.sorted() == all, "seed \(seed)")
            }
            #expect(puzzle.inequalities.allSatisfy { puzzle.cells[$0.lesser] < puzzle.cells[$0.greater] })
        }
    }

    @Test(arguments: [
        ("shortest_path", #"{"min_rows": 1, "min_cols": 1}"#), ("maze", #"{"min_grid_size": 2}"#),
        ("path_star", #"{"node_range": 16}"#), ("tower_of_hanoi", #"{"visualize": true}"#),
        ("n_queens", #"{"n": 6}"#), ("survo", #"{"max_empty": 10}"#),
        ("knights_knaves", #"{"width_constraint": 4}"#), ("family_relationships", #"{"male_names": []}"#),
        ("emoji_mystery", #"{"min_words_in_sentence": 900, "max_words_in_sentence": 1000}"#),
    ]) func `that cannot be made is refused`(name: String, config: String) {
        #expect(throws: EnvironmentError.self) { try entry(name, config) }
    }

    @Test func `with too few names or too little room has no question`() throws {
        #expect(throws: EnvironmentError.self) {
            try entry(
                "family_relationships",
                #"{"min_family_size": 12, "max_family_size": 12, "male_names": ["Max"]}"#)
        }
        #expect(throws: EnvironmentError.self) {
            try entry("maze", #"{"min_dist": 50, "max_dist": 50, "min_grid_size": 5, "max_grid_size": 5}"#)
        }
    }
}
