import Bytes

/// A sentence of a story in capitals, its letters moved along the alphabet.
struct CaesarCipher: TaskFormat {
    static let name = "caesar_cipher"
    let seed: Int
    private let spans: ClosedRange<Int>
    private let rotations: ClosedRange<Int>
    private let sentences: [[String]]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let delimiter = try settings.text("delimiter", default: ".")
        let spans = try settings.range(
            "min_words", "max_words", default: 3...20, within: 1...100_000)
        rotations = try settings.range(
            "min_rotation", "max_rotation", default: 1...25, within: 1...25)
        seed = try settings.seed()
        sentences = PythonText.split(WordLists.storyBook, by: delimiter).compactMap { sentence in
            let words = PythonText.split(sentence).filter(PythonText.isLetters)
            return spans.contains(words.count) ? words.map(PythonText.upper) : nil
        }
        if sentences.isEmpty {
            throw settings.invalid("min_words", "and \"max_words\" must leave sentences")
        }
        self.spans = spans
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let words = random.choice(sentences)
        let rotation = random.randint(rotations)
        let clear = words.joined(separator: " ")
        let cipher = words.map { Self.rotated($0, by: rotation) }.joined(separator: " ")
        return Entry(
            question: "Decrypt this Caesar cipher text: \(cipher). "
                + "Provide only the decrypted text as your final answer.",
            answer: clear,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("rotation", .int(rotation)), ("cipher_text", .text(cipher)),
                ("clear_text", .text(clear)), ("num_words", .int(words.count)),
                (
                    "difficulty",
                    .members([("words", .range(spans)), ("rotation", .range(rotations))])
                ),
            ]))
    }

    /// Letters beyond Z, such as Ë, fall back among the 26.
    private static func rotated(_ word: String, by rotation: Int) -> String {
        var result = String.UnicodeScalarView()
        for scalar in word.unicodeScalars {
            let place = (Int(scalar.value) - 65 + rotation) % 26
            result.append(Unicode.Scalar(UInt8(65 + place)))
        }
        return String(result)
    }
}
