import Bytes
import Foundation
import TestSupport
import Testing

@testable import Gym

@Suite struct MathsTests {
    /// What the original's own code pays; the script that asked it stands beside the file.
    @Test func `the original's rewards, quirks included`() throws {
        let url = Fixtures.root.appendingPathComponent("Tests/Golden/maths_rewards.json")
        let file = try JSON(parsing: Array(try Data(contentsOf: url)))
        let cases = try #require(file.member("cases")?.elements)
        #expect(cases.count == 1200)
        for item in cases {
            let text = try #require(item.member("text")?.text)
            let given = try #require(item.member("given")?.text)
            let reward =
                item.member("kind")?.text == "answer"
                ? OriginalMathsRewards.answer(text, expected: given)
                : OriginalMathsRewards.choice(text, solution: given)
            #expect(reward == item.member("reward")?.realNumber, "\(text.debugDescription), \(given)")
        }
    }

    @Test(arguments: [
        ("42", "42", true), (" 42 ", "42", true), ("-42", "-42", true), ("\u{2212}42", "-42", true),
        ("1,234", "1234", true), ("$1,234", "1234", true), ("-$5", "-5", true), ("42.0", "42", true),
        ("42.", "42", true), ("7%", "7", true), ("+7", "7", true), ("007", "7", true),
        ("42 shells", "42", false), ("x = 42", "42", false), ("", "42", false), ("-", "-1", false),
        ("--1", "1", false), ("1e2", "100", false), ("4.2.1", "4.21", false), (".5", "0.5", false),
        ("\u{0663}", "3", false), ("1_000", "1000", false), ("nan", "nan", false),
    ])
    func `numbers are equal by value`(answer: String, expected: String, isEqual: Bool) {
        #expect(MathsReading.isEqual(answer, expected) == isEqual)
    }

    @Test func `the last marked line is read`() {
        let text = "Answer: 3\nno\nAnswer: 4 \n\n"
        #expect(MathsReading.last("Answer:", in: text) == "4")
        #expect(MathsReading.ends(text, with: "Answer:"))
        #expect(!MathsReading.ends(text + "more", with: "Answer:"))
        #expect(MathsReading.last("Answer:", in: "the Answer: 4") == nil)
        #expect(MathsReading.last("Answer:", in: "") == nil && !MathsReading.ends("", with: "Answer:"))
    }
}

@Suite struct WordProblemsTests {
    /// Reads a story again, sentence by sentence, and computes what it says.
    private func retold(_ question: String) throws -> Int {
        var value = 0
        for sentence in question.split(separator: ". ") {
            let n = sentence.matches(of: /\d+/).compactMap { Int($0.output) }
            func has(_ words: String) -> Bool { sentence.contains(words) }
            if has(" has "), !has("times as many"), !has("in the end") {
                value = try #require(n.first)
            } else if has("gives") {
                value -= n[0] * n[1]
            } else if has("gets") {
                value += n[0] * n[1]
            } else if has("together") && n.isEmpty {
                continue
            } else if has("times as many"), has("has now") {
                value *= n[0] + 1
            } else if has("times as many") {
                value *= n[0]
            } else if has("keeps one of them") || has("equally among") {
                #expect(value % n[0] == 0)
                value /= n[0]
            } else if has("loses half") {
                #expect(value % 2 == 0)
                value /= 2
            } else if has("sells") {
                value -= n[0]
            } else if has("finds") || has("buys") {
                value += n[0]
            } else if has("costs") {
                value *= n[0]
            } else {
                #expect(n.isEmpty, "\(sentence)")
            }
            #expect(value > 0, "\(question)")
        }
        return value
    }

    @Test func `a story says what its answer is`() throws {
        for seed in 0..<4 {
            let environment = try EnvironmentRegistry.make("word_problems", seed: seed * 100_000)
            for index in 0..<300 {
                let entry = try environment.entry(at: index)
                #expect(try "\(retold(entry.question))" == entry.answer, "\(seed): \(entry.question)")
                #expect(try environment.score(entry.answer, for: entry) == 1)
                #expect(try environment.score("\(Int(entry.answer ?? "") ?? 0 + 1)0", for: entry) == 0)
            }
        }
    }

    @Test func `stories have as many steps as asked, and numbers within bounds`() throws {
        let environment = try EnvironmentRegistry.make(
            "word_problems",
            configuration: .members([
                ("min_steps", .int(6)), ("max_steps", .int(6)), ("max_number", .int(10)),
            ]))
        let questions = try (0..<200).map { try environment.entry(at: $0).question }
        #expect(Set(questions).count == 200)
        for question in questions {
            #expect((7...8).contains(question.split(separator: /[.?] ?/).count), "\(question)")
        }
        #expect(throws: EnvironmentError.self) {
            try EnvironmentRegistry.make(
                "word_problems", configuration: .members([("max_number", .int(1))]))
        }
    }
}
