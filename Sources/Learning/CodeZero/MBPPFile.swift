import Bytes
import World

/// Problems of a file in the form of MBPP: JSON objects, one a line or in one list.
///
/// Keys are those of both published forms: `text` or `prompt`, `code`, `test_list`, `test_setup_code` or
/// `test_imports`.
public struct MBPPFile: Sendable {
    /// A problem and what its authors wrote to solve it.
    public struct Item: Sendable, Hashable {
        /// The problem.
        public var problem: CodeProblem
        /// A solution of its authors.
        public var reference: String
    }

    /// The items in the order of the file.
    public let items: [Item]

    /// Bytes of a file.
    public static let bytesMax = 1 << 26
    /// Items of a file.
    public static let itemCountMax = 100_000
    private static let lineLimits = JSON.Limits(bytes: 1 << 20, depth: 8, values: 1 << 12)

    /// Reads a file.
    public init(path: String) throws(MBPPError) {
        let text: String
        do throws(FileError) {
            text = try MappedFile.text(path: path, limit: Self.bytesMax)
        } catch { throw MBPPError(position: 0, reason: .unreadable("\(error)")) }
        try self.init(text)
    }

    /// Reads the text of a file.
    public init(_ text: String) throws(MBPPError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw MBPPError(
                position: 0, reason: .problem(.bytes(of: "file", text.utf8.count, max: Self.bytesMax)))
        }
        var items: [Item] = []
        let isList = text.first { !$0.isWhitespace } == "["
        let objects = isList ? try Self.list(text) : try Self.lines(text)
        guard objects.count <= Self.itemCountMax else {
            throw MBPPError(
                position: 0, reason: .problem(.count(of: "items", objects.count, max: Self.itemCountMax)))
        }
        for (position, object) in objects {
            do throws(CodeProblemError) {
                items.append(try Self.item(object))
            } catch { throw MBPPError(position: position, reason: .problem(error)) }
        }
        self.items = items
    }

    private static func lines(_ text: String) throws(MBPPError) -> [(Int, JSON)] {
        var objects: [(Int, JSON)] = []
        var position = 0
        // By bytes: a line may end in a carriage return as well, which Swift makes one character of.
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            position += 1
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do throws(JSONError) {
                objects.append((position, try JSON(parsing: Array(line), limits: lineLimits)))
            } catch { throw MBPPError(position: position, reason: .problem(.notJSON("\(error)"))) }
        }
        return objects
    }

    private static func list(_ text: String) throws(MBPPError) -> [(Int, JSON)] {
        do throws(JSONError) {
            let limits = JSON.Limits(bytes: bytesMax, depth: 8, values: 1 << 21)
            let elements = try JSON(parsing: text, limits: limits).elements ?? []
            return elements.enumerated().map { ($0 + 1, $1) }
        } catch { throw MBPPError(position: 0, reason: .problem(.notJSON("\(error)"))) }
    }

    private static func item(_ object: JSON) throws(CodeProblemError) -> Item {
        guard let question = (object["text"] ?? object["prompt"])?.text else {
            throw .missing("\"text\" or \"prompt\", a string")
        }
        guard let list = object["test_list"]?.elements else { throw .missing("\"test_list\", a list") }
        let tests = list.compactMap(\.text)
        guard tests.count == list.count else { throw .missing("\"test_list\" of strings") }
        guard let code = object["code"]?.text else { throw .missing("\"code\", a string") }
        guard code.utf8.count <= CodeProblem.codeBytesMax else {
            throw .bytes(of: "code", code.utf8.count, max: CodeProblem.codeBytesMax)
        }
        let imports = object["test_imports"]?.elements?.compactMap(\.text).joined(separator: "\n")
        let setup = object["test_setup_code"]?.text ?? imports ?? ""
        guard let entryPoint = EntryPoint.find(tests: tests, code: code) else { throw .noEntryPoint }
        let problem = try CodeProblem(
            question: question, entryPoint: entryPoint, setup: setup, tests: tests)
        return Item(problem: problem, reference: code)
    }
}

/// Why a file of problems cannot be read, and where.
public struct MBPPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The file itself.
        case unreadable(String)
        /// An item.
        case problem(CodeProblemError)
    }

    /// The line, or the item of a list, from 1; 0 for the file.
    public let position: Int
    /// What is wrong there.
    public let reason: Reason

    /// One line that says what to try.
    public var description: String {
        switch reason {
        case .unreadable(let text): text
        case .problem(let error): position == 0 ? "\(error)" : "item \(position): \(error)"
        }
    }
}

/// Finds the function that tests are about.
enum EntryPoint {
    /// The first function called by the tests that the code defines; without code, the first that is
    /// neither Python's own nor called as a part of something.
    static func find(tests: [String], code: String?) -> String? {
        let defined = code.map { Set(definitions(in: $0)) }
        for test in tests {
            for name in calls(in: test) {
                if let defined {
                    guard defined.contains(name) else { continue }
                    return name
                }
                if !builtin.contains(name) { return name }
            }
        }
        return nil
    }

    /// Names after `def`.
    static func definitions(in code: String) -> [String] {
        var names: [String] = []
        var previous = ""
        for word in words(in: code) {
            if previous == "def" { names.append(word.text) }
            previous = word.text
        }
        return names
    }

    /// Names before an opening parenthesis, without those after a dot.
    static func calls(in text: String) -> [String] {
        words(in: text).filter { $0.isCalled && !$0.isPart && !keywords.contains($0.text) }.map(\.text)
    }

    private struct Word {
        var text: String
        var isCalled: Bool
        var isPart: Bool
    }

    private static func words(in text: String) -> [Word] {
        let bytes = Array(text.utf8)
        var found: [Word] = []
        var position = 0
        func isPart(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
        while position < bytes.count {
            guard isPart(bytes[position]) else {
                position += 1
                continue
            }
            let start = position
            while position < bytes.count, isPart(bytes[position]) { position += 1 }
            var next = position
            while next < bytes.count, bytes[next] == 0x20 { next += 1 }
            found.append(
                Word(
                    text: String(decoding: bytes[start..<position], as: UTF8.self),
                    isCalled: next < bytes.count && bytes[next] == UInt8(ascii: "("),
                    isPart: start > 0 && bytes[start - 1] == UInt8(ascii: ".")))
        }
        return found
    }

    private static let keywords: Set<String> = [
        "and", "assert", "elif", "for", "if", "in", "is", "lambda", "not", "or", "print", "return", "while",
    ]
    private static let builtin: Set<String> = [
        "abs", "all", "any", "bool", "bytes", "dict", "enumerate", "filter", "float", "frozenset", "int",
        "isclose", "isinstance", "len", "list", "map", "max", "min", "range", "reversed", "round", "set",
        "sorted", "str", "sum", "tuple", "type", "zip",
    ]
}
