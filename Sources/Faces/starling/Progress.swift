import Dashboard
import Foundation

/// Progress of long work on standard error: a bar on a terminal, now and then a line in a log.
struct Progress {
    private var live: LiveProgress
    private let start = ContinuousClock.now
    private let isShown: Bool
    private let isInteractive: Bool
    /// A log is told of work only when it takes this long.
    private static let silence = Duration.seconds(5)
    private var latest = (completed: 0, note: "", curve: [Double]())

    /// Progress from 0 to `total`.
    ///
    /// - Parameters:
    ///   - curve: The title of a curve drawn above the bar.
    ///   - isShown: Machine forms of short commands show none.
    init(
        _ label: String, total: Int, unit: String = "steps", curve: String? = nil,
        isShown: Bool = true
    ) {
        let terminal = Terminal.standardError(environment: ProcessInfo.processInfo.environment)
        isInteractive = terminal.isInteractive
        live = LiveProgress(
            ProgressBar(label, total: total, unit: unit), on: terminal,
            curve: curve.map { LearningCurve($0) })
        self.isShown = isShown
    }

    /// How many there will be, as far as known.
    var total: Int {
        get { live.total }
        set { live.total = newValue }
    }

    /// Time since the start.
    var elapsed: Duration { ContinuousClock.now - start }

    /// Shows what is done by now; call it freely.
    mutating func update(_ completed: Int, note: String = "", curve: [Double] = []) {
        latest = (completed, note, curve)
        let time = elapsed
        guard isShown, isInteractive || time >= Progress.silence else { return }
        Terminal.write(live.update(completed: completed, elapsed: time, note: note, curve: curve))
    }

    /// A line that stays.
    mutating func log(_ line: String) {
        Terminal.write(live.log(line))
    }

    /// The last picture.
    mutating func end(keeping: Bool = false) {
        guard isShown, isInteractive || elapsed >= Progress.silence else { return }
        if keeping {
            Terminal.write(
                live.finish(
                    completed: latest.completed, elapsed: elapsed, note: latest.note,
                    curve: latest.curve))
        } else {
            Terminal.write(live.clear())
        }
    }
}

extension Duration {
    /// In seconds, as a number to compute rates with.
    var seconds: Double { self / .seconds(1) }
}
