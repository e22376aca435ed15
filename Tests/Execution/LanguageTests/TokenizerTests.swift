import Bytes
import Foundation
import Language
import TestSupport
import Testing

/// Vocabularies of real models with published texts and ids.
enum Vocabulary: String, CaseIterable {
    case qwen2 = "qwen2", llama3 = "llama-bpe", gpt2 = "gpt-2"

    var path: String { Fixtures.shared("tokenizers/ggml-vocab-\(rawValue).gguf").path }

    func tokenizer() throws -> BytePairTokenizer { try GGUFFile(path: path).tokenizer() }

    /// Texts and ids, as the file's neighbours list them.
    func vectors() throws -> [(text: String, ids: [Int32])] {
        let input = try String(
            contentsOf: Fixtures.shared("tokenizers/ggml-vocab-\(rawValue).gguf.inp"),
            encoding: .utf8)
        let output = try String(
            contentsOf: Fixtures.shared("tokenizers/ggml-vocab-\(rawValue).gguf.out"),
            encoding: .utf8)
        let texts = input.components(separatedBy: "\n__ggml_vocab_test__\n")
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        return zip(texts, lines).map { text, line in
            (text, line.split(separator: " ").compactMap { Int32($0) })
        }
    }
}

private let haveVocabularies = Fixtures.sharedExists("tokenizers/ggml-vocab-qwen2.gguf")

@Suite(.enabled(if: haveVocabularies, "shared/fixtures/tokenizers is not beside the checkout"))
struct PublishedVectorTests {
    @Test(arguments: Vocabulary.allCases)
    func `gives the published ids and the text back`(vocabulary: Vocabulary) throws {
        let tokenizer = try vocabulary.tokenizer()
        let vectors = try vocabulary.vectors()
        #expect(vectors.count == 47)
        for vector in vectors {
            #expect(
                tokenizer.encode(vector.text, addingSpecials: false) == vector.ids, "\(vector.text)"
            )
            #expect(tokenizer.decode(vector.ids) == vector.text)
        }
    }

    @Test(arguments: Vocabulary.allCases)
    func `a written tokenizer file reads back as the same tokenizer`(vocabulary: Vocabulary) throws {
        let tokenizer = try vocabulary.tokenizer()
        let file = try #require(tokenizer.file)
        let again = try BytePairTokenizer(try JSON(parsing: file.bytes()))
        #expect(again.file == file)
        #expect(again.vocabularySize == tokenizer.vocabularySize)
        for vector in try vocabulary.vectors() {
            #expect(
                again.encode(vector.text, addingSpecials: true)
                    == tokenizer.encode(vector.text, addingSpecials: true))
        }
    }

    @Test func `text comes as its characters are complete`() throws {
        let tokenizer = try Vocabulary.gpt2.tokenizer()
        let text = "Ünïcödé 🙂 東京 e\u{301} \u{FFFD}"
        let ids = tokenizer.encode(text, addingSpecials: false)
        var decoder = StreamingDecoder(tokenizer)
        let parts = ids.map { decoder.append($0) } + [decoder.finish()]
        #expect(parts.joined() == text)
        #expect(parts.contains(""))
        #expect(parts.last == "")
        // Half of a character, then something else.
        let half = tokenizer.encode("🙂", addingSpecials: false).dropLast()
        #expect(tokenizer.decode(Array(half)) == "\u{FFFD}")
    }

    @Test func `special tokens are found in the text and left out of it`() throws {
        let tokenizer = try Vocabulary.qwen2.tokenizer()
        let start = try #require(tokenizer.id(of: "<|im_start|>"))
        let ids = tokenizer.encode("a<|im_start|>b", addingSpecials: true)
        #expect(ids.count == 3 && ids[1] == start && tokenizer.isSpecial(start))
        #expect(tokenizer.decode(ids) == "ab")
        #expect(tokenizer.decode(ids, skippingSpecials: false) == "a<|im_start|>b")
        let llama = try Vocabulary.llama3.tokenizer()
        #expect(llama.encode("a", addingSpecials: true).first == llama.id(of: "<|begin_of_text|>"))
    }

    @Test(.timeLimit(.minutes(1))) func `long words cost little more than short ones`() throws {
        let tokenizer = try Vocabulary.gpt2.tokenizer()
        let long = String(repeating: "ab", count: 10_000)
        #expect(tokenizer.decode(tokenizer.encode(long, addingSpecials: false)) == long)
    }
}

@Suite struct TokenizerFileTests {
    /// A tiny byte-level tokenizer: h, e, l, o and the blank, "he", "ll", "hell".
    private func file(_ change: (inout [String: JSON]) -> Void = { _ in }) -> JSON {
        var parts: [String: JSON] = [
            "vocab": ["h": 0, "e": 1, "l": 2, "o": 3, "Ġ": 4, "he": 5, "ll": 6, "hell": 7, "é": 8],
            "merges": ["h e", ["l", "l"], "he ll"], "decoder": ["type": "ByteLevel"],
            "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false],
            "added_tokens": [
                ["id": 9, "content": "<s>", "special": true, "normalized": false],
                [
                    "id": 10, "content": "ooo", "special": false, "normalized": false,
                    "lstrip": true,
                    "rstrip": true,
                ],
                [
                    "id": 11, "content": "eee", "special": false, "normalized": false,
                    "single_word": true,
                ],
            ],
        ]
        change(&parts)
        let model: [String] = [
            "vocab", "merges", "ignore_merges", "unk_token", "byte_fallback", "type",
        ]
        return .members(
            [("model", .members(model.compactMap { key in parts[key].map { (key, $0) } }))]
                + parts.filter { !model.contains($0.key) }.map { ($0.key, $0.value) })
    }

