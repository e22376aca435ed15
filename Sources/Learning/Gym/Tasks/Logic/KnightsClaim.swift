import Bytes

/// What an inhabitant of the island of knights and knaves says about the others.
indirect enum KnightsClaim: Hashable {
    case truthful(Int)
    case lying(Int)
    case not(KnightsClaim)
    case and([KnightsClaim])
    case or([KnightsClaim])
    case implies([KnightsClaim])
    case iff([KnightsClaim])

    /// A random claim of a person, no deeper and no wider than allowed.
    static func random(
        _ random: inout NumpyGenerator, of person: Int, people: Int, depth: Int, width: Int
    ) -> KnightsClaim {
        let dice = random.integers(0, 6)
        if depth == 1 || dice == 0 { return simple(&random, of: person, people: people) }
        if dice == 1 {
            return .not(
                .random(&random, of: person, people: people, depth: depth - 1, width: width))
        }
        let count = dice <= 3 ? random.integers(2, width + 1) : 2
        // There are enough different claims for every count: see the bounds of the settings.
        var parts: [KnightsClaim] = []
        while parts.count < count {
            let part = KnightsClaim.random(
                &random, of: person, people: people, depth: depth - 1, width: width)
            if !parts.contains(part) { parts.append(part) }
        }
        let kinds: [KnightsClaim] = [.and(parts), .or(parts), .implies(parts), .iff(parts)]
        return kinds[dice - 2]
    }

    /// Nobody says "I am lying".
    private static func simple(_ random: inout NumpyGenerator, of person: Int, people: Int)
        -> KnightsClaim
    {
        while true {
            let isTruthful = random.choice([true, false])
            let other = random.integers(0, people)
            if isTruthful { return .truthful(other) }
            if other != person { return .lying(other) }
        }
    }

    /// Whether the claim is true where these people are knights.
    func holds(_ knights: [Bool]) -> Bool {
        switch self {
        case .truthful(let person): knights[person]
        case .lying(let person): !knights[person]
        case .not(let claim): !claim.holds(knights)
        case .and(let claims): claims.allSatisfy { $0.holds(knights) }
        case .or(let claims): claims.contains { $0.holds(knights) }
        case .implies(let claims): !claims[0].holds(knights) || claims[1].holds(knights)
        case .iff(let claims): claims[0].holds(knights) == claims[1].holds(knights)
        }
    }

    /// The claim as lists of its parts.
    var json: JSON {
        func list(_ word: String, _ claims: [KnightsClaim]) -> JSON {
            .list([.text(word)] + claims.map(\.json))
        }
        switch self {
        case .truthful(let person): return .list([.text("telling-truth"), .int(person)])
        case .lying(let person): return .list([.text("lying"), .int(person)])
        case .not(let claim): return list("not", [claim])
        case .and(let claims): return list("and", claims)
        case .or(let claims): return list("or", claims)
        case .implies(let claims): return list("->", claims)
        case .iff(let claims): return list("<=>", claims)
        }
    }

    /// The claim in words.
    ///
    /// - Parameters:
    ///   - names: of the people.
    ///   - knight: what a truthful one is called, with its article; likewise the knave.
    func text(_ names: [String], knight: String, knave: String) -> String {
        func words(_ claim: KnightsClaim) -> String {
            let text = claim.text(names, knight: knight, knave: knave)
            return claim.isSimple ? text : "(\(text))"
        }
        switch self {
        case .truthful(let person): return "\(names[person]) is \(knight)"
        case .lying(let person): return "\(names[person]) is \(knave)"
        case .not(.truthful(let person)): return "\(names[person]) is \(knave)"
        case .not(.lying(let person)): return "\(names[person]) is \(knight)"
        case .not(let claim): return "it is not the case that \(words(claim))"
        case .and(let claims): return claims.map(words).joined(separator: " and ")
        case .or(let claims): return claims.map(words).joined(separator: " or ")
        case .implies(let claims): return "if \(words(claims[0])) then \(words(claims[1]))"
        case .iff(let claims): return "\(words(claims[0])) if and only if \(words(claims[1]))"
        }
    }

    private var isSimple: Bool {
        switch self {
        case .truthful, .lying: true
        default: false
        }
    }
}
