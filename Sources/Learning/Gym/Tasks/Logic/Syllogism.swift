import Bytes

/// Whether a conclusion follows from two statements about classes.
struct Syllogism: TaskFormat {
    static let name = "syllogism"
    private static let attempts = 100
    /// In the plural, the only form in which statements name them.
    private static let terms = [
        "mortals", "humans", "children", "adults", "parents", "grandparents", "philosophers", "students",
        "teachers", "doctors", "scientists", "artists", "musicians", "writers", "programmers", "engineers",
        "lawyers", "chefs", "animals", "mammals", "dogs", "cats", "birds", "fish", "reptiles", "insects",
        "butterflies", "bees", "ants", "spiders", "horses", "elephants", "lions", "tigers", "whales",
        "dolphins",
    ]
    let seed: Int
    private let quantifiers: [Quantifier]
    private let invalidShare: Double
    private let inversionShare: Double

    init(_ settings: inout Settings) throws(EnvironmentError) {
        var quantifiers: [Quantifier] = []
        let keys = ["allow_all", "allow_no", "allow_some", "allow_some_not"]
        for (key, quantifier) in zip(keys, Quantifier.allCases) {
            if try settings.bool(key, default: true) { quantifiers.append(quantifier) }
        }
        if quantifiers.isEmpty { throw settings.invalid("allow_all", "or one like it must be true") }
        self.quantifiers = quantifiers
        invalidShare = try settings.number("invalid_ratio", default: 0.3, within: 0...1)
        inversionShare = try settings.number("inversion_probability", default: 0.3, within: 0...1)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let terms = random.sample(Self.terms, 3)
        if random.random() < inversionShare { return try inversion(&random, terms, index) }
        let (premises, conclusion, isValid) = deduction(&random, terms)
        return entry(index, premises, conclusion, isValid)
    }

    private func entry(
        _ index: Int, _ premises: [Statement], _ conclusion: Statement, _ isValid: Bool,
        inverted: Int? = nil
    ) -> Entry {
        var facts: [(String, JSON)] = [
            ("premise1", .text(premises[0].description)), ("premise2", .text(premises[1].description)),
        ]
        if let inverted { facts.append(("selected_premise", .int(inverted + 1))) }
        facts += [
            ("conclusion", .text(conclusion.description)), ("is_valid", .flag(isValid)),
            ("type", .text(inverted == nil ? "syllogism" : "inversion")),
        ]
        return Entry(
            question: """
                Consider these statements:
                1. \(premises[0])
                2. \(premises[1])

                Does it logically follow that:
                \(conclusion)?
                (Answer Yes or No)
                """,
            answer: isValid ? "Yes" : "No", metadata: source(index, facts))
    }

    /// Two premises that share a term, and a conclusion about the other two terms.
    private func deduction(_ random: inout PythonRandom, _ terms: [String]) -> ([Statement], Statement, Bool)
    {
        let wanted = random.random() > invalidShare
        func statements(_ a: Quantifier, _ b: Quantifier, _ c: Quantifier) -> ([Statement], Statement) {
            (
                [Statement(a, terms[0], terms[1]), Statement(b, terms[1], terms[2])],
                Statement(c, terms[0], terms[2])
            )
        }
        for _ in 0..<Self.attempts {
            let (minor, major) = (random.choice(quantifiers), random.choice(quantifiers))
            let conclusion = random.choice(quantifiers)
            if conclusion.follows(minor: minor, major: major) == wanted {
                let (premises, conclusion) = statements(minor, major, conclusion)
                return (premises, conclusion, wanted)
            }
        }
        let (premises, conclusion) = statements(.all, .all, .all)
        return (premises, conclusion, true)
    }

    /// One of two premises turned around; the other one distracts.
    private func inversion(_ random: inout PythonRandom, _ terms: [String], _ index: Int)
        throws(EnvironmentError) -> Entry
    {
        var premises = (0..<2).map { Statement(random.choice(quantifiers), terms[$0], terms[$0 + 1]) }
        let chosen = random.random() < 0.5 ? 0 : 1
        let wanted = random.random() > invalidShare
        let given = premises[chosen].quantifier
        var drawn = given
        if given == .someNot {
            // Nothing follows from "some are not" by inversion: another quantifier takes its place,
            // in the premise as well where the conclusion is to be valid.
            let others = quantifiers.filter { $0 != .someNot }
            if others.isEmpty {
                throw .notGenerated(
                    environment: Self.name, index: index,
                    reason: "\"Some ... are not\" cannot be inverted; allow another quantifier")
            }
            drawn = random.choice(others)
            if wanted { premises[chosen].quantifier = drawn }
        } else if !wanted {
            drawn = random.choice(given == .no ? [.all, .some] : [.all, .no])
        }
        if wanted, drawn == .all { drawn = .some }
        let premise = premises[chosen]
        let conclusion = Statement(drawn, premise.predicate, premise.subject)
        let isValid = drawn.followsByInversion(of: premise.quantifier)
        return entry(index, premises, conclusion, isValid, inverted: chosen)
    }
}

/// A statement about two classes.
private struct Statement: CustomStringConvertible {
    var quantifier: Quantifier
    var subject: String
    var predicate: String

    init(_ quantifier: Quantifier, _ subject: String, _ predicate: String) {
        (self.quantifier, self.subject, self.predicate) = (quantifier, subject, predicate)
    }

    var description: String {
        switch quantifier {
        case .all: "All \(subject) are \(predicate)"
        case .no: "No \(subject) are \(predicate)"
        case .some: "Some \(subject) are \(predicate)"
        case .someNot: "Some \(subject) are not \(predicate)"
        }
    }
}

/// The four forms of Aristotle's statements.
enum Quantifier: CaseIterable {
    case all
    case no
    case some
    case someNot

    private var isNegative: Bool { self == .no || self == .someNot }
    private var isUniversal: Bool { self == .all || self == .no }

    /// Whether "this S are P" follows from "minor S are M" and "major M are P" by the classical
    /// rules, as far as the format checks them: that of the middle term is missing.
    func follows(minor: Quantifier, major: Quantifier) -> Bool {
        if minor.isNegative && major.isNegative || !minor.isUniversal && !major.isUniversal { return false }
        let onlyUniversal = minor.isUniversal && major.isUniversal
        if isUniversal && !onlyUniversal { return false }
        // A universal statement speaks of all of its subject, a negative one of all of its predicate;
        // what a conclusion speaks of all of, its premise must.
        if isUniversal && !minor.isUniversal || isNegative && !major.isNegative { return false }
        return isNegative == (minor.isNegative || major.isNegative)
    }

    /// Whether "this P are S" follows from "premise S are P".
    func followsByInversion(of premise: Quantifier) -> Bool {
        switch premise {
        case .no: self == .no
        case .all, .some: self == .some
        case .someNot: false
        }
    }
}
