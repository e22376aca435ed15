/// Chooses the level of proposals so that the solve rate stays within a band.
///
/// It looks at the rate itself, not at its trend: while solvers fail always, or succeed always, it moves. It
/// moves only when the rate of the attempts since the last move is outside the band beyond chance: the
/// Wilson interval of the rate, `deviations` wide to each side, has to lie outside.
public struct DifficultyController: Sendable, Hashable {
    /// Solve rates that are wanted.
    public let band: ClosedRange<Double>
    /// Levels that there are.
    public let levels: ClosedRange<Int>
    /// Attempts that are looked at; older ones are forgotten.
    public let window: Int
    /// Attempts before anything moves.
    public let attemptsMin: Int
    /// Standard deviations of the interval.
    public let deviations: Double
    /// The level now.
    public private(set) var level: Int
    /// Attempts since the last move that are looked at, oldest first.
    public private(set) var attempts: [Bool] = []

    /// A controller.
    public init(
        band: ClosedRange<Double> = 0.3...0.7, levels: ClosedRange<Int> = ProblemGenerator.levels,
        start: Int = 2, window: Int = 128, attemptsMin: Int = 12, deviations: Double = 2
    ) {
        precondition(
            levels.contains(start) && attemptsMin > 0 && window >= attemptsMin, "a usable controller")
        self.band = band
        self.levels = levels
        self.window = window
        self.attemptsMin = attemptsMin
        self.deviations = deviations
        level = start
    }

    /// Puts it where another one was; a level that it does not have becomes the nearest.
    public mutating func resume(level: Int, attempts: [Bool]) {
        self.level = min(max(level, levels.lowerBound), levels.upperBound)
        self.attempts = attempts.suffix(window)
    }

    /// The solve rate since the last move; nil before the first attempt.
    public var solveRate: Double? {
        attempts.isEmpty ? nil : Double(attempts.count(where: \.self)) / Double(attempts.count)
    }

    /// Takes in attempts at the current level; whether the level moved.
    @discardableResult
    public mutating func record(_ solved: some Sequence<Bool>) -> Bool {
        attempts += solved
        if attempts.count > window { attempts.removeFirst(attempts.count - window) }
        guard attempts.count >= attemptsMin, let rate = solveRate else { return false }
        let interval = Self.wilson(rate: rate, count: attempts.count, deviations: deviations)
        let wanted =
            interval.lowerBound > band.upperBound
            ? level + 1 : interval.upperBound < band.lowerBound ? level - 1 : level
        guard wanted != level, levels.contains(wanted) else { return false }
        level = wanted
        attempts = []
        return true
    }

    /// Wilson's interval for a share that was seen in `count` draws.
    static func wilson(rate: Double, count: Int, deviations z: Double) -> ClosedRange<Double> {
        let n = Double(count)
        let centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - half)...min(1, centre + half)
    }
}
