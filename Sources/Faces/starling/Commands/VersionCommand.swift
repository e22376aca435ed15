import ArgumentParser
import Bytes
import Tensor

/// Prints the version and what this machine's kernels are.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version.")

    @OptionGroup var output: OutputOptions

    func run() throws {
        let sets = InstructionSet.allCases.filter(\.isSupported).map(\.rawValue)
        if output.json {
            Output.line(
                .members([
                    ("version", .text(Starling.version)), ("kernels", .list(sets.map(JSON.text))),
                ]))
        } else {
            Output.line("starling \(Starling.version) (kernels: \(sets.joined(separator: ", ")))")
        }
    }
}
