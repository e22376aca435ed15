public import Bytes
import Foundation

/// The other end of `ProgramEnvironment`: makes a program out of an environment written in Swift.
public struct EnvironmentServer {
    /// Makes the environment from its configuration and a seed.
    public typealias Make =
        (_ configuration: JSON, _ seed: Int) throws(EnvironmentError) -> any Environment

    private let make: Make
    private var configuration = JSON.members([])
    private var last: (any Environment)?

    /// A server of this environment.
    public init(_ make: @escaping Make) { self.make = make }

    /// Answers requests on standard input, line by line, until it ends.
    public static func run(_ make: @escaping Make) {
        var server = EnvironmentServer(make)
        while let line = readLine() {
            FileHandle.standardOutput.write(Data((server.answer(to: line) + "\n").utf8))
        }
    }

    /// Answers one request; what is wrong with it is told in the reply.
    public mutating func answer(to line: String) -> String {
        do {
            return JSON.members(try reply(to: line)).text()
        } catch {
            return JSON.members([("error", .text(error.description))]).text()
        }
    }

    private mutating func reply(to line: String) throws(EnvironmentError) -> [(String, JSON)] {
        guard let request = try? JSON(parsing: line), let operation = request.member("op")?.text else {
            throw .badLine("it is not a JSON object with an \"op\"")
        }
        if operation == "hello" {
            configuration = request.member("config") ?? [:]
            let name = type(of: try make(configuration, 0)).name
            return [
                ("protocol", .int(ProgramEnvironment.protocolVersion)), ("name", .text(name)),
                ("scores", true),
            ]
        }
        guard let seed = request.member("seed")?.wholeNumber,
            let index = request.member("index")?.wholeNumber, index >= 0
        else { throw .badLine("it needs a whole \"seed\" and an \"index\" from 0") }
        let environment = try environment(seed: seed)
        let entry = try environment.entry(at: index)
        switch operation {
        case "entry":
            return [
                ("question", .text(entry.question)), ("answer", entry.answer.map(JSON.text) ?? .null),
                ("metadata", entry.metadata),
            ]
        case "score":
            return [("score", .real(try environment.score(request.member("answer")?.text, for: entry)))]
        default: throw .badLine("its \"op\" is none of hello, entry and score")
        }
    }

    private mutating func environment(seed: Int) throws(EnvironmentError) -> any Environment {
        if let last, last.seed == seed { return last }
        let made = try make(configuration, seed)
        last = made
        return made
    }
}
