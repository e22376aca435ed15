import Foundation
import Synchronization

/// The time, handed in: core values know no clock of their own.
public protocol WorldClock: Sendable {
    /// Time since 1970-01-01 UTC; may jump when the machine's clock is set.
    var sinceEpoch: Duration { get }
    /// Time since some fixed moment; never goes back.
    var uptime: Duration { get }
    /// Waits until `uptime` is at least `deadline`.
    func sleep(until deadline: Duration) async throws
}

/// The machine's clock.
public struct SystemClock: WorldClock {
    /// The machine's clock.
    public init() {}

    /// Time since 1970-01-01 UTC.
    public var sinceEpoch: Duration { Self.read(CLOCK_REALTIME) }

    /// Time since the machine started.
    public var uptime: Duration { Self.read(CLOCK_MONOTONIC) }

    /// Waits; throws if the task is cancelled.
    public func sleep(until deadline: Duration) async throws {
        let rest = deadline - uptime
        guard rest > .zero else { return }
        try await Task.sleep(for: rest)
    }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// A clock that moves only when told: tests run days in no time.
public final class SimulatedClock: WorldClock {
    private struct Sleeper {
        let id: UInt64
        let deadline: Duration
        let waiting: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var elapsed: Duration = .zero
        var nextID: UInt64 = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<UInt64> = []
    }

    private let start: Duration
    private let state = Mutex(State())

    /// A clock that stands at `sinceEpoch`.
    public init(sinceEpoch: Duration = .seconds(1_700_000_000)) { start = sinceEpoch }

    /// The simulated date.
    public var sinceEpoch: Duration { start + uptime }

    /// How far the clock was moved.
    public var uptime: Duration { state.withLock(\.elapsed) }

    /// How many are asleep.
    public var sleeperCount: Int { state.withLock(\.sleepers.count) }

    /// Moves the clock on and wakes, in order of their deadlines, whoever is due.
    public func advance(by step: Duration) {
        precondition(step >= .zero, "a clock does not go back")
        let due = state.withLock { state in
            state.elapsed += step
            let now = state.elapsed
            let due = state.sleepers.filter { $0.deadline <= now }
            state.sleepers.removeAll { $0.deadline <= now }
            return due.sorted { ($0.deadline, $0.id) < ($1.deadline, $1.id) }
        }
        for sleeper in due { sleeper.waiting.resume() }
    }

    /// Waits until the clock is moved to `deadline`; throws if the task is cancelled.
    public func sleep(until deadline: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if deadline <= state.elapsed { return .success(()) }
                    state.sleepers.append(Sleeper(id: id, deadline: deadline, waiting: waiting))
                    return nil
                }
                if let outcome { waiting.resume(with: outcome) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil as Sleeper?
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.waiting.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(id) }
    }
}
