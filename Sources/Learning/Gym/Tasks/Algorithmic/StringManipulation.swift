import Bytes

/// A string that rules rewrite, the first that applies at each step.
struct StringManipulation: TaskFormat {
    static let name = "string_manipulation"
    /// In case some rules come to no end: 500 letters need fewer than 1,000 states.
    private static let statesMax = 5_000
    let seed: Int
    private let lengths: ClosedRange<Int>
    private let counts: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        lengths = try settings.range(
            "min_string_length", "max_string_length", default: 5...20, within: 5...1_000)
        counts = try settings.range(
            "min_num_rules", "max_num_rules", default: 3...8, within: 3...RewriteRule.all.count)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let length = random.randint(lengths)
        let start = (0..<length).map { _ in UInt8(97 + random.below(3)) }
        let rules = random.sample(RewriteRule.all, random.randint(counts))
        guard let states = Self.states(start, rules) else {
            throw .notGenerated(
                environment: Self.name, index: index, reason: "its rules come to no end")
        }
        let texts = states.map { String(decoding: $0, as: UTF8.self) }
        let list = rules.enumerated().map { "\($0 + 1). \($1.text)" }.joined(separator: "\n")
        return Entry(
            question: Self.question(rules: list, string: texts[0]), answer: texts.last,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("string", .text(texts[0])), ("solution", .text(texts.last ?? "")),
                ("states", .texts(texts)), ("selected_rules", .texts(rules.map(\.text))),
                ("string_length", .int(length)), ("num_rules", .int(rules.count)),
                (
                    "difficulty",
                    .members([("string_length", .range(lengths)), ("num_rules", .range(counts))])
                ),
            ]))
    }

    /// Every state from the given one until no rule applies or one repeats; nil where there are
    /// too many.
    private static func states(_ start: [UInt8], _ rules: [RewriteRule]) -> [[UInt8]]? {
        var states = [start]
        var seen: Set = [start]
        var state = start
        while let next = rules.lazy.compactMap({ $0.apply(state) }).first {
            guard seen.insert(next).inserted else { break }
            guard states.count < statesMax else { return nil }
            states.append(next)
            state = next
        }
        return states
    }

    private static func question(rules: String, string: String) -> String {
        """
        Your job is to repeatedly transform a string according to a set of rules until no further \
        transformations can be performed, or a state is repeated.

        Evaluate the following rules in order, and apply the first applicable rule to the string:
        \(rules)

        Once you have applied a rule, repeat the process with the new string until no further \
        transformations can be performed (i.e. the string doesn't change), or a state is repeated.
        If a state is repeated, the process is terminated, and the repeated state is discarded \
        (i.e. is not considered as the final answer) and the state before the repeated state is \
        considered as the final answer.

        Your output should be the final transformed string after applying all the rules.

        Transform the following string according to the above list of rules:
        \(string)

        """
    }
}
