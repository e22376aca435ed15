import Bytes

/// The last interior angle of a convex polygon.
struct SimpleGeometry: TaskFormat {
    static let name = "simple_geometry"
    private static let attempts = 100
    let seed: Int
    private let sides: ClosedRange<Int>
    private let angles: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sides = try settings.range("min_sides", "max_sides", default: 3...6, within: 3...10_000)
        angles = try settings.range("min_angle", "max_angle", default: 10...170, within: 1...179)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let count = random.randint(sides)
        let total = 180 * (count - 2)
        guard let known = known(&random, count: count - 1, below: total) else {
            throw .notGenerated(
                environment: Self.name, index: index,
                reason: "\(count - 1) angles were never below \(total)°; lower \"max_angle\"")
        }
        let sum = known.reduce(0, +)
        let missing = total - sum
        let list = known.map { "\($0).0°" }.joined(separator: ", ")
        let question = random.choice([
            "Given a convex polygon with \(count) sides, its first \(count - 1) interior angles "
                + "are: \(list). What is the measure of the remaining interior angle (in degrees)?",
            "A convex polygon has \(count) sides. The measures of the first \(count - 1) interior "
                + "angles are: \(list). Find the measure of the last interior angle.",
            "Consider a convex \(count)-gon whose first \(count - 1) interior angles "
                + "are: \(list). Determine the measure of the remaining angle.",
        ])
        return Entry(
            question: question
                + "Return only the angle as your answer.Do not give the units in your answer.",
            answer: String(missing),
            metadata: metadata(
                index,
                [
                    "n_sides": .int(count), "known_angles": .list(known.map { .real(Double($0)) }),
                    "sum_of_known_angles": .real(Double(sum)),
                    "missing_angle_raw": .real(Double(missing)),
                    "missing_angle_rounded": .int(missing), "total_interior_sum": .int(total),
                ],
                difficulty: ["sides": .range(sides)]))
    }

    /// Angles whose sum leaves something for one more; nil after a hundred attempts.
    private func known(_ random: inout PythonRandom, count: Int, below total: Int) -> [Int]? {
        for _ in 0..<Self.attempts {
            let drawn = (0..<count).map { _ in random.randint(angles) }
            if drawn.reduce(0, +) < total { return drawn }
        }
        return nil
    }
}
