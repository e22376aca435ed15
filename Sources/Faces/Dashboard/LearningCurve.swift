/// A curve drawn with braille dots, two across and four down in each character.
package struct LearningCurve: Sendable {
    package var title: String
    /// Values the vertical axis covers in any case.
    package var including: [Double]

    /// A curve under `title`; a reward includes 0.
    package init(_ title: String, including: [Double] = [0]) {
        (self.title, self.including) = (title, including)
    }

    /// The curve of `values` (one a round, the first is round 1) as lines of at most `columns`.
    ///
    /// More values than dots are averaged; values that are not finite leave a gap.
    ///
    /// - Parameters:
    ///   - values: One a round.
    ///   - columns: Width of the whole picture in characters, axis included.
    ///   - rows: Height of the plot in characters, without title and x axis.
    /// - Returns: `rows` + 2 lines.
    package func lines(_ values: [Double], columns: Int, rows: Int = 8) -> [String] {
        let rows = min(max(rows, 2), 40)
        let axis = Axis(covering: values, including: including, tickCount: max(2, rows / 2))
        let labels = rowLabels(axis, rows: rows)
        let margin = labels.map(\.count).max() ?? 0
        let width = min(max(columns - margin - 2, 8), 200)
        let dots = plot(averaged(values, into: width * 2), axis: axis, width: width, rows: rows)

        let latest = values.last(where: \.isFinite).map { "  now \(Numbers.fixed($0, 3))" } ?? ""
        var lines = [String((Escaping.terminal(title) + latest).prefix(max(columns, 0)))]
        for row in 0..<rows {
            let label = String(repeating: " ", count: margin - labels[row].count) + labels[row]
            let edge = labels[row].isEmpty ? "│" : "┤"
            let cells = dots[(row * width)..<((row + 1) * width)].map { Character($0.braille) }
            lines.append(label + " " + edge + String(cells))
        }
        let end = "\(max(values.count, 1))"
        let gap = String(repeating: "─", count: max(0, width - end.count - 3))
        lines.append(String(repeating: " ", count: margin + 1) + "└1 " + gap + " " + end)
        return lines
    }

    /// The tick labels, each in the row its value falls in.
    private func rowLabels(_ axis: Axis, rows: Int) -> [String] {
        var labels = [String](repeating: "", count: rows)
        for tick in axis.ticks {
            let row = Int(((1 - axis.fraction(tick)) * Double(rows * 4 - 1)).rounded()) / 4
            if labels[row].isEmpty { labels[row] = axis.label(tick) }
        }
        return labels
    }

    private func averaged(_ values: [Double], into count: Int) -> [Double?] {
        guard values.count > 1 else { return values.map { $0.isFinite ? $0 : nil } }
        var columns: [Double?] = []
        for column in 0..<count {
            if values.count <= count {
                // Fewer values than dots: the value at the end of its stretch, lines join them.
                let position = column * (values.count - 1)
                let isExact = position % (count - 1) < values.count - 1 || column == count - 1
                let value = values[min(position / (count - 1), values.count - 1)]
                columns.append(isExact && value.isFinite ? value : nil)
            } else {
                let part = values[
                    (column * values.count / count)..<((column + 1) * values.count / count)
                ]
                .filter(\.isFinite)
                columns.append(part.isEmpty ? nil : part.reduce(0, +) / Double(part.count))
            }
        }
        return columns
    }

    /// Dots of all cells, row by row; neighbouring values are joined by straight lines.
    private func plot(_ values: [Double?], axis: Axis, width: Int, rows: Int) -> [Dots] {
        var cells = [Dots](repeating: Dots(), count: width * rows)
        let height = rows * 4
        var previous: (x: Int, y: Int)?
        for (x, value) in values.enumerated() {
            guard let value else { continue }
            let y = Int(((1 - axis.fraction(value)) * Double(height - 1)).rounded())
            let from = previous ?? (x, y)
            let count = max(abs(x - from.x), abs(y - from.y), 1)
            for step in 0...count {
                let dotX = from.x + (x - from.x) * step / count
                let dotY = from.y + (y - from.y) * step / count
                cells[dotY / 4 * width + dotX / 2].set(x: dotX % 2, y: dotY % 4)
            }
            previous = (x, y)
        }
        return cells
    }
}

/// The eight dots of a braille cell.
private struct Dots {
    private var bits: UInt8 = 0

    mutating func set(x: Int, y: Int) {
        // Dots 1 2 3 7 run down the left side, 4 5 6 8 down the right.
        bits |= [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]][x][y]
    }

    var braille: Unicode.Scalar { Unicode.Scalar(0x2800 + UInt32(bits)) ?? "?" }
}
