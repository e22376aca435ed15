import Bytes

/// How many rectangles are drawn in a grid of characters.
struct RectangleCount: TaskFormat {
    static let name = "rectangle_count"
    private static let attemptsMax = 100_000
    let seed: Int
    private let countMax: Int
    private let width: Int
    private let height: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        countMax = try settings.int("max_rectangles", default: 10, within: 1...1_000)
        width = try settings.int("width", default: 80, within: 10...400)
        height = try settings.int("height", default: 80, within: 10...400)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let target = random.randint(1, countMax)
        let (puzzle, count) = draw(target, &random)
        return Entry(
            question: """
                Your task is to count how many rectangles are present in an ASCII grid.

                Single rectangles are outlined with a '#', overlapping rectangles (max 2) are \
                shown with '█'.

                Your output should be a single number, representing the total count of rectangles.

                Now, it's your turn. How many rectangles do you see in the grid below?
                \(puzzle)

                """,
            answer: String(count),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("puzzle", .text(puzzle)), ("solution", .int(count)),
                ("num_rectangles", .int(target)),
                ("difficulty", .members([("max_rectangles", .int(countMax))])),
            ]))
    }

    /// Outlines at random places, as long as no cell has to carry three of them.
    private func draw(_ target: Int, _ random: inout PythonRandom) -> (String, count: Int) {
        var layers = [UInt8](repeating: 0, count: width * height)
        var count = 0
        for _ in 0..<Self.attemptsMax where count < target {
            let left = random.randint(0, width - 3)
            let right = random.randint(left + 2, width - 1)
            let top = random.randint(0, height - 3)
            let bottom = random.randint(top + 2, height - 1)
            var outline = (left...right).flatMap { [top * width + $0, bottom * width + $0] }
            outline += ((top + 1)..<bottom).flatMap { [$0 * width + left, $0 * width + right] }
            if outline.contains(where: { layers[$0] == 2 }) { continue }
            for cell in outline { layers[cell] += 1 }
            count += 1
        }
        let signs: [Character] = [" ", "#", "█"]
        let lines = stride(from: 0, to: layers.count, by: width).map { start in
            String(layers[start..<(start + width)].map { signs[Int($0)] }) + "\n"
        }
        return (lines.joined(), count)
    }

    /// 1 for the right number, less the further away, 0 from a distance of 5.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let given = PythonText.integer(answer),
            let expected = entry.answer.flatMap({ Int($0) }),
            let distance = (given - expected).absolute.int, distance < 5
        else { return 0 }
        return distance == 0 ? 1 : 0.8 * (1 - Double(distance) / 5)
    }
}
