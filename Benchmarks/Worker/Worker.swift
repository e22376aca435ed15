import Foundation
import Tensor

/// A case that this worker has no way to run.
struct Unsupported: Error { let reason: String }

/// A command that is not what the driver should send.
struct BadCommand: Error, CustomStringConvertible {
    let description: String
}

/// Answers the driver's commands.
final class Worker {
    private let engine: Engine
    private var calls: [String: () -> Void] = [:]
    private static let roundSeconds = 0.0012

    init(threads: Int) { engine = Engine(threads: threads) }

    func answer(_ command: [String: Any]) throws -> [String: Any] {
        switch command["do"] as? String {
        case "hello":
            let settings: [String: Any] = [
                "threads": engine.threadCount, "kernels": engine.instructionSet.rawValue,
            ]
            return ["name": "starling", "settings": settings]
        case "prepare":
            let given = Case(command["case"] as? [String: Any] ?? [:])
            calls.merge(try prepare(given)) { _, new in new }
            for call in calls.values { call() }
            return ["variants": Array(calls.keys)]
        case "measure":
            guard let name = command["variant"] as? String, let call = calls[name],
                let seconds = command["seconds"] as? Double
            else { throw BadCommand(description: "measure names a prepared variant and seconds") }
            let (perCall, count) = block(call, seconds)
            return ["seconds": perCall, "calls": count]
        case "release":
            calls = [:]
            return [:]
        default: throw BadCommand(description: "unknown command \(command)")
        }
    }

    private func prepare(_ given: Case) throws -> [String: () -> Void] {
        switch try given.text("op") {
        case "gemm": return try product(given, engine)
        case "read", "softmax", "rmsnorm", "swiglu", "adamw": return try rowOperator(given, engine)
        case "train": return try training(given, engine)
        case "prefill": return try prefill(given, engine)
        case "decode": return try decoding(given, engine)
        case let other: throw Unsupported(reason: "no operation \(other)")
        }
    }

    /// Median seconds per call over the rounds of a block; one thread in CPU time.
    private func block(_ call: () -> Void, _ seconds: Double) -> (seconds: Double, calls: Int) {
        let clock = engine.threadCount == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC
        call()
        var start = time(clock)
        call()
        let perRound = max(1, Int(Worker.roundSeconds / max(time(clock) - start, 1e-7)))
        var rounds: [Double] = []
        let end = time(CLOCK_MONOTONIC) + seconds
        repeat {
            start = time(clock)
            for _ in 0..<perRound { call() }
            rounds.append((time(clock) - start) / Double(perRound))
        } while time(CLOCK_MONOTONIC) < end
        rounds.sort()
        let middle = rounds.count / 2
        let median = rounds.count % 2 == 1 ? rounds[middle] : (rounds[middle - 1] + rounds[middle]) / 2
        return (median, perRound * rounds.count)
    }

    private func time(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}

/// A case as the driver describes it.
struct Case {
    private let fields: [String: Any]

    init(_ fields: [String: Any]) { self.fields = fields }

    func integer(_ name: String) throws -> Int {
        guard let value = fields[name] as? Int else { throw BadCommand(description: "no integer \(name)") }
        return value
    }
    func text(_ name: String) throws -> String {
        guard let value = fields[name] as? String else { throw BadCommand(description: "no text \(name)") }
        return value
    }
    func part(_ name: String) throws -> Case {
        guard let value = fields[name] as? [String: Any] else {
            throw BadCommand(description: "no object \(name)")
        }
        return Case(value)
    }
    /// fp32 or bf16 products.
    func element() throws -> ElementType { try text("dtype") == "bf16" ? .bfloat16 : .float32 }
}
