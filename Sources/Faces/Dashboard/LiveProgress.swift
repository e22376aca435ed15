/// Progress of one long piece of work: a bar with a curve above it on a terminal, lines in a log.
///
/// It turns figures into text to write to standard error; `Terminal.write` writes it:
///
///     var progress = LiveProgress(ProgressBar("swarm", total: rounds, unit: "rounds"), on: terminal)
///     Terminal.write(progress.update(completed: 7, elapsed: time, note: "reward 0.31", curve: rewards))
///     Terminal.write(progress.finish(completed: rounds, elapsed: time))
package struct LiveProgress: Sendable {
    private var bar: ProgressBar
    private let terminal: Terminal
    private let curve: LearningCurve?
    private var display: LiveDisplay
    private var pace = ProgressPace()

    /// Progress for `terminal`; with `curve`, values are drawn as they come.
    package init(_ bar: ProgressBar, on terminal: Terminal, curve: LearningCurve? = nil) {
        (self.bar, self.terminal, self.curve) = (bar, terminal, curve)
        display = LiveDisplay(isInteractive: terminal.isInteractive, columns: terminal.columns)
    }

    /// How many there will be; may change where it is an estimate.
    package var total: Int {
        get { bar.total }
        set { bar.total = newValue }
    }

    /// What to write when something was completed; often nothing, so call it freely.
    ///
    /// - Parameters:
    ///   - completed: How many are done.
    ///   - elapsed: Time since the start.
    ///   - note: Figures of the moment.
    ///   - values: All values so far, one a round.
    /// - Returns: Text for standard error.
    package mutating func update(
        completed: Int, elapsed: Duration, note: String = "", curve values: [Double] = []
    ) -> String {
        guard terminal.isInteractive else {
            guard pace.isDue(completed: completed, total: bar.total, elapsed: elapsed) else {
                return ""
            }
            return display.log(bar.plain(completed: completed, elapsed: elapsed, note: note))
        }
        let line = bar.line(
            completed: completed, elapsed: elapsed, columns: terminal.columns - 1, note: note)
        guard let curve, values.count > 1 else { return display.show([line], now: elapsed) }
        let picture = curve.lines(values, columns: min(terminal.columns - 1, 100))
        return display.show(picture + [line], now: elapsed)
    }

    /// A line that stays above the bar, such as a warning.
    package mutating func log(_ line: String) -> String { display.log(line) }

    /// Takes the picture away, for work whose result says it all.
    package mutating func clear() -> String { display.clear() }

    /// The last picture, which stays.
    ///
    /// - Parameters:
    ///   - completed: How many were done.
    ///   - elapsed: How long it took.
    ///   - note: The final figures.
    ///   - values: All values.
    /// - Returns: Text for standard error.
    package mutating func finish(
        completed: Int, elapsed: Duration, note: String = "", curve values: [Double] = []
    ) -> String {
        let erased = display.clear()
        let kept = update(completed: completed, elapsed: elapsed, note: note, curve: values)
        display = LiveDisplay(isInteractive: terminal.isInteractive, columns: terminal.columns)
        return erased + kept
    }
}
