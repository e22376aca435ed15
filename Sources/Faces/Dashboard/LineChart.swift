/// Lines over a common x axis, with bands for the spread around them.
package struct LineChart: Sendable {
    /// One measured point.
    package struct Point: Equatable, Sendable {
        /// The horizontal value, such as the round.
        package var x: Double
        /// The vertical value.
        package var y: Double

        /// A point at (x, y).
        package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
    }

    /// The spread at one x: minimum and maximum, or a confidence interval.
    package struct Spread: Equatable, Sendable {
        package var x: Double
        package var lower: Double
        package var upper: Double

        /// From `lower` to `upper` at `x`.
        package init(_ x: Double, _ lower: Double, _ upper: Double) {
            (self.x, self.lower, self.upper) = (x, lower, upper)
        }
    }

    /// How a line stands beside the others.
    package enum Weight: Sendable {
        /// A line the chart is about.
        case strong
        /// One of many, such as a single node behind the mean.
        case faint
        /// A reference, such as the reward of chance.
        case dashed
    }

    /// A named line.
    package struct Series: Sendable {
        package var name: String
        /// In ascending x; a value that is not finite leaves a gap.
        package var points: [Point]
        package var band: [Spread]
        package var weight: Weight

        /// A line through `points`.
        package init(
            _ name: String, _ points: [Point], band: [Spread] = [], weight: Weight = .strong
        ) {
            (self.name, self.points, self.band, self.weight) = (name, points, band, weight)
        }
    }

    package var title: String
    package var subtitle: String
    package var xLabel: String
    package var yLabel: String
    package var series: [Series]
    /// Values the y axis covers in any case, such as 0 and 1 for a reward.
    package var yIncluding: [Double]

    /// More series than this would not be told apart.
    package static let seriesMax = 24
    /// A longer line is thinned to its extremes in each column of the picture.
    package static let pointsMax = 1200

    /// A chart; `subtitle` says in a sentence what is to be seen.
    package init(
        title: String, subtitle: String = "", xLabel: String, yLabel: String, series: [Series],
        yIncluding: [Double] = []
    ) {
        (self.title, self.subtitle, self.xLabel, self.yLabel) = (title, subtitle, xLabel, yLabel)
        (self.series, self.yIncluding) = (series, yIncluding)
    }
}

extension LineChart {
    /// `points` in ascending x, at most about `pointsMax`: of each column the least and the greatest.
    static func thinned(_ points: [Point]) -> [Point] {
        guard points.count > pointsMax else { return points }
        let columns = pointsMax / 2
        var kept: [Point] = []
        for column in 0..<columns {
            let range = (column * points.count / columns)..<((column + 1) * points.count / columns)
            let part = points[range]
            guard let least = part.indices.min(by: { points[$0].y < points[$1].y }),
                let greatest = part.indices.max(by: { points[$0].y < points[$1].y })
            else { continue }
            for index in Set([least, greatest]).sorted() { kept.append(points[index]) }
        }
        return kept
    }

    /// `points` cut where a value is not finite.
    static func runs(_ points: [Point]) -> [[Point]] {
        points.split { !$0.x.isFinite || !$0.y.isFinite }.map(Array.init)
    }
}

extension LineChart.Series {
    /// The mean line of several runs with the least and greatest as its band.
    ///
    /// - Parameters:
    ///   - name: What the legend says.
    ///   - runs: Each a value per x = 1, 2, …; shorter runs end earlier.
    /// - Returns: A series over the x that at least one run reaches.
    package static func mean(_ name: String, of runs: [[Double]]) -> LineChart.Series {
        var points: [LineChart.Point] = []
        var band: [LineChart.Spread] = []
        for index in 0..<(runs.map(\.count).max() ?? 0) {
            let values = runs.compactMap { index < $0.count ? $0[index] : nil }.filter(\.isFinite)
            guard let least = values.min(), let greatest = values.max() else { continue }
            let x = Double(index + 1)
            points.append(.init(x, values.reduce(0, +) / Double(values.count)))
            band.append(.init(x, least, greatest))
        }
        return .init(name, points, band: runs.count > 1 ? band : [])
    }
}
