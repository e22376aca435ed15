import Bytes

/// Premises in propositional logic; any conclusion that follows is an answer.
struct PropositionalLogic: TaskFormat {
    static let name = "propositional_logic"
    let seed: Int
    private let variables: ClosedRange<Int>
    private let statements: ClosedRange<Int>
    private let complexity: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        // Eleven letters from P to Z: the scorer knows capital letters only.
        variables = try settings.range("min_vars", "max_vars", default: 2...4, within: 1...11)
        statements = try settings.range(
            "min_statements", "max_statements", default: 2...4, within: 1...100)
        complexity = try settings.range(
            "min_complexity", "max_complexity", default: 1...3, within: 1...12)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let count = random.randint(variables)
        let names = "PQRSTUVWXYZ".prefix(count).map(String.init)
        let premises = (0..<random.randint(statements)).map { _ in
            let depth = random.randint(complexity)
            return Proposition.random(&random, names, depth: depth)
        }
        let conclusion = Self.conclusion(from: premises, names, &random)
        var question = """
            The following question is a propositional logic reasoning question.

            In the question we provide a list of premises. The task is to infer a correct \
            conclusion from the premise.

            FORMAT INSTRUCTIONS:
            - Return the conclusion logic statement, as your final answer.
            - Use the following notation to denote symbols
                - OR = \u{2228}
                - AND = \u{2227}
                - IMPLIES = \u{2192}
                - IFF = \u{2194}
                - NOT = \u{ac}

            Here is the question:
            Given:

            """
        for (i, premise) in premises.enumerated() { question += "\(i + 1). \(premise)\n." }
        question += "What can we conclude from the above statements?"
        return Entry(
            question: question, answer: nil,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("premises", .texts(premises.map(\.description))), ("variables", .texts(names)),
                ("complexity", .int(conclusion.size)),
                ("example_answer", .text(conclusion.description)),
                (
                    "difficulty",
                    .members([
                        ("vars", .range(variables)), ("statements", .range(statements)),
                        ("complexity", .range(complexity)),
                    ])
                ),
            ]))
    }

    /// The first of a hundred random small propositions that follows and says something.
    private static func conclusion(
        from premises: [Proposition], _ names: [String], _ random: inout PythonRandom
    ) -> Proposition {
        for _ in 0..<100 {
            var candidate = Proposition.random(&random, names, depth: 2)
            if case .binary(.implies, let a, let b) = candidate {
                candidate = .binary(.or, .not(a), b)
            }
            if TruthTable.follows(candidate, from: premises) == true,
                TruthTable.isTrivial(candidate) == false
            {
                return candidate
            }
        }
        return .variable(names[0])
    }

    /// 1 for a conclusion that follows, 0.25 where it says nothing, 0.05 for one that does not
    /// follow, 0 for what is no proposition over the question's variables.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let names = entry.metadata.member("variables")?.elements,
            let premises = entry.metadata.member("premises")?.elements
        else { return 0 }
        let known = Set(names.compactMap(\.text))
        let letters = answer.unicodeScalars.filter { ("A"..."Z").contains($0) }
        guard letters.allSatisfy({ known.contains(String($0)) }),
            let conclusion = Proposition(parsing: answer)
        else { return 0 }
        let given = premises.compactMap { $0.text.flatMap { Proposition(parsing: $0) } }
        guard given.count == premises.count,
            let follows = TruthTable.follows(conclusion, from: given)
        else { return 0 }
        if !follows { return 0.05 }
        return TruthTable.isTrivial(conclusion) == false ? 1 : 0.25
    }
}
