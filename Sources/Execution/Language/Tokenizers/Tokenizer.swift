public import Bytes

/// Turns text into token ids and back.
public protocol Tokenizer: Sendable {
    /// The tokenizer as a `tokenizer.json`; nil where that format has nothing of its kind.
    var file: JSON? { get }

    /// One more than the greatest id.
    var vocabularySize: Int { get }

    /// The ids of a text; special tokens written out in it become theirs.
    ///
    /// `addingSpecials` adds what a text begins and ends with, such as a beginning-of-text token.
    func encode(_ text: String, addingSpecials: Bool) -> [Int32]

    /// The bytes that one token adds to a text; empty for ids outside the vocabulary.
    ///
    /// `isFirst` says whether it is the first of its text.
    func bytes(of id: Int32, isFirst: Bool) -> [UInt8]

    /// Whether the token is a mark rather than text.
    func isSpecial(_ id: Int32) -> Bool

    /// The id of a token as the vocabulary spells it.
    func id(of token: String) -> Int32?

    /// How the vocabulary spells a token.
    func token(_ id: Int32) -> String?
}

extension Tokenizer {
    /// The text of ids.
    ///
    /// Bytes that are not UTF-8 become U+FFFD.
    ///
    /// With `skippingSpecials` special tokens leave no trace.
    public func decode(_ ids: [Int32], skippingSpecials: Bool = true) -> String {
        var decoder = StreamingDecoder(self, skippingSpecials: skippingSpecials)
        var text = ""
        for id in ids { text += decoder.append(id) }
        return text + decoder.finish()
    }
}

/// Decodes tokens as they come: text appears as soon as its characters are complete.
public struct StreamingDecoder: Sendable {
    private let tokenizer: any Tokenizer
    private let skippingSpecials: Bool
    private var pending: [UInt8] = []
    private var isFirst = true

    /// A decoder that has seen nothing.
    public init(_ tokenizer: any Tokenizer, skippingSpecials: Bool = true) {
        self.tokenizer = tokenizer
        self.skippingSpecials = skippingSpecials
    }

    /// The text that this token completes; empty inside a character.
    public mutating func append(_ id: Int32) -> String {
        if skippingSpecials, tokenizer.isSpecial(id) { return "" }
        pending += tokenizer.bytes(of: id, isFirst: isFirst)
        isFirst = false
        let complete = pending.count - Self.incompleteTail(pending)
        defer { pending.removeFirst(complete) }
        return String(decoding: pending[..<complete], as: UTF8.self)
    }

    /// What is left: an unfinished character becomes U+FFFD.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a character that more bytes can complete.
    static func incompleteTail(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            if lead & 0xc0 == 0x80 { continue }
            let needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
            guard needed > length, isPrefix(bytes.suffix(length)) else { return 0 }
            return length
        }
        return 0
    }

    /// Whether the bytes begin some valid character (Unicode, table 3-7).
    private static func isPrefix(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let lead = bytes.first, (0xc2...0xf4).contains(lead) else { return false }
        guard let second = bytes.dropFirst().first else { return true }
        switch lead {
        case 0xe0: return second >= 0xa0
        case 0xed: return second < 0xa0
        case 0xf0: return second >= 0x90
        case 0xf4: return second < 0x90
        default: return true
        }
    }
}

/// Why a tokenizer cannot be had.
public enum TokenizerError: Error, Hashable, CustomStringConvertible {
    /// The file is not as `tokenizer.json` should be.
    case malformed(String)
    /// A part that is not built; the result would be wrong without it.
    case unsupported(part: String, value: String)
    /// A merge whose parts or result are not in the vocabulary.
    case unknownMerge(String)
    /// Two tokens of one id, or an id out of range.
    case badID(Int)
    /// Text that a character-level vocabulary cannot spell.
    case unknownCharacter(String)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .malformed(let what): "the tokenizer has \(what); is the file complete?"
        case .unsupported(let part, let value):
            "the tokenizer's \(part) \(value) is not built; use a model of the Llama 3, Qwen2, Qwen3, "
                + "SmolLM or GPT-2 kind"
        case .unknownMerge(let merge):
            "the merge \(merge) names a token that the vocabulary lacks; is the file damaged?"
        case .badID(let id):
            "the token id \(id) is used twice or out of range; is the file damaged?"
        case .unknownCharacter(let text):
            "the vocabulary has no character for \(text); train with text that has it"
        }
    }
}
