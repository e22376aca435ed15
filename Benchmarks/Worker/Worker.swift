import CKernels
import Foundation

/// Our side of a benchmark: a JSON command per line in, a JSON answer per line out.
///
/// `Benchmarks/peers/protocol.py` has the commands; `BENCH_THREADS` gives the number of threads.
@main
struct Worker {
    private let kernels: Kernels
    private var calls: [Call] = []

    static func main() throws {
        let given = ProcessInfo.processInfo.environment["BENCH_THREADS"] ?? "1"
        guard let threads = Int32(given), let kernels = Kernels(threads: threads) else {
            let advice = "bench: BENCH_THREADS is \(given); give a number from 1 to 256\n"
            try FileHandle.standardError.write(contentsOf: Data(advice.utf8))
            exit(2)
        }
        var worker = Worker(kernels: kernels)
        let encoder = JSONEncoder()
        while let line = readLine() {
            let answer = worker.answer(line)
            var bytes = try encoder.encode(answer)
            bytes.append(UInt8(ascii: "\n"))
            try FileHandle.standardOutput.write(contentsOf: bytes)
        }
    }

    private init(kernels: Kernels) { self.kernels = kernels }

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
            return Answer(name: "ours", settings: kernels.settings)
        case .prepare(let benchmark):
            calls = []  // the memory of the last case goes before that of the next comes
            calls = try kernels.calls(of: benchmark)
            for call in calls { try call.run() }
            return Answer(variants: calls.map(\.variant))
        case .measure(let variant, let seconds):
            guard let call = calls.first(where: { $0.variant == variant }) else {
                throw WorkerError(reason: "no variant \(variant) is prepared")
            }
            let block = try Block(of: call, seconds: seconds, threads: kernels.threads)
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
    let run: () throws -> Void
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
