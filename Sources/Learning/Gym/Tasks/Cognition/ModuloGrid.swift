import Bytes

/// A grid whose marks follow a rule of remainders, with a few marks missing.
struct ModuloGrid: TaskFormat {
    static let name = "modulo_grid"
    /// Rules without any mark are drawn again; so many in a row mean bounds that allow no other.
    private static let attemptsMax = 100_000
    private static let operations = ["sum", "diff", "prod", "pow"]
    let seed: Int
    private let width: Int
    private let height: Int
    private let divisorMax: Int
    private let targetMax: Int
    private let holes: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        width = try settings.int("size_x", default: 20, within: 6...200)
        height = try settings.int("size_y", default: 20, within: 6...200)
        divisorMax = try settings.int("max_divisor", default: 20, within: 2...1_000_000)
        targetMax = try settings.int("max_target", default: 20, within: 1...1_000_000)
        holes = try settings.int("max_holes", default: 1, within: 1...40_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        for _ in 0..<Self.attemptsMax {
            let divisor = random.randint(1, divisorMax)
            let target = random.randint(1, targetMax)
            let operation = random.choice(Self.operations)
            let grid = grid(operation, divisor, target)
            guard grid.contains(where: { $0.contains("✅") }) else { continue }
            var punched = grid
            for _ in 0..<holes {
                let row = random.randint(0, height - 1)
                punched[row][random.randint(0, width - 1)] = "❔"
            }
            return Entry(
                question: """
                    Identify the mathematical pattern which defines this grid, then use that pattern \
                    to fill in the question marks. Return the entire completed grid as your answer.

                    \(Self.text(punched))
                    """,
                answer: Self.text(grid),
                metadata: metadata(
                    index,
                    [
                        "divisor": .int(divisor), "target": .int(target), "operation": .text(operation),
                    ],
                    difficulty: [
                        "size_x": .int(width), "size_y": .int(height), "holes": .int(holes),
                        "divisor": .int(divisorMax), "target": .int(targetMax),
                    ]))
        }
        throw .notGenerated(
            environment: Self.name, index: index, reason: "no rule leaves a mark; lower \"max_target\"")
    }

    private static func text(_ grid: [[String]]) -> String {
        grid.map { $0.joined() }.joined(separator: "\n")
    }

    private func grid(_ operation: String, _ divisor: Int, _ target: Int) -> [[String]] {
        // No remainder is as large as the divisor.
        if target >= divisor { return [] }
        return (0..<height).map { y in
            (0..<width).map { x in
                Self.value(operation, x, y, modulo: divisor) == target ? "✅" : "❌"
            }
        }
    }

    private static func value(_ operation: String, _ x: Int, _ y: Int, modulo divisor: Int) -> Int {
        switch operation {
        case "sum": (x + y) % divisor
        case "diff": abs(x - y) % divisor
        case "prod": x * y % divisor
        default: (0..<y).reduce(1 % divisor) { power, _ in power * x % divisor }
        }
    }
}
