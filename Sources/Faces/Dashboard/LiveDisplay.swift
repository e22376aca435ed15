/// A block of lines at the bottom of a terminal that is drawn again in place; a log where it is none.
///
/// It turns lines into the bytes to write and knows no terminal itself.
package struct LiveDisplay: Sendable {
    private let isInteractive: Bool
    private let columns: Int
    private var drawn = 0
    private var lastDrawing: Duration?
    private static let interval = Duration.milliseconds(100)

    /// A display for a terminal of `columns`; not interactive means lines one after another.
    package init(isInteractive: Bool, columns: Int) {
        (self.isInteractive, self.columns) = (isInteractive, max(columns, 20))
    }

    /// Draws the block again, at most ten times a second.
    ///
    /// - Parameters:
    ///   - lines: The whole block.
    ///   - now: Time since any fixed moment.
    /// - Returns: What to write; nothing where it is too soon, or where there is no terminal.
    package mutating func show(_ lines: [String], now: Duration) -> String {
        guard isInteractive else { return "" }
        if let last = lastDrawing, now - last < LiveDisplay.interval { return "" }
        lastDrawing = now
        // A line as wide as the terminal would wrap and put the count of lines wrong.
        let fitted = lines.map { String($0.prefix(columns - 1)) }
        defer { drawn = fitted.count }
        return erasure + fitted.map { $0 + "\n" }.joined()
    }

    /// Writes a line that stays, above the block; the next `show` draws the block again.
    package mutating func log(_ line: String) -> String {
        let text = erasure + Escaping.terminal(line) + "\n"
        (drawn, lastDrawing) = (0, nil)
        return text
    }

    /// Takes the block away.
    package mutating func clear() -> String {
        defer { (drawn, lastDrawing) = (0, nil) }
        return erasure
    }

    /// Up over the lines drawn before, then erase to the end of the screen.
    private var erasure: String {
        isInteractive && drawn > 0 ? "\u{1B}[\(drawn)A\r\u{1B}[J" : ""
    }
}
