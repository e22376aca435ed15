/// Runs programs that nobody trusts.
///
/// A program gets: no network, a root folder with nothing but itself and its libraries, read-only; no
/// processes of its own, an empty environment, no capability, the system calls of a list
/// (`csandbox_filter`), and bounded time, memory, files and output. It runs as nobody in namespaces that
/// bubblewrap makes and dies with this process. No shell is involved.
public struct Sandbox: Sendable {
    /// What to run.
    public struct Program: Sendable, Hashable {
        /// Absolute path of the executable, as it is inside.
        public var path: String
        /// Arguments after the program's name.
        public var arguments: [String]
        /// Files and folders that it sees, read-only, at the same paths.
        public var visible: [String]

        /// A program.
        public init(path: String, arguments: [String] = [], visible: [String] = []) {
            self.path = path
            self.arguments = arguments
            self.visible = visible
        }
    }

    /// Bounds of one run.
    public struct Limits: Sendable, Hashable {
        /// Until everything is killed.
        public var wallSeconds: Double
        /// Processor time of each process.
        public var cpuSeconds: Int
        /// Address space of each process.
        public var memoryBytes: Int
        /// Bytes of standard output that are kept; one more ends the run.
        public var outputBytes: Int
        /// Bytes that fit in `/tmp`; 0 means that there is none and nothing can be written anywhere.
        public var scratchBytes: Int
        /// Descriptors of each process.
        public var openFiles: Int

        /// The given bounds.
        public init(
            wallSeconds: Double = 10, cpuSeconds: Int = 5, memoryBytes: Int = 512 << 20,
            outputBytes: Int = 1 << 20, scratchBytes: Int = 0, openFiles: Int = 64
        ) {
            self.wallSeconds = wallSeconds
            self.cpuSeconds = cpuSeconds
            self.memoryBytes = memoryBytes
            self.outputBytes = outputBytes
            self.scratchBytes = scratchBytes
            self.openFiles = openFiles
        }
    }

    /// How a run ended.
    public enum Ending: Sendable, Hashable {
        /// By itself, with a code. A program may choose any code, also those that read as a signal.
        case exited(Int)
        /// By a signal, its limits of processor time and memory included.
        case signalled(Int)
        /// It took longer than allowed and was killed.
        case timedOut
        /// It wrote more than allowed and was killed.
        case outputFull
    }

    /// What a run left.
    public struct Outcome: Sendable, Hashable {
        /// How it ended.
        public var ending: Ending
        /// Its standard output, up to the limit.
        public var output: [UInt8]
        /// The beginning of its standard error.
        public var errors: [UInt8]
        /// Processor time of it and what it waited for; less than the truth after a kill.
        public var cpuSeconds: Double

        /// Whether it ended by itself with code 0.
        public var succeeded: Bool { ending == .exited(0) }
    }

    /// Bytes of standard input at most.
    public static let inputBytesMax = 16 << 20
    /// Bytes of one argument, as the system has it.
    public static let argumentBytesMax = 100_000

    /// Where the interpreter of `runPython` is and what it needs.
    let python: PythonRuntime
    let bubblewrap: String
    /// Whether root gives its rights away before anything else; where that fails, bubblewrap does it.
    let drop: Bool

    /// A sandbox that has been tried once on this machine.
    ///
    /// - Throws: what to install or to allow.
    public init() throws(SandboxError) {
        #if os(Linux)
        let bubblewrap = try Self.tool(
            ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"], named: "bubblewrap",
            package: "bubblewrap")
        let python = try PythonRuntime()
        var reason = ""
        for drop in [true, false] {
            let sandbox = Sandbox(python: python, bubblewrap: bubblewrap, drop: drop)
            let outcome = try sandbox.runPython("print(6 * 7)")
            if outcome.succeeded, outcome.output == Array("42\n".utf8) {
                self = sandbox
                return
            }
            let line = String(decoding: outcome.errors, as: UTF8.self).split(separator: "\n").first
            reason = line.map(String.init) ?? "\(outcome.ending)"
        }
        throw .forbidden(reason: reason)
        #else
        throw .unsupportedSystem
        #endif
    }

    init(python: PythonRuntime, bubblewrap: String, drop: Bool) {
        self.python = python
        self.bubblewrap = bubblewrap
        self.drop = drop
    }

    /// Runs a program to its end or its limit. Blocks: call it from a thread that may wait.
    public func run(
        _ program: Program, input: [UInt8] = [], limits: Limits = Limits()
    ) throws(SandboxError) -> Outcome {
        try run(program, input: input, limits: limits, abilities: [.exec])
    }

    /// Runs Python source as a program.
    public func runPython(
        _ source: String, input: [UInt8] = [], limits: Limits = Limits()
    ) throws(SandboxError) -> Outcome {
        try run(python.program(source), input: input, limits: limits)
    }

    func run(
        _ program: Program, input: [UInt8], limits: Limits, abilities: SeccompFilter.Abilities
    ) throws(SandboxError) -> Outcome {
        guard input.count <= Self.inputBytesMax else {
            throw .tooLarge(what: "bytes of input", count: input.count, max: Self.inputBytesMax)
        }
        for argument in program.arguments where argument.utf8.count > Self.argumentBytesMax {
            throw .tooLarge(
                what: "bytes of an argument", count: argument.utf8.count, max: Self.argumentBytesMax)
        }
        guard Self.isExecutable(program.path) else { throw .noProgram(path: program.path) }
        let filter = try SeccompFilter(abilities)
        let arguments = Self.confinement(of: program, limits: limits)
        return try ConfinedProcess.run(
            bubblewrap, arguments: arguments, input: input, filter: filter.bytes, limits: limits,
            drop: drop)
    }
}
