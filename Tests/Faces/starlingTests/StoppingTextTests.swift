import Foundation
import Language
import TestSupport
import Testing

@testable import starling

@Suite struct StoppingTextTests {
    private func run(_ text: String, stops: [String]) throws -> (parts: [String], text: String) {
        let tokenizer = try CharacterTokenizer(alphabet: "abcdef äß", specials: ["<end>"])
        var stopping = StoppingText(StreamingDecoder(tokenizer), stops: stops)
        var parts: [String] = []
        for token in tokenizer.encode(text, addingSpecials: false) where !stopping.isStopped {
            parts.append(stopping.append(token))
        }
        parts.append(stopping.finish())
        return (parts, stopping.text)
    }

    @Test func `text without stops passes as it comes`() throws {
        let result = try run("abc ä", stops: [])
        #expect(result.parts == ["a", "b", "c", " ", "ä", ""])
    }

    @Test func `a stop string and what follows are left out`() throws {
        #expect(try run("abcdef", stops: ["cd"]).text == "ab")
        #expect(try run("abcdef", stops: ["e", "bc"]).text == "a")
        #expect(try run("abcdef", stops: ["abc"]).text == "")
    }

    @Test func `what may begin a stop waits, and comes if it does not`() throws {
        let result = try run("abab", stops: ["abc"])
        #expect(result.parts == ["", "", "ab", "", "ab"])
        #expect(result.text == "abab")
    }

    @Test func `random texts are cut at the first stop, however they come`() throws {
        let start: UInt64 = 7
        var seed = Seed(start)
        let letters = Array("abc")
        func word(_ lengths: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: lengths, using: &seed)).map { _ in
                    letters[Int.random(in: 0..<letters.count, using: &seed)]
                })
        }
        for trial in 0..<300 {
            let text = word(0...20)
            let stops = (0..<Int.random(in: 1...3, using: &seed)).map { _ in word(1...4) }
            let ends = stops.compactMap { text.range(of: $0)?.lowerBound }
            let expected = ends.min().map { String(text[..<$0]) } ?? text
            #expect(try run(text, stops: stops).text == expected, "seed \(start), trial \(trial)")
        }
    }
}
