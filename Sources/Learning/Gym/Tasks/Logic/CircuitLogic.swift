import Bytes

/// A drawn circuit of gates and the values of its inputs; what comes out?
struct CircuitLogic: TaskFormat {
    static let name = "circuit_logic"
    let seed: Int
    private let terms: ClosedRange<Int>
    private let inputs: ClosedRange<Int>
    private let negatedShare: Double
    private let reuse: Bool

    init(_ settings: inout Settings) throws(EnvironmentError) {
        terms = try settings.range("min_terms", "max_terms", default: 3...5, within: 1...20)
        inputs = try settings.range("min_inputs", "max_inputs", default: 2...4, within: 1...20)
        negatedShare = try settings.number("neg_prob", default: 0.3, within: 0...1)
        reuse = try settings.bool("allow_reuse", default: true)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let circuit = LogicCircuit(
            terms: random.randint(terms), inputs: inputs, negated: negatedShare, reuse: reuse,
            &random)
        let drawing = CircuitDrawing.text(circuit)
        let values = circuit.inputs.map { ($0, random.choice([false, true])) }
        let output = circuit.output(Dictionary(uniqueKeysWithValues: values))
        var legend = LogicCircuit.Gate.inner.map(Self.legend)
        if negatedShare > 0 { legend.append(">o: Negate") }
        legend.append(Self.legend(circuit.last))
        let assignments = values.map { "  \($0) = \($1 ? 1 : 0)" }
        return Entry(
            question: """
                Below is a randomly generated logic circuit.

                \(drawing)


                Legend for gates:
                \(legend.joined(separator: "\n"))

                Given the following input assignments:
                \(assignments.joined(separator: "\n"))

                What is the final output?
                """,
            answer: output ? "1" : "0",
            metadata: .members([
                ("source_dataset", .text(Self.name)),
                // Not the index: the original's variable has another value by then.
                ("source_index", .int(circuit.inputs.count - 1)),
                ("expression", .text(circuit.text)),
                ("assignments", .members(values.map { ($0, .int($1 ? 1 : 0)) })),
                ("term_strings", .texts(circuit.terms.map(\.text))),
                ("final_gate", .text(circuit.last.rawValue)), ("inputs", .texts(circuit.inputs)),
                (
                    "difficulty", .members([("terms", .range(terms)), ("inputs", .range(inputs))])
                ),
            ]))
    }

    private static func legend(_ gate: LogicCircuit.Gate) -> String {
        "\(gate.sign)\(gate.sign): \(gate.rawValue)"
    }

    /// 1 for the right value, its share of the text where blanks are around it, 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer,
            PythonText.equal(PythonText.strip(answer), expected)
        else { return 0 }
        return Double(PythonText.length(expected)) / Double(PythonText.length(answer))
    }
}
