import Foundation
import TestSupport
import Testing

/// What people read first. A changed help is a change of the product: look at it, then write the
/// file anew with the command that the failure names.
@Suite struct HelpTests {
    static let commands = [
        "", "up", "experiment", "sapo", "sim", "codezero", "codezero run",
        "codezero check", "generate", "train", "eval", "model", "model inspect",
        "model hash",
        "model convert", "model merge", "model plan", "model logits", "tokenize", "env", "env list",
        "env show",
        "env sample", "env test", "env new",
        "env score", "peer", "peer id", "peer ping", "peer identify", "peer connect", "peer listen",
        "peer sub",
        "peer pub", "repro",
        "version",
    ]

    @Test(arguments: commands) func `help is as reviewed`(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let help = try Program.run(words + ["--help"])
        #expect(help.code == 0)
        let name = (["starling"] + words).joined(separator: "-")
        let path = "Tests/Golden/Help/\(name).txt"
        let file = Fixtures.root.appendingPathComponent(path)
        let reviewed = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(help.output == reviewed, "COLUMNS=80 starling \(command) --help > \(path)")
    }

    @Test(arguments: commands.filter { !["", "model", "env", "codezero", "peer"].contains($0) })
    func `every command that answers has a machine form`(command: String) throws {
        let help = try Program.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(help.output.contains("--json"))
    }
}
