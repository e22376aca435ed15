public import Bytes

/// One token for each character: for tiny models on small alphabets.
///
/// Stored as a `tokenizer.json` that the tokenizers package reads as well: a word-level vocabulary
/// of which every character is a word. A character here is a Unicode scalar.
public struct CharacterTokenizer: Tokenizer, Hashable {
    /// Stands for characters outside the alphabet.
    public static let unknownToken = "<unk>"

    private let tokens: [String]
    private let added: [AddedToken]
    private let ids: [Unicode.Scalar: Int32]
    private let finder: AddedTokenFinderBox

    /// A vocabulary: special tokens first, then the unknown token, then the alphabet in order.
    public init(alphabet: String, specials: [String]) throws(TokenizerError) {
        var seen = Set<Unicode.Scalar>()
        let letters = alphabet.unicodeScalars.filter { seen.insert($0).inserted }.map { String($0) }
        guard !specials.contains(where: \.isEmpty) else {
            throw .malformed("an empty special token")
        }
        try self.init(
            tokens: specials + [Self.unknownToken] + letters,
            added: specials.enumerated().map { AddedToken(id: Int32($0), content: $1) })
    }

    private init(tokens: [String], added: [AddedToken]) throws(TokenizerError) {
        var ids: [Unicode.Scalar: Int32] = [:]
        for (id, token) in tokens.enumerated() {
            guard token.unicodeScalars.count == 1, let only = token.unicodeScalars.first else {
                continue
            }
            guard ids.updateValue(Int32(id), forKey: only) == nil else { throw .badID(id) }
        }
        for token in added where !tokens.indices.contains(Int(token.id)) {
            throw .badID(Int(token.id))
        }
        self.tokens = tokens
        self.added = added
        self.ids = ids
        finder = AddedTokenFinderBox(added)
    }

    /// One more than the greatest id.
    public var vocabularySize: Int { tokens.count }

    /// The characters it can spell.
    public var alphabet: String {
        String(String.UnicodeScalarView(ids.sorted { $0.value < $1.value }.map(\.key)))
    }

    /// The ids of a text.
    ///
    /// Nothing is added: tiny models carry their marks in the text.
    public func encode(_ text: String, addingSpecials: Bool = true) -> [Int32] {
        var result: [Int32] = []
        for piece in finder.finder.pieces(text) {
            switch piece {
            case .token(let id): result.append(id)
            case .text(let text):
                result += text.unicodeScalars.map { ids[$0] ?? unknownID }
            }
        }
        return result
    }

    private var unknownID: Int32 { id(of: Self.unknownToken) ?? 0 }

    /// The bytes that a token stands for.
    public func bytes(of id: Int32, isFirst: Bool) -> [UInt8] { Array((token(id) ?? "").utf8) }

    /// Whether the token is a mark rather than text.
    public func isSpecial(_ id: Int32) -> Bool { added.contains { $0.id == id && $0.isSpecial } }

    /// The id of a token as the vocabulary spells it.
    public func id(of token: String) -> Int32? {
        let wanted = ExactText(token)
        return tokens.firstIndex { ExactText($0) == wanted }.map(Int32.init)
    }

    /// How the vocabulary spells a token.
    public func token(_ id: Int32) -> String? {
        tokens.indices.contains(Int(id)) ? tokens[Int(id)] : nil
    }
}

/// Equality of a tokenizer is that of its tokens; the finder follows from them.
private struct AddedTokenFinderBox: Hashable, Sendable {
    let finder: AddedTokenFinder

    init(_ tokens: [AddedToken]) { finder = AddedTokenFinder(tokens) { $0.content } }

    static func == (left: Self, right: Self) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}

// MARK: File

extension CharacterTokenizer {
    private static let everyCharacter = #"[\s\S]"#

    /// The tokenizer that a `tokenizer.json` of our making describes.
    public init(_ file: JSON) throws(TokenizerError) {
        guard let model = file["model"] else { throw .malformed("no model") }
        guard model["type"] == "WordLevel", model["unk_token"]?.text == Self.unknownToken else {
            throw TokenizerFile.unsupported("model", model)
        }
        let cut = file["pre_tokenizer"]
        guard cut?["type"] == "Split", cut?["pattern"]?["Regex"]?.text == Self.everyCharacter,
            cut?["behavior"] == "Isolated", cut?["invert"] != true
        else { throw TokenizerFile.unsupported("pre-tokenizer", cut) }
        for part in ["normalizer", "post_processor"] where file[part] != nil {
            throw TokenizerFile.unsupported(part, file[part])
        }
        guard file["decoder"]?["type"] == "Fuse" else {
            throw TokenizerFile.unsupported("decoder", file["decoder"])
        }
        var tokens: [String] = []
        for (id, token) in try TokenizerFile.vocabulary(model).enumerated() {
            guard let token else { throw .badID(id) }
            tokens.append(token)
        }
        guard tokens.contains(Self.unknownToken) else {
            throw .malformed("no \(Self.unknownToken)")
        }
        try self.init(tokens: tokens, added: try TokenizerFile.addedTokens(file))
    }

    /// The tokenizer as a `tokenizer.json`.
    public var file: JSON? {
        [
            "version": "1.0", "truncation": nil, "padding": nil,
            "added_tokens": .list(added.map(\.file)), "normalizer": nil,
            "pre_tokenizer": [
                "type": "Split", "pattern": ["Regex": .text(Self.everyCharacter)],
                "behavior": "Isolated", "invert": false,
            ],
            "post_processor": nil, "decoder": ["type": "Fuse"],
            "model": [
                "type": "WordLevel",
                "vocab": .members(tokens.enumerated().map { ($1, .int($0)) }),
                "unk_token": .text(Self.unknownToken),
            ],
        ]
    }
}
