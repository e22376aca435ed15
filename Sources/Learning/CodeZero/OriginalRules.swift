public import Bytes

/// The rules of CodeZero as gensyn-ai/rl-swarm 9c95410 has them, defects included, for those who compare.
///
/// Our own rules are elsewhere: `CodeRewardRule`, `DifficultyController`, `learnability`. What differs most:
/// the original asks a model that sees the whole completion and scores its format; we run the program.
public enum OriginalRules {
    /// The reward of one completion: −1.2 for what is no text; −1 without a fence; otherwise what the
    /// evaluator's reply says, 0 where it says nothing; and 0.2 more or less by the number of tokens.
    ///
    /// - Parameters:
    ///   - completion: nil stands for anything but a text.
    ///   - reply: what the evaluator wrote about it.
    ///   - tokenCount: of the completion, as its tokenizer counts.
    public static func reward(
        completion: String?, reply: String, tokenCount: Int, tokenMax: Int
    ) -> Double {
        guard let completion else { return -1.2 }
        let correctness = pythonFence(completion) == nil ? -1.0 : score(reply: reply) ?? 0
        return correctness + (tokenCount < tokenMax ? 0.2 : -0.2)
    }

    /// What stands in the first fence of Python, without blanks around it; nil without a closed one.
    public static func pythonFence(_ text: String) -> String? {
        firstFence(text, tag: "```python")
    }

    /// The JSON in the first fence of JSON; nil without one or where it is none.
    public static func proposal(_ text: String) -> JSON? {
        firstFence(text, tag: "```json").flatMap { try? JSON(parsing: $0, grammar: .python) }
    }

    /// The function's name in "Write a function …".
    public static func questionName(_ question: String) -> String? {
        let start = "Write a function"
        guard question.hasPrefix(start) else { return nil }
        let rest = Array(question.unicodeScalars.dropFirst(start.count))
        var position = rest.prefix { PythonScalars.isSpace($0) }.count
        guard position > 0, position < rest.count else { return nil }
        if ["'", "\"", "`"].contains(rest[position]) { position += 1 }
        let name = rest[position...].prefix { PythonScalars.isName($0) }
        guard let first = name.first, !("0"..."9").contains(first) else { return nil }
        return String(String.UnicodeScalarView(name))
    }

    /// What the reply of an evaluator is worth: a fence of JSON, JSON, JSON with other quotes, or a pattern.
    ///
    /// Any value that Python holds for true counts as correct, the text "false" among them; an older `score`
    /// may be any number.
    public static func score(reply: String) -> Double? {
        var text = PythonScalars.strip(Array(reply.unicodeScalars))
        if let object = fencedObject(text) { text = PythonScalars.strip(object) }
        let plain = PythonScalars.text(text)
        if let score = score(json: plain) { return score }
        let requoted = plain.replacing("'", with: "\"").replacing("True", with: "true")
            .replacing("False", with: "false")
        if let score = score(json: requoted) { return score }
        return pattern(in: text)
    }

    /// The reward of a proposer: one sample as it is; nothing where all solve or none; otherwise what the
    /// average lacks to 1. With the format's ±0.2 in the samples an average is hardly ever 0 or 1.
    public static func proposerReward(_ rewards: [Double]) -> Double? {
        guard let first = rewards.first else { return nil }
        guard rewards.count > 1 else { return first }
        let average = rewards.reduce(0, +) / Double(rewards.count)
        return average == 0 || average == 1 ? 0 : 1 - average
    }

    /// The level of proposals: it follows the trend of rewards, ten against the ten before.
    public struct Difficulty: Sendable, Hashable {
        /// The level, 1 to 5.
        public private(set) var level = 2
        private var history: [Double] = []

        /// Level 2, without a history.
        public init() {}

        /// Takes in a batch of rewards.
        public mutating func update(_ rewards: [Double]) {
            history = (history + rewards).suffix(20)
            guard history.count == 20 else { return }
            let earlier = history[..<10].reduce(0, +) / 10
            let recent = history[10...].reduce(0, +) / 10
            if recent - earlier > 0.05 {
                level = min(level + 1, 5)
            } else if recent - earlier < -0.05 {
                level = max(level - 1, 1)
            }
        }
    }

    private static func score(json text: String) -> Double? {
        guard let value = try? JSON(parsing: text, grammar: .python), value.orderedMembers != nil else {
            return nil
        }
        if let isCorrect = value.member("is_correct") { return isTrue(isCorrect) ? 1 : 0 }
        switch value.member("score") {
        case .int(let number): return Double(number)
        case .real(let number): return number
        case .flag(let flag): return flag ? 1 : 0
        case .text(let text): return PythonScalars.number(text)
        case .null, .list, .object, nil: return nil
        }
    }

