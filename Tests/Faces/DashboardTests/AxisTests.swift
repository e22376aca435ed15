import TestSupport
import Testing

@testable import Dashboard

@Suite struct AxisTests {
    @Test func `ticks are round and cover the values`() {
        let axis = Axis(covering: [0.03, 0.97], tickCount: 5)
        #expect(axis.lower == 0 && axis.upper == 1)
        #expect(axis.ticks.map(axis.label) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(Axis(covering: [1, 200], tickCount: 8).ticks.count == 9)
        #expect(Axis(covering: [0, 1_000_000], tickCount: 4).label(500_000) == "500k")
        #expect(
            Axis(covering: [0, 10], tickCount: 4).ticks.map { Int($0 * 10) } == [
                0, 25, 50, 75, 100,
            ])
    }

    @Test func `an axis that does not expand ends on the data`() {
        let axis = Axis(covering: [1, 197], tickCount: 8, expanding: false)
        #expect(axis.lower == 1 && axis.upper == 197)
        #expect(axis.ticks.first == 25 && axis.ticks.last == 175)
    }

    @Test(
        arguments: [
            [], [0], [5], [-3], [.nan], [.infinity, 1], [1e308, -1e308], [1e-300, 2e-300],
            [1e15, 1e15 + 1], [-0.0, 0.0], [1, 1 + 1e-15],
        ] as [[Double]])
    func `hostile values still give an axis`(values: [Double]) {
        check(Axis(covering: values), values)
        check(Axis(covering: values, expanding: false), values)
    }

    @Test func `random values give increasing ticks inside the domain`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seed(seed)
        for _ in 0..<2000 {
            let scale = Double.random(in: -20...14, using: &random)
            let values = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                Double.random(in: -1...1, using: &random) * Numbers.power(10, scale)
            }
            let expanding = Bool.random(using: &random)
            let count = Int.random(in: 1...10, using: &random)
            check(
                Axis(covering: values, tickCount: count, expanding: expanding), values,
                "seed \(seed)")
        }
    }

    func check(_ axis: Axis, _ values: [Double], _ note: String = "") {
        #expect(axis.lower.isFinite && axis.upper.isFinite && axis.lower < axis.upper, "\(note)")
        #expect(axis.ticks.count <= 65, "\(note)")
        #expect(zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy(<), "\(note) \(axis)")
        let slack = (axis.upper - axis.lower) * 1e-6
        #expect(
            axis.ticks.allSatisfy { $0 >= axis.lower - slack && $0 <= axis.upper + slack },
            "\(note) \(axis)")
        for value in values where value.isFinite && abs(value) <= 1e15 {
            #expect(value >= axis.lower - slack && value <= axis.upper + slack, "\(note) \(axis)")
            #expect((0...1).contains(axis.fraction(value)), "\(note)")
        }
    }

    @Test func `numbers read as people write them`() {
        #expect(Numbers.fixed(0.125, 2) == "0.13" && Numbers.fixed(-0.001, 2) == "0.00")
        #expect(Numbers.fixed(-12.5, 1) == "-12.5" && Numbers.fixed(7, 0) == "7")
        #expect(Numbers.fixed(.nan, 2) == "–" && Numbers.short(-.infinity) == "–")
        #expect(Numbers.short(0.03123) == "0.0312" && Numbers.short(12_500) == "12.5k")
        #expect(Numbers.short(3_400_000) == "3.4M" && Numbers.short(4) == "4")
        #expect(Numbers.short(3e-5) == "3e-5" && Numbers.short(999) == "999")
        #expect(Numbers.short(200) == "200" && Numbers.short(-1500) == "-1500")
        #expect(Numbers.clock(.seconds(7)) == "0:07" && Numbers.clock(.seconds(3905)) == "1:05:05")
    }
}
