/// Gates over inputs, and one gate over their outputs.
struct LogicCircuit {
    /// An input as a gate reads it.
    struct Literal {
        var name: String
        var isNegated: Bool

        var text: String { isNegated ? name + "'" : name }
    }

    enum Gate: String, CaseIterable {
        case and = "AND"
        case nand = "NAND"
        case xor = "XOR"
        case or = "OR"
        case nor = "NOR"

        /// Of the inner gates, in the order from which a task chooses.
        static let inner: [Gate] = [.and, .nand, .xor]
        /// Of the last gate.
        static let last: [Gate] = [.or, .nor, .xor, .and]

        var sign: Unicode.Scalar {
            switch self {
            case .and: "&"
            case .nand: "↑"
            case .xor: "⊕"
            case .or: "+"
            case .nor: "↓"
            }
        }

        func output(_ inputs: [Bool]) -> Bool {
            switch self {
            case .and: inputs.allSatisfy { $0 }
            case .nand: !inputs.allSatisfy { $0 }
            case .xor: inputs.count { $0 } % 2 == 1
            case .or: inputs.contains(true)
            case .nor: !inputs.contains(true)
            }
        }
    }

    struct Term {
        var gate: Gate
        var literals: [Literal]

        var text: String { literals.map(\.text).joined(separator: String(gate.sign)) }
    }

    let last: Gate
    let terms: [Term]
    /// The names of the inputs, sorted as texts.
    let inputs: [String]

    /// A random circuit.
    init(
        terms count: Int, inputs lengths: ClosedRange<Int>, negated: Double, reuse: Bool,
        _ random: inout PythonRandom
    ) {
        last = random.choice(Gate.last)
        var names: [String] = []
        var terms: [Term] = []
        for _ in 0..<count {
            let gate = random.choice(Gate.inner)
            var literals: [Literal] = []
            for _ in 0..<random.randint(lengths) {
                let name: String
                if reuse, !names.isEmpty, random.random() < 0.5 {
                    name = random.choice(names)
                } else {
                    name = Self.columnName(names.count)
                    names.append(name)
                }
                literals.append(Literal(name: name, isNegated: random.random() < negated))
            }
            terms.append(Term(gate: gate, literals: literals))
        }
        self.terms = terms
        inputs = names.sorted()
    }

    /// A to Z, AA, AB and so on, as the columns of a spreadsheet.
    private static func columnName(_ index: Int) -> String {
        var rest = index + 1
        var name = ""
        while rest > 0 {
            name = String(Unicode.Scalar(65 + UInt8((rest - 1) % 26))) + name
            rest = (rest - 1) / 26
        }
        return name
    }

    var text: String {
        terms.map { "(\($0.text))" }.joined(separator: String(last.sign))
    }

    func output(_ values: [String: Bool]) -> Bool {
        last.output(
            terms.map { term in
                term.gate.output(term.literals.map { values[$0.name] != $0.isNegated })
            })
    }
}
