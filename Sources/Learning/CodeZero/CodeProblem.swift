public import Bytes
public import Keys
public import Sandbox

/// A programming task: a function to write, and tests that say whether it is right.
///
/// Its name is the hash of what it asks and of how it is tested, so that the same task from two proposers
/// is one task. A reference solution is not a part of the name.
public struct CodeProblem: Sendable, Hashable {
    /// What the function has to do.
    public let question: String
    /// The function's name.
    public let entryPoint: String
    /// Run before each test: imports, classes.
    public let setup: String
    /// Python statements, usually one `assert` each.
    public let tests: [String]
    /// How many of the tests a solver is shown; the others cannot be answered by heart.
    public let shownTestCount: Int

    /// Bytes of the question.
    public static let questionBytesMax = 1 << 13
    /// Bytes of the setup, of one test and of a reference solution.
    public static let codeBytesMax = 1 << 13
    /// Tests of one problem.
    public static let testCountMax = 16
    /// Bytes of the function's name.
    public static let entryPointBytesMax = 64

    /// A problem within all bounds.
    public init(
        question: String, entryPoint: String, setup: String = "", tests: [String],
        shownTestCount: Int = 1
    ) throws(CodeProblemError) {
        try Self.check("question", question, max: Self.questionBytesMax, isNeeded: true)
        try Self.check("setup", setup, max: Self.codeBytesMax, isNeeded: false)
        guard (1...Self.testCountMax).contains(tests.count) else {
            throw .count(of: "tests", tests.count, max: Self.testCountMax)
        }
        for test in tests { try Self.check("test", test, max: Self.codeBytesMax, isNeeded: true) }
        guard Self.isName(entryPoint) else { throw .badEntryPoint(String(entryPoint.prefix(64))) }
        guard (0...tests.count).contains(shownTestCount) else {
            throw .count(of: "shown tests", shownTestCount, max: tests.count)
        }
        self.question = question
        self.entryPoint = entryPoint
        self.setup = setup
        self.tests = tests
        self.shownTestCount = shownTestCount
    }

    /// The hash that names it.
    public var id: Digest {
        var hasher = SHA256Hasher()
        hasher.update("starling code problem 1\n")
        for part in [question, entryPoint, setup, "\(shownTestCount)"] + tests {
            hasher.update(UInt64(part.utf8.count))
            hasher.update(part)
        }
        return hasher.finalize()
    }

    /// What a solver is asked.
    public var prompt: String {
        guard shownTestCount > 0 else {
            return question + "\nThe function is called `\(entryPoint)`."
        }
        let shown = tests.prefix(shownTestCount).joined(separator: "\n")
        return question + "\nThe function is called `\(entryPoint)` and passes, among other tests:\n" + shown
    }

    /// What the sandbox is given.
    public var pythonTests: PythonTests {
        PythonTests(entryPoint: entryPoint, setup: setup, tests: tests)
    }

    /// An ASCII name of Python that is no keyword of definitions.
    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= entryPointBytesMax else { return false }
        func isLetter(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        return isLetter(first) && bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }

    private static func check(
        _ what: String, _ text: String, max: Int, isNeeded: Bool
    ) throws(CodeProblemError) {
        let count = text.utf8.count
        guard count <= max else { throw .bytes(of: what, count, max: max) }
        let isBlank = text.allSatisfy(\.isWhitespace)
        guard !isNeeded || !isBlank else { throw .empty(what) }
    }
}

extension CodeProblem {
    /// The problem as a JSON object, for metadata and files.
    public var json: JSON {
        .members([
            ("question", .text(question)), ("entry_point", .text(entryPoint)), ("setup", .text(setup)),
            ("tests", .texts(tests)), ("shown_tests", .int(shownTestCount)),
        ])
    }

    /// A problem from such an object.
    public init(json: JSON) throws(CodeProblemError) {
        guard let question = json["question"]?.text, let entryPoint = json["entry_point"]?.text,
            let setup = json["setup"]?.text, let tests = json["tests"]?.elements,
            let shown = json["shown_tests"]?.wholeNumber
        else { throw .missing("question, entry_point, setup, tests or shown_tests") }
        let texts = tests.compactMap(\.text)
        guard texts.count == tests.count else { throw .missing("tests as strings") }
        try self.init(
            question: question, entryPoint: entryPoint, setup: setup, tests: texts,
            shownTestCount: shown)
    }
}

/// Why something is no programming task.
public enum CodeProblemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A part that must say something says nothing.
    case empty(String)
    /// A part is too long.
    case bytes(of: String, Int, max: Int)
    /// Too many or too few of something.
    case count(of: String, Int, max: Int)
    /// Not a name of a Python function.
    case badEntryPoint(String)
    /// A key that is not there, or of another type.
    case missing(String)
    /// Text that is no JSON.
    case notJSON(String)
    /// No function is defined or called that could be the one to write.
    case noEntryPoint

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .empty(let what): "the \(what) is empty; write one"
        case .bytes(let what, let count, let max): "the \(what) has \(count) bytes; shorten it to \(max)"
        case .count(let what, let count, let max): "there are \(count) \(what); give up to \(max)"
        case .badEntryPoint(let name): "\"\(name)\" is no ASCII name of a Python function"
        case .missing(let what): "this needs \(what)"
        case .notJSON(let reason): "this is no JSON: \(reason)"
        case .noEntryPoint: "the tests call no function; let each assert something about one"
        }
    }
}
