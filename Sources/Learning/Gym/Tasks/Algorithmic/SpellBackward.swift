import Bytes

/// A word, to be spelled from its end.
struct SpellBackward: TaskFormat {
    static let name = "spell_backward"
    let seed: Int
    private let lengths: ClosedRange<Int>
    private let words: [String]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let lengths = try settings.range(
            "min_word_len", "max_word_len", default: 3...10, within: 1...100)
        _ = try settings.word("data_file", default: "words3to10.txt", of: ["words3to10.txt"])
        seed = try settings.seed()
        words = WordLists.english.filter { lengths.contains($0.utf8.count) }
        if words.isEmpty { throw settings.invalid("min_word_len", "must leave words of 3 to 10") }
        self.lengths = lengths
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let word = random.choice(words)
        return Entry(
            question: "Spell this word backward (example: sun -> nus): \(word)",
            answer: String(word.reversed()),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("word", .text(word)), ("word_len", .int(word.utf8.count)),
                ("difficulty", .members([("word_len", .range(lengths))])),
            ]))
    }

    /// 1 for the right word in any case; otherwise the share of letters at their place.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let given = PythonText.lower(answer).unicodeScalars
        let wanted = PythonText.lower(expected).unicodeScalars
        if given.elementsEqual(wanted) { return 1 }
        var reward = 0.0
        for (a, b) in zip(given, wanted) where a == b { reward += 1 / Double(wanted.count) }
        // All letters right and more behind them.
        return reward == 1 ? reward - 0.2 : reward
    }
}