    /// Whether Python holds a value for true.
    private static func isTrue(_ value: JSON) -> Bool {
        switch value {
        case .null: false
        case .flag(let flag): flag
        case .int(let number): number != 0
        case .real(let number): number != 0
        case .text(let text): !text.isEmpty
        case .list(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    private static func firstFence(_ text: String, tag: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        let (open, close) = (Array(tag.unicodeScalars), Array("```".unicodeScalars))
        guard let start = PythonScalars.find(open, in: scalars, from: 0),
            let end = PythonScalars.find(close, in: scalars, from: start + open.count)
        else { return nil }
        return PythonScalars.text(PythonScalars.strip(Array(scalars[(start + open.count)..<end])))
    }
}

// MARK: The patterns of the original, written out

extension OriginalRules {
    /// Three backticks, perhaps "json", an object that ends where three backticks follow.
    private static func fencedObject(_ text: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        let ticks = Array("```".unicodeScalars)
        var from = 0
        while let start = PythonScalars.find(ticks, in: text, from: from) {
            from = start + 1
            var position = start + 3
            if PythonScalars.hasPrefix("json", in: text, at: position) { position += 4 }
            position = PythonScalars.skipSpaces(text, position)
            guard position < text.count, text[position] == "{" else { continue }
            for end in position..<text.count where text[end] == "}" {
                let after = PythonScalars.skipSpaces(text, end + 1)
                if after + 3 <= text.count, text[after..<(after + 3)].elementsEqual(ticks) {
                    return Array(text[position...end])
                }
            }
        }
        return nil
    }

    /// `is_correct: true` or, failing that, `score: 0.5`, anywhere.
    private static func pattern(in text: [Unicode.Scalar]) -> Double? {
        for position in text.indices
        where PythonScalars.hasPrefix("is_correct", in: text, at: position) {
            guard let value = valuePosition(text, position + 10) else { continue }
            if PythonScalars.hasPrefix("true", in: text, at: value) { return 1 }
            if PythonScalars.hasPrefix("false", in: text, at: value) { return 0 }
        }
        let word = Array("score".unicodeScalars)
        var from = 0
        while let position = PythonScalars.find(word, in: text, from: from) {
            from = position + 1
            guard let value = valuePosition(text, position + 5) else { continue }
            if let number = number(text, value) { return number }
        }
        return nil
    }

    /// Where a value begins: after a quote perhaps, blanks, a colon or an equals sign, and blanks.
    private static func valuePosition(_ text: [Unicode.Scalar], _ start: Int) -> Int? {
        var position = start
        if position < text.count, text[position] == "'" || text[position] == "\"" { position += 1 }
        position = PythonScalars.skipSpaces(text, position)
        guard position < text.count, text[position] == ":" || text[position] == "=" else { return nil }
        return PythonScalars.skipSpaces(text, position + 1)
    }

    /// A sign perhaps, digits, and perhaps a point with digits.
    private static func number(_ text: [Unicode.Scalar], _ start: Int) -> Double? {
        var position = start
        var digits = ""
        func readDigits() {
            while position < text.count, let digit = PythonScalars.digit(text[position]) {
                digits += String(digit)
                position += 1
            }
        }
        if position < text.count, text[position] == "-" {
            digits = "-"
            position += 1
        }
        let first = position
        readDigits()
        guard position > first else { return nil }
        if position + 1 < text.count, text[position] == ".", PythonScalars.digit(text[position + 1]) != nil {
            digits += "."
            position += 1
            readDigits()
        }
        return Double(digits)
    }
}

/// Text as Python's `str` and `re` see it.
private enum PythonScalars {
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
            0x3000:
            true
        default: false
        }
    }

    static func isName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar)
            || ("A"..."Z").contains(scalar)
    }

    static func digit(_ scalar: Unicode.Scalar) -> Int? {
        guard scalar.properties.generalCategory == .decimalNumber else { return nil }
        return scalar.properties.numericValue.map { Int($0) }
    }

    static func text(_ scalars: [Unicode.Scalar]) -> String { String(String.UnicodeScalarView(scalars)) }

    static func strip(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return Array(scalars[first...last])
    }

    static func skipSpaces(_ text: [Unicode.Scalar], _ start: Int) -> Int {
        var position = start
        while position < text.count, isSpace(text[position]) { position += 1 }
        return position
    }

    static func find(_ word: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int) -> Int? {
        guard start >= 0, text.count >= word.count, start <= text.count - word.count else { return nil }
        return (start...(text.count - word.count)).first { at in
            text[at] == word[0] && text[at..<(at + word.count)].elementsEqual(word)
        }
    }

    /// Whether a lower-case ASCII word stands there, in letters that Python's IGNORECASE takes for it.
    static func hasPrefix(_ word: String, in text: [Unicode.Scalar], at start: Int) -> Bool {
        let wanted = Array(word.unicodeScalars)
        guard start + wanted.count <= text.count else { return false }
        return zip(wanted, text[start...]).allSatisfy { $0 == folded($1) }
    }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "A"..."Z": Unicode.Scalar(UInt8(scalar.value) + 32)
        case "\u{17F}": "s"
        case "\u{130}", "\u{131}": "i"
        default: scalar
        }
    }

    /// Python's `float(text)`.
    static func number(_ text: String) -> Double? {
        let scalars = strip(Array(text.unicodeScalars))
        var plain = ""
        for (position, scalar) in scalars.enumerated() {
            if scalar == "_" {
                // Only between two digits.
                guard position > 0, position + 1 < scalars.count, digit(scalars[position - 1]) != nil,
                    digit(scalars[position + 1]) != nil
                else { return nil }
            } else if let digit = digit(scalar) {
                plain += String(digit)
            } else {
                plain.unicodeScalars.append(scalar)
            }
        }
        let lower = plain.lowercased()
        let unsigned = lower.first == "-" || lower.first == "+" ? String(lower.dropFirst()) : lower
        if ["inf", "infinity", "nan"].contains(unsigned) { return Double(lower) }
        // Swift reads more forms than Python, hexadecimal ones above all.
        guard plain.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) }) else { return nil }
        return Double(plain)
    }
}
