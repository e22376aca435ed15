public import Bytes

/// One question of an environment, with what is needed to score an answer to it.
public struct Entry: Sendable, Equatable {
    /// The text put before the model.
    public var question: String
    /// The expected answer; nil where many answers are right and the environment checks by rule.
    public var answer: String?
    /// How the question was made, in the order in which the task format lists it.
    public var metadata: JSON

    /// An entry of these parts.
    public init(question: String, answer: String?, metadata: JSON = .members([])) {
        self.question = question
        self.answer = answer
        self.metadata = metadata
    }
}

/// An endless supply of questions with checkable answers.
///
/// An entry is a function of the environment's configuration, its seed and an index; a score is a
/// function of the entry and the answer. Nothing else goes in, so that whoever receives a rollout
/// makes the question again and scores it again instead of believing the sender.
public protocol Environment: Sendable {
    /// The name of the task format, as the registry lists it.
    static var name: String { get }

    /// The seed of entry 0; entry `i` draws from `seed + i`.
    var seed: Int { get }

    /// The question at `index`, from 0 without an end.
    func entry(at index: Int) throws(EnvironmentError) -> Entry

    /// The reward of an answer: 1 for a right one, less for what the format calls partly right.
    /// Any text is a valid argument, however hostile; nil stands for no answer at all. It fails only where
    /// another program scores and does not answer.
    func score(_ answer: String?, for entry: Entry) throws(EnvironmentError) -> Double
}

/// An environment that the registry makes from a configuration.
protocol TaskFormat: Environment {
    /// Reads every setting; the seed last, which refuses keys that nobody asked for.
    init(_ settings: inout Settings) throws(EnvironmentError)
}

extension Environment {
    /// The random stream of the entry at `index`.
    public func random(at index: Int) -> PythonRandom {
        PythonRandom(seed: BigInteger(seed) + BigInteger(index))
    }

    /// The usual score: 1 for the expected answer, its share of the text where it is part of one.
    public func score(_ answer: String?, for entry: Entry) -> Double {
        Scoring.containment(of: entry.answer, in: answer)
    }
}

/// Scores that several environments share.
public enum Scoring {
    /// 1 for an equal text, the expected answer's share of a text that contains it, 0 otherwise.
    public static func containment(of expected: String?, in answer: String?) -> Double {
        guard let expected, let answer, !answer.isEmpty else { return 0 }
        if PythonText.equal(answer, expected) { return 1 }
        guard PythonText.contains(answer, expected) else { return 0 }
        return Double(PythonText.length(expected)) / Double(PythonText.length(answer))
    }

    /// As `containment`, but numbers are compared by value and commas do not count.
    static func decimal(expected: String?, answer: String?) -> Double {
        guard let expected, let answer, !answer.isEmpty else { return 0 }
        let plain = withoutCommas(answer)
        let wanted = withoutCommas(expected)
        if let value = PythonDecimal(plain), let goal = PythonDecimal(wanted),
            value.isEqual(to: goal)
        {
            return 1
        }
        guard PythonText.contains(plain, wanted), !plain.isEmpty else { return 0 }
        return Double(PythonText.length(wanted)) / Double(PythonText.length(plain))
    }

    private static func withoutCommas(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "," }))
    }

    /// What stands in the last `<answer>…</answer>` of a completion, without blanks around it.
    ///
    /// Nil where no such pair is. The first opening tag before a closing one counts.
    public static func extractAnswer(_ completion: String, tag: String = "answer") -> String? {
        let text = Array(completion.utf8)
        let (open, close) = (Array("<\(tag)>".utf8), Array("</\(tag)>".utf8))
        var position = 0
        var found: Range<Int>?
        while let start = firstIndex(of: open, in: text, from: position),
            let end = firstIndex(of: close, in: text, from: start + open.count)
        {
            found = start + open.count..<end
            position = end + close.count
        }
        return found.map { PythonText.strip(String(decoding: text[$0], as: UTF8.self)) }
    }

    private static func firstIndex(of tag: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard text.count >= tag.count, start <= text.count - tag.count else { return nil }
        return (start...(text.count - tag.count)).first { i in
            text[i] == tag[0] && text[i..<(i + tag.count)].elementsEqual(tag)
        }
    }
}

/// Why an environment could not be made, or an entry not be generated.
public enum EnvironmentError: Error, Equatable, CustomStringConvertible {
    /// No environment has this name.
    case unknownEnvironment(String, valid: [String])
    /// The configuration is not an object.
    case notAnObject(environment: String)
    /// A key that the environment does not have.
    case unknownKey(environment: String, key: String, valid: [String])
    /// A value of another type than the key has.
    case wrongType(environment: String, key: String, expected: String)
    /// A value of the right type that the environment does not allow.
    case invalidValue(environment: String, key: String, rule: String)
    /// The configuration leads to a question that cannot be made at this index.
    case notGenerated(environment: String, index: Int, reason: String)
    /// A request line that cannot be read.
    case badLine(String)
    /// A program or a file that an environment needs does not give what it must.
    case source(environment: String, reason: String)

    /// One sentence that says what to try.
    public var description: String {
        switch self {
        case .unknownEnvironment(let name, let valid):
            "no environment is called \"\(name)\"; choose one of \(valid.joined(separator: ", "))"
        case .notAnObject(let environment):
            "the configuration of \(environment) must be a JSON object, such as {\"seed\": 1}"
        case .unknownKey(let environment, let key, let valid):
            "\(environment) has no setting \"\(key)\"; valid are \(valid.joined(separator: ", "))"
        case .wrongType(let environment, let key, let expected):
            "\(environment): \"\(key)\" must be \(expected)"
        case .invalidValue(let environment, let key, let rule):
            "\(environment): \"\(key)\" \(rule)"
        case .notGenerated(let environment, let index, let reason):
            "\(environment) has no question at index \(index): \(reason)"
        case .badLine(let reason):
            "cannot read this line: \(reason)"
        case .source(let environment, let reason):
            "\(environment): \(reason)"
        }
    }
}
