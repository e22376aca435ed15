import Foundation

/// The terminal behind standard error, if there is one: progress goes there, results never do.
package struct Terminal: Sendable {
    /// Whether a person watches: a terminal that can move its cursor.
    package let isInteractive: Bool
    /// Characters in a line.
    package let columns: Int

    /// A terminal with these properties.
    package init(isInteractive: Bool, columns: Int) {
        (self.isInteractive, self.columns) = (isInteractive, columns)
    }

    /// What standard error is connected to.
    ///
    /// - Parameter environment: `TERM=dumb` and `CI` switch the moving display off.
    /// - Returns: 80 columns where the width is not known.
    package static func standardError(environment: [String: String]) -> Terminal {
        let isDumb = environment["TERM"] == "dumb" || environment["CI"] != nil
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Terminal(
            isInteractive: isatty(STDERR_FILENO) == 1 && !isDumb,
            columns: isKnown ? Int(size.ws_col) : 80)
    }

    /// Writes to standard error.
    package static func write(_ text: String) {
        guard !text.isEmpty else { return }
        // A closed standard error is no reason to stop the work it tells about.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
