import Bytes
import Testing

@testable import Language

@Suite struct `A learned vocabulary` {
    static let texts = [
        "low low low low low", "lower lower newest newest newest newest newest newest",
        "widest widest widest",
    ]

    @Test func `merges the most frequent pair first, of equal ones the one that is spelled first`() throws {
        // Sennrich et al., section 3.2, without their mark at the end of a word: 9 times e s, then es t.
        let learned = try BytePairTokenizer(learningFrom: Self.texts, merges: 4, specials: [])
        let merges = learned.parts.merges.map { $0.left + "+" + $0.right }
        #expect(merges.prefix(2) == ["e+s", "es+t"])
        #expect(merges.count == 4 && learned.vocabularySize == 260)
    }

    @Test func `spells every text, shorter than its bytes where it knows the words`() throws {
        let learned = try BytePairTokenizer(
            learningFrom: Self.texts, merges: 100, specials: ["<|end|>", "<|answer|>"])
        // Few pairs are left after so many merges, and the vocabulary has its size all the same.
        #expect(learned.parts.merges.count < 100 && learned.vocabularySize == 2 + 256 + 100)
        #expect(learned.encode("lower widest", addingSpecials: false).count <= 3)
        for text in ["", "low 123", "naïve ☃ \u{0}", "<|end|>x<|answer|>", "lowlow\n  low"] {
            let ids = learned.encode(text, addingSpecials: false)
            #expect(learned.decode(ids, skippingSpecials: false) == text)
        }
        #expect(learned.encode("<|answer|>", addingSpecials: false) == [1])
    }

    @Test func `is the same from its file, and whatever order its texts came in`() throws {
        let learned = try BytePairTokenizer(learningFrom: Self.texts, merges: 20, specials: ["<|end|>"])
        let again = try BytePairTokenizer(
            learningFrom: Self.texts.reversed(), merges: 20, specials: ["<|end|>"])
        #expect(again.parts == learned.parts)
        let file = try #require(learned.file)
        let read = try TokenizerFile.tokenizer(file)
        for text in ["lowest newer", "12 wide", "<|end|>"] {
            #expect(read.encode(text, addingSpecials: false) == learned.encode(text, addingSpecials: false))
        }
    }
}
