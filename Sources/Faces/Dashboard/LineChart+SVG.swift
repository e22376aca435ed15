extension LineChart {
    /// The chart as SVG, for a page that carries `Style.chart`, or on its own.
    ///
    /// - Parameter standalone: Whether the colours travel with the picture, as a file of its own needs.
    /// - Returns: One `<svg>` element.
    package func svg(standalone: Bool = false) -> String {
        SVGDrawing(self, standalone: standalone).text()
    }
}

/// One drawing: the chart laid out on a fixed grid of 760 units width.
private struct SVGDrawing {
    let chart: LineChart
    let standalone: Bool
    let drawn: [LineChart.Series]
    let xAxis: Axis
    let yAxis: Axis

    static let width = 760.0
    static let plotHeight = 300.0
    static let left = 64.0
    static let right = 20.0

    init(_ chart: LineChart, standalone: Bool) {
        self.chart = chart
        self.standalone = standalone
        drawn = Array(chart.series.prefix(LineChart.seriesMax))
        let points = drawn.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        let bands = drawn.flatMap(\.band).filter { $0.lower.isFinite && $0.upper.isFinite }
        xAxis = Axis(
            covering: points.map(\.x) + bands.map(\.x), tickCount: 8, expanding: points.isEmpty)
        yAxis = Axis(
            covering: points.map(\.y) + bands.flatMap { [$0.lower, $0.upper] },
            including: chart.yIncluding, tickCount: 5)
    }

    func text() -> String {
        let legend = Legend(drawn, width: Self.width)
        let heading = chart.subtitle.isEmpty ? 34.0 : 54.0
        // A picture of its own needs a margin; on a page, the page has one.
        let margin = standalone ? 16.0 : 0
        let top = heading + legend.height + 8
        let height = top + Self.plotHeight + 48
        var out = [
            """
            <svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" \
            viewBox="\(n(-margin)) \(n(-margin)) \(n(Self.width + 2 * margin)) \
            \(n(height + 2 * margin))" aria-label="\(e(chart.title))">
            """
        ]
        if standalone {
            out.append(
                "<style>svg.chart{background:var(--paper)}\(Style.colours)\(Style.chart)</style>")
        }
        out.append("<text class=\"title\" x=\"0\" y=\"18\">\(e(chart.title))</text>")
        if !chart.subtitle.isEmpty {
            out.append("<text class=\"subtitle\" x=\"0\" y=\"38\">\(e(chart.subtitle))</text>")
        }
        out.append(legend.text(x: 0, y: heading))
        out += axes(top: top)
        if drawn.allSatisfy({ LineChart.runs($0.points).isEmpty }) {
            let (x, y) = (Self.left + plotWidth / 2, top + Self.plotHeight / 2)
            out.append(
                "<text class=\"empty\" x=\"\(n(x))\" y=\"\(n(y))\">nothing measured yet</text>")
        }
        out += drawn.indices.map { band($0, top: top) }
        // Faint lines first, so that the strong ones lie over them.
        let order = drawn.indices.sorted { rank($0) < rank($1) }
        out += order.map { line($0, top: top) }
        out.append("</svg>")
        return out.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func rank(_ index: Int) -> (Int, Int) {
        switch drawn[index].weight {
        case .faint: (0, index)
        case .dashed: (1, index)
        case .strong: (2, index)
        }
    }

    private var plotWidth: Double { Self.width - Self.left - Self.right }

    private func x(_ value: Double) -> String { n(Self.left + xAxis.fraction(value) * plotWidth) }

    private func y(_ value: Double, _ top: Double) -> String {
        n(top + (1 - yAxis.fraction(value)) * Self.plotHeight)
    }

    private func axes(top: Double) -> [String] {
        let bottom = top + Self.plotHeight
        var out: [String] = []
        for tick in yAxis.ticks {
            let at = y(tick, top)
            let kind = tick == yAxis.lower ? "base" : "grid"
            out.append(
                """
                <line class="\(kind)" x1="\(n(Self.left))" y1="\(at)" \
                x2="\(n(Self.width - Self.right))" y2="\(at)"/>\
                <text class="tick y" x="\(n(Self.left - 8))" y="\(at)">\(e(yAxis.label(tick)))</text>
                """)
        }
        for tick in xAxis.ticks {
            out.append(
                """
                <line class="mark" x1="\(x(tick))" y1="\(n(bottom))" x2="\(x(tick))" \
                y2="\(n(bottom + 5))"/>\
                <text class="tick x" x="\(x(tick))" y="\(n(bottom + 19))">\(e(xAxis.label(tick)))</text>
                """)
        }
        out.append(
            """
            <text class="axis x" x="\(n(Self.left + plotWidth / 2))" y="\(n(bottom + 40))">\
            \(e(chart.xLabel))</text>\
            <text class="axis y" transform="translate(14 \(n(top + Self.plotHeight / 2))) \
            rotate(-90)">\(e(chart.yLabel))</text>
            """)
        return out
    }

    private func band(_ index: Int, top: Double) -> String {
        let all = drawn[index].band
        let step = max(1, all.count / LineChart.pointsMax)
        let spreads = stride(from: 0, to: all.count, by: step).map { all[$0] }
            .filter { $0.x.isFinite && $0.lower.isFinite && $0.upper.isFinite }
        guard spreads.count > 1 else { return "" }
        let upper = spreads.map { "\(x($0.x)) \(y($0.upper, top))" }
        let lower = spreads.reversed().map { "\(x($0.x)) \(y($0.lower, top))" }
        return "<path class=\"band c\(index % Style.colourCount)\" d=\"M"
            + (upper + lower).joined(separator: "L") + "Z\"/>"
    }

    private func line(_ index: Int, top: Double) -> String {
        let series = drawn[index]
        let kind = "\(series.weight) c\(index % Style.colourCount)"
        let runs = LineChart.runs(series.points).map(LineChart.thinned)
        let path = runs.filter { $0.count > 1 }.map { run in
            "M" + run.map { "\(x($0.x)) \(y($0.y, top))" }.joined(separator: "L")
        }.joined()
        var out = path.isEmpty ? "" : "<path class=\"line \(kind)\" d=\"\(path)\"/>"
        for point in runs.filter({ $0.count == 1 }).compactMap(\.first) {
            out +=
                "<circle class=\"dot \(kind)\" cx=\"\(x(point.x))\" cy=\"\(y(point.y, top))\" r=\"2.5\"/>"
        }
        if let last = runs.last?.last, series.weight == .strong {
            let label =
                "\(series.name): \(Numbers.short(last.y, significant: 4)) at \(xAxis.label(last.x))"
            out += """
                <circle class="dot \(kind)" cx="\(x(last.x))" cy="\(y(last.y, top))" r="4">\
                <title>\(e(label))</title></circle>
                """
        }
        return out
    }
}

/// Names beside their colours, in as many rows as they need.
private struct Legend {
    private let entries: [(index: Int, series: LineChart.Series, x: Double, row: Int)]
    private static let rowHeight = 20.0

