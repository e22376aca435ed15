import Bytes

/// Whether courses can be taken in an order that respects their prerequisites.
struct CourseSchedule: TaskFormat {
    static let name = "course_schedule"
    let seed: Int
    private let courses: ClosedRange<Int>
    private let prerequisites: ClosedRange<Int>
    private let cycles: ClosedRange<Int>
    private let solvableShare: Double

    init(_ settings: inout Settings) throws(EnvironmentError) {
        courses = try settings.range(
            "min_num_courses", "max_num_courses", default: 5...10, within: 3...500)
        prerequisites = try settings.range(
            "min_num_prerequisites", "max_num_prerequisites", default: 1...2, within: 1...100)
        cycles = try settings.range(
            "min_cycle_length", "max_cycle_length", default: 3...5, within: 3...500)
        solvableShare = try settings.number("p_solvable", default: 0.5, within: 0...1)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        var order = Array(0..<random.randint(courses))
        random.shuffle(&order)
        let solvable = random.random() < solvableShare
        let pairs = pairs(order, solvable: solvable, &random)
        let finishes = Self.canFinish(order.count, pairs)
        let list = pairs.map { "(\($0[0]), \($0[1]))" }.joined(separator: ", ")
        return Entry(
            question: """
                There are a total of \(order.count) courses you have to take, labeled from 0 to \
                \(order.count - 1).

                You are given the following list of prerequisites, where prerequisites[i] = \
                (a_i, b_i) indicates that you must first take course b_i if you want to take \
                course a_i:
                [\(list)]

                Return True if you can finish all courses considering the prerequisites, or False \
                otherwise.

                """,
            answer: finishes ? "True" : "False",
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("courses", .ints(order)), ("prerequisites", NumberGrid.json(pairs)),
                ("solution", .flag(finishes)), ("solvable", .flag(solvable)),
                (
                    "difficulty",
                    .members([
                        ("num_courses", .range(courses)),
                        ("num_prerequisites", .range(prerequisites)),
                        ("cycle_length", .range(cycles)),
                    ])
                ),
            ]))
    }

    /// Pairs of a course and one to take before; with a circle among them where nobody shall
    /// finish.
    private func pairs(_ order: [Int], solvable: Bool, _ random: inout PythonRandom) -> [[Int]] {
        var pairs: [[Int]] = []
        for position in (1..<order.count).reversed() {
            let count = min(position, random.randint(prerequisites))
            let before = random.sample(Array(order[..<position]), count)
            pairs += before.map { [order[position], $0] }
        }
        if !solvable {
            let circle = random.sample(order, min(order.count, random.randint(cycles)))
            pairs += circle.indices.map { [circle[$0], circle[($0 + 1) % circle.count]] }
        }
        // Doubles leave through a set, whose order is the shuffle's start.
        var unique = PythonSet.ordered(pairs, hash: PythonSet.hash(ofTuple:))
        random.shuffle(&unique)
        return unique
    }

    /// Takes courses without open prerequisites until none is left.
    private static func canFinish(_ count: Int, _ pairs: [[Int]]) -> Bool {
        var open = [Int](repeating: 0, count: count)
        var unlocks = [[Int]](repeating: [], count: count)
        for pair in pairs {
            open[pair[0]] += 1
            unlocks[pair[1]].append(pair[0])
        }
        var ready = open.indices.filter { open[$0] == 0 }
        var taken = 0
        while let course = ready.popLast() {
            taken += 1
            for next in unlocks[course] {
                open[next] -= 1
                if open[next] == 0 { ready.append(next) }
            }
        }
        return taken == count
    }
}
