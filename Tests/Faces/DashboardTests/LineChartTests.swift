import TestSupport
import Testing

@testable import Dashboard

@Suite struct LineChartTests {
    func chart(_ series: [LineChart.Series]) -> LineChart {
        LineChart(title: "t", xLabel: "x", yLabel: "y", series: series)
    }

    @Test func `no number that is not finite reaches the drawing`() {
        let values: [Double] = [1, .nan, 2, .infinity, -.infinity, 3, 1e308, -1e308, 4]
        let points = values.enumerated().map { LineChart.Point(Double($0), $1) }
        let odd = points + [.init(.nan, 1), .init(.infinity, 2)]
        let band = odd.map { LineChart.Spread($0.x, $0.y, $0.y) }
        let svg = chart([.init("a", odd, band: band), .init("b", [])]).svg().lowercased()
        #expect(!svg.contains("nan") && !svg.contains("inf") && svg.contains("<path class=\"line"))
    }

    @Test func `random charts have finite coordinates inside the picture`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seed(seed)
        for _ in 0..<200 {
            let points = (0..<Int.random(in: 0...40, using: &random)).map { x in
                let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
                return LineChart.Point(Double(x), value)
            }
            let svg = chart([.init("a", points, weight: .faint)]).svg()
            for match in svg.matches(of: /\b(?:x|y|x1|x2|y1|y2|cx|cy)="(-?[0-9.]+)"/) {
                let value = try #require(Double(match.output.1), "seed \(seed)")
                #expect((-1...800).contains(value), "seed \(seed)")
            }
            #expect(!svg.contains("nan") && !svg.contains("e+"), "seed \(seed)")
        }
    }

    @Test func `a gap splits a line`() {
        let points: [LineChart.Point] = [
            .init(1, 1), .init(2, 2), .init(3, .nan), .init(4, 1), .init(5, 0),
        ]
        #expect(LineChart.runs(points).map(\.count) == [2, 2])
        let path = chart([.init("a", points)]).svg().split(separator: "\n").first {
            $0.contains("strong")
        }
        #expect(path?.matches(of: /M/).count == 2)
    }

    @Test func `thinning keeps the extremes and the order`() {
        var points = (0..<50_000).map { LineChart.Point(Double($0), Double($0 % 10)) }
        points[31_234].y = 99
        points[777].y = -99
        let thin = LineChart.thinned(points)
        #expect(thin.count <= LineChart.pointsMax && thin.contains(points[31_234]))
        #expect(thin.contains(points[777]))
        #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.x < $1.x })
    }

    @Test func `an empty chart says that nothing was measured`() {
        #expect(chart([]).svg().contains("nothing measured yet"))
        #expect(chart([.init("a", [.init(.nan, .nan)])]).svg().contains("nothing measured yet"))
    }

    @Test func `a mean line has the extremes as its band`() {
        let series = LineChart.Series.mean("m", of: [[1, 2, 3], [3, 2], []])
        #expect(series.points == [.init(1, 2), .init(2, 2), .init(3, 3)])
        #expect(series.band == [.init(1, 1, 3), .init(2, 2, 2), .init(3, 3, 3)])
    }
}
