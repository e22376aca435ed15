import Bytes

/// What one person of a family is to another.
struct FamilyRelationships: TaskFormat {
    static let name = "family_relationships"
    let seed: Int
    private let sizes: ClosedRange<Int>
    private let male: [String]
    private let female: [String]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        sizes = try settings.range(
            "min_family_size", "max_family_size", default: 4...8, within: 3...200)
        male = try settings.texts("male_names", default: Self.maleNames)
        female = try settings.texts("female_names", default: Self.femaleNames)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let size = random.randint(sizes)
        guard let family = FamilyTree(size: size, male: male, female: female, &random) else {
            throw .notGenerated(
                environment: Self.name, index: index, reason: "there are too few names")
        }
        let ids = Array(family.people.indices)
        var pair = random.sample(ids, 2)
        var found = family.relationship(of: pair[0], to: pair[1])
        // A spouse is always there, so this ends.
        while found == nil {
            pair = random.sample(ids, 2)
            found = family.relationship(of: pair[0], to: pair[1])
        }
        let relationship = found ?? ""
        let (first, second) = (family.people[pair[0]].name, family.people[pair[1]].name)
        let question = random.choice([
            "What is \(first) to \(second)? Respond only with the word that describes their "
                + "relationship.",
            "How is \(first) related to \(second)? Provide the relationship in one word.",
            "What relation is \(first) to \(second)? Answer with a single word.",
        ])
        return Entry(
            question: "\(family.story)\n\n\(question)", answer: relationship,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("person1", .text(first)), ("person2", .text(second)),
                ("relationship", .text(relationship)), ("family_size", .int(ids.count)),
                ("difficulty", .members([("family_size", .range(sizes))])),
            ]))
    }

    /// 1 for the word in any case and with blanks around it, 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        return PythonText.equal(PythonText.lower(PythonText.strip(answer)), expected) ? 1 : 0
    }

    private static let maleNames = [
        "James", "John", "Robert", "Michael", "William", "David", "Richard", "Joseph", "Thomas",
        "Charles", "Peter", "Daniel", "Matthew", "Christopher", "Andrew", "George", "Edward",
        "Benjamin", "Henry", "Samuel", "Alexander", "Oliver", "Jack", "Harry", "Jacob", "Noah",
        "Ethan", "Lucas", "Mason", "Logan", "Sebastian", "Theodore", "Owen", "Liam", "Aiden",
        "Kai", "Jayden", "Zion", "Phoenix", "Atlas", "Axel", "Ryder", "Finn",
    ]
    private static let femaleNames = [
        "Mary", "Patricia", "Jennifer", "Linda", "Elizabeth", "Barbara", "Susan", "Jessica",
        "Sarah", "Karen", "Emma", "Lisa", "Anna", "Margaret", "Victoria", "Charlotte", "Sophia",
        "Isabella", "Olivia", "Ava", "Mia", "Emily", "Abigail", "Amelia", "Eleanor", "Grace",
        "Alice", "Lucy", "Chloe", "Sophie", "Lily", "Hannah", "Zoe", "Luna", "Nova", "Aria",
        "Willow", "Aurora", "Sage", "River", "Winter", "Sky", "Rain",
    ]
}
