public import Bytes

/// Answers lines about a tokenizer: the machine form of `starling tokenize`.
///
/// A line that is a JSON string is encoded: `{"ids":[…],"tokens":[…]}`. A line `{"ids":[…]}` is
/// decoded: `{"text":"…"}`.
public struct TokenizerLines: Sendable {
    private let tokenizer: any Tokenizer
    private let addingSpecials: Bool

    /// Answers for `tokenizer`.
    ///
    /// With `addingSpecials` texts get what the model's texts begin and end with.
    public init(_ tokenizer: any Tokenizer, addingSpecials: Bool = false) {
        self.tokenizer = tokenizer
        self.addingSpecials = addingSpecials
    }

    /// The answer to one line, without a newline.
    public func answer(_ line: String) throws(JSONError) -> String {
        let question = try JSON(parsing: line)
        if let ids = question["ids"]?.elements {
            let known = ids.compactMap { $0.wholeNumber.flatMap(Int32.init(exactly:)) }
            let text = tokenizer.decode(known, skippingSpecials: false)
            return JSON.members([("text", .text(text))]).text()
        }
        guard let text = question.text else {
            throw JSONError(code: .expected("a string or {\"ids\":[…]}"), offset: 0)
        }
        return encoded(text).text()
    }

    /// Ids and tokens of a text.
    private func encoded(_ text: String) -> JSON {
        let ids = tokenizer.encode(text, addingSpecials: addingSpecials)
        return [
            "ids": .ints(ids.map(Int.init)),
            "tokens": .texts(ids.map { tokenizer.token($0) ?? "" }),
        ]
    }
}
