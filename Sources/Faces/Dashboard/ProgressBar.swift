/// A progress bar as text: what is done, how fast, and how long it will take.
package struct ProgressBar: Sendable {
    package var label: String
    package var total: Int
    /// What is counted, in the plural: "steps".
    package var unit: String

    /// A bar from 0 to `total`.
    package init(_ label: String, total: Int, unit: String = "steps") {
        (self.label, self.total, self.unit) = (label, max(0, total), unit)
    }

    /// One line for a terminal of `columns`.
    ///
    /// - Parameters:
    ///   - completed: How many of `total` are done.
    ///   - elapsed: Time since the start.
    ///   - columns: The line is at most this wide.
    ///   - note: Figures of the moment, such as the reward; the first to go where it is narrow.
    /// - Returns: The line, without a line end.
    package func line(
        completed: Int, elapsed: Duration, columns: Int, note: String = ""
    ) -> String {
        let head = Escaping.terminal(label)
        let tail = " " + status(completed: completed, elapsed: elapsed)
        let extra = note.isEmpty ? "" : "  " + Escaping.terminal(note)
        let bar = min(30, columns - head.count - tail.count - extra.count - 1)
        if bar >= 8 { return head + " " + blocks(fraction(completed), bar) + tail + extra }
        let short = min(30, columns - head.count - tail.count - 1)
        if short >= 8 { return head + " " + blocks(fraction(completed), short) + tail }
        return String((head + tail).prefix(max(0, columns)))
    }

    /// Without a bar, for logs.
    package func plain(completed: Int, elapsed: Duration, note: String = "") -> String {
        let extra = note.isEmpty ? "" : "  " + Escaping.terminal(note)
        return Escaping.terminal(label) + " " + status(completed: completed, elapsed: elapsed)
            + extra
    }

    /// The time left at the mean speed so far; none before the first is done.
    package func remaining(completed: Int, elapsed: Duration) -> Duration? {
        guard completed > 0, total > 0 else { return nil }
        return elapsed * Double(max(0, total - completed)) / Double(completed)
    }

    private func fraction(_ completed: Int) -> Double {
        total == 0 ? 1 : min(1, max(0, Double(completed) / Double(total)))
    }

    private func status(completed: Int, elapsed: Duration) -> String {
        let percent = "\(Int(fraction(completed) * 100))%"
        let seconds = elapsed.inSeconds
        let speed =
            completed > 0 && seconds > 0
            ? "  \(Numbers.short(Double(completed) / seconds)) \(unit)/s" : ""
        let time: String
        if completed >= total {
            time = "  in \(Numbers.clock(elapsed))"
        } else if let left = remaining(completed: completed, elapsed: elapsed) {
            time = "  ETA \(Numbers.clock(left))"
        } else {
            time = ""
        }
        let padding = String(repeating: " ", count: max(0, 4 - percent.count))
        return padding + percent + "  \(completed)/\(total)" + speed + time
    }

    /// Eighths of a block, so that a narrow bar still moves.
    private func blocks(_ fraction: Double, _ width: Int) -> String {
        let eighths = Int(fraction * Double(width * 8))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let full = String(repeating: "█", count: eighths / 8) + partial
        return full + String(repeating: "░", count: width - full.count)
    }
}

/// Decides when progress deserves a line in a log: at each tenth, and after half a minute of silence.
package struct ProgressPace: Sendable {
    private var tenth = 0
    private var last = Duration.zero
    private static let silenceMax = Duration.seconds(30)

    /// No line yet.
    package init() {}

    /// Whether to write a line now.
    package mutating func isDue(completed: Int, total: Int, elapsed: Duration) -> Bool {
        let reached = total > 0 ? completed * 10 / total : 10
        guard reached > tenth || elapsed - last >= ProgressPace.silenceMax else { return false }
        (tenth, last) = (max(tenth, reached), elapsed)
        return true
    }
}
