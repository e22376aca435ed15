import Bytes
import Testing

@testable import Gym

// Expected values were taken from CPython 3.11 and NumPy 2.4.
@Suite struct `Text as Python takes it apart` {
    @Test func `splits between blanks and at separators`() {
        #expect(PythonText.split(" a\u{a0}b\t\u{1f}c\n") == ["a", "b", "c"])
        #expect(PythonText.split("").isEmpty)
        #expect(PythonText.split("a->->b", by: "->") == ["a", "", "b"])
        #expect(PythonText.split("->", by: "->") == ["", ""])
        #expect(PythonText.split("é", by: "e") == ["é"])
    }

    @Test func `ends lines at every kind of line end`() {
        #expect(
            PythonText.lines("a\r\nb\rc\n\nd\u{b}e\u{2028}f\u{85}") == ["a", "b", "c", "", "d", "e", "f"])
        #expect(PythonText.lines("").isEmpty)
        #expect(PythonText.lines("\n\r\n") == ["", ""])
        #expect(PythonText.lines("\n\rx") == ["", "", "x"])
    }

    @Test func `finds words with their underscores`() {
        #expect(PythonText.tokens("_In_ the 2889th, naïve—no!") == ["_In_", "the", "2889th", "naïve", "no"])
    }

    @Test(arguments: [
        ("ΣΑΣ", "σας"), ("Σ", "σ"), ("ΑΣ Σ", "ας σ"), ("ΑΣ.", "ας."), ("ΑΣ\u{301}Α", "ασ\u{301}α"),
        ("İ", "i\u{307}"), ("A'Σ'", "a'ς'"),
    ]) func `lowers a sigma by its place`(text: String, lowered: String) {
        #expect(PythonText.equal(PythonText.lower(text), lowered))
    }

    @Test func `has the story's words`() {
        #expect(WordLists.storyTokens.count == 8_911)
        #expect(WordLists.story.count == 8_888)
        #expect(PythonText.length(WordLists.storyBook) == 52_654)
    }
}

@Suite struct `A Python literal` {
    @Test(arguments: [
        "[1, 2]", "(1, 2)", "1, 2", "[1,\n 2,]", "1, 2,", "[1, 2] # so", "\n[+1, --2]", "([1, 2])",
        "[(1), 2]",
    ]) func `of two numbers has many forms`(text: String) {
        let two = PythonLiteral.sequence([.integer(BigInteger(1)), .integer(BigInteger(2))])
        #expect(PythonLiteral.parse(text) == two)
    }

    @Test(arguments: ["'ab'", "\"a\" 'b'", "'''ab'''", "('a'\n'b')", "'ab'  "])
    func `of a text as well`(text: String) {
        #expect(PythonLiteral.parse(text) == .text("ab"))
    }

    @Test(arguments: [
        "", "1 2", "[1 2]", "[1,,2]", ",1", "1,-", "1,x", "01", "1_", "[1", "1]", "(1", "'a", "'a\\n'",
        "'a'\n'b'", "1\n2", "[1, 2) ", "f()", "1.0", "-", "[,]", "oracle_answer",
    ]) func `is nothing else`(text: String) {
        #expect(PythonLiteral.parse(text) == nil)
    }
}

@Suite struct `NumPy's` {
    @Test func `legacy generator gives its numbers`() {
        var random = NumpyRandom(seed: 5)
        #expect((0..<12).map { _ in random.below(10) } == [3, 6, 6, 0, 9, 8, 4, 7, 0, 0, 7, 1])
    }

    @Test(arguments: [
        ("1 2\n3 4", [2, 2]), ("1 2", [2]), ("1\n2", [2]), ("1", []), ("", [0]), ("# 1", [0]),
        ("\n1 2 # 3\r\n\r\n+3. .4e1\n", [2, 2]), ("nan\u{a0}-inf", [2]),
    ]) func `tables have a shape`(text: String, shape: [Int]) {
        #expect(NumpyTable(text)?.shape == shape)
    }

    @Test(arguments: ["1 2\n3", "1,2", "'1'", "1_0", "٣", "0x10", "1d5", "+ 1", "[1]"])
    func `tables hold numbers only`(text: String) {
        #expect(NumpyTable(text) == nil)
    }

    @Test func `tables are close within their tolerance`() throws {
        func close(_ a: String, _ b: String) throws -> Bool {
            try #require(NumpyTable(a)).isClose(to: #require(NumpyTable(b)), tolerance: 1e-2)
        }
        #expect(try close("1 2", "1.0101 1.9803"))
        #expect(try !close("1", "1.0102"))
        #expect(try !close("1", "nan"))
        #expect(try !close("1", "1e99999"))
        #expect(try close("0", "1e-9"))
    }
}

@Suite struct `A task without a question` {
    @Test func `says why`() throws {
        let pool = try EnvironmentRegistry.make("pool_matrix", seed: -1)
        #expect(throws: EnvironmentError.self) { try pool.entry(at: 0) }
        #expect(try pool.entry(at: 1).answer != nil)
        let crowded: JSON = [
            "edge_probability": 0.99, "num_colors": 2, "min_num_vertices": 200,
            "max_num_vertices": 200,
        ]
        let graph = try EnvironmentRegistry.make("graph_color", configuration: crowded, seed: 1)
        #expect(throws: EnvironmentError.self) { try graph.entry(at: 0) }
    }
}
