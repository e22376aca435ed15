// Our side of a benchmark: one JSON command per line in, one JSON answer per line out, as
// Benchmarks/peers/protocol.py describes. BENCH_THREADS says how many threads to use.
import Foundation

let threads = Int(ProcessInfo.processInfo.environment["BENCH_THREADS"] ?? "") ?? 1
let worker = Worker(threads: threads)

while let line = readLine() {
    let answer: [String: Any]
    do {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        answer = try worker.answer(object as? [String: Any] ?? [:])
    } catch let error as Unsupported {
        answer = ["unsupported": error.reason]
    } catch {
        answer = ["error": "\(error)"]
    }
    let data = try JSONSerialization.data(withJSONObject: answer)
    FileHandle.standardOutput.write(data + Data("\n".utf8))
}
