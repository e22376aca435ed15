/// The word lists of the task formats, read once from their literals.
enum WordLists {
    /// Words of five letters.
    static let fiveLetters: [String] = {
        let letters = characters(of: fiveLetterWords)
        return stride(from: 0, to: letters.count, by: 5).map {
            String(decoding: letters[$0..<($0 + 5)], as: UTF8.self)
        }
    }()

    /// Words of three to ten letters.
    static let english: [String] = {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in characters(of: englishWords) {
            if (48...57).contains(byte) {
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeLast(word.count - Int(byte - 48))
            } else {
                word.append(byte)
            }
        }
        words.append(String(decoding: word, as: UTF8.self))
        return words
    }()

    /// A story with its headings and licence, as the book has it.
    static let storyBook = String(
        decoding: characters(of: storyText).map { $0 == UInt8(ascii: "|") ? 10 : $0 },
        as: UTF8.self)

    /// The words of the story, in order; some begin or end with an underscore, for italics.
    static let storyTokens = PythonText.tokens(storyBook)

    /// The words of the story that are letters and digits only, in order.
    static let story = storyTokens.filter {
        $0.unicodeScalars.allSatisfy(PythonText.isAlphanumeric)
    }

    /// The bytes of a literal without its line ends.
    private static func characters(of literal: StaticString) -> [UInt8] {
        literal.withUTF8Buffer { $0.filter { $0 != UInt8(ascii: "\n") } }
    }
}
