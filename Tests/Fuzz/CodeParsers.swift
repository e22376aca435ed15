import CodeZero

/// What strangers write in CodeZero: proposals, files of problems, completions, replies.
let codeParsers: [FuzzedParser] = [
    FuzzedParser(
        name: "proposal",
        seeds: [
            #"{"question": "q", "tests": "assert f(1) == 2\nassert f(2)", "solution": "def f(x): return x"}"#,
            "```json\n{\"question\": \"q\", \"tests\": [\"f()\"], \"solution\": \"def f(): pass\"}\n```",
        ].map { Array($0.utf8) }, words: codeWords,
        run: { bytes in
            let proposal = try Proposal(parsing: String(decoding: bytes, as: UTF8.self))
            let again = try Proposal(parsing: proposal.text)
            precondition(again.problem == proposal.problem, "another proposal")
            precondition(again.fingerprint == proposal.fingerprint, "another fingerprint")
        }),
    FuzzedParser(
        name: "draft",
        seeds: [
            #"{"question": "q", "solution": "def f(x):\n  return x", "inputs": ["1", "'a', [2]"]}"#,
            "```json\n{\"question\": \"q\", \"solution\": \"def f(): 1\", \"inputs\": [\"\"]}\n```",
        ].map { Array($0.utf8) }, words: codeWords,
        run: { bytes in
            let draft = try ProposalDraft(parsing: String(decoding: bytes, as: UTF8.self))
            let again = try ProposalDraft(parsing: draft.text)
            precondition(again == draft, "another draft")
        }),
    FuzzedParser(
        name: "mbpp",
        seeds: [
            #"{"text": "q", "code": "def f(x): return x", "test_setup_code": "", "test_list": ["f(1)"]}"#,
            #"[{"prompt": "q", "code": "def f(): 1", "test_imports": ["import re"], "test_list": ["f()"]}]"#,
        ].map { Array($0.utf8) }, words: codeWords,
        run: { bytes in
            for item in try MBPPFile(String(decoding: bytes, as: UTF8.self)).items {
                let again = try CodeProblem(json: item.problem.json)
                precondition(again.id == item.problem.id, "another name")
            }
        }),
    FuzzedParser(
        name: "completion",
        seeds: [
            "Text\n```python\ndef f(x):\n    '''doc''' # c\n    return \"a\\\"b\"\n```\n", "def f(): pass",
            "```json\n{\"is_correct\": true}\n```", "is_correct: false", "{'score': '1_0.5e3'}",
        ].map { Array($0.utf8) }, words: codeWords,
        run: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = OriginalRules.score(reply: text)
            _ = OriginalRules.proposal(text)
            _ = OriginalRules.questionName("Write a function " + text)
            guard let code = SolutionText.extract(text, entryPoint: "f") else { return }
            let problem = try CodeProblem(question: "q", entryPoint: "f", tests: ["f()"])
            guard let prompt = EvaluationPrompt(problem: problem, solution: code) else { return }
            for case .quoted(let quoted) in prompt.pieces {
                let isPlain = quoted.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A }
                precondition(
                    isPlain && !quoted.contains("```") && !quoted.contains("<|"), "an open quotation")
            }
        }),
]

private let codeWords = [
    "```", "```python\n", "```json\n", "\n", "\r\n", "\u{2028}", "'", "\"", "'''", "\"\"\"", "#", "\\",
    "def f(",
    "def ", "(", ")", "{", "}", "[", "]", ":", "<|im_end|>", "[INST]", "is_correct", "score", "true", "false",
    "\"tests\"", "\"question\"", "\"solution\"", "-", ".", "_", "\u{17F}", "\u{663}",
]
