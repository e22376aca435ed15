import Bytes

/// Words of a story, to be listed from the last to the first.
struct WordSequenceReversal: TaskFormat {
    static let name = "word_sequence_reversal"
    let seed: Int
    private let counts: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range("min_words", "max_words", default: 3...8, within: 1...100_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let count = min(random.randint(counts), WordLists.story.count)
        let words = random.sample(WordLists.story, count)
        return Entry(
            question: """
                Solve the following problem.

                Provide you answer as a comma-separated list of words with a space after the comma.

                Reverse this list of words: \(words.joined(separator: ", "))

                """,
            answer: words.reversed().joined(separator: ", "),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("num_words", .int(count)), ("words", .texts(words)),
                ("difficulty", .members([("words", .range(counts))])),
            ]))
    }
}
