import Bytes

/// Paths that leave one centre; which of them leads to the goal?
struct PathStar: TaskFormat {
    static let name = "path_star"
    let seed: Int
    private let degree: Int
    private let labels: Int
    private let lengths: ClosedRange<Int>
    private let reversed: Bool

    init(_ settings: inout Settings) throws(EnvironmentError) {
        degree = try settings.int("degree", default: 3, within: 2...200)
        labels = try settings.int("node_range", default: 100_000, within: 6...1_000_000_000)
        lengths = try settings.range(
            "min_path_length", "max_path_length", default: 3...5, within: 2...200)
        reversed = try settings.bool("reversed", default: false)
        if labels <= degree * lengths.upperBound + 1 {
            throw settings.invalid(
                "node_range", "must exceed \"degree\" times \"max_path_length\" plus one")
        }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let center = random.randrange(0, labels)
        let length = random.randint(lengths)
        var used: Set<Int> = [center]
        let paths = (0..<degree).map { _ in
            (0..<length).map { _ in
                var label = random.randrange(0, labels)
                while !used.insert(label).inserted { label = random.randrange(0, labels) }
                return label
            }
        }
        let chosen = [center] + random.choice(paths)
        let goal = chosen[length]
        var edges = paths.map { (center, $0[0]) }
        for path in paths { edges += zip(path, path.dropFirst()) }
        random.shuffle(&edges)
        let list = edges.map { "|\($0) \($1)" }.joined()
        let ends = reversed ? "\(goal) \(center)" : "\(center) \(goal)"
        let answer = reversed ? chosen.reversed() : chosen
        return Entry(
            question: """

                Find a path from the start node to the goal node in the following path-star graph.
                Respond with only the sequence of node labels in the path, including the start \
                and goal nodes.
                Separate node labels with a single space.

                The graph is represented as a list of edges, where each edge is defined by two \
                node labels.
                The edges are separated by a vertical bar '|'. Then, the start and goal nodes are \
                specified after a slash '/'.

                Example:
                |1 2|1 3|2 4|3 5/1 5 = 1 3 5

                Solve the following task:
                \(list)/\(ends) =\u{20}

                """,
            answer: answer.map(String.init).joined(separator: " "),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("center", .int(center)), ("goal", .int(goal)), ("path_length", .int(length)),
                ("goal_path", .ints(chosen)),
                (
                    "difficulty",
                    .members([
                        ("degree", .int(degree)), ("node_range", .int(labels)),
                        ("path_length", .range(lengths)),
                    ])
                ),
            ]))
    }

    /// 1 for the expected labels, whatever blanks are between them; 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let given = PythonText.split(answer).joined(separator: " ")
        return PythonText.equal(given, expected) ? 1 : 0
    }
}
