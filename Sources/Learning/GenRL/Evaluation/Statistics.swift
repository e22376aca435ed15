/// A mean and the 95% interval around it: Student's t over independent values.
public struct Interval: Hashable, Sendable {
    /// The mean.
    public let mean: Double
    /// How far the interval reaches to either side; infinite for a single value, 0 for none.
    public let halfWidth: Double
    /// How many values there are.
    public let count: Int

    /// The interval of these values.
    public init(_ values: [Double]) {
        count = values.count
        let mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        self.mean = mean
        guard values.count > 1 else {
            halfWidth = values.isEmpty ? 0 : .infinity
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let freedom = values.count - 1
        halfWidth = Self.quantile(freedom) * (squares / Double(freedom) / Double(count)).squareRoot()
    }

    /// The ends.
    public var low: Double { mean - halfWidth }
    /// The ends.
    public var high: Double { mean + halfWidth }
    /// Whether the interval lies above another one, without touching it.
    public func isAbove(_ other: Interval) -> Bool { low > other.high }

    /// The 97.5% point of Student's t; beyond 30 degrees of freedom within 0.002.
    static func quantile(_ freedom: Int) -> Double {
        freedom <= table.count ? table[max(1, freedom) - 1] : 1.96 + 2.5 / Double(freedom)
    }

    private static let table = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
        2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048,
        2.045, 2.042,
    ]
}

/// Whether at least one of `k` answers solves a task, estimated from `n` answers of which `c` do, without
/// bias: 1 - C(n - c, k) / C(n, k) (Chen et al., arXiv 2107.03374, equation 1).
public func passAtK(_ k: Int, answers n: Int, solved c: Int) -> Double {
    precondition(k >= 1 && k <= n && (0...n).contains(c), "k of n answers")
    guard n - c >= k else { return 1 }
    var miss = 1.0
    for i in 0..<k { miss *= Double(n - c - i) / Double(n - i) }
    return 1 - miss
}

/// How well confidence foretells correctness: Guo et al., arXiv 1706.04599.
public struct Calibration: Hashable, Sendable {
    /// Answers whose confidence is in the same tenth.
    public struct Bin: Hashable, Sendable {
        /// Answers in it.
        public var count = 0
        /// Their mean confidence, and the share that is correct.
        public var confidence = 0.0, accuracy = 0.0
    }

    /// Ten bins, from 0 to 1.
    public private(set) var bins = [Bin](repeating: Bin(), count: 10)
    /// The mean distance of confidence and accuracy over bins, weighted by their answers.
    public private(set) var error = 0.0
    /// The mean squared distance of confidence and correctness.
    public private(set) var brier = 0.0

    /// The calibration of these answers.
    public init(_ answers: [(confidence: Double, isCorrect: Bool)]) {
        for answer in answers {
            let confidence = min(1, max(0, answer.confidence))
            let index = min(9, Int(confidence * 10)), hit = answer.isCorrect ? 1.0 : 0
            bins[index].count += 1
            bins[index].confidence += confidence
            bins[index].accuracy += hit
            brier += (confidence - hit) * (confidence - hit)
        }
        let total = Double(max(1, answers.count))
        brier /= total
        for index in bins.indices where bins[index].count > 0 {
            let count = Double(bins[index].count)
            bins[index].confidence /= count
            bins[index].accuracy /= count
            error += count / total * abs(bins[index].confidence - bins[index].accuracy)
        }
    }
}
