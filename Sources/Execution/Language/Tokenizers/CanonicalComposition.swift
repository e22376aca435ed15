/// Unicode normalization form C (UAX 15), from tables of our own: a platform's tables differ by
/// version.
enum CanonicalComposition {
    private struct Tables: Sendable {
        var decompositions: [UInt32: [UInt32]] = [:]
        var composites: [UInt64: UInt32] = [:]
        var classes: [UInt32: UInt8] = [:]

        init() {
            for entry in UnicodeTables.decompositions.split(separator: " ") {
                let composes = entry.contains("=")
                let sides = entry.split { $0 == "=" || $0 == "~" || $0 == "+" }
                    .compactMap { UInt32($0, radix: 16) }
                decompositions[sides[0]] = Array(sides[1...])
                if composes, sides.count == 3 {
                    composites[UInt64(sides[1]) << 32 | UInt64(sides[2])] = sides[0]
                }
            }
            for entry in UnicodeTables.combiningClasses.split(separator: ";") {
                let sides = entry.split(separator: ":")
                guard let number = sides[0].split(separator: " ").first.flatMap({ UInt8($0) })
                else {
                    preconditionFailure("the generated table has decimal classes")
                }
                for range in UnicodeClasses.ranges(sides[1]) {
                    for point in range { classes[point] = number }
                }
            }
        }
    }

    private static let tables = Tables()
    // Hangul syllables compose by arithmetic (Unicode, section 3.12).
    private static let syllables: Range<UInt32> = 0xac00..<(0xac00 + 11172)

    /// The text in form C.
    static func normalized(_ text: String) -> String {
        // Characters below U+0300 neither combine nor decompose.
        guard text.unicodeScalars.contains(where: { $0.value >= 0x300 }) else { return text }
        var points: [UInt32] = []
        points.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { decompose(scalar.value, into: &points) }
        order(&points)
        compose(&points)
        var result = String.UnicodeScalarView()
        result.append(contentsOf: points.compactMap(Unicode.Scalar.init))
        return String(result)
    }

    private static func decompose(_ point: UInt32, into points: inout [UInt32]) {
        if syllables.contains(point) {
            let index = point - syllables.lowerBound
            points.append(0x1100 + index / 588)
            points.append(0x1161 + index % 588 / 28)
            if index % 28 > 0 { points.append(0x11a7 + index % 28) }
        } else if let parts = point < 0xc0 ? nil : tables.decompositions[point] {
            for part in parts { decompose(part, into: &points) }
        } else {
            points.append(point)
        }
    }

    private static func combiningClass(_ point: UInt32) -> UInt8 {
        point < 0x300 ? 0 : tables.classes[point] ?? 0
    }

    /// Sorts each run of combining characters by class; equal classes keep their order.
    private static func order(_ points: inout [UInt32]) {
        var start = 0
        while start < points.count {
            guard combiningClass(points[start]) > 0 else {
                start += 1
                continue
            }
            var end = start
            var run: [(UInt8, Int, UInt32)] = []
            while end < points.count, combiningClass(points[end]) > 0 {
                run.append((combiningClass(points[end]), end, points[end]))
                end += 1
            }
            run.sort { ($0.0, $0.1) < ($1.0, $1.1) }
            for (offset, entry) in run.enumerated() { points[start + offset] = entry.2 }
            start = end
        }
    }

    private static func compose(_ points: inout [UInt32]) {
        var result: [UInt32] = []
        result.reserveCapacity(points.count)
        var starter: Int?
        var lastClass = -1
        for point in points {
            let own = Int(combiningClass(point))
            // A mark combines with the last starter unless one of its class or higher stands
            // between.
            if let at = starter, lastClass < own, let composite = pair(result[at], point) {
                result[at] = composite
                continue
            }
            if own == 0 {
                starter = result.count
                lastClass = -1
            } else {
                lastClass = own
            }
            result.append(point)
        }
        points = result
    }

    private static func pair(_ left: UInt32, _ right: UInt32) -> UInt32? {
        if (0x1100..<0x1113).contains(left), (0x1161..<0x1176).contains(right) {
            return syllables.lowerBound + ((left - 0x1100) * 21 + right - 0x1161) * 28
        }
        if syllables.contains(left), (left - syllables.lowerBound).isMultiple(of: 28),
            (0x11a8..<0x11c3).contains(right)
        {
            return left + right - 0x11a7
        }
        return tables.composites[UInt64(left) << 32 | UInt64(right)]
    }
}
