public import Gym

/// The second of the four parts of a swarm: what an answer is worth.
///
/// A reward is a pure function of task and text. Whoever receives a rollout computes it again; no peer's
/// word is taken for a reward.
public protocol RewardManager: Sendable {
    /// The reward of a completion, finite. It fails only where another program scores and does not answer.
    func reward(_ completion: String, for task: RoundTask) throws(EnvironmentError) -> Float
}

/// Where in a completion the answer stands.
public enum AnswerReading: Hashable, Sendable {
    /// The completion is the answer, blanks around it aside.
    case whole
    /// The answer stands in the last `<answer>…</answer>`.
    case tagged
    /// The answer is the last whole number of the completion; `formatShare` of the reward is for a
    /// completion that is nothing but a number, right or wrong.
    case lastNumber(formatShare: Float)
}

/// Rewards as the environments score answers.
public struct GymRewardManager: RewardManager {
    /// Where tasks come from.
    public let data: GymDataManager
    /// Where in a completion the answer stands.
    public let reading: AnswerReading
    /// Whether an answer that is partly right earns a part; otherwise it earns nothing.
    public let paysParts: Bool

    /// Rewards of a data manager's tasks.
    public init(_ data: GymDataManager, reading: AnswerReading = .whole, paysParts: Bool = true) {
        self.data = data
        self.reading = reading
        self.paysParts = paysParts
    }

    /// The score of the answer in a completion; 0 for a task of another swarm.
    public func reward(_ completion: String, for task: RoundTask) throws(EnvironmentError) -> Float {
        guard let environment = data.knownEnvironment(of: task.id) else { return 0 }
        func score(_ answer: String?) throws(EnvironmentError) -> Float {
            let score = Float(try environment.score(answer, for: task.entry))
            return score.isFinite && (paysParts || score >= 1) ? score : 0
        }
        switch reading {
        case .whole: return try score(Self.trimmed(completion))
        case .tagged: return try score(Scoring.extractAnswer(completion))
        case .lastNumber(let formatShare):
            let number = Self.lastNumber(in: completion)
            let isBare = number != nil && number == Self.trimmed(completion)
            return (1 - formatShare) * (try score(number) == 1 ? 1 : 0) + (isBare ? formatShare : 0)
        }
    }

    /// The text without ASCII blanks at its ends.
    static func trimmed(_ text: String) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(text[first...last])
    }

    /// The last run of ASCII digits with a minus before it where one stands there.
    static func lastNumber(in text: String) -> String? {
        let bytes = Array(text.utf8)
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard let last = bytes.lastIndex(where: isDigit) else { return nil }
        var first = last
        while first > 0, isDigit(bytes[first - 1]) { first -= 1 }
        // A minus between two numbers takes one from the other; any other is a sign.
        if first > 0, bytes[first - 1] == UInt8(ascii: "-"), first == 1 || !isDigit(bytes[first - 2]) {
            first -= 1
        }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
