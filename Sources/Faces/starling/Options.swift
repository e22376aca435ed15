import ArgumentParser
import Foundation
import Tensor

/// How a command answers.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Machine form: JSON on standard output.")
    var json = false
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
