/// The rules of thumb by which the original solves a Futoshiki before it guesses.
///
/// A puzzle is only asked if they find a solution. Some of them are unsound: the one for hidden
/// pairs takes numbers away that belong there. So the rules, and the order in which a set lists
/// its numbers, are part of the task format.
struct FutoshikiLogic {
    private let puzzle: FutoshikiPuzzle
    private let side: Int
    /// The cells of each row and of each column.
    private let rows: [[Int]]
    private let columns: [[Int]]
    private var values: [Int]
    private var candidates: [Candidates]

    /// Numbers that a cell may hold.
    private struct Candidates {
        var bits: Int
        /// Sets list their numbers in rising order, except some pairs with 8 or 9.
        var isDescending = false

        init(bits: Int) { self.bits = bits }

        init(pair: [Int]) {
            bits = 1 << pair[0] | 1 << pair[1]
            let listed = PythonSet.ordered(pair) { $0 }
            isDescending = listed[0] > listed[1]
        }

        var count: Int { bits.nonzeroBitCount }
        var numbers: [Int] {
            let rising = (1...9).filter { bits >> $0 & 1 == 1 }
            return isDescending ? rising.reversed() : rising
        }

        func contains(_ number: Int) -> Bool { bits >> number & 1 == 1 }

        /// Whether anything was there to remove.
        mutating func remove(_ removed: Int) -> Bool {
            let before = bits
            bits &= ~removed
            return bits != before
        }
    }

    private init(_ puzzle: FutoshikiPuzzle, _ values: [Int]) {
        self.puzzle = puzzle
        self.values = values
        let side = puzzle.side
        self.side = side
        rows = (0..<side).map { row in (0..<side).map { row * side + $0 } }
        columns = (0..<side).map { column in (0..<side).map { $0 * side + column } }
        candidates = values.map { Candidates(bits: $0 == 0 ? (2 << side) - 2 : 1 << $0) }
        for pair in puzzle.inequalities {
            _ = candidates[pair.first].remove(pair.isLess ? 1 << side : 1 << 1)
        }
    }

    /// Whether rules and guesses fill the puzzle; nobody asks whether rightly.
    static func solves(_ puzzle: FutoshikiPuzzle, _ steps: inout Int) -> Bool {
        solves(puzzle, puzzle.cells, &steps)
    }

    private static func solves(_ puzzle: FutoshikiPuzzle, _ values: [Int], _ steps: inout Int)
        -> Bool
    {
        var logic = FutoshikiLogic(puzzle, values)
        repeat { steps += 100 } while logic.makesProgress() && steps <= FutoshikiPuzzle.stepsMax
        if steps > FutoshikiPuzzle.stepsMax { return false }
        guard let cell = logic.values.firstIndex(of: 0) else { return true }
        for number in 1...logic.side where logic.candidates[cell].contains(number) {
            guard logic.allows(number, at: cell) else { continue }
            logic.values[cell] = number
            if solves(puzzle, logic.values, &steps) { return true }
            logic.values[cell] = 0
        }
        return false
    }

    /// Whether a number clashes with nothing, and nothing else clashes.
    private func allows(_ number: Int, at cell: Int) -> Bool {
        let line = rows[cell / side] + columns[cell % side]
        if line.contains(where: { values[$0] == number }) { return false }
        var filled = values
        filled[cell] = number
        return puzzle.inequalities.allSatisfy { pair in
            let (low, high) = (filled[pair.lesser], filled[pair.greater])
            return low == 0 || high == 0 || low < high
        }
    }

    // MARK: The rules

    /// Applies each rule once; true where one that counts as progress found something.
    private mutating func makesProgress() -> Bool {
        var found = removePlaced()
        settle()
        found = removeByInequality() || found
        settle()
        findHiddenSingles()
        settle()
        found = removeNakedPairs() || found
        settle()
        findHiddenPairs()
        settle()
        found = removeWings(in: rows) || found
        found = removeWings(in: columns) || found
        settle()
        return found
    }

