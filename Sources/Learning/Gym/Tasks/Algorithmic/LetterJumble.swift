import Bytes

/// Words of a story with letters swapped, to be put right.
struct LetterJumble: TaskFormat {
    static let name = "letter_jumble"
    let seed: Int
    private let lengths: ClosedRange<Int>
    private let counts: ClosedRange<Int>
    private let levels: (low: Double, high: Double)
    private let consecutive: Bool
    private let words: [String]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let lengths = try settings.range(
            "min_word_len", "max_word_len", default: 1...64, within: 1...10_000)
        counts = try settings.range("min_words", "max_words", default: 3...20, within: 1...5_000)
        levels = (
            try settings.number("min_corruption_level", default: 0.1, within: 0...1),
            try settings.number("max_corruption_level", default: 0.9, within: 0...1)
        )
        if levels.low > levels.high {
            throw settings.invalid(
                "max_corruption_level", "must not be below \"min_corruption_level\"")
        }
        consecutive = try settings.bool("consecutive_words", default: true)
        seed = try settings.seed()
        words = WordLists.story.filter {
            lengths.contains(PythonText.length($0)) && PythonText.isLetters($0)
        }
        if words.count < counts.upperBound {
            throw settings.invalid("max_words", "must not be above the \(words.count) words left")
        }
        self.lengths = lengths
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let count = random.randint(counts)
        let level = random.uniform(levels.low, levels.high)
        let chosen: [String]
        if consecutive {
            let start = random.randint(0, words.count - count)
            chosen = Array(words[start..<(start + count)])
        } else {
            chosen = random.sample(words, count)
        }
        let scrambled = chosen.map { Self.scramble($0, level: level, &random) }
        return Entry(
            question: Self.question(scrambled.joined(separator: " ")),
            answer: chosen.joined(separator: " "),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("num_words", .int(count)), ("corruption_level", .real(level)),
                ("scrambled_words", .texts(scrambled)), ("original_words", .texts(chosen)),
                (
                    "difficulty",
                    .members([
                        ("word_len", .range(lengths)), ("words", .range(counts)),
                        ("corruption_level", .list([.real(levels.low), .real(levels.high)])),
                    ])
                ),
            ]))
    }

    /// Swaps a share of the letters, at least one pair.
    private static func scramble(_ word: String, level: Double, _ random: inout PythonRandom)
        -> String
    {
        var letters = Array(word.unicodeScalars)
        if letters.count < 2 { return word }
        for _ in 0..<max(1, Int(Double(letters.count) * level)) {
            let pair = random.sample(Array(letters.indices), 2)
            letters.swapAt(pair[0], pair[1])
        }
        return String(String.UnicodeScalarView(letters))
    }

    private static func question(_ words: String) -> String {
        """
        Your task is to unsramble words in a sentence.

        For each word in a sentence, the letter may have been randomly shuffled. Your task is to \
        unscramble the words.

        The order of the words in the sentence is preserved. Moreover, the style of the sentence \
        is preserved (i.e. punctuation, capitalization, new lines, etc.).

        Your output should be a sentence with the words unscrambled.

        Now, unscramble these words: \(words)

        """
    }

    /// The share of words that are right at their place, in any case.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let given = PythonText.strip(PythonText.lower(answer))
        let wanted = PythonText.strip(PythonText.lower(expected))
        if PythonText.equal(given, wanted) { return 1 }
        let words = PythonText.split(wanted)
        var reward = 0.0
        for (a, b) in zip(words, PythonText.split(given)) where PythonText.equal(a, b) {
            reward += 1 / Double(words.count)
        }
        return min(1, reward)
    }
}
