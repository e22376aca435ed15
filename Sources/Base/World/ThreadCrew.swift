import Foundation
import Synchronization

/// Runs jobs on threads of its own, never on Swift's cooperative pool, which kernels would block.
public enum ThreadCrew {
    /// Stack of a thread.
    static let stackByteCount = 8 << 20

    /// Runs `job(0), …, job(count - 1)`, at most `width` at a time, and waits for all.
    ///
    /// - Returns: the results in order of index, whatever the order of work.
    /// - Throws: the error of the lowest index that failed.
    public static func run<Value: Sendable>(
        _ count: Int, width: Int, _ job: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        let board = Board(count, job)
        let threads = max(1, min(width, count))
        let done = DispatchSemaphore(value: 0)
        for _ in 0..<threads {
            let thread = Thread {
                board.work()
                done.signal()
            }
            thread.stackSize = stackByteCount
            thread.start()
        }
        for _ in 0..<threads { done.wait() }
        return try board.results()
    }
}

/// Jobs to be taken, and results.
private final class Board<Value: Sendable>: Sendable {
    private let count: Int
    private let job: @Sendable (Int) throws -> Value
    private let next = Atomic<Int>(0)
    private let finished = Mutex<[Int: Result<Value, any Error>]>([:])

    init(_ count: Int, _ job: @escaping @Sendable (Int) throws -> Value) {
        self.count = count
        self.job = job
    }

    /// Takes jobs until none is left.
    func work() {
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let result = Result { try job(index) }
            finished.withLock { $0[index] = result }
        }
    }

    func results() throws -> [Value] {
        let finished = finished.withLock { $0 }
        return try (0..<count).map { index in
            guard let result = finished[index] else { preconditionFailure("every job was taken") }
            return try result.get()
        }
    }
}