    /// A cell with one candidate left holds it.
    private mutating func settle() {
        for cell in values.indices where values[cell] == 0 && candidates[cell].count == 1 {
            values[cell] = candidates[cell].bits.trailingZeroBitCount
        }
    }

    private func lines(of cell: Int) -> [[Int]] { [rows[cell / side], columns[cell % side]] }

    private mutating func removePlaced() -> Bool {
        var found = false
        for cell in values.indices where values[cell] != 0 {
            for line in lines(of: cell) {
                for other in line where other != cell {
                    found = candidates[other].remove(1 << values[cell]) || found
                }
            }
        }
        return found
    }

    private mutating func removeByInequality() -> Bool {
        var found = false
        for pair in puzzle.inequalities {
            let (low, high) = (values[pair.lesser], values[pair.greater])
            if low != 0, high == 0 {
                found = candidates[pair.greater].remove((2 << low) - 1) || found
            }
            if low == 0, high != 0 {
                found = candidates[pair.lesser].remove(~0 << high) || found
            }
        }
        return found
    }

    /// A number that only one cell of a line can hold belongs there.
    private mutating func findHiddenSingles() {
        for cell in values.indices where values[cell] == 0 {
            let single = candidates[cell].numbers.first { number in
                lines(of: cell).contains { line in
                    line.count { candidates[$0].contains(number) } == 1
                }
            }
            if let single { candidates[cell] = Candidates(bits: 1 << single) }
        }
    }

    /// Two cells of a line that share their two candidates take them from all others.
    private mutating func removeNakedPairs() -> Bool {
        var found = false
        for cell in values.indices where values[cell] == 0 && candidates[cell].count == 2 {
            let pair = candidates[cell].bits
            for line in lines(of: cell) {
                for twin in line where twin != cell && candidates[twin].bits == pair {
                    for other in line where other != cell && other != twin {
                        found = candidates[other].remove(pair) || found
                    }
                }
            }
        }
        return found
    }

    /// Two numbers that two cells of a line share, and no third cell has both, are all that the
    /// two cells keep.
    private mutating func findHiddenPairs() {
        for cell in values.indices where values[cell] == 0 {
            for line in lines(of: cell) {
                for twin in line where twin > cell && values[twin] == 0 {
                    findHiddenPair(cell, twin, line)
                }
            }
        }
    }

    /// Goes through the ordered pairs of both cells at once: each list is read forwards only, so
    /// a pair that is missing from the second ends the search.
    private mutating func findHiddenPair(_ cell: Int, _ twin: Int, _ line: [Int]) {
        let (first, second) = (candidates[cell].numbers, candidates[twin].numbers)
        var read = 0
        for a in first {
            for b in first where b != a {
                guard let i = second.firstIndex(of: a), let j = second.firstIndex(of: b) else {
                    return
                }
                let place = i * (second.count - 1) + (j < i ? j : j - 1)
                if place < read { return }
                read = place + 1
                let isElsewhere = line.contains { other in
                    other != cell && other != twin && candidates[other].contains(a)
                        && candidates[other].contains(b)
                }
                if isElsewhere { continue }
                candidates[cell] = Candidates(pair: [a, b])
                candidates[twin] = Candidates(pair: [a, b])
            }
        }
    }

    /// X-wings: a number at the same two places of two lines is nowhere else at these places.
    private mutating func removeWings(in lines: [[Int]]) -> Bool {
        var found = false
        for number in 1...side {
            let places = lines.map { line in
                line.indices.filter { candidates[line[$0]].contains(number) }
            }
            let pairs = places.indices.filter { places[$0].count == 2 }
            for i in pairs {
                for j in pairs where j > i && places[i] == places[j] {
                    for k in lines.indices where k != i && k != j {
                        for place in places[i] {
                            found = candidates[lines[k][place]].remove(1 << number) || found
                        }
                    }
                }
            }
        }
        return found
    }
}
