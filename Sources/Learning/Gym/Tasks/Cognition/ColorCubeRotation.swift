import Bytes

/// A cube with coloured sides, turned several times.
struct ColorCubeRotation: TaskFormat {
    static let name = "color_cube_rotation"
    private enum Side: String, CaseIterable { case top, right, front, left, back, bottom }
    private static let colors = [
        "red", "green", "blue", "yellow", "white", "orange", "purple", "pink", "brown", "gray",
        "cyan", "magenta", "gold", "silver", "indigo", "violet",
    ]
    let seed: Int
    private let rotations: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        rotations = try settings.range(
            "min_rotations", "max_rotations", default: 1...3, within: 1...10_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        var colors = Self.colors
        random.shuffle(&colors)
        let before = Dictionary(uniqueKeysWithValues: zip(Side.allCases, colors))
        let count = random.randint(rotations)
        let sides = (0..<count).map { _ in random.choice(Array(Side.allCases.dropFirst())) }
        let after = sides.reduce(before, Self.turn)
        let target = random.choice(Side.allCases)
        let state = Side.allCases.map { ($0, before[$0] ?? "") }
        let faces = state.map { "- a \($1) \($0.rawValue) side" }
        let turns = sides.enumerated().map { "\n" + Self.sentence($0, $1, &random) }
        let question = [
            "\nWhat is now the color of the \(target.rawValue) side of the cube?",
            "Provide only the color as your final answer.",
        ]
        let lines: [String] = ["A cube has:"] + faces + turns + question
        return Entry(
            question: lines.joined(separator: "\n"), answer: after[target],
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("initial_state", .members(state.map { ($0.rawValue, .text($1)) })),
                ("rotations", .texts(sides.map(\.rawValue))),
                ("target_side", .text(target.rawValue)), ("num_rotations", .int(count)),
                ("difficulty", .members([("rotations", .range(rotations))])),
            ]))
    }

    /// The colours after a side has come to the top: four sides move on by one place around the
    /// cube, or the cube stands on its head.
    private static func turn(_ colors: [Side: String], _ side: Side) -> [Side: String] {
        let opposite: [Side: Side] = [.front: .back, .back: .front, .left: .right, .right: .left]
        let moves: [(to: Side, from: Side)]
        if let far = opposite[side] {
            moves = [(.top, side), (side, .bottom), (.bottom, far), (far, .top)]
        } else {
            moves = [(.top, .bottom), (.bottom, .top), (.front, .back), (.back, .front)]
        }
        var result = colors
        for move in moves { result[move.to] = colors[move.from] }
        return result
    }

    private static func sentence(_ i: Int, _ side: Side, _ random: inout PythonRandom) -> String {
        if i == 0 {
            return "The cube is rotated so that the side which was before at the \(side.rawValue) "
                + "is now at the top."
        }
        return random.choice([
            "Then the cube is rotated to bring the \(side.rawValue) side to the top.",
            "After that the cube is turned to make the \(side.rawValue) face the top.",
            "Now the cube is rotated to place its \(side.rawValue) side at the top.",
            "Next, the \(side.rawValue) side is rotated to become the top face.",
        ])
    }

    /// 1 for the colour in any case and with blanks around it, 0.01 for any other text.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        return PythonText.equal(PythonText.lower(PythonText.strip(answer)), expected) ? 1 : 0.01
    }
}
