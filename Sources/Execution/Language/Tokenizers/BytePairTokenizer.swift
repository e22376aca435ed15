/// Byte-level byte-pair encoding, as Qwen, Llama 3, SmolLM and GPT-2 use it.
///
/// Text goes through: added tokens, normalization, pre-tokenizer, merges, template. Encoding a text
/// of n bytes takes O(n log n).
public struct BytePairTokenizer: Tokenizer {
    /// What the tokens of a byte-level tokenizer are and how they are found.
    struct Parts: Hashable, Sendable {
        /// Spelling of each id in the byte alphabet; nil where an id has no token.
        var tokens: [String?]
        /// Pairs of spellings, in order of their rank.
        var merges: [Merge]
        var added: [AddedToken]
        /// Whether text is brought to Unicode form C.
        var composes = false
        var preTokenizer: PreTokenizer
        /// Whether a word that is a token as a whole is never taken apart.
        var ignoresMerges = false
        /// What stands for bytes without a token; without it they vanish.
        var unknown: Int32?
        /// Ids around every text.
        var prefix: [Int32] = [], suffix: [Int32] = []
    }

    /// One merge as spelled in a file.
    struct Merge: Hashable, Sendable {
        let left: String, right: String
    }

    /// More ids than any known vocabulary by far.
    static let idLimit = 1 << 22

    let parts: Parts
    private let ids: [ExactText: Int32]
    private let merges: MergeTable
    private let byteTokens: [Int32?]
    private let addedByID: [Int32: AddedToken]
    private let finder: AddedTokenFinder
    private let normalizedFinder: AddedTokenFinder

    init(_ parts: Parts) throws(TokenizerError) {
        self.parts = parts
        var ids: [ExactText: Int32] = [:]
        ids.reserveCapacity(parts.tokens.count)
        for (id, token) in parts.tokens.enumerated() {
            if let token { ids[ExactText(token)] = Int32(id) }
        }
        byteTokens = ByteAlphabet.scalars.map { ids[ExactText(String($0))] }
        merges = try Self.table(parts.merges, ids)
        addedByID = Dictionary(parts.added.map { ($0.id, $0) }) { _, last in last }
        finder = AddedTokenFinder(parts.added.filter { !$0.isNormalized }) { $0.content }
        let composes = parts.composes
        normalizedFinder = AddedTokenFinder(parts.added.filter(\.isNormalized)) {
            composes ? CanonicalComposition.normalized($0.content) : $0.content
        }
        for token in parts.added {
            let spelled =
                parts.tokens.indices.contains(Int(token.id)) ? parts.tokens[Int(token.id)] : nil
            let known = ids.updateValue(token.id, forKey: ExactText(token.content)) ?? token.id
            // An id has one spelling and a spelling one id.
            guard known == token.id,
                spelled.map(ExactText.init) ?? ExactText(token.content)
                    == ExactText(token.content)
            else { throw .badID(Int(token.id)) }
        }
        self.ids = ids
    }

    private static func table(
        _ merges: [Merge], _ ids: [ExactText: Int32]
    ) throws(TokenizerError) -> MergeTable {
        var table = MergeTable(capacity: merges.count)
        for (rank, merge) in merges.enumerated() {
            guard let left = ids[ExactText(merge.left)], let right = ids[ExactText(merge.right)],
                let result = ids[ExactText(merge.left + merge.right)]
            else { throw .unknownMerge("\(merge.left) \(merge.right)") }
            table.insert(left, right, result: result, rank: rank)
        }
        return table
    }

    // MARK: Tokenizer

    /// One more than the greatest id.
    public var vocabularySize: Int {
        max(parts.tokens.count, Int((addedByID.keys.max() ?? -1) + 1))
    }

    /// The ids of a text.
    public func encode(_ text: String, addingSpecials: Bool = true) -> [Int32] {
        var result = addingSpecials ? parts.prefix : []
        for piece in finder.pieces(text) {
            switch piece {
            case .token(let id): result.append(id)
            case .text(let text): encodePlain(text, into: &result)
            }
        }
        if addingSpecials { result += parts.suffix }
        return result
    }

    private func encodePlain(_ text: String, into result: inout [Int32]) {
        let text = parts.composes ? CanonicalComposition.normalized(text) : text
        for piece in normalizedFinder.pieces(text) {
            switch piece {
            case .token(let id): result.append(id)
            case .text(let text):
                for word in parts.preTokenizer.words(text) { encodeWord(word, into: &result) }
            }
        }
    }

    private func encodeWord(_ word: ArraySlice<UInt8>, into result: inout [Int32]) {
        if word.count == 1, let only = word.first, let id = byteTokens[Int(only)] {
            result.append(id)
            return
        }
        if parts.ignoresMerges, let id = ids[ExactText(ByteAlphabet.text(word))] {
            result.append(id)
            return
        }
        result += merges.apply(word.compactMap { byteTokens[Int($0)] ?? parts.unknown })
    }

    /// The bytes that a token stands for.
    public func bytes(of id: Int32, isFirst: Bool) -> [UInt8] {
        token(id).map(ByteAlphabet.bytes) ?? []
    }

    /// Whether the token is a mark rather than text.
    public func isSpecial(_ id: Int32) -> Bool { addedByID[id]?.isSpecial == true }

    /// The id of a token as the vocabulary spells it.
    public func id(of token: String) -> Int32? { ids[ExactText(token)] }

    /// How the vocabulary spells a token.
    public func token(_ id: Int32) -> String? {
        if let added = addedByID[id] { return added.content }
        return parts.tokens.indices.contains(Int(id)) ? parts.tokens[Int(id)] : nil
    }
}
