import Bytes

/// Two answers to one question, of which one is preferred.
public struct PreferencePair: Hashable, Sendable {
    /// The question.
    public var prompt: String
    /// The better answer.
    public var chosen: String
    /// The other.
    public var rejected: String

    /// A pair of these texts.
    public init(prompt: String, chosen: String, rejected: String) {
        self.prompt = prompt
        self.chosen = chosen
        self.rejected = rejected
    }

    /// The most pairs of a file, and bytes of a line.
    public static let countMax = 1 << 20, lineBytesMax = 1 << 20

    /// Reads lines of `{"prompt": ..., "chosen": ..., "rejected": ...}`; other members are passed over.
    public static func parse(lines text: some Sequence<UInt8>) throws(PreferenceError) -> [PreferencePair] {
        var pairs: [PreferencePair] = [], line: [UInt8] = [], number = 1
        func finish() throws(PreferenceError) {
            guard line.contains(where: { $0 > 0x20 }) else { return }
            guard pairs.count < countMax else { throw PreferenceError.tooMany }
            pairs.append(try PreferencePair(line: line, number: number))
        }
        for byte in text {
            if byte == UInt8(ascii: "\n") {
                try finish()
                line.removeAll(keepingCapacity: true)
                number += 1
            } else {
                guard line.count < lineBytesMax else { throw .line(number, "is too long") }
                line.append(byte)
            }
        }
        try finish()
        guard !pairs.isEmpty else { throw .empty }
        return pairs
    }

    private init(line: [UInt8], number: Int) throws(PreferenceError) {
        let limits = JSON.Limits(bytes: Self.lineBytesMax, depth: 16, values: 1 << 12)
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: line, limits: limits)
        } catch { throw .line(number, "is not JSON: \(error)") }
        func member(_ name: String) throws(PreferenceError) -> String {
            guard let text = json.member(name)?.text else {
                throw PreferenceError.line(number, "has no text \"\(name)\"")
            }
            return text
        }
        self.init(
            prompt: try member("prompt"), chosen: try member("chosen"), rejected: try member("rejected"))
        guard chosen != rejected else { throw .line(number, "prefers an answer to itself") }
    }
}

/// Why preferences cannot be learned.
public enum PreferenceError: Error, Hashable, CustomStringConvertible {
    /// There is no pair.
    case empty
    /// There are more than `PreferencePair.countMax`.
    case tooMany
    /// A line is wrong.
    case line(Int, String)
    /// No pair has tokens that fit.
    case nothingFits(tokenMax: Int)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .empty: "there are no preferences; write one {\"prompt\", \"chosen\", \"rejected\"} a line"
        case .tooMany: "there are more than \(PreferencePair.countMax) preferences; split the file"
        case .line(let number, let problem):
            "line \(number) \(problem); write {\"prompt\": \"\", \"chosen\": \"\", \"rejected\": \"\"}"
        case .nothingFits(let tokenMax):
            "no pair fits in \(tokenMax) tokens of question and answer; allow longer ones"
        }
    }
}
