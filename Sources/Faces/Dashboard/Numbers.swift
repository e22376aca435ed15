import Foundation

/// Numbers and durations as people read them; always with a point, whatever the locale.
package enum Numbers {
    /// `value` with exactly `digits` decimals; "–" where it is not finite.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "–" }
        let digits = min(max(digits, 0), 12)
        guard abs(value) < 1e15 else { return scientific(value) }
        let scale = pow(10, Double(digits))
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e18 else { return scientific(value) }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let whole = String(Int(scaled))
        guard digits > 0 else { return sign + whole }
        let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    /// About `significant` digits, with k, M and G for thousands: 0.0312, 4.7, 12.5k.
    package static func short(_ value: Double, significant: Int = 3) -> String {
        guard value.isFinite else { return "–" }
        let size = abs(value)
        if size == 0 { return "0" }
        if size < 1e-4 || size >= 1e12 { return scientific(value) }
        for (unit, suffix) in [(1e9, "G"), (1e6, "M"), (1e4, "k")] where size >= unit {
            let divisor = suffix == "k" ? 1e3 : unit
            return trimmed(value / divisor, significant) + suffix
        }
        return trimmed(value, significant)
    }

    /// "0:07", "12:30", "3:05:00".
    package static func clock(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        let tail = "\(rest < 10 ? "0" : "")\(rest)"
        guard hours > 0 else { return "\(minutes):\(tail)" }
        return "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
    }

    /// `base` to the power `exponent`.
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

    private static func trimmed(_ value: Double, _ significant: Int) -> String {
        let digits = significant - 1 - Int(floor(log10(abs(value))))
        let text = fixed(value, digits)
        guard text.contains(".") else { return text }
        let kept = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(kept.reversed())
    }

    private static func scientific(_ value: Double) -> String {
        let exponent = Int(floor(log10(abs(value))))
        let mantissa = value / pow(10, Double(exponent))
        return mantissa.isFinite ? "\(trimmed(mantissa, 3))e\(exponent)" : "\(value)"
    }
}

extension Duration {
    /// In seconds, as a number to compute rates with.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
