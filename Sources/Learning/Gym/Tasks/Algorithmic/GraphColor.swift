import Bytes

/// A graph, whose neighbours are to have different colours.
struct GraphColor: TaskFormat {
    static let name = "graph_color"
    /// Pairs of vertices drawn for one question, well below a second of work.
    private static let drawsMax = 10_000_000
    let seed: Int
    private let colors: Int
    private let vertices: ClosedRange<Int>
    private let edgeShare: Double

    init(_ settings: inout Settings) throws(EnvironmentError) {
        colors = try settings.int("num_colors", default: 3, within: 1...1_000)
        vertices = try settings.range(
            "min_num_vertices", "max_num_vertices", default: 10...10, within: 1...500)
        edgeShare = try settings.number("edge_probability", default: 0.1, within: 0...1)
        if edgeShare == 1 { throw settings.invalid("edge_probability", "must be below 1") }
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        var count = random.randint(vertices)
        var draws = 0
        while draws < Self.drawsMax {
            let edges = Self.edges(&random, vertices: count, share: edgeShare)
            draws += count * count
            if let coloring = Self.greedy(edges, vertices: count, colors: colors) {
                return entry(index, edges: edges, coloring: coloring)
            }
            count = random.randint(vertices)
        }
        throw .notGenerated(
            environment: Self.name, index: index, reason: "its graphs need more colours")
    }

    private static func edges(_ random: inout PythonRandom, vertices: Int, share: Double)
        -> [(Int, Int)]
    {
        var edges: [(Int, Int)] = []
        for u in 0..<vertices {
            for v in (u + 1)..<vertices where random.random() < share {
                edges.append((u, v))
            }
        }
        return edges
    }

    /// The least colour that no earlier neighbour has, vertex by vertex; nil where none is left.
    private static func greedy(_ edges: [(Int, Int)], vertices: Int, colors: Int) -> [Int]? {
        var earlier = Array(repeating: [Int](), count: vertices)
        for (u, v) in edges { earlier[v].append(u) }
        var coloring: [Int] = []
        for v in 0..<vertices {
            let taken = Set(earlier[v].map { coloring[$0] })
            guard let color = (1...colors).first(where: { !taken.contains($0) }) else { return nil }
            coloring.append(color)
        }
        return coloring
    }

    private func entry(_ index: Int, edges: [(Int, Int)], coloring: [Int]) -> Entry {
        let pairs = edges.map { "(\($0), \($1))" }.joined(separator: ", ")
        let numbers = JSON.ints(coloring.indices)
        let options = JSON.ints(1...colors)
        return Entry(
            question: """
                Please provide a coloring for this graph such that every vertex is not connected \
                to a vertex of the same color. The graph has these properties:

                Vertices: \(numbers.text(.python))
                Edges: [\(pairs)]
                Possible colors: \(options.text(.python))

                Return your solution as a JSON map of vertices to colors. (For example: \
                {"0": 1, "1": 2, "2": 3}.)

                """,
            answer: nil,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                (
                    "possible_answer",
                    .members(coloring.enumerated().map { (String($0), .int($1)) })
                ),
                (
                    "puzzle",
                    .members([
                        ("vertices", numbers), ("edges", .list(edges.map { .ints([$0, $1]) })),
                        ("num_colors", .int(colors)), ("color_options", options),
                    ])
                ),
                ("num_vertices", .int(coloring.count)),
                (
                    "difficulty",
                    .members([("num_vertices", .range(vertices)), ("num_colors", .int(colors))])
                ),
            ]))
    }

    /// 1 for a colouring, 0.01 for a map or list that is none, 0 for anything else.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let given = try? JSON(parsing: answer, grammar: .python),
            let puzzle = entry.metadata.member("puzzle"),
            let count = entry.metadata.member("num_vertices")?.wholeNumber,
            let colors = puzzle.member("num_colors")?.wholeNumber,
            let edges = puzzle.member("edges")?.elements
        else { return 0 }
        switch ColorMap(given, vertices: count, colors: colors) {
        case .notRead: return 0
        case .incomplete: return 0.01
        case .complete(let coloring):
            let clashes = edges.contains { edge in
                let ends = edge.elements?.compactMap(\.wholeNumber) ?? []
                return ends.count == 2 && coloring[ends[0]] == coloring[ends[1]]
            }
            return clashes ? 0.01 : 1
        }
    }
}

/// What an answer says about the colours.
private enum ColorMap {
    /// A value that Python cannot look vertices up in.
    case notRead
    /// A vertex has no colour, or one that is not allowed.
    case incomplete
    case complete([Int])

    init(_ given: JSON, vertices: Int, colors: Int) {
        var values: [JSON] = []
        switch given {
        case .object(let members):
            let map = Dictionary(members.map { ($0.key, $0.value) }) { $1 }
            values = (0..<vertices).compactMap { map[String($0)] }
        case .list(let items):
            // A list that contains the number of a vertex is indexed by it.
            let numbers = Set(items.compactMap(\.pythonInteger))
            for vertex in 0..<vertices {
                if numbers.contains(vertex), items.indices.contains(vertex) {
                    values.append(items[vertex])
                } else if numbers.contains(vertex) || items.contains(.text(String(vertex))) {
                    self = .notRead
                    return
                } else {
                    break
                }
            }
        default:
            self = .notRead
            return
        }
        guard values.count == vertices else {
            self = .incomplete
            return
        }
        var coloring: [Int] = []
        for value in values {
            // Lists and objects have no hash.
            if value.elements != nil || value.orderedMembers != nil {
                self = .notRead
                return
            }
            guard let color = value.pythonInteger, (1...colors).contains(color) else {
                self = .incomplete
                return
            }
            coloring.append(color)
        }
        self = .complete(coloring)
    }
}

extension JSON {
    /// The whole number that a value equals in Python, where 1, 1.0 and True are one.
    fileprivate var pythonInteger: Int? {
        flag.map { $0 ? 1 : 0 } ?? realNumber.flatMap { Int(exactly: $0) }
    }
}
