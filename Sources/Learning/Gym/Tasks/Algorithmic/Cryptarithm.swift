import Bytes

/// A sum whose digits are hidden behind letters.
struct Cryptarithm: TaskFormat {
    static let name = "cryptarithm"
    let seed: Int
    private let counts: ClosedRange<Int>
    private let leadingZeros: Bool

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range("min_words", "max_words", default: 2...3, within: 2...1_000)
        leadingZeros = try settings.bool("allow_leading_zero", default: false)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let lengths = (0..<random.randint(counts)).map { _ in random.randint(3, 5) }
        let numbers = lengths.map { length in
            let end = length == 3 ? 1_000 : length == 4 ? 10_000 : 100_000
            return random.randint(leadingZeros ? 0 : end / 10, end - 1)
        }
        let sum = numbers.reduce(0, +)
        var digits = Set((numbers + [sum]).flatMap { String($0) }).sorted()
        random.shuffle(&digits)
        var pool = (65...90).map { Character(Unicode.Scalar(UInt8($0))) }
        random.shuffle(&pool)
        let pairs = zip(digits, pool).map { (digit: $0, letter: $1) }
        let letters = Dictionary(uniqueKeysWithValues: pairs.map { ($0.digit, $0.letter) })
        let words = (numbers + [sum]).map { number in
            String(String(number).compactMap { letters[$0] })
        }
        return Entry(
            question: question(words),
            answer: pairs.sorted { $0.letter < $1.letter }.map { "\($0.letter)=\($0.digit)" }
                .joined(separator: ","),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("allow_leading_zero", .flag(leadingZeros)),
                ("letters", .texts(pairs.map { String($0.letter) })),
                ("word_values", .ints(numbers)), ("sum_number", .int(sum)),
                ("words_letters", .texts(words.dropLast())),
                ("result_letters", .text(words.last ?? "")),
                (
                    "digit_to_letter",
                    .members(pairs.map { (String($0.digit), .text(String($0.letter))) })
                ),
                (
                    "letter_to_digit",
                    .members(pairs.map { (String($0.letter), .int($0.digit.wholeNumberValue ?? 0)) })
                ),
                ("difficulty", .members([("words", .range(counts))])),
            ]))
    }

    /// The sum as it is written by hand; the last word is the result.
    private func question(_ words: [String]) -> String {
        let width = words.map(\.count).max() ?? 0
        func line(_ mark: String, _ word: String) -> String {
            mark + String(repeating: " ", count: width - word.count) + word
        }
        var lines = words.map { line("  ", $0) }
        lines[words.count - 2] = line("+ ", words[words.count - 2])
        lines.insert(String(repeating: "-", count: width + 2), at: words.count - 1)
        return """
            Solve this cryptarithm:

            \(lines.joined(separator: "\n"))

            Each letter stands for a unique digit (0-9). \
            \(leadingZeros ? "Leading letters may be zero." : "No leading letter can be zero.")
            Provide a comma separated mapping from letters to digits that satisfies the equation \
            in your final answer. Output format: "A=1,B=2,C=3" (without quotes)

            """
    }

    /// 1 for any mapping that solves the puzzle, 0.01 for any other mapping.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let mapping = Self.mapping(answer) else { return 0 }
        return Self.solves(mapping, entry.metadata) ? 1 : 0.01
    }

    /// Reads "A=1,B=2" into digits by the bytes of what they stand for; a letter given twice keeps
    /// its last digit.
    private static func mapping(_ answer: String) -> [[UInt8]: BigInteger]? {
        var mapping: [[UInt8]: BigInteger] = [:]
        for pair in PythonText.split(answer, by: ",") {
            let sides = PythonText.split(pair, by: "=")
            guard sides.count == 2,
                let digit = PythonText.integer(PythonText.strip(sides[1]))
            else { return nil }
            mapping[Array(PythonText.strip(sides[0]).utf8)] = digit
        }
        return mapping
    }

    private static func solves(_ mapping: [[UInt8]: BigInteger], _ metadata: JSON) -> Bool {
        guard let result = metadata.member("result_letters")?.text,
            let addends = metadata.member("words_letters")?.elements?.compactMap(\.text)
        else { return false }
        let words = (addends + [result]).map { $0.utf8.map { [$0] } }
        guard Set(mapping.keys) == Set(words.joined()) else { return false }
        let digits = mapping.compactMapValues { $0.int.flatMap { (0...9).contains($0) ? $0 : nil } }
        guard digits.count == mapping.count, Set(digits.values).count == digits.count else {
            return false
        }
        let zeroLeads = words.contains { $0.first.map { digits[$0] } == 0 }
        if zeroLeads, metadata.member("allow_leading_zero")?.flag != true { return false }
        let values = words.map { word in word.reduce(0) { $0 * 10 + (digits[$1] ?? 0) } }
        return values.dropLast().reduce(0, +) == values.last
    }
}
