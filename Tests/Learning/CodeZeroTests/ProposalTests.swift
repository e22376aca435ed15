import Keys
import Sandbox
import Testing

@testable import CodeZero

@Suite struct `A proposal` {
    static let good = """
        Here it is:
        ```json
        {"question": "Write a function double(x).", "solution": "def double(x): return 2 * x",
         "tests": "assert double(2) == 4\\nassert double(0) == 0\\nfor i in [3]:\\n  assert double(i) == 6"}
        ```
        """

    @Test func `is read, its tests split into statements`() throws {
        let proposal = try Proposal(parsing: Self.good)
        #expect(proposal.problem.entryPoint == "double" && proposal.problem.tests.count == 3)
        #expect(try Proposal(parsing: proposal.text) == proposal)
    }

    @Test(arguments: [
        "", "{}", "[]", "```json\n{\"question\": \"q\"}\n```",
        #"{"question": "q", "tests": [], "solution": "def f(): 1"}"#,
        #"{"question": "q", "tests": [1], "solution": "def f(): 1"}"#,
        #"{"question": "q", "tests": ["assert 1"], "solution": "def f(): 1"}"#,
        String(repeating: "[", count: 70000),
    ]) func `that is none is refused with a reason`(text: String) {
        let error = #expect(throws: CodeProblemError.self) { try Proposal(parsing: text) }
        #expect(error?.description.isEmpty == false)
    }

    @Test func `is the same with other blanks, capitals and order`() throws {
        let a = try CodeProblem(question: "Add  One.", entryPoint: "f", tests: ["f(1)", "f( 2)"])
        let b = try CodeProblem(question: "add one.", entryPoint: "f", tests: ["f( 2)", "f(1)"])
        let c = try CodeProblem(question: "add two.", entryPoint: "f", tests: ["f(1)"])
        func name(_ problem: CodeProblem) -> String {
            Proposal(problem: problem, reference: "").fingerprint.hex
        }
        #expect(name(a) == name(b) && name(a) != name(c))
    }

    @Test func `is kept once, and for a time`() throws {
        var pool = ProposalPool(capacity: 2)
        func proposal(_ index: Int) throws -> Proposal {
            Proposal(
                problem: try CodeProblem(question: "q\(index)", entryPoint: "f", tests: ["f()"]),
                reference: "")
        }
        try pool.insert(proposal(0))
        #expect(throws: ProposalRefusal.repeated(try proposal(0).fingerprint)) {
            try pool.insert(proposal(0))
        }
        try pool.insert(proposal(1))
        #expect(try pool.contains(proposal(0)) && pool.contains(proposal(1)))
        try pool.insert(proposal(2))
        #expect(try !pool.contains(proposal(0)) && pool.contains(proposal(1)) && pool.count == 3)
        #expect(ProposalPool(capacity: 2, fingerprints: pool.fingerprints, count: 3) == pool)
    }

    @Test(arguments: [
        #"{"question": "q", "solution": "def f(x): return x", "inputs": []}"#,
        #"{"question": "q", "solution": "def f(x): return x", "inputs": "1"}"#,
        #"{"question": "q", "solution": "return 1", "inputs": ["1"]}"#,
        #"{"question": "q", "inputs": ["1"]}"#,
    ]) func `without its expected values needs a function and inputs`(text: String) throws {
        let error = #expect(throws: CodeProblemError.self) { try ProposalDraft(parsing: text) }
        #expect(error?.description.isEmpty == false)
    }

    @Suite(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
    struct `under check` {
        func refusal(solution: String, tests: [String]) throws -> ProposalRefusal? {
            let problem = try CodeProblem(question: "q", entryPoint: "f", tests: tests)
            return try ProposalCheck(try #require(Tried.sandbox)).refusal(
                of: Proposal(problem: problem, reference: solution))
        }

        private func completed(
            _ solution: String, _ inputs: [String]
        ) throws -> Result<Proposal, ProposalRefusal> {
            let draft = try ProposalDraft(question: "q", solution: solution, inputs: inputs)
            return try ProposalCheck(try #require(Tried.sandbox)).proposal(in: draft.text)
        }

        @Test func `gets its expected values from its solution`() throws {
            let made = try completed(
                "def g(x, y):\n    print('noise')\n    return [x, y]", ["1, 'a'", "2, ''"])
            #expect(
                try made.get().problem.tests == [
                    "assert g(1, 'a') == [1, 'a']", "assert g(2, '') == [2, '']",
                ])
        }

        @Test(arguments: [
            ("def f(x): return x + 1", ["x"]), ("def f(x): return x + 1", ["__import__('os').getpid()"]),
            ("def f(x): return x.y", ["1"]), ("def f(x): return object()", ["1", "2"]),
            ("def f(x): return 'a' * 5000", ["1"]), ("def f(x):\n  while True: pass", ["1"]),
            ("import os\ndef f(x): os._exit(0)", ["1"]), ("def f(x", ["1"]),
            ("def f(x):\n  print('[\"7\"]')\n  raise SystemExit(0)", ["1"]),
        ])
        func `has none where inputs or values are no literals, or nothing comes`(
            solution: String, inputs: [String]
        ) throws {
            let kinds = ["no values", "unreadable", "unsolved", "broken tests"]
            guard case .failure(let refusal) = try completed(solution, inputs) else {
                Issue.record("\(solution) was taken")
                return
            }
            #expect(kinds.contains(refusal.kind), "\(refusal)")
        }

        @Test func `passes with a solution that its tests tell from others`() throws {
            #expect(try refusal(solution: "def f(x): return x + 1", tests: ["assert f(1) == 2"]) == nil)
        }

        @Test func `needs a solution that passes`() throws {
            #expect(
                try refusal(solution: "def f(x): return x", tests: ["assert f(1) == 2"])
                    == .unsolved(state: .ran))
            #expect(
                try refusal(solution: "def f(x", tests: ["assert f(1) == 2"]) == .unsolved(state: .raised))
        }

        @Test func `needs tests that are Python`() throws {
            let refused = try refusal(solution: "def f(x): return x", tests: ["assert f(1) =="])
            #expect(refused == .brokenTests("SyntaxError"))
        }

        @Test(arguments: [
            "pass", "assert True", "f(1)", "assert f(1) in (0, 1)", "assert f(3) == 3", "assert not f(2)",
        ])
        func `needs tests that something fails`(test: String) throws {
            let solution = "def f(x): return 0 if x == 2 else x"
            guard case .vacuous = try refusal(solution: solution, tests: [test]) else {
                Issue.record("\(test) was taken")
                return
            }
        }
    }
}
