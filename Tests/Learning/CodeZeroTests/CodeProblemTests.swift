import Bytes
import Foundation
import Sandbox
import TestSupport
import Testing

@testable import CodeZero

@Suite struct `A problem` {
    @Test func `is named by what it asks and tests`() throws {
        let problem = try Examples.addOne()
        #expect(try problem.id == Examples.addOne().id)
        let other = try CodeProblem(
            question: problem.question, entryPoint: "add_one", tests: Array(problem.tests.dropLast()))
        #expect(other.id != problem.id)
        // The border between two parts is a part of the name.
        let a = try CodeProblem(question: "ab", entryPoint: "f", setup: "c", tests: ["f()"])
        let b = try CodeProblem(question: "a", entryPoint: "f", setup: "bc", tests: ["f()"])
        #expect(a.id != b.id)
    }

    @Test func `is the same after a trip through JSON`() throws {
        let problem = try Examples.addOne()
        #expect(try CodeProblem(json: JSON(parsing: problem.json.text())) == problem)
    }

    @Test func `shows some of its tests and keeps the others`() throws {
        let prompt = try Examples.addOne().prompt
        #expect(prompt.contains("add_one(1)") && !prompt.contains("add_one(9)"))
    }

    @Test func `has bounds`() {
        let long = String(repeating: "x", count: 1 << 14)
        #expect(throws: CodeProblemError.empty("question")) {
            try CodeProblem(question: " \n", entryPoint: "f", tests: ["f()"])
        }
        #expect(throws: CodeProblemError.self) {
            try CodeProblem(question: long, entryPoint: "f", tests: ["f()"])
        }
        #expect(throws: CodeProblemError.self) { try CodeProblem(question: "q", entryPoint: "f", tests: []) }
        #expect(throws: CodeProblemError.self) {
            try CodeProblem(question: "q", entryPoint: "f", tests: .init(repeating: "f()", count: 17))
        }
        for name in ["", "f()", "9f", "é", "a b", "os.system", long] {
            #expect(throws: CodeProblemError.self) {
                try CodeProblem(question: "q", entryPoint: name, tests: ["f()"])
            }
        }
    }
}

@Suite struct `A file of problems` {
    static let line =
        #"{"text": "Add one.", "code": "def g(x):\r\n return x + 1", "task_id": 1, "#
        + #""test_setup_code": "import math", "test_list": ["assert math.floor(g(1)) == 2"]}"#

    @Test func `is read in both of its forms`() throws {
        let lines = try MBPPFile(Self.line + "\r\n\n" + Self.line)
        #expect(lines.items.count == 2)
        #expect(lines.items[0].problem.entryPoint == "g" && lines.items[0].problem.setup == "import math")
        let list = try MBPPFile(
            #"[{"prompt": "p", "code": "def f(): pass", "test_imports": ["import re"], "#
                + #""test_list": ["assert f() is None"]}]"#
        )
        #expect(list.items[0].problem.setup == "import re")
    }

    @Test(arguments: [
        "{", "[1]", #"{"text": 1}"#, #"{"text": "q", "code": "x = 1", "test_list": ["assert x == 1"]}"#,
        #"{"text": "q", "code": "def f(): pass", "test_list": [1]}"#,
        #"{"text": "q", "code": "def f(): pass"}"#,
    ]) func `says where it is wrong`(text: String) {
        let error = #expect(throws: MBPPError.self) { try MBPPFile(Self.line + "\n" + text) }
        #expect(error?.position == 2)
    }

    @Test func `does not exist`() {
        #expect(throws: MBPPError.self) { try MBPPFile(path: "/no/such/file") }
    }

    @Test func `names the function that is tested`() {
        #expect(EntryPoint.find(tests: ["assert set(f(1)) == set()"], code: nil) == "f")
        #expect(EntryPoint.find(tests: ["assert not (f(1))"], code: nil) == "f")
        #expect(EntryPoint.find(tests: ["assert a.b(1) and len([1])"], code: nil) == nil)
        #expect(
            EntryPoint.find(
                tests: ["assert round(h(g(1)))"], code: "def g(x): pass\ndef h(x): pass") == "h")
    }

    @Test(
        .enabled(if: Fixtures.sharedExists("datasets/mbpp.jsonl")),
        .enabled(if: Tried.isPossible, "this machine allows no sandbox"))
    func `of MBPP has solutions that the sandbox accepts`() throws {
        let items = try MBPPFile(path: Fixtures.shared("datasets/mbpp.jsonl").path).items
        #expect(items.count == 974)
        let execution = ExecutionRewards(try #require(Tried.sandbox))
        // Of all 974, six do not pass in time or need objects that are no plain data; none of them is here.
        var failed: [String] = []
        let sample = stride(from: 5, to: items.count, by: 40).map { items[$0] }
        for item in sample {
            let reward = try execution.rewards(of: ["```python\n\(item.reference)\n```"], to: item.problem)
            if reward != [1] { failed.append(item.problem.entryPoint) }
        }
        #expect(failed == [], "of \(sample.count)")
    }
}
