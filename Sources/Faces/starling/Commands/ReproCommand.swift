import ArgumentParser
import Bytes
import Dashboard
import Foundation
import Neural
import Tensor

/// The same training run in several ways, which must all give the same bits.
struct ReproCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repro", abstract: "Check that this machine trains to the same bits in every way.",
        discussion: """
            One training run (likelihood and GRPO, answers drawn by the model itself) is made with each \
            instruction set of this machine, on 1 and on 2 threads, and across a crash: a process is \
            killed after a checkpoint and another one goes on. Weights and optimizer moments must have \
            one hash. A wider model is then run in the same ways, without the slow scalar definition.

            Examples:
              starling repro
              starling repro --steps 300
              starling repro --quick --json
            """)

    @Option(help: ArgumentHelp("Training steps of each run.", valueName: "n")) var steps = 100
    @Flag(help: "Leave the wider model out.") var quick = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (4...100_000).contains(steps) else {
            throw ValidationError("--steps takes 4 to 100000")
        }
    }

    func run() throws {
        let small = try table(.small)
        let wide = quick ? [] : try table(.wide)
        let equal = ReproCommand.areEqual(small) && (quick || ReproCommand.areEqual(wide))
        if output.json {
            var members = [("hashes", ReproCommand.object(small))]
            if !quick { members.append(("wide", ReproCommand.object(wide))) }
            Output.line(.members(members + [("equal", .flag(equal))]))
        } else {
            Output.line(
                equal ? "equal: every way gives the same bits" : "NOT EQUAL; please report this table")
        }
        if !equal { throw ExitCode.failure }
    }

    /// All rows of one size; what a row came to is a hash, or nil where the machine lacks something.
    private func table(_ size: ReproTraining.Size) throws -> [(row: String, hash: String?)] {
        var rows: [(row: String, hash: String?)] = []
        if !output.json { Output.line("\(size.name) model, \(steps) steps") }
        for set in InstructionSet.allCases where size.name == "small" || set != .scalar {
            for threads in [1, 2] {
                let row = "\(set.rawValue)/\(threads)t"
                guard set.isSupported else {
                    rows.append((row, nil))
                    show(row, nil, in: rows, took: .zero)
                    continue
                }
                try add(row, to: &rows) { try once(size, set, threads: threads, row: row) }
            }
        }
        try add("crash+resume", to: &rows) { try CrashedRun(size: size, steps: steps).hash() }
        return rows
    }

    private func add(
        _ row: String, to rows: inout [(row: String, hash: String?)], _ body: () throws -> String
    ) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let hash = try body()
        rows.append((row, hash))
        show(row, hash, in: rows, took: clock.now - start)
    }

    private func once(
        _ size: ReproTraining.Size, _ set: InstructionSet, threads: Int, row: String
    ) throws -> String {
        let run = ReproTraining(size, on: Engine(instructionSet: set, threads: threads))
        var progress = Progress("\(size.name) \(row)", total: steps, isShown: !output.json)
        for step in 1...steps {
            try run.advance()
            progress.update(step)
        }
        progress.end()
        return run.hash
    }

    private func show(
        _ row: String, _ hash: String?, in rows: [(row: String, hash: String?)], took: Duration
    ) {
        guard !output.json else { return }
        let name = row.padding(toLength: 14, withPad: " ", startingAt: 0)
        guard let hash else {
            Output.line("  – \(name) not run: this machine has no such kernels")
            return
        }
        let isEqual = rows.compactMap(\.hash).allSatisfy { $0 == hash }
        Output.line(
            "  \(isEqual ? "✓" : "✗") \(name) \(hash.prefix(16))…  \(Numbers.fixed(took.seconds, 1)) s")
    }

    private static func areEqual(_ rows: [(row: String, hash: String?)]) -> Bool {
        let hashes = rows.compactMap(\.hash)
        return hashes.allSatisfy { $0 == hashes[0] }
    }

    private static func object(_ rows: [(row: String, hash: String?)]) -> JSON {
        .members(rows.map { ($0.row, .text($0.hash ?? "not run")) })
    }
}

/// The run that is killed; called by `repro` only.
struct ReproChildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repro-child", abstract: "One run of `starling repro`, kept in a file.",
        shouldDisplay: false)

    @Option var size: String
    @Option var steps: Int
    @Option var file: String
    @OptionGroup var machine: MachineOptions

    func run() throws {
        guard let size = ReproTraining.Size.all.first(where: { $0.name == size }) else {
            throw ValidationError("--size takes small or wide")
        }
        let file = URL(fileURLWithPath: file)
        let run = ReproTraining(size, on: machine.engine())
        _ = try run.resume(from: file)
        Output.line("from \(run.learner.stepCount)")
        while run.learner.stepCount < steps {
            try run.advance()
            if run.learner.stepCount % max(1, steps / 10) == 0 {
                try run.keep(in: file)
                Output.line("kept \(run.learner.stepCount)")
            }
        }
        Output.line("hash \(run.hash)")
    }
}
