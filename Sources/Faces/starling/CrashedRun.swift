import Foundation

/// A training run whose process is killed half-way, and that another process brings to its end.
struct CrashedRun {
    let size: ReproTraining.Size
    let steps: Int

    /// The hash at the end.
    func hash() throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("starling-repro-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                Output.note("could not remove \(folder.path): \(error.localizedDescription)")
            }
        }
        let file = folder.appendingPathComponent("run.checkpoint")
        let kept = try killed(file)
        return try resumed(file, atLeast: kept)
    }

    /// Runs until half of the steps are kept, then kills the process wherever it is.
    private func killed(_ file: URL) throws -> Int {
        let (child, lines) = try start(file)
        var input = lines
        var kept = 0
        while kept < steps / 2, let line = try input.next() {
            kept = CrashedRun.number(after: "kept ", in: line) ?? kept
        }
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        guard child.terminationReason == .uncaughtSignal, kept >= steps / 2 else {
            throw Failure(
                "the run to be killed ended by itself (exit code \(child.terminationStatus)); "
                    + "try more --steps")
        }
        return kept
    }

    private func resumed(_ file: URL, atLeast kept: Int) throws -> String {
        let (child, lines) = try start(file)
        var input = lines
        var from: Int?
        var hash: String?
        while let line = try input.next() {
            from = from ?? CrashedRun.number(after: "from ", in: line)
            if line.hasPrefix("hash ") { hash = String(line.dropFirst(5)) }
        }
        child.waitUntilExit()
        guard let from, from >= kept, from < steps, let hash, child.terminationStatus == 0 else {
            throw Failure("the killed run did not resume from its checkpoint at step \(kept) or later")
        }
        return hash
    }

    private func start(_ file: URL) throws -> (Process, InputLines) {
        guard let program = Bundle.main.executableURL else {
            throw Failure("this program does not know its own file; run it by its path")
        }
        let child = Process()
        child.executableURL = program
        child.arguments = [
            "repro-child", "--size", size.name, "--steps", "\(steps)", "--file", file.path,
            "--threads", "2",
        ]
        let pipe = Pipe()
        child.standardInput = FileHandle.nullDevice
        child.standardOutput = pipe
        try child.run()
        return (child, InputLines(limit: 1 << 12, from: pipe.fileHandleForReading))
    }

    private static func number(after prefix: String, in line: String) -> Int? {
        line.hasPrefix(prefix) ? Int(line.dropFirst(prefix.count)) : nil
    }
}
