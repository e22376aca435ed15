import Bytes

/// A sentence of a story, its words in disorder.
struct SentenceReordering: TaskFormat {
    static let name = "sentence_reordering"
    let seed: Int
    private let spans: ClosedRange<Int>
    private let sentences: [[String]]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let spans = try settings.range(
            "min_words_in_sentence", "max_words_in_sentence", default: 3...20, within: 1...100_000)
        seed = try settings.seed()
        sentences = Self.sentences(of: WordLists.storyBook).filter {
            spans.contains(PythonText.tokens($0).count)
        }.map(PythonText.split)
        if sentences.isEmpty {
            throw settings.invalid(
                "min_words_in_sentence", "and \"max_words_in_sentence\" must leave sentences")
        }
        self.spans = spans
    }

    /// What stands before each mark that ends a sentence, and the first such mark.
    private static func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var open = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let ends = ".!?".unicodeScalars.contains(scalar)
            if !ends || !open.isEmpty { open.append(scalar) }
            if ends, !open.isEmpty {
                sentences.append(String(open))
                open.removeAll()
            }
        }
        return sentences
    }

    func entry(at index: Int) -> Entry {
        var first = random(at: index)
        let words = first.choice(sentences)
        // The original begins the same stream again for the order.
        var random = random(at: index)
        var scrambled = words
        random.shuffle(&scrambled)
        // A repeated word goes with its first place, so the answer may differ from the book.
        let solved = words.enumerated().sorted { a, b in
            let (left, right) = (words.firstIndex(of: a.element), words.firstIndex(of: b.element))
            return (left ?? 0, a.offset) < (right ?? 0, b.offset)
        }.map(\.element).joined(separator: " ")
        return Entry(
            question: "Restore the correct order of words in the following sentence: "
                + scrambled.joined(separator: " "),
            answer: solved,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("word_count", .int(PythonText.tokens(solved).count)),
                ("difficulty", .members([("words_in_sentence", .range(spans))])),
            ]))
    }

    /// The share of words at their place in any case; 0.05 for another number of words.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        if PythonText.equal(answer, expected) { return 1 }
        let (wanted, given) = (PythonText.split(expected), PythonText.split(answer))
        guard wanted.count == given.count else { return 0.05 }
        let right = zip(wanted, given).count {
            PythonText.equal(PythonText.lower($0), PythonText.lower($1))
        }
        return Double(right) / Double(wanted.count)
    }
}
