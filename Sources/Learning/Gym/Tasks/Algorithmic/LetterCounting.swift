import Bytes

/// How often a letter stands in a piece of a story.
struct LetterCounting: TaskFormat {
    static let name = "letter_counting"
    let seed: Int
    private let spans: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        spans = try settings.range("min_words", "max_words", default: 5...15, within: 1...10_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let words = WordLists.story
        let length = min(random.randint(spans), words.count)
        let start = random.randint(0, words.count - length)
        let span = Array(words[start..<(start + length)])
        let letters = span.map { Array(PythonText.lower($0).unicodeScalars) }
        let target = random.choice(Set(letters.joined()).sorted())
        let count = letters.joined().count { $0 == target }
        let text = span.joined(separator: " ")
        return Entry(
            question:
                "How many times does the letter \"\(target)\" appear in the text: \"\(text)\"?",
            answer: String(count),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("span_length", .int(length)), ("target_letter", .text(String(target))),
                ("span", .texts(span)),
                ("difficulty", .members([("words", .range(spans))])),
            ]))
    }
}
