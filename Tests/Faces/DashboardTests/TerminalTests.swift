import TestSupport
import Testing

@testable import Dashboard

@Suite struct TerminalTests {
    let bar = ProgressBar("train", total: 200)

    @Test func `a bar shows what is done and what is left`() {
        let line = bar.line(completed: 50, elapsed: .seconds(10), columns: 80, note: "reward 0.5")
        let filled = line.filter { $0 == "█" }.count
        let empty = line.filter { $0 == "░" }.count
        #expect(line.hasPrefix("train █") && abs(filled * 3 - empty) <= 3)
        #expect(
            line.hasSuffix("  25%  50/200  5 steps/s  ETA 0:30  reward 0.5") && line.count <= 80)
        let done = bar.line(completed: 200, elapsed: .seconds(65), columns: 80)
        #expect(done.contains("100%  200/200") && done.hasSuffix("in 1:05") && !done.contains("░"))
    }

    @Test func `a bar fits every width and every count`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seed(seed)
        for _ in 0..<2000 {
            let bar = ProgressBar("a label", total: Int.random(in: 0...1000, using: &random))
            let columns = Int.random(in: 0...200, using: &random)
            let line = bar.line(
                completed: Int.random(in: -5...2000, using: &random),
                elapsed: .milliseconds(Int.random(in: 0...100_000, using: &random)),
                columns: columns, note: "loss 1.0")
            #expect(line.count <= columns, "seed \(seed)")
        }
    }

    @Test func `a log gets a line at each tenth and after silence`() {
        var pace = ProgressPace()
        let due = (0...200).filter {
            pace.isDue(completed: $0, total: 200, elapsed: .milliseconds($0))
        }
        #expect(due == [20, 40, 60, 80, 100, 120, 140, 160, 180, 200])
        var slow = ProgressPace()
        let late = [29, 31, 32, 60, 62].filter {
            slow.isDue(completed: 1, total: 200, elapsed: .seconds($0))
        }
        #expect(late == [31, 62])
    }

    @Test func `a curve rises from the lower left to the upper right`() {
        let curve = LearningCurve("reward")
        let lines = curve.lines((0...99).map { Double($0) / 99 }, columns: 44, rows: 8)
        #expect(lines.count == 10 && lines.allSatisfy { $0.count <= 44 })
        #expect(lines[0] == "reward  now 1.000")
        #expect(lines[1].hasPrefix("1.00 ┤") && lines[8].hasPrefix("0.00 ┤"))
        let blank: Character = "\u{2800}"
        #expect(lines[1].last != blank && lines[1].dropFirst(6).first == blank)
        #expect(lines[8].last == blank && lines[8].dropFirst(6).first != blank)
        #expect(lines[9].hasPrefix("     └1 ") && lines[9].hasSuffix(" 100"))
    }

    @Test func `few values are joined to the full width`() {
        let lines = LearningCurve("reward").lines([0, 1], columns: 30, rows: 4)
        #expect(lines[1].last != "\u{2800}" && lines[4].dropFirst(5).first != "\u{2800}")
        let dots = lines[1...4].joined().unicodeScalars.filter {
            (0x2801...0x28FF).contains($0.value)
        }
        #expect(dots.count >= 25)
    }

    @Test(arguments: [[], [.nan], [1], [.infinity, 2, .nan], [1e308, -1e308]] as [[Double]])
    func `odd values still give a curve`(values: [Double]) {
        for (columns, rows) in [(0, 0), (10, 1), (80, 8), (1000, 100)] {
            let lines = LearningCurve("t\u{1B}").lines(values, columns: columns, rows: rows)
            #expect(lines.count == min(max(rows, 2), 40) + 2)
            #expect(!lines.joined().contains("\u{1B}"))
        }
    }

    @Test func `the display goes back over what it drew`() {
        var display = LiveDisplay(isInteractive: true, columns: 30)
        let written = [
            display.show(["a", "b"], now: .zero),
            display.show(["c"], now: .milliseconds(50)),
            display.show(["c"], now: .milliseconds(150)),
            display.log("kept\u{1B}"),
            display.show([String(repeating: "x", count: 99)], now: .milliseconds(160)),
            display.clear(), display.clear(),
        ]
        #expect(
            written == [
                "a\nb\n", "", "\u{1B}[2A\r\u{1B}[Jc\n", "\u{1B}[1A\r\u{1B}[Jkept\u{FFFD}\n",
                String(repeating: "x", count: 29) + "\n", "\u{1B}[1A\r\u{1B}[J", "",
            ])
    }

    @Test func `without a terminal only the log is written`() {
        var display = LiveDisplay(isInteractive: false, columns: 80)
        let written = [display.show(["a"], now: .zero), display.log("line"), display.clear()]
        #expect(written == ["", "line\n", ""])
    }

    @Test func `progress draws on a terminal and logs where there is none`() {
        let watched = Terminal(isInteractive: true, columns: 60)
        var live = LiveProgress(bar, on: watched, curve: LearningCurve("reward"))
        let first = live.update(completed: 1, elapsed: .seconds(1), note: "n", curve: [0.1, 0.2])
        let second = live.update(completed: 2, elapsed: .seconds(2), curve: [0.1, 0.2, 0.3])
        let last = live.finish(completed: 200, elapsed: .seconds(200))
        #expect(first.filter { $0 == "\n" }.count == 11 && first.contains("1/200"))
        #expect(second.hasPrefix("\u{1B}[11A\r\u{1B}[J") && second.contains("2/200"))
        #expect(last.hasPrefix("\u{1B}[11A\r\u{1B}[J") && last.hasSuffix("in 3:20\n"))

        var quiet = LiveProgress(bar, on: Terminal(isInteractive: false, columns: 80))
        let lines = (1...200).map { quiet.update(completed: $0, elapsed: .milliseconds($0 * 10)) }
        #expect(lines.filter { !$0.isEmpty }.count == 10)
        #expect(!lines.joined().contains("\u{1B}") && lines[199].hasSuffix("in 0:02\n"))
    }
}
