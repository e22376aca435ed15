import Foundation
import TestSupport
import Testing

@testable import starling

@Suite struct EnvironmentCommandTests {
    @Test func `sampled answers score 1, and others less`() throws {
        let sample = try Program.run(
            ["env", "sample", "--task", "sort_digits", "--seed", "7", "--count", "3", "--json"])
        #expect(sample.code == 0)
        let entries = try sample.objects()
        #expect(entries.compactMap { $0["index"] as? Int } == [0, 1, 2])
        #expect(entries.allSatisfy { $0["question"] is String && $0["metadata"] is [String: Any] })
        let requests = entries.enumerated().map { index, entry in
            let answer = index == 2 ? "nonsense" : entry["answer"] as? String ?? ""
            return #"{"seed": 7, "index": \#(index), "answer": "\#(answer)"}"#
        }
        let scores = try Program.run(
            ["env", "score", "--task", "sort_digits", "--json"],
            input: requests.joined(separator: "\n") + "\n")
        #expect(scores.code == 0)
        #expect(try scores.objects().compactMap { $0["score"] as? Double } == [1, 1, 0])
    }

    @Test func `settings change the questions`() throws {
        let result = try Program.run([
            "env", "sample", "--task", "sort_digits", "--config",
            #"{"min_digits": 3, "max_digits": 3}"#, "--json",
        ])
        #expect((try result.objects().first?["question"] as? String)?.count == 3)
    }

    @Test func `all tasks are listed`() throws {
        let result = try Program.run(["env", "list", "--json"])
        let names = try result.objects().compactMap { $0["task"] as? String }
        #expect(names.contains("basic_arithmetic") && names == names.sorted() && names.count >= 15)
    }

    @Test func `an unknown task is an error in one line that names the known ones`() throws {
        let result = try Program.run(["env", "sample", "--task", "riddles"])
        #expect(result.code == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("riddles") && result.errors.contains("sort_digits"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test func `a bad request is answered with an error, and the exit code says so`() throws {
        let result = try Program.run(
            ["env", "score", "--task", "sort_digits", "--json"],
            input: "{\"seed\": 1}\n{\"seed\": 1, \"index\": 0, \"answer\": \"1\"}\n")
        #expect(result.code == 1)
        let replies = try result.objects()
        #expect(replies.count == 2 && replies[0]["error"] is String && replies[1]["score"] is Double)
    }

    @Test func `a wrong call ends with 64 and the usage`() throws {
        let result = try Program.run(["env", "sample"])
        #expect(result.code == 64)
        #expect(result.errors.contains("Usage: starling env sample"))
    }
}

@Suite struct `The tasks to begin with` {
    @Test(arguments: [
        ("Examples/doubling.py", EnvironmentTemplate.python),
        ("Examples/doubling/main.swift", EnvironmentTemplate.swift),
    ]) func `are the examples`(path: String, text: String) throws {
        let file = Fixtures.root.appendingPathComponent(path)
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
}
