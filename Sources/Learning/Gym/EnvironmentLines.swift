public import Bytes

/// An environment spoken in JSON lines, for programs in other languages and for comparisons.
///
/// `sample` writes `{"index", "question", "answer", "metadata"}`; `score` reads
/// `{"seed", "index", "answer"}` and writes `{"score"}`, or `{"error"}` with a sentence.
public struct EnvironmentLines: Sendable {
    /// Longer request lines are refused before they are read.
    public static let lineBytesMax = 1 << 20
    private let name: String
    private let configuration: JSON
    private var last: (seed: Int, environment: any Environment)?
    /// The entry that was scored last: its answers come one after the other.
    private var scored: (seed: Int, index: Int, entry: Entry)?

    /// The environment of this name and configuration, at any seed.
    public init(name: String, configuration: JSON = .members([])) throws(EnvironmentError) {
        self.name = name
        self.configuration = configuration
        _ = try EnvironmentRegistry.make(name, configuration: configuration)
    }

    private mutating func environment(seed: Int) throws(EnvironmentError) -> any Environment {
        if let last, last.seed == seed { return last.environment }
        let made = try EnvironmentRegistry.make(name, configuration: configuration, seed: seed)
        last = (seed, made)
        return made
    }

    /// The line of one entry, without a line end.
    public mutating func sample(seed: Int, index: Int) throws(EnvironmentError) -> String {
        let entry = try environment(seed: seed).entry(at: index)
        return JSON.members([
            ("index", .int(index)), ("question", .text(entry.question)),
            ("answer", entry.answer.map(JSON.text) ?? .null), ("metadata", entry.metadata),
        ]).text()
    }

    /// Answers one request line.
    ///
    /// What is wrong with a request is told in the reply, so that one bad line does not end a
    /// conversation.
    public mutating func score(line: String) -> String {
        do {
            return JSON.members([("score", .real(try score(request: line)))]).text()
        } catch {
            return JSON.members([("error", .text(error.description))]).text()
        }
    }

    private mutating func score(request line: String) throws(EnvironmentError) -> Double {
        guard line.utf8.count <= Self.lineBytesMax else {
            throw .badLine("it is longer than \(Self.lineBytesMax) bytes; send shorter answers")
        }
        guard let request = try? JSON(parsing: line) else { throw .badLine("it is not JSON") }
        guard let seed = request.member("seed")?.wholeNumber,
            let index = request.member("index")?.wholeNumber, index >= 0,
            let given = request.member("answer"), given == .null || given.text != nil
        else { throw .badLine("it needs a whole \"seed\", an \"index\" from 0, and an \"answer\"") }
        let environment = try environment(seed: seed)
        if let scored, (scored.seed, scored.index) == (seed, index) {
            return try environment.score(given.text, for: scored.entry)
        }
        let entry = try environment.entry(at: index)
        scored = (seed, index, entry)
        return try environment.score(given.text, for: entry)
    }
}
