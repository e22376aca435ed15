import Bytes

/// The odds that a few dice show a total or more.
struct Dice: TaskFormat {
    static let name = "dice"
    let seed: Int
    private let count: Int
    private let sidesMax: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        count = try settings.int("num_dice", default: 4, within: 1...50)
        sidesMax = try settings.int("max_dice_size", default: 20, within: 2...10_000)
        // Beyond, a count of outcomes is no exact double.
        if BigInteger(sidesMax).raised(to: count) > BigInteger(1 << 53) {
            throw settings.invalid("max_dice_size", "to the power of \"num_dice\" must be 2^53 at most")
        }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        var dice = [sidesMax]
        for _ in 1..<count { dice.append(sidesMax > 2 ? random.randint(2, sidesMax - 1) : 2) }
        dice.sort(by: >)
        let most = dice.reduce(0, +)
        let target = random.randint(count + (most - count) / 3, count + 2 * (most - count) / 3)
        let ways = Self.ways(dice)[target...].reduce(0, +)
        let outcomes = dice.reduce(1, *)
        let common = Int(Divisors.gcd(UInt64(ways), UInt64(outcomes)))
        let (top, bottom) = (ways / common, outcomes / common)
        let list = dice.map { "1d\($0)" }.joined(separator: ", ")
        return Entry(
            question: """
                I have these dice: \(list). What are the odds of rolling \(target) or higher? \
                (Assume that all dice are rolled at once, and that '1d6' represents one roll of a \
                6-sided dice.) Please respond with a reduced fraction representing the probability \
                [ex., 1/60].
                """,
            answer: "\(top)/\(bottom)",
            metadata: metadata(
                index,
                [
                    "puzzle": .members([
                        ("dice_str", .text(list)), ("target", .int(target)), ("num", .int(top)),
                        ("den", .int(bottom)), ("probability", .real(Double(ways) / Double(outcomes))),
                    ])
                ],
                difficulty: ["num_dice": .int(count), "max_dice_size": .int(sidesMax)]))
    }

    /// In how many ways the dice show each total.
    private static func ways(_ dice: [Int]) -> [Int] {
        var ways = [1]
        for sides in dice {
            var next = [Int](repeating: 0, count: ways.count + sides)
            // A window of `sides` totals slides over the ways so far.
            var window = 0
            for total in 1..<next.count {
                if total - 1 < ways.count { window += ways[total - 1] }
                if total - 1 - sides >= 0 { window -= ways[total - 1 - sides] }
                next[total] = window
            }
            ways = next
        }
        return ways
    }

    /// 1 for the reduced fraction as asked, line ends aside.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let lines = answer.unicodeScalars.filter { $0 != "\n" }
        return lines.elementsEqual(expected.unicodeScalars) ? 1 : 0
    }
}
