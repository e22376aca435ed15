/// A statement of propositional logic.
indirect enum Proposition: CustomStringConvertible {
    /// The connectives in the order from which a task chooses.
    enum Connective: Unicode.Scalar, CaseIterable {
        case and = "∧"
        case or = "∨"
        case not = "¬"
        case implies = "→"
        case iff = "↔"
    }

    case variable(String)
    case not(Proposition)
    case binary(Connective, Proposition, Proposition)

    /// A random proposition of this depth.
    static func random(_ random: inout PythonRandom, _ names: [String], depth: Int) -> Proposition {
        if depth <= 1 { return .variable(random.choice(names)) }
        let connective = random.choice(Connective.allCases)
        let first = Proposition.random(&random, names, depth: depth - 1)
        if connective == .not { return .not(first) }
        return .binary(connective, first, .random(&random, names, depth: depth - 1))
    }

    /// Variables and connectives, each counted where it stands.
    var size: Int {
        switch self {
        case .variable: 1
        case .not(let inside): 1 + inside.size
        case .binary(_, let a, let b): 1 + a.size + b.size
        }
    }

    var description: String {
        switch self {
        case .variable(let name): name
        case .not(let inside): "\(Connective.not.rawValue)\(inside)"
        case .binary(let connective, let a, let b): "(\(a) \(connective.rawValue) \(b))"
        }
    }

    // MARK: Parsing

    /// Longer answers and deeper ones are no propositions: reading one takes time that grows with
    /// the square of its length.
    static let lengthMax = 4_096
    private static let depthMax = 200

    /// Reads a statement of any spelling: the weakest connective farthest to the right splits it,
    /// parentheses protect, and whatever is left is a variable.
    init?(parsing text: String) {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count <= Self.lengthMax,
            let parsed = Self.parse(scalars[...], depth: 0)
        else { return nil }
        self = parsed
    }

    private static func parse(_ text: ArraySlice<Unicode.Scalar>, depth: Int) -> Proposition? {
        if depth > depthMax { return nil }
        var text = text
        while let first = text.first, PythonText.isSpace(first) { text.removeFirst() }
        while let last = text.last, PythonText.isSpace(last) { text.removeLast() }
        guard let first = text.first else { return nil }
        if isEnclosed(text) { return parse(text.dropFirst().dropLast(), depth: depth + 1) }
        for connective in [Connective.iff, .implies, .or, .and] {
            guard let split = lastOpen(connective.rawValue, in: text) else { continue }
            guard let a = parse(text[..<split], depth: depth + 1),
                let b = parse(text[(split + 1)...], depth: depth + 1)
            else { return nil }
            return .binary(connective, a, b)
        }
        if first == Connective.not.rawValue {
            return parse(text.dropFirst(), depth: depth + 1).map(Proposition.not)
        }
        return .variable(String(String.UnicodeScalarView(text)))
    }

    /// Whether the first parenthesis closes at the end.
    private static func isEnclosed(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard text.count >= 2, text.first == "(", text.last == ")" else { return false }
        var level = 0
        for scalar in text.dropFirst().dropLast() {
            if scalar == "(" { level += 1 }
            if scalar == ")" { level -= 1 }
            if level < 0 { return false }
        }
        return level == 0
    }

    /// The last place of a connective outside of parentheses, counted from the right.
    private static func lastOpen(_ wanted: Unicode.Scalar, in text: ArraySlice<Unicode.Scalar>)
        -> Int?
    {
        var level = 0
        for i in text.indices.reversed() {
            if text[i] == ")" {
                level += 1
            } else if text[i] == "(" {
                level -= 1
            } else if level == 0, text[i] == wanted {
                return i
            }
        }
        return nil
    }
}

/// What holds under every assignment, 64 assignments at a time.
enum TruthTable {
    /// With more variables the table is too large to look at, and there is no verdict.
    static let variablesMax = 16

    /// Whether the conclusion holds wherever all premises hold.
    static func follows(_ conclusion: Proposition, from premises: [Proposition]) -> Bool? {
        all([conclusion] + premises) { values in
            ~values.dropFirst().reduce(UInt64.max, &) | values[0]
        }
    }

    /// Whether a proposition is a single variable or holds always; neither says anything.
    static func isTrivial(_ proposition: Proposition) -> Bool? {
        if case .variable = proposition { return true }
        return all([proposition]) { $0[0] }
    }

    /// Whether a rule gives ones for every assignment.
    private static func all(_ propositions: [Proposition], _ rule: ([UInt64]) -> UInt64) -> Bool? {
        var names: [String: Int] = [:]
        for proposition in propositions { collect(proposition, &names) }
        if names.count > variablesMax { return nil }
        let bits = 1 << names.count
        let blocks = max(bits / 64, 1)
        let used = bits < 64 ? UInt64.max >> UInt64(64 - bits) : .max
        for block in 0..<blocks {
            let values = propositions.map { value(of: $0, names, block) }
            if rule(values) & used != used { return false }
        }
        return true
    }

    private static func collect(_ proposition: Proposition, _ names: inout [String: Int]) {
        switch proposition {
        case .variable(let name): if names[name] == nil { names[name] = names.count }
        case .not(let inside): collect(inside, &names)
        case .binary(_, let a, let b):
            collect(a, &names)
            collect(b, &names)
        }
    }

    private static let patterns: [UInt64] = [
        0xaaaa_aaaa_aaaa_aaaa, 0xcccc_cccc_cccc_cccc, 0xf0f0_f0f0_f0f0_f0f0,
        0xff00_ff00_ff00_ff00, 0xffff_0000_ffff_0000, 0xffff_ffff_0000_0000,
    ]

    private static func value(of proposition: Proposition, _ names: [String: Int], _ block: Int)
        -> UInt64
    {
        switch proposition {
        case .variable(let name):
            let variable = names[name] ?? 0
            if variable < 6 { return patterns[variable] }
            return block >> (variable - 6) & 1 == 1 ? .max : 0
        case .not(let inside):
            return ~value(of: inside, names, block)
        case .binary(let connective, let a, let b):
            let (x, y) = (value(of: a, names, block), value(of: b, names, block))
            switch connective {
            case .and: return x & y
            case .or: return x | y
            case .implies: return ~x | y
            case .iff: return ~(x ^ y)
            case .not: preconditionFailure("a negation has one side; the parser makes no other")
            }
        }
    }
}
