import ArgumentParser

/// Models on disk.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Look at models on disk, convert them, plan their memory.",
        subcommands: [Inspect.self, Hash.self, Convert.self, Merge.self, Plan.self, Logits.self])
}
