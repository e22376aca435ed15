import Bytes
import Foundation
import TestSupport
import Testing

@testable import Gym

@Suite struct `An environment of another program` {
    static let python = FileManager.default.fileExists(atPath: "/usr/bin/python3")

    /// A program that answers each request with the next of these lines, its last for ever.
    private func canned(_ replies: [String]) throws -> any Environment {
        let lines = replies.map { "read x; printf '%s\\n' '\($0)'; " }.joined()
        let last = "while read x; do printf '%s\\n' '\(replies[replies.count - 1])'; done"
        return try EnvironmentRegistry.make(
            "program", configuration: ["command": .texts(["sh", "-c", lines + last])])
    }
    private static let hello = #"{"protocol": 1, "name": "canned"}"#

    @Test(.enabled(if: python, "needs python3")) func `is sound in Python`() throws {
        let file = Fixtures.root.appendingPathComponent("Examples/doubling.py").path
        let check = EnvironmentCheck(count: 50, seed: 7) { seed throws(EnvironmentError) in
            try EnvironmentRegistry.make(
                "program", configuration: ["command": .texts(["python3", file])], seed: seed)
        }
        #expect(check.isSound, "\(check.findings)")
        #expect(check.questionCount == 50 && check.differentCount > 20)
    }

    @Test func `scores as usual unless the program does`() throws {
        let entry = #"{"question": "q", "answer": "42"}"#
        let environment = try canned([Self.hello, entry])
        let asked = try environment.entry(at: 3)
        #expect(asked.metadata.member("source_index")?.wholeNumber == 3)
        #expect(try environment.score("42", for: asked) == 1)
        #expect(try environment.score("is 42", for: asked) == 0.4)
        let own = try canned([
            #"{"protocol": 1, "name": "x", "scores": true}"#, #"{"question": "q", "answer": null}"#,
            #"{"score": 0.25}"#,
        ])
        #expect(try own.score("anything", for: try own.entry(at: 0)) == 0.25)
    }

