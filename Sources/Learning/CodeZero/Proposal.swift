import Bytes
public import Keys
public import Sandbox

/// A task that a proposer wrote: a problem together with a solution of it.
///
/// The solution is asked for because it is what can be checked at once: that the task can be solved, that its
/// tests agree with each other and that they tell right from wrong. Agreement among several solvers would
/// say this only for tasks that are easy anyway: where all fail, a hard task and a broken one look alike, and
/// hard ones are what proposers are for.
public struct Proposal: Sendable, Hashable {
    /// The task.
    public var problem: CodeProblem
    /// The proposer's solution; solvers never see it.
    public var reference: String

    /// Bytes of a proposal as it arrives.
    public static let bytesMax = 1 << 16

    /// Reads `{"question": …, "tests": "…" or […], "solution": "…"}`, in a fence or alone.
    public init(parsing text: String) throws(CodeProblemError) {
        let object = try Self.object(in: text)
        let (question, reference) = try Self.task(in: object)
        let tests = try Self.tests(in: object)
        guard let entryPoint = EntryPoint.find(tests: tests, code: reference) else { throw .noEntryPoint }
        problem = try CodeProblem(
            question: question, entryPoint: entryPoint, setup: object["setup"]?.text ?? "", tests: tests)
        self.reference = reference
    }

    /// The object in a text, in a fence or alone.
    static func object(in text: String) throws(CodeProblemError) -> JSON {
        guard text.utf8.count <= bytesMax else {
            throw .bytes(of: "proposal", text.utf8.count, max: bytesMax)
        }
        let blocks = SolutionText.fenced(text)
        do throws(JSONError) {
            return try JSON(
                parsing: blocks.first?.code ?? text,
                limits: JSON.Limits(bytes: bytesMax, depth: 4, values: 256))
        } catch { throw .notJSON("\(error)") }
    }

    /// The question and the solution.
    static func task(
        in object: JSON
    ) throws(CodeProblemError) -> (question: String, solution: String) {
        guard let question = object["question"]?.text else { throw .missing("\"question\", a string") }
        guard let solution = object["solution"]?.text else { throw .missing("\"solution\", a string") }
        guard solution.utf8.count <= CodeProblem.codeBytesMax else {
            throw .bytes(of: "solution", solution.utf8.count, max: CodeProblem.codeBytesMax)
        }
        return (question, solution)
    }

    /// A proposal of these parts.
    public init(problem: CodeProblem, reference: String) {
        self.problem = problem
        self.reference = reference
    }

    /// As text that `init(parsing:)` reads.
    public var text: String {
        JSON.members([
            ("question", .text(problem.question)), ("setup", .text(problem.setup)),
            ("tests", .texts(problem.tests)), ("solution", .text(reference)),
        ]).text()
    }

    /// A list of statements, or one text whose unindented lines each begin one.
    private static func tests(in object: JSON) throws(CodeProblemError) -> [String] {
        if let list = object["tests"]?.elements {
            let texts = list.compactMap(\.text)
            guard texts.count == list.count else { throw .missing("\"tests\", a list of strings") }
            return texts
        }
        guard let text = object["tests"]?.text else { throw .missing("\"tests\", a string or a list") }
        var statements: [String] = []
        for line in text.split(whereSeparator: \.isNewline) where line.contains(where: { !$0.isWhitespace }) {
            if line.first?.isWhitespace == true, let last = statements.indices.last {
                statements[last] += "\n" + line
            } else {
                statements.append(String(line))
            }
        }
        return statements
    }

    /// What two proposals share that differ in blanks, capitals or the order of tests only.
    public var fingerprint: Digest {
        func plain(_ text: String) -> String {
            text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        var hasher = SHA256Hasher()
        hasher.update("starling proposal 1\n")
        for part in [problem.question, problem.setup].map(plain) + problem.tests.map(plain).sorted() {
            hasher.update(UInt64(part.utf8.count))
            hasher.update(part)
        }
        return hasher.finalize()
    }
}

/// Why a proposal is not given to solvers.
public enum ProposalRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// It cannot be read.
    case unreadable(CodeProblemError)
    /// Its tests are no Python.
    case brokenTests(String)
    /// Its own solution fails.
    case unsolved(state: PythonTests.Report.State)
    /// A function that computes nothing passes.
    case vacuous(stub: String)
    /// Its solution gives no values for its inputs.
    case noValues(String)
    /// It has been proposed before.
    case repeated(Digest)
    /// It asks what is kept for measurements.
    case heldOut

