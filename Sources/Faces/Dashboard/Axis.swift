import Foundation

/// A linear axis: its domain ends on round numbers, and ticks lie between at round steps.
package struct Axis: Equatable, Sendable {
    /// The least and greatest value shown; finite, least < greatest.
    package let lower: Double
    /// See `lower`.
    package let upper: Double
    /// Strictly increasing, within the domain.
    package let ticks: [Double]
    /// The decimals that tell neighbouring ticks apart.
    private let digits: Int

    /// Values beyond this are shown at the edge: their differences could overflow.
    static let magnitudeMax = 1e15

    /// An axis over `values`, of which those that are not finite are left out.
    ///
    /// - Parameters:
    ///   - values: What is to be seen.
    ///   - including: Values that the domain covers in any case, such as 0.
    ///   - tickCount: About how many ticks.
    ///   - expanding: Whether the domain grows to the next round number.
    package init(
        covering values: [Double], including: [Double] = [], tickCount: Int = 6,
        expanding: Bool = true
    ) {
        let finite = (values + including).filter(\.isFinite)
            .map { min(max($0, -Axis.magnitudeMax), Axis.magnitudeMax) }
        var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        let least = max(abs(low), abs(high)) * 1e-9
        if high - low <= least {
            let half = max(abs(low) * 0.1, 1e-9)
            (low, high) = low == 0 && high == 0 ? (0, 1) : (low - half, high + half)
        }
        var wanted = Double(max(1, tickCount))
        var step = Axis.roundStep(atLeast: (high - low) / wanted)
        if expanding {
            low = (low / step + 1e-9).rounded(.down) * step
            high = (high / step - 1e-9).rounded(.up) * step
        }
        // A domain that ends on the data can fall between ticks: finer steps, until two are inside.
        while Axis.indices(low, high, step).count < 2, wanted < 64 {
            wanted *= 2
            step = Axis.roundStep(atLeast: (high - low) / wanted)
        }
        (lower, upper) = (low, high)
        ticks = Axis.indices(low, high, step).map { $0 == 0 ? 0 : $0 * step }
        let exponent = Int(floor(log10(step)))
        let isQuarter = abs(step / pow(10, Double(exponent)) - 2.5) < 1e-6
        digits = max(0, -exponent + (isQuarter ? 1 : 0))
    }

    /// Where `value` lies, 0 at the lower end and 1 at the upper; clamped to that.
    package func fraction(_ value: Double) -> Double {
        min(1, max(0, (value - lower) / (upper - lower)))
    }

    /// A tick as text.
    package func label(_ tick: Double) -> String {
        let largest = max(abs(lower), abs(upper))
        if largest >= 1e4 || largest < 1e-3 { return Numbers.short(tick, significant: 4) }
        return Numbers.fixed(tick, digits)
    }

    /// The multiples of `step` within the domain, as whole numbers; at most 65.
    private static func indices(_ low: Double, _ high: Double, _ step: Double) -> [Double] {
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        guard first <= last else { return [] }
        return (0...Int(min(64, last - first))).map { first + Double($0) }
    }

    /// 1, 2, 2.5 or 5 times a power of ten.
    private static func roundStep(atLeast step: Double) -> Double {
        let power = pow(10, floor(log10(step)))
        for factor in [1, 2, 2.5, 5] where factor * power >= step * (1 - 1e-9) {
            return factor * power
        }
        return 10 * power
    }
}
