/// Which of the known names was meant.
enum Nearness {
    /// The known name nearest to `name`, if it is near enough to be a slip.
    static func nearest(to name: String, among known: [String]) -> String? {
        let slips = max(2, name.count / 3)
        let ranked = known.map { (name: $0, distance: distance(name, $0)) }
        guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else {
            return nil
        }
        return best.distance <= slips && best.distance < name.count ? best.name : nil
    }

    /// Edits (insert, delete, change) from `a` to `b`; both are cut to 64 characters.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.lowercased().prefix(64)), Array(b.lowercased().prefix(64)))
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let change = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
