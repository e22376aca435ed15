/// Moves between the pegs of a Tower of Hanoi, by Frame and Stewart where there are four and more.
struct HanoiMoves {
    struct Move {
        var disk: Int
        var source: Int
        var target: Int

        var text: String { "Move disk \(disk) from Peg \(source) to Peg \(target)" }
    }

    /// The moves in their order.
    private(set) var moves: [Move] = []
    /// The disks of each peg, lowest first.
    private var pegs: [Int: [Int]]
    private var lengths: [[Int]: Int] = [:]

    init(disks: Int, from source: Int, to target: Int, over spare: [Int]) {
        pegs = [source: Array((1...disks).reversed())]
        move(disks, source, target, spare)
    }

    private mutating func move(_ count: Int, _ source: Int, _ target: Int, _ spare: [Int]) {
        if count == 1 { return moveDisk(source, target) }
        let above = spare.count == 1 ? count - 1 : split(count, pegs: spare.count + 2)
        let (parking, others) = (spare[0], Array(spare.dropFirst()))
        move(above, source, parking, others + [target])
        move(count - above, source, target, others)
        move(above, parking, target, others + [source])
    }

    private mutating func moveDisk(_ source: Int, _ target: Int) {
        guard let disk = pegs[source]?.popLast() else {
            preconditionFailure("the plan moves only disks that lie there")
        }
        pegs[target, default: []].append(disk)
        moves.append(Move(disk: disk, source: source, target: target))
    }

    /// The fewest of the disks to park that make a tower cheapest.
    private mutating func split(_ count: Int, pegs: Int) -> Int {
        var best = (disks: 1, moves: Int.max)
        for parked in 1..<count {
            let moves = 2 * length(parked, pegs) + length(count - parked, pegs - 1)
            if moves < best.moves { best = (parked, moves) }
        }
        return best.disks
    }

    /// How many moves a tower takes.
    private mutating func length(_ count: Int, _ pegs: Int) -> Int {
        if count <= 1 { return count }
        if pegs == 3 { return (1 << count) - 1 }
        if let known = lengths[[count, pegs]] { return known }
        var best = Int.max
        for parked in 1..<count {
            best = min(best, 2 * length(parked, pegs) + length(count - parked, pegs - 1))
        }
        lengths[[count, pegs]] = best
        return best
    }
}
