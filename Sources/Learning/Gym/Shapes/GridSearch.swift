/// A cell of a rectangle, or the way from one to another.
struct GridPoint: Hashable {
    var row: Int
    var column: Int

    init(_ row: Int, _ column: Int) {
        self.row = row
        self.column = column
    }

    static let right = GridPoint(0, 1)
    static let down = GridPoint(1, 0)
    static let left = GridPoint(0, -1)
    static let up = GridPoint(-1, 0)

    static func + (a: GridPoint, b: GridPoint) -> GridPoint {
        GridPoint(a.row + b.row, a.column + b.column)
    }

    /// Whether the cell is in a rectangle of this size.
    func isInside(_ rows: Int, _ columns: Int) -> Bool {
        (0..<rows).contains(row) && (0..<columns).contains(column)
    }
}

/// Breadth-first search over the cells of a rectangle.
struct GridSearch {
    /// The cells reached, nearest first, with their distance from the start.
    private(set) var reached: [(point: GridPoint, distance: Int)]
    /// The step that led to a cell first, as its place in the list of steps.
    private var arrivals: [GridPoint: Int] = [:]
    private let start: GridPoint
    private let steps: [GridPoint]

    /// - Parameters:
    ///   - steps: the ways to go, in the order in which they are tried.
    ///   - enters: whether a cell inside the rectangle may be entered.
    init(
        _ rows: Int, _ columns: Int, from start: GridPoint, steps: [GridPoint],
        enters: (GridPoint) -> Bool
    ) {
        self.start = start
        self.steps = steps
        reached = [(start, 0)]
        var next = 0
        while next < reached.count {
            let (point, distance) = reached[next]
            next += 1
            for (i, step) in steps.enumerated() {
                let to = point + step
                guard to.isInside(rows, columns), to != start, arrivals[to] == nil, enters(to)
                else { continue }
                arrivals[to] = i
                reached.append((to, distance + 1))
            }
        }
    }

    /// The distance of a cell; nil where no way leads to it.
    func distance(to point: GridPoint) -> Int? { reached.first { $0.point == point }?.distance }

    /// The steps of the way found to a cell, by their places; nil where there is none.
    func path(to goal: GridPoint) -> [Int]? {
        var path: [Int] = []
        var point = goal
        while point != start {
            guard let arrival = arrivals[point] else { return nil }
            path.append(arrival)
            point = GridPoint(point.row - steps[arrival].row, point.column - steps[arrival].column)
        }
        return path.reversed()
    }
}
