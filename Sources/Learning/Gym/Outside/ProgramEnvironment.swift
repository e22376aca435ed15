import Bytes
import World

/// An environment that another program speaks, in any language (`docs/environments.md`).
///
/// The program runs with the rights of whoever started it: use only programs you would run yourself.
struct ProgramEnvironment: TaskFormat {
    static let name = "program"
    /// The version of the protocol that is spoken here.
    static let protocolVersion = 1
    let seed: Int
    private let program: LineProgram
    /// Whether the program scores answers; the usual score is taken where it does not.
    private let scores: Bool

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let command = try settings.arguments("command")
        let configuration = try settings.object("config")
        let timeout = try settings.number("timeout", default: 10, within: 0.001...3_600)
        seed = try settings.seed()
        guard !command.isEmpty else {
            throw settings.invalid(
                "command", #"names the program and its arguments, as ["python3", "task.py"]"#)
        }
        do throws(LineProgramError) {
            program = try LineProgram(command, timeout: .seconds(timeout))
        } catch { throw .source(environment: Self.name, reason: "\(error)") }
        let hello = try Self.ask(
            program, [("op", "hello"), ("protocol", .int(Self.protocolVersion)), ("config", configuration)])
        guard hello.member("protocol")?.wholeNumber == Self.protocolVersion else {
            throw .source(
                environment: Self.name,
                reason: "\(command[0]) must greet with {\"protocol\": \(Self.protocolVersion), \"name\": …}")
        }
        scores = hello.member("scores")?.flag ?? false
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        let reply = try Self.ask(program, [("op", "entry"), ("seed", .int(seed)), ("index", .int(index))])
        let answer = reply.member("answer") ?? .null
        guard let question = reply.member("question")?.text, answer == .null || answer.text != nil else {
            throw .source(
                environment: Self.name,
                reason: "\(program.command[0]) must give a text \"question\" and a text or null \"answer\"")
        }
        guard scores || answer.text != nil else {
            throw .source(
                environment: Self.name,
                reason:
                    "\(program.command[0]) gives no answer, so it must score and greet with \"scores\": true")
        }
        var metadata = reply.member("metadata") ?? [:]
        // A question is scored by its place, so its place goes with it.
        let rest = metadata.orderedMembers?.filter { $0.key != "source_index" } ?? []
        metadata = .members(rest.map { ($0.key, $0.value) } + [("source_index", .int(index))])
        return Entry(question: question, answer: answer.text, metadata: metadata)
    }

    func score(_ answer: String?, for entry: Entry) throws(EnvironmentError) -> Double {
        guard scores else { return Scoring.containment(of: entry.answer, in: answer) }
        guard let index = entry.metadata.member("source_index")?.wholeNumber else { return 0 }
        let reply = try Self.ask(
            program,
            [
                ("op", "score"), ("seed", .int(seed)), ("index", .int(index)),
                ("answer", answer.map(JSON.text) ?? .null),
            ])
        guard let score = reply.member("score")?.realNumber, (0...1).contains(score) else {
            throw .source(
                environment: Self.name, reason: "\(program.command[0]) must give a \"score\" from 0 to 1")
        }
        return score
    }

    private static func ask(_ program: LineProgram, _ request: [(String, JSON)])
        throws(EnvironmentError) -> JSON
    {
        let line: String
        do throws(LineProgramError) {
            line = try program.ask(JSON.members(request).text())
        } catch { throw .source(environment: name, reason: "\(error)") }
        guard let reply = try? JSON(parsing: line), reply.orderedMembers != nil else {
            throw .source(
                environment: name,
                reason: "\(program.command[0]) sent a line that is not a JSON object: \(line.prefix(80))")
        }
        if let reason = reply.member("error")?.text {
            throw .source(environment: name, reason: "\(program.command[0]) says: \(reason)")
        }
        return reply
    }
}
