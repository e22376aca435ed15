public import Keys

/// A frozen model that says how likely each of some continuations is.
///
/// A verdict is read from two log-probabilities, not from prose: nothing that a model can be made to write
/// is parsed.
public protocol Judge: Sendable {
    /// The log-probabilities of the answers after a prompt, in their order.
    func logProbabilities(
        of answers: [String], after prompt: EvaluationPrompt
    ) throws(JudgeError) -> [Double]
}

/// Why a judge has no verdict.
public enum JudgeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The model could not be asked.
    case unavailable(String)
    /// The prompt does not fit into the model.
    case tooLong(tokens: Int, max: Int)
    /// The answers' probabilities are not there, or are no numbers.
    case badAnswer

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .unavailable(let reason): "the judge cannot be asked: \(reason)"
        case .tooLong(let tokens, let max):
            "the prompt has \(tokens) tokens where \(max) fit; leave it to others"
        case .badAnswer: "the judge gave no two log-probabilities; use a model that gives them"
        }
    }
}

/// Says of solutions, without running them, how likely they are right.
public struct SolutionEvaluator: Sendable {
    /// Its name among evaluators.
    public let name: String
    /// Solutions that are more probably right than this are called right.
    public private(set) var threshold = 0.5
    private let judge: any Judge
    private let secret: [UInt8]

    /// An evaluator that asks a judge; what it knows alone makes its commitments unguessable.
    public init(name: String, judge: any Judge, secret: [UInt8]) {
        precondition(secret.count >= 16, "a secret has at least 16 bytes")
        self.name = name
        self.judge = judge
        self.secret = secret
    }

    /// Its ballot about a subject, the same whenever it is asked.
    public func ballot(isCorrect: Bool, on subject: Digest) -> Ballot {
        var hasher = SHA256Hasher()
        hasher.update("starling salt 1\n")
        hasher.update(UInt64(secret.count))
        hasher.update(secret)
        hasher.update(subject.bytes)
        return Ballot(evaluator: name, isCorrect: isCorrect, salt: hasher.finalize().bytes)
    }

    /// Sets the threshold where it tells right from wrong best, on solutions of which execution has said what
    /// they are: a model may lean to one of the answers whatever it is asked.
    public mutating func calibrate(on judgements: [(probability: Double, isSolved: Bool)]) {
        let sorted = judgements.sorted { $0.probability < $1.probability }
        // With all called right, the right ones are; each step calls one more of the least probable wrong.
        var agreed = sorted.count(where: \.isSolved)
        var best = (agreed: agreed, threshold: 0.0)
        for (index, judgement) in sorted.enumerated() {
            agreed += judgement.isSolved ? -1 : 1
            let next = index + 1 < sorted.count ? sorted[index + 1].probability : 1
            guard next > judgement.probability else { continue }
            let threshold = (judgement.probability + next) / 2
            let isNearer = abs(threshold - 0.5) < abs(best.threshold - 0.5)
            if agreed > best.agreed || agreed == best.agreed && isNearer { best = (agreed, threshold) }
        }
        threshold = best.threshold
    }

    /// The probability that a completion solves a problem; 0 where it has no program, or one too long.
    public func probability(of completion: String, solving problem: CodeProblem) throws(JudgeError) -> Double
    {
        guard let solution = SolutionText.extract(completion, entryPoint: problem.entryPoint),
            let prompt = EvaluationPrompt(problem: problem, solution: solution)
        else { return 0 }
        let answers = [EvaluationPrompt.answers.correct, EvaluationPrompt.answers.wrong]
        let values = try judge.logProbabilities(of: answers, after: prompt)
        guard values.count == 2, !values.contains(where: \.isNaN), values.max() != -.infinity,
            values.allSatisfy({ $0 <= 0 })
        else { throw .badAnswer }
        // exp(a) / (exp(a) + exp(b)), without an overflow.
        return 1 / (1 + Judging.exponential(values[1] - values[0]))
    }
}

/// How an evaluator's probabilities compare with what execution says.
public struct JudgeCalibration: Sendable, Hashable {
    /// Judgements of about the same probability.
    public struct Bin: Sendable, Hashable {
        /// How many.
        public var count = 0
        /// The sum of their probabilities.
        public var probabilitySum = 0.0
        /// How many were right by execution.
        public var correctCount = 0