    @Test(arguments: [
        [#"{"name": "x"}"#], ["what"], [#"{"error": "no such setting"}"#], [hello, "[]"],
        [hello, #"{"question": 3, "answer": "x"}"#], [hello, #"{"question": "q", "answer": null}"#],
        [hello, #"{"question": "q"}"#],
    ]) func `that breaks the protocol is named`(replies: [String]) throws {
        #expect(throws: EnvironmentError.self) { try canned(replies).entry(at: 0) }
    }

    @Test func `may not score beyond 1`() throws {
        let environment = try canned([
            #"{"protocol": 1, "name": "x", "scores": true}"#, #"{"question": "q", "answer": null}"#,
            #"{"score": 7}"#,
        ])
        let entry = try environment.entry(at: 0)
        #expect(throws: EnvironmentError.self) { try environment.score("x", for: entry) }
    }
}

private struct Counting: Environment {
    static let name = "counting"
    let seed: Int
    func entry(at index: Int) -> Entry {
        Entry(question: "\(seed) + \(index)?", answer: "\(seed + index)", metadata: [:])
    }
}

/// Gives whatever a closure gives.
private struct Made: Environment {
    static let name = "made"
    var seed = 0
    var make: @Sendable (Int) -> Entry = { Entry(question: "\($0)", answer: "a", metadata: [:]) }
    var rate: @Sendable (String?) -> Double = { $0 == "a" ? 1 : 0 }
    func entry(at index: Int) -> Entry { make(index) }
    func score(_ answer: String?, for entry: Entry) -> Double { rate(answer) }
}

@Suite struct `An environment server` {
    @Test func `speaks what the program environment reads`() {
        var server = EnvironmentServer { _, seed in Counting(seed: seed) }
        #expect(
            server.answer(to: #"{"op": "hello", "protocol": 1, "config": {}}"#)
                == #"{"protocol":1,"name":"counting","scores":true}"#)
        #expect(
            server.answer(to: #"{"op": "entry", "seed": 40, "index": 2}"#)
                == #"{"question":"40 + 2?","answer":"42","metadata":{}}"#)
        #expect(
            server.answer(to: #"{"op": "score", "seed": 40, "index": 2, "answer": "42"}"#)
                == #"{"score":1.0}"#)
    }

    @Test(arguments: [
        "", "[]", #"{"op": "entry"}"#, #"{"op": "entry", "seed": 1, "index": -1}"#,
        #"{"op": "fly", "seed": 1, "index": 1}"#,
    ])
    func `says what is wrong with a request`(line: String) {
        var server = EnvironmentServer { _, seed in Counting(seed: seed) }
        #expect(server.answer(to: line).hasPrefix(#"{"error":"cannot read this line"#))
    }
}

@Suite struct `The test of an environment` {
    private func faults(_ environment: Made) -> [String] {
        let check = EnvironmentCheck(count: 30, seed: 0) { _ in environment }
        return check.findings.filter { $0.fault != nil }.map(\.rule)
    }

    @Test func `finds nothing in a sound one`() {
        let check = EnvironmentCheck(count: 30, seed: 5) { seed in Counting(seed: seed) }
        #expect(check.isSound && check.findings.count == 5)
    }

    @Test func `finds what is broken`() {
        #expect(faults(Made()) == ["another seed asks other questions"])
        let random = Made(make: { _ in
            Entry(question: "\(UInt64.random(in: 0 ... .max))", answer: "a", metadata: [:])
        })
        #expect(faults(random) == ["a question depends on seed and index alone"])
        #expect(faults(Made(rate: { _ in 0.5 })).contains("the own answer has the full score"))
        #expect(faults(Made(rate: { $0 == "a" ? 1 : -1 })).contains { $0.hasPrefix("scores are from 0") })
        #expect(faults(Made(rate: { _ in 1 })).contains { $0.hasPrefix("scores are from 0") })
        #expect(faults(Made(rate: { _ in .nan })).contains { $0.hasPrefix("scores are from 0") })
    }

    @Test func `says why one cannot be made`() {
        let check = EnvironmentCheck(count: 30, seed: 0) { _ throws(EnvironmentError) in
            throw .notAnObject(environment: "x")
        }
        #expect(!check.isSound)
    }
}

@Suite struct `A permutation` {
    @Test func `has every number once, and depends on seed and epoch`() {
        for count in [1, 2, 3, 5, 16, 17, 100, 1_000] {
            let order = (0..<count).map { Permutation(count: count, seed: 3)[$0] }
            #expect(order.sorted() == Array(0..<count))
            guard count > 16 else { continue }
            #expect(order != (0..<count).map { Permutation(count: count, seed: 4)[$0] })
            #expect(order != (0..<count).map { Permutation(count: count, seed: 3, epoch: 1)[$0] })
            #expect(order != Array(0..<count))
        }
    }
}

@Suite struct `A dataset` {
    private func dataset(_ text: String, _ ending: String, _ more: [(String, JSON)] = [], seed: Int = 0)
        throws
        -> any Environment
    {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("starling-\(UUID().uuidString).\(ending)")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try EnvironmentRegistry.make(
            "dataset", configuration: .members([("path", .text(file.path))] + more), seed: seed)
    }
    private let lines = (0..<40).map { #"{"question": "q\#($0)", "answer": "so #### \#($0)"}"# }
        .joined(separator: "\n")

    @Test func `asks each row once before any again, and others when held out`() throws {
        let more: [(String, JSON)] = [("answer_after", "####"), ("score", "number"), ("held_out", 0.25)]
        let training = try dataset(lines, "jsonl", more)
        let first = try (0..<30).map { try training.entry(at: $0).question }
        let again = try (30..<60).map { try training.entry(at: $0).question }
        #expect(Set(first).count == 30 && Set(first) == Set(again) && first != again)
        let heldOut = try dataset(lines, "jsonl", more, seed: 1 << 32)
        let held = try Set((0..<20).map { try heldOut.entry(at: $0).question })
        #expect(held.count == 10 && held.isDisjoint(with: first))
        let entry = try training.entry(at: 0)
        #expect(entry.answer == String(entry.question.dropFirst()))
        #expect(try training.score(" \(entry.answer ?? "").0", for: entry) == 1)
        #expect(try training.score("-1", for: entry) == 0)
    }

    @Test func `comes from a table too`() throws {
        let text = "id,problem,solution\r\n1,\"a, \"\"b\"\"\nc\",x\r\n\r\n2,d,y\r\n"
        let table = try dataset(
            text, "csv",
            [("question", "problem"), ("answer", "solution"), ("held_out", 0), ("prompt", "Say:")])
        let entries = try (0..<2).map { try table.entry(at: $0) }
        #expect(Set(entries.map(\.question)) == ["Say:\na, \"b\"\nc", "Say:\nd"])
        #expect(try table.score("x", for: entries.first { $0.answer == "x" } ?? entries[0]) == 1)
    }

    @Test(arguments: [
        ("jsonl", ""), ("jsonl", "{}"), ("jsonl", "no"), ("jsonl", #"{"question": 1, "answer": "x"}"#),
        ("csv", ""), ("csv", "a,b\n1,2"), ("csv", "question,answer\n1"), ("csv", "question,answer\n\"1"),
        ("csv", "question,answer\n\"1\"2,3"), ("csv", "question,answer"),
    ]) func `that cannot be read is named`(ending: String, text: String) {
        #expect(throws: EnvironmentError.self) { try dataset(text, ending) }
    }

    @Test func `needs a file that is there`() {
        #expect(throws: EnvironmentError.self) { try EnvironmentRegistry.make("dataset") }
        #expect(throws: EnvironmentError.self) {
            try EnvironmentRegistry.make("dataset", configuration: ["path": "/no/such/file.jsonl"])
        }
    }
}

@Suite struct `Comma-separated values` {
    @Test func `are read as the standard says`() throws {
        #expect(
            try CSV.rows(of: "a,b\n\"1,\"\"2\"\"\",\n,\"\"\n") == [["a", "b"], ["1,\"2\"", ""], ["", ""]])
        #expect(try CSV.rows(of: "") == [])
        #expect(try CSV.rows(of: "\u{FEFF}x") == [["x"]])
        #expect(throws: CSV.Fault.ragged(row: 2, fields: 1, expected: 2)) { try CSV.rows(of: "a,b\nc") }
        #expect(throws: CSV.Fault.openQuote(row: 1)) { try CSV.rows(of: "\"a") }
        var limits = CSV.Limits()
        limits.rows = 1
        #expect(throws: CSV.Fault.tooLarge(row: 2)) { try CSV.rows(of: "a\nb", limits: limits) }
    }
}
