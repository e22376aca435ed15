import Bytes

/// An island where some always tell the truth and the others always lie; who is who?
struct KnightsKnaves: TaskFormat {
    static let name = "knights_knaves"
    private static let attemptsMax = 1_000
    let seed: Int
    private let people: Int
    private let depth: Int
    private let width: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        people = try settings.int("n_people", default: 2, within: 2...8)
        depth = try settings.int("depth_constraint", default: 2, within: 1...6)
        width = try settings.int("width_constraint", default: 2, within: 2...8)
        if width > 2 * people - 1 {
            throw settings.invalid(
                "width_constraint", "is too much: so few people have too little to say")
        }
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        // Both seeds come from 33 bits: the upper end belongs to the range.
        var puzzles = NumpyGenerator(seed: UInt64(random.randint(0, 1 << 32)))
        var words = NumpyGenerator(seed: UInt64(random.randint(0, 1 << 32)))
        for _ in 0..<Self.attemptsMax {
            let claims = (0..<people).map {
                KnightsClaim.random(&puzzles, of: $0, people: people, depth: depth, width: width)
            }
            let solutions = Self.solutions(claims)
            if solutions.count == 1 { return entry(index, claims, solutions[0], &words) }
        }
        throw .notGenerated(
            environment: Self.name, index: index, reason: "no claims have a single solution")
    }

    /// Who may be a knight: each person's claim is true exactly if the person is one.
    private static func solutions(_ claims: [KnightsClaim]) -> [[Bool]] {
        (0..<(1 << claims.count)).map { bits in claims.indices.map { bits >> $0 & 1 == 1 } }
            .filter { knights in
                zip(claims, knights).allSatisfy { $0.holds(knights) == $1 }
            }
    }

    private func entry(
        _ index: Int, _ claims: [KnightsClaim], _ solution: [Bool], _ random: inout NumpyGenerator
    ) -> Entry {
        let names = random.choice(Self.names, distinct: people)
        let roles = random.choice(Self.roles)
        let statements = zip(names, claims).map { name, claim in
            Self.statement(
                of: name, claim.text(names, knight: roles.knight.article, knave: roles.knave.article),
                &random)
        }
        let formats = names.map { "\($0) is a \(roles.knight.noun)/\(roles.knave.noun)" }
        let answers = zip(names, solution).map {
            "\($0) is \($1 ? roles.knight.article : roles.knave.article)"
        }
        let (knight, knave) = (roles.knight, roles.knave)
        return Entry(
            question: """
                A very special island is inhabited only by \(knight.noun)s and \(knave.noun)s. \
                \(knight.capitalized)s always tell the truth, and \(knave.noun)s always lie. You \
                meet \(people) inhabitants: \(Self.enumerated(names)). \
                \(statements.joined(separator: " ")) So who is \(knight.article) and who is \
                \(knave.article)? (Format your answer like: "\(Self.enumerated(formats))")
                """,
            answer: Self.enumerated(answers) + ".",
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("statements", .list(claims.map(\.json))),
                ("solution", .list(solution.map(JSON.flag))), ("names", .texts(names)),
                (
                    "knight_knave_terms",
                    .members([
                        ("knight", .text(knight.noun)), ("knave", .text(knave.noun)),
                        ("a_knight", .text(knight.article)), ("a_knave", .text(knave.article)),
                        ("Knight", .text(knight.capitalized)),
                        ("Knave", .text(knave.capitalized)),
                    ])
                ),
                (
                    "difficulty",
                    .members([
                        ("n_people", .int(people)), ("depth_constraint", .int(depth)),
                        ("width_constraint", .int(width)),
                    ])
                ),
            ]))
    }

    /// At least two things, a comma before the last as well.
    private static func enumerated(_ items: [String]) -> String {
        items.dropLast().joined(separator: ", ") + ", and " + (items.last ?? "")
    }

    private static func statement(
        of name: String, _ claim: String, _ random: inout NumpyGenerator
    ) -> String {
        random.choice([
            "\(name) said that \(claim).",
            "\(name) told you that \(claim).",
            "\(name) said, \"\(claim).\"",
            "\(name) stated, \"\(claim)\".",
            "According to \(name), \"\(claim)\".",
            "In \(name)'s words: \"\(claim)\".",
            "\(name) remarked, \"\(claim)\".",
            "\"\(claim),\" \(name) declared.",
            "\(name) was heard saying, \"\(claim)\".",
            "\(name) expressed that \(claim).",
            "\"\(claim)\" - \(name).",
            "As \(name) put it, \"\(claim)\".",
            "\(name) asserted: \"\(claim)\".",
            "\"\(claim),\" \(name) mentioned.",
            "\(name) commented, \"\(claim)\".",
            "In a statement by \(name): \"\(claim)\".",
            "\(name) noted, \"\(claim)\".",
            "\"\(claim),\" \(name) claimed.",
        ])
    }

    // MARK: Scoring

    /// 1 for the right role of everyone in any order; 0.3 and a share of 0.7 where as many people
    /// have roles and some of them the right ones; 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, !answer.isEmpty, let expected = entry.answer else { return 0 }
        let (given, wanted) = (Self.assignments(answer), Self.assignments(expected))
        if given == wanted { return 1 }
        let matching = given.intersection(wanted).count
        guard given.count == wanted.count, matching > 0 else { return 0 }
        return 0.3 + 0.7 * Double(matching) / Double(wanted.count)
    }

    /// A name and a role; texts compare as bytes.
    private struct Assignment: Hashable { var name, role: [UInt8] }

    /// Each role and the last word before it that is neither a role nor a small word.
    private static func assignments(_ text: String) -> Set<Assignment> {
        let plain = PythonText.lower(PythonText.strip(text)).unicodeScalars.map {
            ".,()".unicodeScalars.contains($0) ? " " : $0
        }
        let joined = String(String.UnicodeScalarView(plain))
        var found: Set<Assignment> = []
        var name: [UInt8]?
        for word in PythonText.split(PythonText.replacing(joined, " and ", with: " ")) {
            let bytes = Array(word.utf8)
            if smallWords.contains(bytes) { continue }
            if !roleWords.contains(bytes) {
                name = bytes
            } else if let owner = name {
                found.insert(Assignment(name: owner, role: bytes))
                name = nil
            }
        }
        return found
    }

    private static let smallWords = Set(["is", "a", "an"].map { Array($0.utf8) })
    private static let roleWords = Set(
        roles.flatMap { [Array($0.knight.noun.utf8), Array($0.knave.noun.utf8)] })

    // MARK: Words

    private struct Role {
        var noun: String
        var article: String { ("aeiou".contains(noun.prefix(1)) ? "an " : "a ") + noun }
        var capitalized: String { noun.prefix(1).uppercased() + noun.dropFirst() }
    }

    private static let roles = [
        ("knight", "knave"), ("pioneer", "laggard"), ("saint", "sinner"), ("hero", "villain"),
        ("angel", "devil"), ("altruist", "egoist"), ("sage", "fool"),
    ].map { (knight: Role(noun: $0), knave: Role(noun: $1)) }

    private static let names = [
        "Emma", "Liam", "Olivia", "Noah", "Ava", "Ethan", "Sophia", "Mason", "Isabella",
        "William", "Mia", "James", "Charlotte", "Benjamin", "Amelia", "Lucas", "Harper", "Henry",
        "Evelyn", "Alexander", "Abigail", "Michael", "Emily", "Daniel", "Elizabeth", "Jacob",
        "Sofia", "Logan", "Avery", "Jackson", "Ella", "Sebastian", "Scarlett", "Jack", "Grace",
        "Aiden", "Chloe", "Owen", "Victoria", "Samuel", "Riley", "Matthew", "Aria", "Joseph",
        "Lily", "Luke", "Aurora", "David", "Zoey", "Oliver", "Penelope",
    ]
}