        /// The mean of what was said; nil where nothing was.
        public var said: Double? { count == 0 ? nil : probabilitySum / Double(count) }
        /// The share that was right.
        public var seen: Double? { count == 0 ? nil : Double(correctCount) / Double(count) }
    }

    /// Ten bins of equal width.
    public private(set) var bins = [Bin](repeating: Bin(), count: 10)
    /// Judgements in all.
    public private(set) var count = 0
    private var agreed = 0
    private var solved = 0, solvedAgreed = 0
    private var squares = 0.0

    /// Nothing yet.
    public init() {}

    /// Takes in a judgement and what execution said of the same solution.
    public mutating func record(probability: Double, isSolved: Bool, threshold: Double = 0.5) {
        precondition((0...1).contains(probability), "\(probability) is no probability")
        count += 1
        let agrees = (probability > threshold) == isSolved
        agreed += agrees ? 1 : 0
        solved += isSolved ? 1 : 0
        solvedAgreed += agrees && isSolved ? 1 : 0
        let error = probability - (isSolved ? 1 : 0)
        squares += error * error
        let index = min(bins.count - 1, Int(probability * Double(bins.count)))
        bins[index].count += 1
        bins[index].probabilitySum += probability
        bins[index].correctCount += isSolved ? 1 : 0
    }

    /// Everything it knows, to be kept: four numbers, then three for each bin.
    public var numbers: [Double] {
        [Double(agreed), Double(solved), Double(solvedAgreed), squares]
            + bins.flatMap { [Double($0.count), $0.probabilitySum, Double($0.correctCount)] }
    }

    /// A calibration that knows what another one did; nil where these are no such numbers.
    public init?(numbers: [Double]) {
        guard numbers.count == 4 + 3 * bins.count,
            numbers.allSatisfy({ (0...Double(1 << 40)).contains($0) })
        else { return nil }
        (agreed, solved, solvedAgreed) = (Int(numbers[0]), Int(numbers[1]), Int(numbers[2]))
        squares = numbers[3]
        for index in bins.indices {
            let first = 4 + 3 * index
            bins[index] = Bin(
                count: Int(numbers[first]), probabilitySum: numbers[first + 1],
                correctCount: Int(numbers[first + 2]))
        }
        count = bins.reduce(0) { $0 + $1.count }
    }

    /// The share of judgements that agree with execution.
    public var accuracy: Double? { count == 0 ? nil : Double(agreed) / Double(count) }
    /// The share of right solutions that are called right; where most are wrong, saying so is no art.
    public var sensitivity: Double? { solved == 0 ? nil : Double(solvedAgreed) / Double(solved) }
    /// The share of wrong solutions that are called wrong.
    public var specificity: Double? {
        solved == count ? nil : Double(agreed - solvedAgreed) / Double(count - solved)
    }
    /// The mean squared error of the probabilities: 0 is best, 0.25 is what "one half" always gets.
    public var brier: Double? { count == 0 ? nil : squares / Double(count) }
    /// The mean distance of what was said from what was seen, by bins.
    public var calibrationError: Double? {
        guard count > 0 else { return nil }
        return bins.reduce(0) { sum, bin in
            sum + abs(bin.probabilitySum - Double(bin.correctCount)) / Double(count)
        }
    }

    /// What a stated probability has meant so far: the share that was right in its bin, drawn towards the
    /// statement as if it had been true twice.
    public func corrected(_ probability: Double) -> Double {
        let bin = bins[min(bins.count - 1, max(0, Int(probability * Double(bins.count))))]
        return (Double(bin.correctCount) + 2 * probability) / (Double(bin.count) + 2)
    }

    /// A line for each bin that has something, for people.
    public var table: String {
        var lines = ["said   seen   count"]
        for bin in bins {
            guard let said = bin.said, let seen = bin.seen else { continue }
            lines.append("\(Judging.hundredths(said))   \(Judging.hundredths(seen))   \(bin.count)")
        }
        return lines.joined(separator: "\n")
    }
}