    var height: Double {
        guard let last = entries.last else { return 0 }
        return Double(last.row + 1) * Self.rowHeight + 6
    }

    init(_ series: [LineChart.Series], width: Double) {
        var entries: [(index: Int, series: LineChart.Series, x: Double, row: Int)] = []
        var (x, row) = (0.0, 0)
        for (index, series) in series.enumerated() where series.name != "" {
            // 6.6 units a character suits 12.5-unit sans-serif text; the swatch takes 24.
            let needed = 24 + 6.6 * Double(min(series.name.count, 60)) + 22
            if x > 0, x + needed > width { (x, row) = (0, row + 1) }
            entries.append((index, series, x, row))
            x += needed
        }
        self.entries = series.count > 1 ? entries : []
    }

    func text(x: Double, y: Double) -> String {
        entries.map { entry in
            let (left, middle) = (x + entry.x, y + Double(entry.row) * Self.rowHeight + 8)
            let kind = "\(entry.series.weight) c\(entry.index % Style.colourCount)"
            let name = Escaping.shortened(entry.series.name, countMax: 60)
            return """
                <path class="line \(kind)" d="M\(n(left)) \(n(middle))L\(n(left + 18)) \(n(middle))"/>\
                <text class="name" x="\(n(left + 24))" y="\(n(middle))">\(e(name))</text>
                """
        }.joined(separator: "\n")
    }
}

/// A coordinate: finite by construction, two decimals.
private func n(_ value: Double) -> String {
    precondition(value.isFinite, "a coordinate must be finite; series are filtered before drawing")
    let text = Numbers.fixed(value, 2)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
}

private func e(_ text: String) -> String { Escaping.markup(text) }
