import Sandbox
import Testing

@Suite(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
struct `Tests in Python` {
    let sandbox: Sandbox

    init() throws { sandbox = try Tried.sandbox.get() }

    func solved(_ source: String, _ tests: [String], setup: String = "") throws -> Bool {
        try sandbox.examine([source], with: PythonTests(entryPoint: "f", setup: setup, tests: tests))[0]
            .isSolved
    }

    @Test func `are passed one by one`() throws {
        let tests = PythonTests(
            entryPoint: "f", tests: ["assert f(1) == 2", "assert f(2) == 5", "assert f(3) == 4"])
        let report = try sandbox.examine(["def f(x): return x + 1"], with: tests)[0]
        #expect(
            report.passed == [true, false, true] && report.state == .ran && report.note == "AssertionError")
    }

    @Test(arguments: [
        ("None", "None"), ("[1, (2, 3), {'a': {4, 5}}]", "[1, (2, 3), {'a': {5, 4}}]"),
        ("1e308 * 10", "float('inf')"),
        ("-(10 ** 99)", "-(10 ** 99)"), ("'\\ud800é\\x00'", "'\\ud800é\\x00'"), ("b'\\xff'", "b'\\xff'"),
        ("frozenset([1])", "frozenset([1])"), ("1 + 2j", "1 + 2j"), ("range(3)", "range(3)"),
        ("True", "True"),
        ("__import__('collections').Counter('aab')", "{'a': 2, 'b': 1}"),
    ]) func `compare plain data as Python does`(value: (String, String)) throws {
        #expect(try solved("def f(): return \(value.0)", ["assert f() == \(value.1)"]))
    }

    @Test func `see what a solution raises`() throws {
        let source = "def f(x):\n    if x < 0: raise ValueError('no')\n    return x"
        let test = """
            try:
                f(-1)
            except ValueError:
                pass
            else:
                assert False
            """
        #expect(try solved(source, [test, "assert f(1) == 1"]))
        #expect(try !solved("def f(x): return x", [test]))
    }

    @Test func `call other functions of the solution, iterate and use their setup`() throws {
        let source = "def g(x): return 2 * x\ndef f(n):\n    for i in range(n): yield g(i)"
        #expect(try solved(source, ["assert math.isclose(sum(f(3)), 6) and g(4) == 8"], setup: "import math"))
    }

    @Test func `that are no Python are an error of their author`() throws {
        #expect(throws: SandboxError.brokenTests(reason: "SyntaxError")) {
            try sandbox.examine(["def f(): pass"], with: PythonTests(entryPoint: "f", tests: ["assert ("]))
        }
    }

    @Test func `run with many solutions in one start`() throws {
        let solutions = (0..<40).map { "def f(x): return x + \($0 % 2)" }
        let reports = try sandbox.examine(
            solutions, with: PythonTests(entryPoint: "f", tests: ["assert f(1) == 2"]))
        #expect(reports.map(\.isSolved) == (0..<40).map { $0 % 2 == 1 })
    }

    @Test func `have bounds`() throws {
        let many = PythonTests(entryPoint: "f", tests: .init(repeating: "pass", count: 65))
        #expect(throws: SandboxError.self) { try sandbox.examine(["def f(): pass"], with: many) }
        let long = "def f(): return 1\n#" + String(repeating: "x", count: 1 << 16)
        #expect(try !solved(long, ["assert f() == 1"]))
    }
}