    /// The reason without its particulars, to count by.
    public var kind: String {
        switch self {
        case .unreadable: "unreadable"
        case .brokenTests: "broken tests"
        case .unsolved: "unsolved"
        case .vacuous: "vacuous"
        case .noValues: "no values"
        case .repeated: "repeated"
        case .heldOut: "held out"
        }
    }

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .brokenTests(let reason): "the tests are no Python (\(reason))"
        case .unsolved(let state): "the proposed solution does not pass its tests (\(state.rawValue))"
        case .vacuous(let stub): "`\(stub)` passes the tests; let them compare values"
        case .noValues(let reason):
            "the solution gives no values for the inputs (\(reason)); let it return literals"
        case .repeated(let name): "this task was proposed before (\(name.hex.prefix(12))); propose another"
        case .heldOut: "this task is kept for measurements; propose another"
        }
    }
}

/// Checks proposals by running them.
public struct ProposalCheck: Sendable {
    let sandbox: Sandbox
    let limits: PythonTests.Limits

    /// What functions return that compute nothing; tests must fail every one.
    static let stubs = [
        "return None", "return args[0] if args else None", "return 0", "return 1", "return True",
        "return False",
        "return ''", "return []",
    ]

    /// A check in a sandbox.
    public init(_ sandbox: Sandbox, limits: PythonTests.Limits = .init()) {
        self.sandbox = sandbox
        self.limits = limits
    }

    /// Why a proposal is refused; nil if it may be used.
    public func refusal(of proposal: Proposal) throws(SandboxError) -> ProposalRefusal? {
        let name = proposal.problem.entryPoint
        let stubs = Self.stubs.map { "def \(name)(*args, **named): \($0)" }
        let reports: [PythonTests.Report]
        do throws(SandboxError) {
            // The reference twice: tests or a solution that depend on chance show by themselves.
            reports = try sandbox.examine(
                [proposal.reference, proposal.reference] + stubs, with: proposal.problem.pythonTests,
                limits: limits)
        } catch {
            if case .brokenTests(let reason) = error { return .brokenTests(reason) }
            throw error
        }
        if let failed = reports[..<2].first(where: { !$0.isSolved }) { return .unsolved(state: failed.state) }
        if let index = reports[2...].firstIndex(where: \.isSolved) {
            return .vacuous(stub: Self.stubs[index - 2])
        }
        return nil
    }
}

/// Which proposals were accepted, so that each is taken once.
public struct ProposalPool: Sendable, Equatable {
    /// Fingerprints that are remembered; older ones may come back.
    public let capacity: Int
    /// What is remembered, oldest first.
    public private(set) var fingerprints: [Digest] = []
    /// How many were ever taken.
    public private(set) var count = 0
    private var known: Set<Digest> = []

    /// An empty pool.
    public init(capacity: Int = 1 << 14) {
        precondition(capacity > 0, "a pool remembers something")
        self.capacity = capacity
    }

    /// A pool as it was: what it remembered, and how many it had taken.
    public init(capacity: Int = 1 << 14, fingerprints: [Digest], count: Int) {
        self.init(capacity: capacity)
        self.fingerprints = fingerprints.suffix(capacity)
        self.count = max(count, self.fingerprints.count)
        known = Set(self.fingerprints)
    }

    /// Whether this was proposed before.
    public func contains(_ proposal: Proposal) -> Bool { known.contains(proposal.fingerprint) }

    /// Takes a proposal in.
    public mutating func insert(_ proposal: Proposal) throws(ProposalRefusal) {
        let name = proposal.fingerprint
        guard known.insert(name).inserted else { throw .repeated(name) }
        count += 1
        fingerprints.append(name)
        if fingerprints.count > capacity { known.remove(fingerprints.removeFirst()) }
    }
}
