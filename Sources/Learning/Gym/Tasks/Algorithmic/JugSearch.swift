/// A move of the jugs puzzle; jugs are numbers from 0.
enum JugMove {
    case fill(Int)
    case empty(Int)
    case pour(Int, into: Int)

    static func letter(_ jug: Int) -> String { String(Unicode.Scalar(UInt8(65 + jug))) }

    var text: String {
        switch self {
        case .fill(let jug): "fill \(Self.letter(jug))"
        case .empty(let jug): "empty \(Self.letter(jug))"
        case .pour(let jug, let other): "pour \(Self.letter(jug))->\(Self.letter(other))"
        }
    }

    /// The move that a text names; words after it do not count.
    init?(_ text: String, jugs: Int) {
        let words = PythonText.split(text)
        guard words.count >= 2 else { return nil }
        let named = PythonText.split(words[1], by: "->").map { name in
            (0..<jugs).first { PythonText.equal(Self.letter($0), name) }
        }
        switch (words[0], named.count) {
        case ("fill", 1):
            guard let jug = named[0] else { return nil }
            self = .fill(jug)
        case ("empty", 1):
            guard let jug = named[0] else { return nil }
            self = .empty(jug)
        case ("pour", 2):
            guard let jug = named[0], let other = named[1] else { return nil }
            self = .pour(jug, into: other)
        default: return nil
        }
    }

    /// All moves, in the order in which the search tries them.
    static func all(jugs: Int) -> [JugMove] {
        (0..<jugs).flatMap { jug -> [JugMove] in
            [.fill(jug), .empty(jug)]
                + (0..<jugs).filter { $0 != jug }.map { JugMove.pour(jug, into: $0) }
        }
    }
}

/// How much each of up to eight jugs holds, a byte each.
struct JugState: Hashable {
    private var bytes: UInt64 = 0

    subscript(jug: Int) -> Int {
        get { Int(bytes >> UInt64(8 * jug) & 255) }
        set {
            let shift = UInt64(8 * jug)
            bytes = bytes & ~(255 << shift) | UInt64(newValue) << shift
        }
    }
}

/// Looks for the fewest moves, breadth first.
struct JugSearch {
    /// Up to eight of at most 255.
    let capacities: [Int]
    let target: Int

    func isSolved(_ state: JugState) -> Bool {
        capacities.indices.contains { state[$0] == target }
    }

    func after(_ move: JugMove, _ state: JugState) -> JugState {
        var next = state
        switch move {
        case .fill(let jug): next[jug] = capacities[jug]
        case .empty(let jug): next[jug] = 0
        case .pour(let jug, let other):
            let amount = min(state[jug], capacities[other] - state[other])
            next[jug] -= amount
            next[other] += amount
        }
        return next
    }

    /// The first of the shortest solutions; nil where there is none or no trial is left.
    func shortest(trials: inout Int) -> [JugMove]? {
        let moves = JugMove.all(jugs: capacities.count)
        var seen: Set = [JugState()]
        var reached = [(state: JugState(), from: -1, move: JugMove.empty(0))]
        var next = 0
        while next < reached.count, trials > 0 {
            trials -= moves.count
            for move in moves {
                let state = after(move, reached[next].state)
                guard seen.insert(state).inserted else { continue }
                reached.append((state, next, move))
                if isSolved(state) { return path(reached.map { ($0.from, $0.move) }) }
            }
            next += 1
        }
        return nil
    }

    /// The moves that led to the last state.
    private func path(_ steps: [(from: Int, move: JugMove)]) -> [JugMove] {
        var path: [JugMove] = []
        var at = steps.count - 1
        while steps[at].from >= 0 {
            path.append(steps[at].move)
            at = steps[at].from
        }
        return path.reversed()
    }
}
