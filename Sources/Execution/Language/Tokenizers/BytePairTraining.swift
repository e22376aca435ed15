extension BytePairTokenizer {
    /// A vocabulary learned from texts by byte-pair encoding (Sennrich et al., arXiv 1508.07909): all bytes,
    /// then the most frequent pair of neighbours within a word made one token, again and again.
    ///
    /// It is a function of the texts: of pairs that are as frequent the one that is spelled first is taken.
    /// Words are cut as GPT-2 cuts them, digits alone.
    ///
    /// - Parameters:
    ///   - merges: pairs to merge; fewer where no pair is left. The vocabulary keeps its size.
    ///   - specials: marks, which have the first ids.
    public init(learningFrom texts: some Sequence<String>, merges: Int, specials: [String])
        throws(TokenizerError)
    {
        let preTokenizer = PreTokenizer(steps: [.digits(individual: true), .gpt2])
        var counts: [[UInt8]: Int] = [:]
        for text in texts {
            for word in preTokenizer.words(text) where word.count > 1 { counts[Array(word), default: 0] += 1 }
        }
        var words = counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { word, count in
            Word(tokens: word.map { ByteAlphabet.text([$0]) }, count: count)
        }
        var learned: [Merge] = []
        while learned.count < merges, let best = Self.mostFrequentPair(of: words) {
            learned.append(best)
            for index in words.indices { words[index].merge(best) }
        }
        let bytes = (0...255).map { ByteAlphabet.text([UInt8($0)]) }
        let spare = [String?](repeating: nil, count: merges - learned.count)
        try self.init(
            Parts(
                tokens: specials + bytes + learned.map { $0.left + $0.right } + spare, merges: learned,
                added: specials.enumerated().map { AddedToken(id: Int32($0), content: $1) },
                preTokenizer: preTokenizer))
    }

    /// Ids that a learned vocabulary has beside its merges and specials.
    public static let byteCount = 256

    private struct Word {
        var tokens: [String]
        let count: Int

        mutating func merge(_ pair: Merge) {
            guard tokens.count > 1 else { return }
            var merged: [String] = [], position = 0
            while position < tokens.count {
                if position + 1 < tokens.count, tokens[position] == pair.left,
                    tokens[position + 1] == pair.right
                {
                    merged.append(pair.left + pair.right)
                    position += 2
                } else {
                    merged.append(tokens[position])
                    position += 1
                }
            }
            tokens = merged
        }
    }

    /// The pair of tokens that stand beside each other most often; nil where each word is one token.
    private static func mostFrequentPair(of words: [Word]) -> Merge? {
        var counts: [Merge: Int] = [:]
        for word in words {
            for (left, right) in zip(word.tokens, word.tokens.dropFirst()) {
                counts[Merge(left: left, right: right), default: 0] += word.count
            }
        }
        return counts.max { a, b in
            if a.value != b.value { return a.value < b.value }
            return (a.key.left, a.key.right) > (b.key.left, b.key.right)
        }?.key
    }
}
