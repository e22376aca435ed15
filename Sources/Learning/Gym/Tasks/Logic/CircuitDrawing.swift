/// A circuit drawn with the lines of a terminal.
///
/// From left to right: the names of the inputs on top, a column of wire going down from each, the
/// gates one above the other, wires that meet, the last gate and its output.
struct CircuitDrawing {
    private static let gateWidth = 7
    private static let lastGateWidth = 3
    private let circuit: LogicCircuit
    /// Where the gates begin: below the inputs, right of their wires.
    private let top: Int
    private let left: Int
    /// The row of the last gate's first input.
    private let center: Int
    private let output: Int
    private var cells: [[Unicode.Scalar]]

    static func text(_ circuit: LogicCircuit) -> String {
        var drawing = CircuitDrawing(circuit)
        drawing.drawLastGate()
        drawing.drawGates()
        drawing.drawInputs()
        drawing.drawBranches()
        drawing.drawConnections()
        return drawing.cells.map {
            PythonText.stripEnd(String(String.UnicodeScalarView($0)))
        }.joined(separator: "\n")
    }

    private init(_ circuit: LogicCircuit) {
        self.circuit = circuit
        let (inputs, terms) = (circuit.inputs.count, circuit.terms.count)
        let inside = circuit.terms.map(\.literals.count).reduce(0, +) + terms - 1
        let nameLength = circuit.inputs.map(\.unicodeScalars.count).max() ?? 0
        top = inputs
        left = nameLength + 2 + 2 * inputs
        center = top + inside / 2 - terms / 2
        output = left + Self.gateWidth + terms + 1 + Self.lastGateWidth
        let width = output + 8 + circuit.text.unicodeScalars.count
        cells = Array(repeating: Array(repeating: " ", count: width), count: inputs + inside)
    }

    private enum Direction { case right, down }

    /// Writes a text as far as it fits.
    private mutating func put(
        _ x: Int, _ y: Int, _ text: some Sequence<Unicode.Scalar>, _ direction: Direction
    ) {
        var (x, y) = (x, y)
        for sign in text where cells.indices.contains(y) && cells[y].indices.contains(x) {
            cells[y][x] = sign
            if direction == .right { x += 1 } else { y += 1 }
        }
    }

    private func line(_ sign: Unicode.Scalar, _ count: Int) -> [Unicode.Scalar] {
        Array(repeating: sign, count: max(count, 0))
    }

    private mutating func drawLastGate() {
        let middle = top + (cells.count - top) / 2
        put(output, middle, "──── OUT".unicodeScalars, .right)
        let count = circuit.terms.count
        let x = output - Self.lastGateWidth
        if count == 1 { return put(x, center, line("─", Self.lastGateWidth), .right) }
        let signs: [Unicode.Scalar] = ["─", "│", circuit.last.sign, circuit.last.sign]
        for (i, sign) in signs.enumerated() { put(x + i, center, line(sign, count), .down) }
    }

    /// The gates, each a column for every step from its inputs to its sign.
    private mutating func drawGates() {
        var y = top
        for term in circuit.terms {
            let isSingle = term.literals.count == 1
            let sign = isSingle ? "─" : term.gate.sign
            for literal in term.literals {
                let negation: [Unicode.Scalar] = literal.isNegated ? [">", "o"] : ["─", "─"]
                put(left, y, ["─"] + negation + ["─", isSingle ? "─" : "│", sign, sign], .right)
                y += 1
            }
            y += 1
        }
    }

    /// Each name, and its wire to the column where it goes down.
    private mutating func drawInputs() {
        let count = circuit.inputs.count
        let nameWidth = left - 2 * count
        for (y, name) in circuit.inputs.enumerated() {
            let label = Array("\(name): ".unicodeScalars)
            put(0, y, label + line("─", nameWidth - label.count), .right)
            put(nameWidth, y, line("─", 2 * count - 1 - 2 * y) + ["┐"], .right)
        }
    }

    /// The wires down from each input, with a branch to every gate that reads it.
    private mutating func drawBranches() {
        for (y, name) in circuit.inputs.enumerated() {
            let x = left - 1 - 2 * y
            let rows = readers(of: name)
            for row in rows { put(x, row, line("─", left - x), .right) }
            guard let end = rows.last else { continue }
            var wire = line("│", end - y)
            for row in rows { wire[row - y - 1] = "├" }
            wire[wire.count - 1] = "└"
            put(x, y + 1, wire, .down)
        }
    }

    /// The rows where gates read an input.
    private func readers(of name: String) -> [Int] {
        var rows: [Int] = []
        var y = top
        for term in circuit.terms {
            for literal in term.literals {
                if literal.name == name { rows.append(y) }
                y += 1
            }
            y += 1
        }
        return rows
    }

    /// The wires from each gate to its place at the last one; those of the middle turn last.
    private mutating func drawConnections() {
        let count = circuit.terms.count
        let x = left + Self.gateWidth
        var first = top
        for (i, term) in circuit.terms.enumerated() {
            let (from, to) = (first + (term.literals.count - 1) / 2, center + i)
            let turn = abs(count / 2 - i) + 1
            put(x, from, line("─", turn), .right)
            put(x + turn, to, line("─", count - turn + 1), .right)
            if from < to {
                put(x + turn, from, ["┐"] + line("│", to - from - 1) + ["└"], .down)
            } else if from > to {
                put(x + turn, to, ["┌"] + line("│", from - to - 1) + ["┘"], .down)
            }
            first += term.literals.count + 1
        }
    }
}
