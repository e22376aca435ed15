import ArgumentParser
import Foundation
import GenRL
import Tensor

/// How a command answers.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Machine form: JSON on standard output.")
    var json = false
}

/// What the command line says over a recipe.
struct SettingOptions: ParsableArguments {
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("A setting over the recipe's, as table.key=value.", valueName: "setting"))
    var settings: [String] = []
}

/// Where a run lives.
struct RunFolderOption: ParsableArguments {
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Folder of the run (default: runs/<name>).", valueName: "path"))
    var runPath: String?

    /// The folder asked for, or the one that carries the recipe's name.
    func folder(of recipe: Recipe) -> RunFolder {
        runPath.map { RunFolder($0) } ?? RunFolder(named: recipe.name)
    }
}

/// How a model learns from rewards.
struct AlgorithmOption: ParsableArguments {
    static let choices = Algorithm.all.map { $0.name }

    @Option(
        help: ArgumentHelp(
            "How to learn from rewards: \(choices.joined(separator: ", ")) (default: dapo, or what the "
                + "recipe says).", valueName: "name"))
    var algorithm: String?

    mutating func validate() throws {
        guard let algorithm, !Self.choices.contains(algorithm) else { return }
        let hint = Nearness.nearest(to: algorithm, among: Self.choices).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError("--algorithm takes \(Self.choices.joined(separator: ", "))\(hint)")
    }

    /// What it says over a recipe.
    var overrides: [String] { algorithm.map { ["grpo.algorithm=\"\($0)\""] } ?? [] }
    /// The words that say it again.
    var words: String { algorithm.map { " --algorithm \($0)" } ?? "" }
}

/// Where a command computes. Neither choice changes a bit of the result.
struct MachineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads to compute on (default: all cores).", valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Kernels: scalar, avx2, avx512 or neon (default: the widest of this machine).",
            valueName: "set"),
        transform: MachineOptions.kernels)
    var kernels: InstructionSet?

    /// Threads asked for, or as many as this process may use cores.
    var threadCount: Int {
        threads ?? min(MachineOptions.threadsMax, ProcessInfo.processInfo.activeProcessorCount)
    }

    static let threadsMax = 256

    mutating func validate() throws {
        if let threads, !(1...MachineOptions.threadsMax).contains(threads) {
            throw ValidationError("--threads takes 1 to \(MachineOptions.threadsMax)")
        }
    }

    private static func kernels(_ name: String) throws -> InstructionSet {
        guard let set = InstructionSet(rawValue: name), set.isSupported else {
            let known = InstructionSet.allCases.filter(\.isSupported).map(\.rawValue)
            throw ValidationError(
                "this machine has no kernels \(name); it has \(known.joined(separator: ", "))")
        }
        return set
    }

    /// The kernels asked for, or the machine's best.
    var instructionSet: InstructionSet { kernels ?? .best }

    /// The engine that was asked for.
    func engine() -> Engine { Engine(instructionSet: instructionSet, threads: threadCount) }
}
