/// How text becomes tokens of one model and back, as the learning loop needs it.
///
/// It is a value of functions, so that any tokenizer and any way to put a question (plain text, a chat
/// template) fits.
public struct TextCodec: Sendable {
    /// Tokens in the vocabulary.
    public let vocabulary: Int
    /// Tokens that end an answer; the first one ends the answers we train on.
    public let stopTokens: [Int32]
    /// The tokens of a question, up to where the answer begins.
    public let prompt: @Sendable (_ question: String) -> [Int32]
    /// The tokens of an answer, without a stop token.
    public let answer: @Sendable (_ text: String) -> [Int32]
    /// The text of answer tokens; stop tokens have none.
    public let text: @Sendable (_ tokens: [Int32]) -> String

    /// A codec of these functions.
    public init(
        vocabulary: Int, stopTokens: [Int32], prompt: @escaping @Sendable (String) -> [Int32],
        answer: @escaping @Sendable (String) -> [Int32],
        text: @escaping @Sendable ([Int32]) -> String
    ) {
        precondition(vocabulary > 0 && !stopTokens.isEmpty, "a codec has tokens, and one that stops")
        self.vocabulary = vocabulary
        self.stopTokens = stopTokens
        self.prompt = prompt
        self.answer = answer
        self.text = text
    }

    /// One token per character: token 0 ends an answer, token 1 stands between question and answer,
    /// token 2 for any character that is not in `alphabet`, whose characters follow.
    public static func characters(_ alphabet: String) -> TextCodec {
        let letters = Array(alphabet.unicodeScalars)
        var ids: [Unicode.Scalar: Int32] = [:]
        for (index, letter) in letters.enumerated() where ids[letter] == nil {
            ids[letter] = Int32(index + 3)
        }
        let known = ids
        let encode: @Sendable (String) -> [Int32] = { text in
            text.unicodeScalars.map { known[$0] ?? 2 }
        }
        return TextCodec(
            vocabulary: letters.count + 3, stopTokens: [0], prompt: { encode($0) + [1] },
            answer: encode,
            text: { tokens in
                var text = String.UnicodeScalarView()
                for token in tokens where token > 0 {
                    let index = Int(token) - 3
                    text.append(letters.indices.contains(index) ? letters[index] : "\u{FFFD}")
                }
                return String(text)
            })
    }
}
