import ArgumentParser

/// The root of the command line: every command is a file in `Commands`.
@main
struct Starling: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "starling",
        abstract: "Computers that do not trust each other train models together.",
        discussion: """
            Every result is a pure function of its inputs, down to the last bit, so any claim \
            can be checked by running it again.

            Machine forms (--json) go to standard output, everything else to standard error. \
            A command ends with 0 if all is well, 1 if a check failed or an input is bad, \
            64 if it was called wrongly.
            """,
        version: version,
        subcommands: [
            UpCommand.self, ExperimentCommand.self, SapoCommand.self, SimulateCommand.self,
            CodeZeroCommand.self,
            GenerateCommand.self, TrainCommand.self, EvaluateCommand.self,
            ModelCommand.self, TokenizeCommand.self, EnvironmentCommand.self, PeerCommand.self,
            ReproCommand.self,
            VersionCommand.self, ReproChildCommand.self,
        ])
}
