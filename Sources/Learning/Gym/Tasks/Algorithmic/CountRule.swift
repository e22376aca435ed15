/// A rule over counts of things: it takes some of each kind and gives others.
struct CountRule {
    let takes: [Int]
    let gives: [Int]

    /// The counts after one use; nil where there is too little to take.
    func applied(to counts: [Int]) -> [Int]? {
        guard zip(counts, takes).allSatisfy({ $0 >= $1 }) else { return nil }
        return counts.indices.map { counts[$0] - takes[$0] + gives[$0] }
    }

    /// All states from the given one, the first rule that applies making the next, until none
    /// applies, a state repeats or so many steps are done.
    static func states(from start: [Int], _ rules: [CountRule], stepsMax: Int) -> [[Int]] {
        var states = [start]
        var seen: Set = [start]
        var counts = start
        for _ in 0..<stepsMax {
            guard let next = rules.lazy.compactMap({ $0.applied(to: counts) }).first,
                seen.insert(next).inserted
            else { break }
            states.append(next)
            counts = next
        }
        return states
    }
}
