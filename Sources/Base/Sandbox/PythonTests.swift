import Bytes

/// Tests in Python and the solutions they are held against.
public struct PythonTests: Sendable, Hashable {
    /// The function that a solution has to define.
    public var entryPoint: String
    /// Run before each test: imports, classes.
    public var setup: String
    /// Statements, usually one `assert` each.
    public var tests: [String]

    /// Tests.
    public init(entryPoint: String, setup: String = "", tests: [String]) {
        self.entryPoint = entryPoint
        self.setup = setup
        self.tests = tests
    }

    /// What became of one solution.
    public struct Report: Sendable, Hashable {
        /// How far its process came.
        public enum State: String, Sendable, Hashable {
            /// To the end of the tests.
            case ran
            /// Not through its own definitions: they raised something.
            case raised
            /// Its time was over.
            case timeout
            /// Its process ended before the tests did.
            case crashed
        }

        /// For each test, whether it passed.
        public var passed: [Bool]
        /// How far its process came.
        public var state: State
        /// The name of the first exception, which the solution may have chosen; at most 64 characters.
        public var note: String

        /// Whether the solution came to the end and passed every test.
        public var isSolved: Bool { state == .ran && !passed.isEmpty && passed.allSatisfy(\.self) }
    }

    /// Bounds of each solution.
    public struct Limits: Sendable, Hashable {
        /// Processor time, which decides; the wall clock is only there for a solution that sleeps.
        public var cpuSeconds: Int
        /// Time on the wall.
        public var wallSeconds: Double
        /// Address space.
        public var memoryBytes: Int

        /// The given bounds.
        public init(cpuSeconds: Int = 2, wallSeconds: Double = 6, memoryBytes: Int = 512 << 20) {
            self.cpuSeconds = cpuSeconds
            self.wallSeconds = wallSeconds
            self.memoryBytes = memoryBytes
        }
    }

    /// Solutions that share one start of the interpreter.
    public static let solutionCountMax = 32
    /// Bytes of one solution.
    public static let solutionBytesMax = 1 << 16
    /// Tests of one problem.
    public static let testCountMax = 64
    /// Bytes of all tests and their setup.
    public static let testBytesMax = 1 << 16
}

extension Sandbox {
    /// Holds tests against solutions, each in a process of its own (`PythonHarness` says how).
    ///
    /// - Returns: one report for each solution, in order.
    /// - Throws: only what no solution can cause.
    public func examine(
        _ solutions: [String], with tests: PythonTests, limits: PythonTests.Limits = .init()
    ) throws(SandboxError) -> [PythonTests.Report] {
        guard tests.tests.count <= PythonTests.testCountMax else {
            throw .tooLarge(what: "tests", count: tests.tests.count, max: PythonTests.testCountMax)
        }
        let bytes = tests.tests.reduce(tests.setup.utf8.count) { $0 + $1.utf8.count }
        guard bytes <= PythonTests.testBytesMax else {
            throw .tooLarge(what: "bytes of tests", count: bytes, max: PythonTests.testBytesMax)
        }
        var reports: [PythonTests.Report] = []
        var start = 0
        while start < solutions.count {
            let end = min(solutions.count, start + PythonTests.solutionCountMax)
            reports += try batch(Array(solutions[start..<end]), with: tests, limits: limits)
            start = end
        }
        return reports
    }

    /// One start of the interpreter; where one solution spoils it for all, each gets a start of its own.
    private func batch(
        _ solutions: [String], with tests: PythonTests, limits: PythonTests.Limits
    ) throws(SandboxError) -> [PythonTests.Report] {
        // What is too long is not run at all.
        let texts = solutions.map { $0.utf8.count <= PythonTests.solutionBytesMax ? $0 : "raise MemoryError" }
        if let reports = try start(texts, with: tests, limits: limits) { return reports }
        guard texts.count > 1 else {
            let none = [Bool](repeating: false, count: tests.tests.count)
            return [PythonTests.Report(passed: none, state: .crashed, note: "")]
        }
        var reports: [PythonTests.Report] = []
        for text in texts { reports += try batch([text], with: tests, limits: limits) }
        return reports
    }

    private func start(
        _ solutions: [String], with tests: PythonTests, limits: PythonTests.Limits
    ) throws(SandboxError) -> [PythonTests.Report]? {
        let nonce = Self.nonce()
        let job = JSON.members([
            ("count", .int(solutions.count)), ("cpu", .int(limits.cpuSeconds)),
            ("seconds", .real(limits.wallSeconds)),
            ("rules", .text(Hex.text(try SeccompFilter([]).bytes))),
            ("examiner", .text(Hex.text(try SeccompFilter([.kill]).bytes))),
        ])
        let exam = JSON.members([
            ("nonce", .text(nonce)), ("entry", .text(tests.entryPoint)),
            ("setup", .text(tests.setup)), ("tests", .texts(tests.tests)),
            ("solutions", .texts(solutions)),
        ])
        let outcome = try run(
            python.program(PythonHarness.source), input: Self.framed(job) + Self.framed(exam),
            limits: Limits(
                wallSeconds: (limits.wallSeconds + 1) * Double(solutions.count) + 5,
                cpuSeconds: (limits.cpuSeconds + 1) * solutions.count + 5,
                memoryBytes: limits.memoryBytes, outputBytes: 1 << 18, openFiles: 256),
            abilities: [.fork, .kill, .exec])
        return try Self.reports(in: outcome, nonce: nonce, solutions: solutions.count, tests: tests)
    }

    /// The verdict, if there is a whole one with our nonce.
    private static func reports(
        in outcome: Outcome, nonce: String, solutions: Int, tests: PythonTests
    ) throws(SandboxError) -> [PythonTests.Report]? {
        let limits = JSON.Limits(bytes: 1 << 18, depth: 8, values: 1 << 14)
        guard outcome.succeeded, let verdict = try? JSON(parsing: outcome.output, limits: limits),
            verdict["nonce"]?.text == nonce
        else { return nil }
        if let reason = verdict["broken"]?.text { throw .brokenTests(reason: reason) }
        guard let results = verdict["results"]?.elements, results.count == solutions else { return nil }
        var reports: [PythonTests.Report] = []
        for result in results {
            guard let marks = result["marks"]?.elements, marks.count == tests.tests.count,
                let state = result["state"]?.text.flatMap(PythonTests.Report.State.init(rawValue:)),
                let note = result["note"]?.text
            else { return nil }
            reports.append(
                PythonTests.Report(
                    passed: marks.map { $0.wholeNumber == 1 }, state: state, note: note))
        }
        return reports
    }

    /// Sixteen digits of a length, then as many bytes.
    private static func framed(_ value: JSON) -> [UInt8] {
        let bytes = value.bytes()
        let digits = String(bytes.count)
        return Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8) + bytes
    }

    /// What a verdict must repeat; it decides nothing else, so the system's randomness is right here.
    private static func nonce() -> String {
        var system = SystemRandomNumberGenerator()
        return Hex.text((0..<16).map { _ in UInt8.random(in: 0...255, using: &system) })
    }
}