    private func encode(_ text: String, _ change: (inout [String: JSON]) -> Void = { _ in }) throws
        -> [Int32]
    {
        try TokenizerFile.tokenizer(file(change)).encode(text, addingSpecials: true)
    }

    @Test func `merges by rank and drops bytes without a token`() throws {
        #expect(try encode("hello hell") == [7, 3, 4, 7])
        #expect(try encode("hxe") == [5])
        #expect(try encode("hxe") { $0["unk_token"] = "o" } == [0, 3, 1])
        #expect(try encode("") == [])
    }

    @Test func `added tokens strip blanks and know words`() throws {
        #expect(try encode("l <s>l") == [2, 4, 9, 2])
        #expect(try encode("l  ooo\n\tl") == [2, 10, 2])
        #expect(try encode("eee,eee") == [11, 11])
        #expect(try encode("eeel") == [1, 1, 1, 2])
    }

    @Test func `templates put ids around a text`() throws {
        let template: JSON = [
            "type": "TemplateProcessing",
            "single": [
                ["SpecialToken": ["id": "<s>", "type_id": 0]],
                ["Sequence": ["id": "A", "type_id": 0]],
            ],
            "special_tokens": ["<s>": ["id": "<s>", "ids": [9], "tokens": ["<s>"]]],
        ]
        #expect(try encode("o") { $0["post_processor"] = template } == [9, 3])
        let sequence: JSON = ["type": "Sequence", "processors": [["type": "ByteLevel"], template]]
        #expect(try encode("o") { $0["post_processor"] = sequence } == [9, 3])
    }

    @Test func `what is not built is an error that names it`() {
        func refusal(_ key: String, _ value: JSON, _ error: TokenizerError) {
            #expect(throws: error) { try encode("") { $0[key] = value } }
        }
        refusal("type", "Unigram", .unsupported(part: "model", value: "Unigram"))
        refusal(
            "byte_fallback", true, .unsupported(part: "model option byte_fallback", value: "true"))
        refusal("normalizer", ["type": "NFKC"], .unsupported(part: "normalizer", value: "NFKC"))
        refusal("decoder", ["type": "Metaspace"], .unsupported(part: "decoder", value: "Metaspace"))
        refusal("decoder", nil, .unsupported(part: "decoder", value: "none"))
        refusal(
            "pre_tokenizer", ["type": "Metaspace"],
            .unsupported(part: "pre-tokenizer", value: "Metaspace"))
        refusal(
            "pre_tokenizer", ["type": "ByteLevel"],
            .unsupported(part: "pre-tokenizer option", value: "add_prefix_space"))
        refusal(
            "pre_tokenizer", ["type": "Split", "pattern": ["Regex": "a"], "behavior": "Isolated"],
            .unsupported(part: "pre-tokenizer pattern", value: #"{"Regex":"a"}"#))
        refusal(
            "post_processor", ["type": "Bert"], .unsupported(part: "post-processor", value: "Bert"))
        refusal("merges", ["h x"], .unknownMerge("h x"))
        refusal("merges", ["h"], .malformed("the merge \"h\", which is not of two tokens"))
        refusal("vocab", ["a": 0, "b": 0], .badID(0))
        refusal("vocab", ["a": -1], .badID(-1))
        refusal("vocab", ["a": 1_000_000_000_000], .badID(1_000_000_000_000))
        refusal("vocab", [], .malformed("no vocab"))
        #expect(throws: TokenizerError.malformed("no model")) { try TokenizerFile.tokenizer([:]) }
    }

    @Test func `tokens are bytes, not characters that look alike`() throws {
        // "é" as one scalar and as two must not be one entry.
        let vocabulary: JSON = .members([("é", 0), ("e\u{301}", 1), ("h", 2)])
        let tokenizer = try TokenizerFile.tokenizer(
            file {
                $0["vocab"] = vocabulary; $0["merges"] = []; $0["added_tokens"] = []
            })
        #expect(tokenizer.id(of: "é") == 0)
        #expect(tokenizer.id(of: "e\u{301}") == 1)
    }

    @Test func `characters of a small alphabet are tokens`() throws {
        let tokenizer = try CharacterTokenizer(
            alphabet: "0123456789+= ", specials: ["<pad>", "<end>"])
        #expect(tokenizer.vocabularySize == 16)
        let ids = tokenizer.encode("1+2=3<end>x", addingSpecials: true)
        #expect(ids == [4, 13, 5, 14, 6, 1, 2])
        #expect(tokenizer.decode(ids) == "1+2=3<unk>")
        #expect(tokenizer.alphabet == "0123456789+= ")
        let file = try #require(tokenizer.file)
        let again = try TokenizerFile.tokenizer(try JSON(parsing: file.bytes(.pretty(indent: 2))))
        #expect(again as? CharacterTokenizer == tokenizer)
    }
}
