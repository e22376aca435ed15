import Bytes
import TestSupport
import Testing

@testable import Gym

@Suite struct `Every environment` {
    static let names = EnvironmentRegistry.names.filter { $0 != "composite" }

    @Test(arguments: names) func `gives its own answer the full score`(name: String) throws {
        var seed = Seed(0x6779_6d)
        for _ in 0..<20 {
            let start = Int(seed.next() % 1_000_000)
            let environment = try EnvironmentRegistry.make(name, seed: start)
            let index = Int(seed.next() % 1_000_000)
            // A few arithmetic questions divide by zero and do not exist, in the original as well.
            guard let entry = try? environment.entry(at: index) else { continue }
            let own = entry.answer ?? entry.metadata.member("example_answer")?.text
            let single = own.map { PythonText.length($0) == 1 } ?? false
            let score = environment.score(own, for: entry)
            // Premises may leave nothing but a single letter to conclude, worth a quarter.
            let least = entry.answer == nil && (single || score == 0.05) ? 0.05 : 1
            let whole = entry.answer == "" ? 0 : least
            #expect(score >= whole && score <= 1, "\(name), seed \(start), index \(index)")
        }
    }

    @Test(arguments: names) func `is a function of seed and index`(name: String) throws {
        let a = try EnvironmentRegistry.make(name, seed: 11)
        let b = try EnvironmentRegistry.make(name, seed: 11)
        for index in [5, 0, 7, 5] {
            #expect(try a.entry(at: index) == b.entry(at: index))
        }
    }

    @Test(arguments: names) func `scores hostile answers without an end`(name: String) throws {
        let environment = try EnvironmentRegistry.make(name, seed: 3)
        let entry = try environment.entry(at: 0)
        let hostile = [
            "1e999999999999999999", "-1e-999999999999999999", "1e-99999999999999999999999",
            String(repeating: "(", count: 100_000), String(repeating: "[", count: 100_000),
            String(repeating: "9", count: 100_000), String(repeating: "¬", count: 4_096),
            (0..<400).map { "v\($0)" }.joined(separator: "∨"), "\u{0}", "🏳️‍🌈",
            String(repeating: "P∧", count: 2_000), "[[[[1]]]]", "{", "$\\frac{", "1_", "_1", "0x10",
            "nan", "-inf",
        ]
        for answer in hostile {
            let score = environment.score(answer, for: entry)
            #expect(score >= 0 && score <= 1, "\(name): \(answer.prefix(40))")
        }
    }

    @Test func `is listed once`() {
        #expect(Set(EnvironmentRegistry.names).count == EnvironmentRegistry.names.count)
        #expect(EnvironmentRegistry.names.count == 19)
    }
}

@Suite struct `A configuration` {
    private func make(_ name: String, _ text: String) throws -> any Environment {
        try EnvironmentRegistry.make(name, configuration: JSON(parsing: text))
    }

    @Test func `with an unknown key is told the valid ones`() throws {
        #expect(
            throws: EnvironmentError.unknownKey(
                environment: "gcd", key: "min_vlaue",
                valid: ["max_numbers", "max_value", "min_numbers", "min_value", "seed", "size"])
        ) { try make("gcd", #"{"min_vlaue": 3}"#) }
    }

    @Test func `of an unknown environment is told the known ones`() {
        #expect(
            throws: EnvironmentError.unknownEnvironment("sudoku", valid: EnvironmentRegistry.names)
        ) { try make("sudoku", "{}") }
    }

    @Test(arguments: [
        ("gcd", #"{"max_value": "x"}"#), ("gcd", #"{"min_value": 9, "max_value": 3}"#),
        ("gcd", "[]"), ("binary_matrix", #"{"max_n": 1000000}"#), ("bf", #"{"difficulty": 4}"#),
        ("basic_arithmetic", #"{"operators": ["^"]}"#), ("basic_arithmetic", #"{"operators": []}"#),
        ("decimal_arithmetic", #"{"precision": 4}"#), ("calendar_arithmetic", #"{"tasks": ["x"]}"#),
        ("composite", "{}"), ("composite", #"{"datasets": [{"name": "composite"}]}"#),
        ("composite", #"{"datasets": [{"name": "gcd"}, {"name": "gcd"}]}"#),
        ("composite", #"{"datasets": [{"name": "gcd", "weight": 0}]}"#),
        ("base_conversion", #"{"min_base": 7, "max_base": 7}"#),
    ]) func `that makes no sense is refused`(name: String, text: String) {
        #expect(throws: EnvironmentError.self) { try make(name, text) }
    }

    @Test func `seed wins over the caller's`() throws {
        let environment = try EnvironmentRegistry.make(
            "gcd", configuration: .members([("seed", .int(7))]), seed: 8)
        #expect(environment.seed == 7)
    }
}

@Suite struct `Sorting digits` {
    @Test func `wants every digit at its place`() throws {
        let environment = try EnvironmentRegistry.make("sort_digits", seed: 1)
        let entry = try environment.entry(at: 0)
        let answer = try #require(entry.answer)
        #expect(answer.count == 6 && String(entry.question.sorted()) == answer)
        #expect(environment.score(answer, for: entry) == 1)
        for wrong in [answer + " ", String(answer.dropLast()), "x" + answer, ""] {
            #expect(environment.score(wrong, for: entry) == 0)
        }
        #expect(environment.score(nil, for: entry) == 0)
    }
}

@Suite struct `An answer in tags` {
    @Test(arguments: [
        ("<answer>4</answer>", "4"), ("a <answer> 4\n</answer> b <answer>5</answer>", "5"),
        ("<answer><answer>x</answer>", "<answer>x"), ("<answer>a</answer></answer>", "a"),
        ("<answer>1</answer><answer>2", "1"), ("<answer></answer>", ""),
    ]) func `is the last one, without blanks`(completion: String, answer: String) {
        #expect(Scoring.extractAnswer(completion) == answer)
    }

    @Test(arguments: ["", "4", "<answer>", "</answer><answer>", "<ANSWER>4</ANSWER>"])
    func `is missing where a tag is`(completion: String) {
        #expect(Scoring.extractAnswer(completion) == nil)
    }
}

@Suite struct `Lines of an environment` {
    @Test func `sample and score each other`() throws {
        var lines = try EnvironmentLines(name: "gcd")
        let sample = try JSON(parsing: lines.sample(seed: 5, index: 2))
        let answer = try #require(sample.member("answer")?.text)
        let right = lines.score(line: #"{"seed":5,"index":2,"answer":"\#(answer)"}"#)
        #expect(right == #"{"score":1.0}"#)
        let none = lines.score(line: #"{"seed":5,"index":2,"answer":null}"#)
        #expect(none == #"{"score":0.0}"#)
    }

    @Test(arguments: ["", "[]", "{\"seed\":1}", #"{"seed":1,"index":-1,"answer":"a"}"#, "{"])
    func `say what is wrong with a request`(line: String) throws {
        var lines = try EnvironmentLines(name: "gcd")
        #expect(lines.score(line: line).hasPrefix(#"{"error":"cannot read this line"#))
    }
}
