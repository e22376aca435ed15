import Foundation
import TestSupport
import Testing

@testable import Dashboard

@Suite struct ReportTests {
    static let hostile = "<script>alert('x')</script>&\"\u{1B}[2J\u{202E}\u{0}"

    /// The page of a swarm's run, as the examples in the documentation show it.
    static func example() -> Report {
        let series = rewardLines()
        let speed = (1...40).map { LineChart.Point(Double($0), 14_000 + Double($0 % 7) * 900) }
        var report = Report(
            title: "A swarm of four learns to sort",
            lead: "Four nodes trained for 120 rounds and shared their rollouts. An example page.")
        report.facts = [
            .init("Mean reward, last tenth", "0.61", note: "first tenth 0.21"),
            .init("Rounds", "120"), .init("Time", "2:58", note: "2 threads"),
            .init("Weights", "a3f1…09c2", note: "equal on every machine"),
        ]
        report.charts = [
            LineChart(
                title: "Mean reward", subtitle: "Sharing nodes learn faster at equal own rollouts.",
                xLabel: "round", yLabel: "reward", series: series, yIncluding: [0]),
            LineChart(
                title: "Tokens a second", xLabel: "round", yLabel: "tokens/s",
                series: [LineChart.Series("", speed)]),
        ]
        report.tables = [
            .init(
                title: "What the models wrote", caption: "Four answers of the last round.",
                columns: [
                    .number("round"), .text("node"), .code("question"), .code("answer"),
                    .number("reward"),
                ],
                rows: [
                    ["120", "falcon", "sort 4 1 3", "1 3 4", "1.00"],
                    ["120", "wren", hostile, hostile, "0.00"],
                ])
        ]
        report.configuration = "[swarm]\nnodes = 4\nrounds = 120\n\n[optimizer]\nrate = 3e-4"
        report.commands = [
            .init("starling up --nodes 4 --seed 7", note: "the same run, the same bits"),
            .init("starling repro"),
        ]
        report.footer = "Made by starling 0.1.0."
        return report
    }

    /// Rewards of four simulated nodes, of one alone, and of chance.
    static func rewardLines() -> [LineChart.Series] {
        var random = Seed(7)
        func run(gain: Double, noise: Double) -> [Double] {
            (1...120).map { round in
                let rise = 1 - Numbers.power(2.718, -Double(round) / 60)
                return 0.18 + gain * rise + Double.random(in: -noise...noise, using: &random)
            }
        }
        func points(_ values: [Double]) -> [LineChart.Point] {
            values.enumerated().map { LineChart.Point(Double($0 + 1), $1) }
        }
        let runs = (0..<4).map { run(gain: 0.46 + Double($0) * 0.01, noise: 0.05) }
        let alone = run(gain: 0.24, noise: 0.03)
        var series = [LineChart.Series.mean("four that share (mean, least to greatest)", of: runs)]
        series.append(LineChart.Series("alone", points(alone)))
        for (node, run) in runs.enumerated() {
            series.append(LineChart.Series("node \(node)", points(run), weight: .faint))
        }
        let chance = [LineChart.Point(1, 0.1), LineChart.Point(120, 0.1)]
        series.append(LineChart.Series("chance", chance, weight: .dashed))
        return series
    }

    @Test func `foreign text cannot become markup or control the terminal`() {
        let page = ReportTests.example().html()
        #expect(!page.contains("<script"))
        #expect(
            page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;\u{FFFD}[2J"))
        for scalar in ["\u{1B}", "\u{202E}", "\u{0}"] { #expect(!page.contains(scalar)) }
        let line = Escaping.terminal("a\nb\u{1B}[31m\u{9B}x")
        #expect(line == "a b\u{FFFD}[31m\u{FFFD}x")
    }

    @Test func `a page loads nothing and runs nothing`() {
        let page = ReportTests.example().html().replacing("http://www.w3.org/2000/svg", with: "")
        for sign in ["http://", "https://", "src=", "@import", "url(", "href="] {
            #expect(!page.contains(sign), "\(sign)")
        }
        #expect(page.contains("default-src 'none'"))
    }

    @Test func `pages and charts are well-formed XML inside`() throws {
        var chart = ReportTests.example().charts[0]
        chart.title = ReportTests.hostile
        chart.series[0].name = ReportTests.hostile
        let checker = WellFormed(chart.svg(standalone: true))
        #expect(checker.problem == nil)
        let page = ReportTests.example().html()
        let body = try #require(page.firstRange(of: "<main>"))
        let end = try #require(page.firstRange(of: "</main>"))
        #expect(WellFormed(String(page[body.lowerBound..<end.upperBound])).problem == nil)
        #expect(WellFormed("<a><b></a>").problem != nil)
    }

    @Test func `long text and long tables are cut and say so`() {
        var report = Report(title: "t", lead: "")
        let rows = Array(repeating: [String(repeating: "x", count: 5000)], count: 700)
        report.tables = [.init(title: "rows", columns: [.text("a")], rows: rows)]
        let page = report.html()
        #expect(
            page.contains("200 more rows are not shown.") && page.contains("(3500 more characters)")
        )
        #expect(page.utf8.count < 1_000_000)
    }

    @Test func `writes the example page where a reader asks for it`() throws {
        guard let folder = ProcessInfo.processInfo.environment["EXAMPLE_PAGE"] else { return }
        let report = ReportTests.example()
        let folderURL = URL(fileURLWithPath: folder)
        try Data(report.html().utf8).write(to: folderURL.appendingPathComponent("report.html"))
        let svg = report.charts[0].svg(standalone: true)
        try Data(svg.utf8).write(to: folderURL.appendingPathComponent("chart.svg"))
    }
}

/// Checks that every element of a small XML text is closed by its own name.
struct WellFormed {
    var problem: String?

    init(_ text: String) {
        var open: [Substring] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">") else {
                problem = "an open bracket without its end"
                return
            }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }
            if tag.hasPrefix("/") {
                guard open.popLast() == name else {
                    problem = "</\(name)> closes another element"
                    return
                }
            } else if !tag.hasSuffix("/") {
                open.append(name)
            }
        }
        if let left = open.last { problem = "<\(left)> is never closed" }
    }
}
