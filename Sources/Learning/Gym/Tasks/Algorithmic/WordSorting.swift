import Bytes

/// Words of a story, to be sorted by their code points.
struct WordSorting: TaskFormat {
    static let name = "word_sorting"
    private static let transformations = ["lowercase", "uppercase", "original", "randomcase"]
    let seed: Int
    private let counts: ClosedRange<Int>
    private let lengths: ClosedRange<Int>
    private let transformation: String
    private let words: [String]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range("min_words", "max_words", default: 3...10, within: 1...5_000)
        let lengths = try settings.range(
            "min_word_length", "max_word_length", default: 3...12, within: 1...10_000)
        transformation = try settings.word(
            "transformation", default: "original", of: Self.transformations)
        seed = try settings.seed()
        let fitting = WordLists.storyTokens.filter { lengths.contains(PythonText.length($0)) }
        words = Set(fitting).sorted(by: Self.isBefore)
        if words.count < counts.upperBound {
            throw settings.invalid("max_words", "must not be above the \(words.count) words left")
        }
        self.lengths = lengths
    }

    /// Order by code points, which in UTF-8 is the order of bytes.
    private static func isBefore(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }

    private func transformed(_ word: String, _ random: inout PythonRandom) -> String {
        switch transformation {
        case "lowercase": PythonText.lower(word)
        case "uppercase": PythonText.upper(word)
        case "randomcase":
            word.unicodeScalars.map { scalar in
                random.choice([true, false])
                    ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
            }.joined()
        default: word
        }
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let original = random.sample(words, random.randint(counts))
        let given = original.map { transformed($0, &random) }
        let ascending = random.choice([true, false])
        let sorted = given.sorted { ascending ? Self.isBefore($0, $1) : Self.isBefore($1, $0) }
        let direction = ascending ? "ascending" : "descending"
        return Entry(
            question: """
                Your task is to sort words in ascending or descending order using ASCII/Unicode \
                ordering.

                Your output should be a comma-separated list of words, e.g. word_1, word_2, word_3

                Now, sort these words in \(direction) order (using ASCII/Unicode ordering) and \
                return them as a comma-separated list: \(given.joined(separator: ", "))

                """,
            answer: sorted.joined(separator: ", "),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("original_words", .texts(original)), ("sorted_words", .texts(sorted)),
                ("transformed_words", .texts(given)), ("direction", .text(direction)),
                ("num_words", .int(original.count)),
                ("word_length", .int(original.map(PythonText.length).max() ?? 0)),
                (
                    "difficulty",
                    .members([("num_words", .range(counts)), ("word_length", .range(lengths))])
                ),
            ]))
    }

    /// The share of words at their place; at least 0.2 for the right words in any order.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, !answer.isEmpty,
            let wanted = entry.metadata.member("sorted_words")?.elements?.compactMap(\.text)
        else { return 0 }
        let given = PythonText.split(answer, by: ",").map(PythonText.strip)
        let right = zip(given, wanted).count { PythonText.equal($0, $1) }
        let share = Double(right) / Double(wanted.count)
        let isPermuted = given.sorted(by: Self.isBefore).elementsEqual(
            wanted.sorted(by: Self.isBefore), by: PythonText.equal)
        return isPermuted ? max(share, 0.2) : share
    }
}
