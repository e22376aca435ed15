import Foundation
import Sandbox
import Testing

/// The one sandbox of these tests, or why there is none.
enum Tried {
    static let sandbox: Result<Sandbox, SandboxError> = {
        do throws(SandboxError) { return .success(try Sandbox()) } catch { return .failure(error) }
    }()
    static var isPossible: Bool { (try? sandbox.get()) != nil }
}

@Suite struct `A machine` {
    @Test func `has a sandbox or says what to do`() {
        switch Tried.sandbox {
        case .success: break
        case .failure(let error):
            #expect(
                "\(error)".contains("install") || "\(error)".contains("allow") || "\(error)".contains("use"))
        }
    }
}

@Suite(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
struct `A confined program` {
    let sandbox: Sandbox

    init() throws { sandbox = try Tried.sandbox.get() }

    func text(_ outcome: Sandbox.Outcome) -> String { String(decoding: outcome.output, as: UTF8.self) }

    @Test func `reads its input and writes its output`() throws {
        let outcome = try sandbox.runPython(
            "import sys; print(sys.stdin.read()[::-1])", input: Array("abc".utf8))
        #expect(outcome.succeeded && text(outcome) == "cba\n" && outcome.cpuSeconds > 0)
    }

    @Test func `ends with its own code`() throws {
        #expect(try sandbox.runPython("raise SystemExit(7)").ending == .exited(7))
    }

    @Test func `that crashes is known by its signal`() throws {
        let source = "import ctypes; ctypes.string_at(0)"
        #expect(try sandbox.runPython(source).ending == .signalled(11))
    }

    @Test func `that computes without an end is stopped by its processor time`() throws {
        let limits = Sandbox.Limits(wallSeconds: 20, cpuSeconds: 1)
        #expect(try sandbox.runPython("while True: pass", limits: limits).ending == .signalled(9))
    }

    @Test func `that waits without an end is stopped by the clock`() throws {
        let limits = Sandbox.Limits(wallSeconds: 0.5)
        #expect(try sandbox.runPython("import time; time.sleep(99)", limits: limits).ending == .timedOut)
    }

    @Test func `that writes without an end is stopped and its output cut`() throws {
        let limits = Sandbox.Limits(outputBytes: 1000)
        let outcome = try sandbox.runPython("while True: print('x' * 99)", limits: limits)
        #expect(outcome.ending == .outputFull && outcome.output.count == 1000)
    }

    @Test func `that writes errors without an end is still stopped by its time`() throws {
        let source = "import sys\nwhile True: sys.stderr.write('x' * 9999)"
        let outcome = try sandbox.runPython(source, limits: Sandbox.Limits(wallSeconds: 1, cpuSeconds: 1))
        #expect(!outcome.succeeded && outcome.errors.count <= 1 << 14)
    }

    @Test func `has a scratch folder only where it is given one`() throws {
        let source = "open('/tmp/a', 'w').write('x' * 1000); print(len(open('/tmp/a').read()))"
        #expect(try !sandbox.runPython(source).succeeded)
        let given = try sandbox.runPython(source, limits: Sandbox.Limits(scratchBytes: 1 << 16))
        #expect(given.succeeded && text(given) == "1000\n")
        let many = """
            for i in range(99):
                with open(f'/tmp/{i}', 'w') as file: file.write('x' * 4096)
            print('done')
            """
        let full = try sandbox.runPython(many, limits: Sandbox.Limits(scratchBytes: 1 << 16))
        #expect(!full.succeeded && full.output.isEmpty)
    }

    @Test func `gives equal sets an equal order every time`() throws {
        let source = "print(list({'a', 'b', 'c', 'd', 'e', 'f', 'g'}))"
        #expect(try sandbox.runPython(source).output == sandbox.runPython(source).output)
    }

    @Test func `must exist and have arguments of a size`() throws {
        #expect(throws: SandboxError.noProgram(path: "/no/such")) {
            try sandbox.run(Sandbox.Program(path: "/no/such"))
        }
        #expect(throws: SandboxError.self) {
            try sandbox.runPython(String(repeating: "#", count: Sandbox.argumentBytesMax + 1))
        }
    }

    @Test func `may be another program than Python`() throws {
        let outcome = try sandbox.run(
            Sandbox.Program(path: "/usr/bin/head", arguments: ["-c", "2"]), input: [65, 66, 67])
        #expect(outcome.succeeded && outcome.output == [65, 66])
    }

    @Test func `leaves no process behind when it is killed`() throws {
        let mark = "left-\(UInt64.random(in: 0 ... .max))"
        _ = try sandbox.runPython(
            "import time; time.sleep(99)  # \(mark)", limits: Sandbox.Limits(wallSeconds: 0.5))
        #expect(processes(containing: mark).isEmpty)
    }

    /// Processes of this machine with a text in their command line.
    func processes(containing text: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard Int(name) != nil, let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
            else { return false }
            return String(decoding: line, as: UTF8.self).contains(text)
        }
    }
}
