import CKernels
import Foundation

/// Our side of a benchmark: one JSON command per line in, one JSON answer per line out, as
/// `Benchmarks/peers/protocol.py` says. `BENCH_THREADS` gives the number of threads.
@main
struct Worker {
    private let engine: Engine
    private var calls: [Call] = []

    static func main() throws {
        let given = ProcessInfo.processInfo.environment["BENCH_THREADS"] ?? "1"
        guard let threads = Int32(given), let engine = Engine(threads: threads) else {
            throw WorkerError(reason: "BENCH_THREADS is \(given); give a number from 1 to 256")
        }
        var worker = Worker(engine: engine)
        let encoder = JSONEncoder()
        while let line = readLine() {
            let answer = worker.answer(line)
            var bytes = try encoder.encode(answer)
            bytes.append(UInt8(ascii: "\n"))
            try FileHandle.standardOutput.write(contentsOf: bytes)
        }
    }

    private init(engine: Engine) { self.engine = engine }

    private mutating func answer(_ line: String) -> Answer {
        do {
            return try perform(JSONDecoder().decode(Command.self, from: Data(line.utf8)))
        } catch let reason as Unsupported {
            return Answer(unsupported: reason.reason)
        } catch {
            return Answer(error: "\(error)")
        }
    }

    private mutating func perform(_ command: Command) throws -> Answer {
        switch command {
        case .hello:
            return Answer(name: "ours", settings: engine.settings)
        case .prepare(let benchmark):
            calls = []  // the memory of the last case goes before that of the next comes
            calls = try engine.calls(of: benchmark)
            for call in calls { call.run() }
            return Answer(variants: calls.map(\.variant))
        case .measure(let variant, let seconds):
            guard let call = calls.first(where: { $0.variant == variant }) else {
                throw WorkerError(reason: "no variant \(variant) is prepared")
            }
            let block = Block(of: call, seconds: seconds, threads: engine.threads)
            return Answer(seconds: block.secondsPerCall, calls: block.calls)
        case .release:
            calls = []
            return Answer()
        }
    }
}

/// A way to run a case, and what keeps its operands alive.
struct Call {
    let variant: String
    let run: () -> Void
}

/// A case that this worker cannot run: an answer, not a failure.
struct Unsupported: Error {
    let reason: String
}

/// A command that makes no sense, or a machine that cannot run it.
struct WorkerError: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
