import ArgumentParser

/// The root of the command line: every command is a file beside this one.
@main
struct Starling: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "starling",
        abstract: "Computers that do not trust each other train models together.",
        discussion: """
            Every result is a pure function of its inputs, down to the last bit, so any claim \
            can be checked by running it again.
            """,
        version: version,
        subcommands: [Version.self])
}

/// Prints the version, for scripts as JSON.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    @Flag(help: "One JSON object on standard output.")
    var json = false

    func run() {
        print(json ? #"{"version":"\#(Starling.version)"}"# : "starling \(Starling.version)")
    }
}
