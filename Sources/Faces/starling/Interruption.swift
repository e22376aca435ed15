import Foundation
import Synchronization

/// Ctrl-C as a wish to end well: the first ends the run after its round, the second at once.
enum Interruption {
    private static let count = Atomic<Int>(0)

    /// Begins to listen.
    static func listen() {
        // A handler may do no more than count: memory and locks are out of its reach.
        signal(SIGINT) { _ in
            if Interruption.count.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
        }
    }

    /// Whether somebody wants the run to end.
    static var isAsked: Bool { count.load(ordering: .relaxed) > 0 }
}
