import Foundation
import Testing

@testable import Sandbox

/// What the attempts aim at: a file, a variable, a port and a descriptor of this process.
final class Canary: Sendable {
    static let shared = Canary()
    static let secret = "canary-\(UInt64.random(in: 0 ... .max))"

    let path: String
    let port: Int
    private let descriptors: [Int32]

    private init() {
        path = NSTemporaryDirectory() + "/\(Self.secret)"
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(Self.secret.utf8), attributes: [.posixPermissions: 0o644])
        // What a child would inherit of this process.
        setenv("STARLING_VARIABLE", Self.secret, 1)
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                bind(listening, plain, size) == 0 && listen(listening, 8) == 0
                    && getsockname(listening, plain, &size) == 0
            }
        }
        precondition(bound, "a test needs a port of its own")
        port = Int(UInt16(bigEndian: address.sin_port))
        // Left open on purpose, for children to inherit.
        descriptors = [listening, open(path, O_RDONLY)]
    }

    func filled(_ source: String) -> String {
        source.replacing("CANARY'", with: "\(path)'").replacing("SECRET", with: Self.secret)
            .replacing("PORT", with: "\(port)")
    }

    var isUntouched: Bool {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } == Self.secret
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}

@Suite(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
struct `An attempt to escape` {
    let sandbox: Sandbox

    init() throws { sandbox = try Tried.sandbox.get() }

    @Test(arguments: escapeAttempts) func `gets nothing as a program`(attempt: EscapeAttempt) throws {
        let source = Canary.shared.filled(attempt.source) + "\nprint(attempt())"
        let outcome = try sandbox.runPython(
            source, limits: Sandbox.Limits(wallSeconds: 5, cpuSeconds: 2, scratchBytes: 1 << 20))
        #expect(!String(decoding: outcome.output, as: UTF8.self).contains("True"))
        #expect(Canary.shared.isUntouched)
    }

    @Test(arguments: escapeAttempts) func `gets nothing as a solution`(attempt: EscapeAttempt) throws {
        let source = Canary.shared.filled(attempt.source)
        let honest = "def attempt(): return True"
        let reports = try sandbox.examine(
            [source, honest], with: PythonTests(entryPoint: "attempt", tests: ["assert attempt()"]),
            limits: PythonTests.Limits(wallSeconds: 3))
        #expect(reports.map(\.isSolved) == [false, true], "\(reports)")
        #expect(Canary.shared.isUntouched)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can keep its rights until the sandbox takes them"))
    func `gets nothing either where bubblewrap takes the rights of root`() throws {
        let kept = Sandbox(python: sandbox.python, bubblewrap: sandbox.bubblewrap, drop: false)
        let program = Canary.shared.filled(
            EscapeAttempt.prelude + """
                print(os.getuid(), len(os.listdir('/')) < 8)
                for attempt in (lambda: os.setuid(0), lambda: os.chroot('/'), lambda: open('/made', 'w'),
                        lambda: open('CANARY').read(), lambda: os.kill(os.getppid(), 9), os.fork,
                        socket.socket, lambda: libc.mount(b'tmpfs', b'/usr', b'tmpfs', 0, None) and 1 / 0):
                    try: print('out', attempt())
                    except Exception: print('in')
                """)
        let outcome = try kept.runPython(program)
        let words = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        #expect(
            words.first == "65534 True" && words.dropFirst() == .init(repeating: "in", count: 8), "\(words)")
        #expect(Canary.shared.isUntouched)
        let reports = try kept.examine(
            ["def f(): return 1"], with: PythonTests(entryPoint: "f", tests: ["assert f() == 1"]))
        #expect(reports[0].isSolved)
    }

    /// Outside, with nothing but the processor's time limited: these attempts are real ones.
    @Test(arguments: escapeAttempts.filter(\.worksOutside))
    func `gets what it wants where there is no sandbox`(attempt: EscapeAttempt) throws {
        _ = Canary.shared
        let source = Canary.shared.filled(attempt.source) + "\nprint(attempt())"
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("attempt-\(UInt64.random(in: 0 ... .max)).py")
        try source.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: sandbox.python.path)
        // Foundation gives a child no descriptor but the standard ones; the attempt gets the canary's here.
        let line =
            "import os, sys; os.dup(os.open('\(Canary.shared.path)', 0)); exec(open('\(file.path)').read())"
        process.arguments = ["-s", "-S", "-c", line]
        process.environment = ["STARLING_VARIABLE": Canary.secret, "PATH": "/usr/bin:/bin"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(String(decoding: output, as: UTF8.self).contains("True"))
    }
}

@Suite(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
struct `A cheating solution` {
    static let tests = PythonTests(entryPoint: "f", tests: ["assert f(3) == 4721"])
    let sandbox: Sandbox

    init() throws { sandbox = try Tried.sandbox.get() }

    @Test(arguments: cheatingSolutions) func `does not pass`(cheat: CheatingSolution) throws {
        let honest = "def f(x): return 4721"
        let reports = try sandbox.examine(
            [honest, cheat.source, honest], with: Self.tests,
            limits: PythonTests.Limits(cpuSeconds: 1, wallSeconds: 2))
        #expect(reports.map(\.isSolved) == [true, false, true], "\(reports)")
    }

    /// The simple way to test a solution, which these would fool.
    @Test(arguments: cheatingSolutions.filter(\.foolsSimpleRunner))
    func `would pass a simpler runner`(cheat: CheatingSolution) throws {
        let program =
            cheat.source + "\nsource = 'assert f(3) == 4721'\nexec(source)\nprint('ALL TESTS PASSED')"
        // Without a confinement that hides `/proc`, of which one of them makes use.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: sandbox.python.path)
        process.arguments = ["-s", "-S", "-c", program]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `cannot look into or end another one`() throws {
        let spy = """
            import gc
            def f(x):
                for value in gc.get_objects():
                    if isinstance(value, dict):
                        for text in list(value.values()):
                            if isinstance(text, str) and 'sibling' in text and 'spy' not in text: return 4721
            # spy
            """
        let sibling = "secret = 'sibling'\ndef f(x): return 4721"
        let reports = try sandbox.examine([sibling, spy, sibling], with: Self.tests)
        #expect(reports.map(\.isSolved) == [true, false, true], "\(reports)")
    }
}
