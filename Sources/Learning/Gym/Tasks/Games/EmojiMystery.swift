import Bytes

/// A sentence hidden in the variation selectors behind an emoji.
struct EmojiMystery: TaskFormat {
    static let name = "emoji_mystery"
    let seed: Int
    private let lengths: ClosedRange<Int>
    private let sentences: [String]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        lengths = try settings.range(
            "min_words_in_sentence", "max_words_in_sentence", default: 3...35, within: 1...1_000)
        seed = try settings.seed()
        let lengths = lengths
        sentences = Self.sentences.filter { lengths.contains(PythonText.tokens($0).count) }
        if sentences.isEmpty {
            throw settings.invalid("min_words_in_sentence", "fits no sentence of the story")
        }
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let emoji = random.choice(Self.emojis)
        let sentence = random.choice(sentences)
        return Entry(
            question: """
                The following emoji is encoded with a sentence.

                Decode the following sentence from the emoji: \(emoji + Self.hidden(sentence))

                \(Self.hint)

                Return the secret sentence as your final answer.

                """,
            answer: sentence,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("emoji", .text(emoji)),
                ("num_words_in_sentence", .int(PythonText.tokens(sentence).count)),
                ("difficulty", .members([("num_words_in_sentence", .range(lengths))])),
            ]))
    }

    /// A variation selector for each byte: 16 of them lie apart from the others.
    private static func hidden(_ sentence: String) -> String {
        let selectors = sentence.utf8.compactMap { byte in
            Unicode.Scalar(byte < 16 ? 0xfe00 + UInt32(byte) : 0xe0100 + UInt32(byte - 16))
        }
        return String(String.UnicodeScalarView(selectors))
    }

    /// 1 for the sentence, the share of right code points in a text of its length, 0.01 for any
    /// other.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let (given, wanted) = (answer.unicodeScalars, expected.unicodeScalars)
        if given.elementsEqual(wanted) { return 1 }
        guard given.count == wanted.count, !given.isEmpty else { return 0.01 }
        return Double(zip(given, wanted).count { $0 == $1 }) / Double(wanted.count)
    }

    // MARK: Words

    /// What ends in a full stop, an exclamation mark or a question mark, each in one line.
    private static let sentences: [String] = {
        let ends = ".!?".unicodeScalars
        var sentences: [String] = []
        var sentence = String.UnicodeScalarView()
        for scalar in WordLists.storyBook.unicodeScalars {
            if !ends.contains(scalar) {
                sentence.append(scalar == "\n" ? " " : scalar)
            } else if !sentence.isEmpty {
                sentence.append(scalar)
                sentences.append(PythonText.strip(String(sentence)))
                sentence.removeAll()
            }
        }
        return sentences
    }()

    private static let emojis = PythonText.split(
        """
        😀 😃 😄 😁 😆 😅 🤣 😂 🙂 🙃 😉 😊 😇 🥰 😍 🤩 😘 😗 😚 😙 🥲 😋 😛 😜
        🤪 😝 🤑 🤗 🤭 🤫 🤔 🤐 🤨 😐 😑 😶 😏 😒 🙄 😬 😮 😯 😲 😳 🥺 😦 😧 😨
        😰 😥 😢 😭 😱 😖 😣 😞 😓 😩 😫 🥱 😤 😡 😠 🤬 😈 👿 💀 ☠ 💩 🤡 👹 👺
        👻 👽 👾 🤖 😺 😸 😹 😻 😼 😽 🙀 😿 😾 🙈 🙉 🙊 💋 💌 💘 💝 💖 💗 💓 💞
        💕 💟 ❣ 💔 ❤️ 🧡 💛 💚 💙 💜 🤎 🖤 🤍
        """)

    private static let hint = """
        Here is a hint:
        ```python
        def variance_selector_to_byte(variation_selector):
            variation_selector_codepoint = ord(variation_selector)
            if 0xFE00 <= variation_selector_codepoint <= 0xFE0F:
                return variation_selector_codepoint - 0xFE00
            elif 0xE0100 <= variation_selector_codepoint <= 0xE01EF:
                return variation_selector_codepoint - 0xE0100 + 16
            else:
                return None

        def decode(encoded_sentence):
            decoded_bytes = []
            variation_selectors_part = encoded_sentence[1:]
            for char in variation_selectors_part:
                byte_val = variance_selector_to_byte(char)
                if byte_val is not None:
                    decoded_bytes.append(byte_val)
            return bytes(decoded_bytes).decode('utf-8')
        ```

        """
}
