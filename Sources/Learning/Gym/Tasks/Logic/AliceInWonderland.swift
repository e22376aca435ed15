import Bytes

/// How many sisters, friends or colleagues another person than Alice has.
struct AliceInWonderland: TaskFormat {
    static let name = "aiw"
    private static let kinds = ["siblings", "friends", "colleagues"]
    private static let men = [
        "James", "John", "Robert", "Michael", "William", "David", "Richard", "Joseph", "Thomas", "Charles",
        "Bob",
    ]
    private static let women = [
        "Mary", "Patricia", "Jennifer", "Linda", "Elizabeth", "Barbara", "Susan", "Jessica", "Sarah",
        "Margaret", "Alice",
    ]
    let seed: Int
    private let men: [String]
    private let women: [String]
    private let kinds: [String]
    private let weights: [Double]
    private let givenWeights: JSON
    private let entitiesMax: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        men = try settings.texts("male_names", default: Self.men)
        women = try settings.texts("female_names", default: Self.women)
        guard women.contains("Alice") else { throw settings.invalid("female_names", "must hold \"Alice\"") }
        kinds = try settings.words("task_types", default: Self.kinds, of: Self.kinds)
        let equal = Self.kinds.map { _ in 1.0 / 3 }
        weights = try settings.weights("task_type_weights", default: equal, count: kinds.count)
        givenWeights = settings.given("task_type_weights", default: .list(equal.map(JSON.real)))
        entitiesMax = try settings.int("max_entities", default: 6, within: 1...1_000_000_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let kind = kinds[random.choices(weights: weights, picks: 1)[0]]
        let woman = random.choice(women)
        let man = random.choice(men)
        let (question, others) =
            switch kind {
            case "siblings": siblings(woman, man, &random)
            case "friends": friends(woman, man, &random)
            default: colleagues(woman, man, &random)
            }
        return Entry(
            question: question, answer: String(others + 1),
            metadata: metadata(
                index, ["task_type": .text(kind)],
                difficulty: ["task_type_weights": givenWeights, "num_entities": .int(entitiesMax)]))
    }

    // Each gives a question and how many women it counts beside the one it starts from.

    private func people(_ random: inout PythonRandom) -> Int { random.randint(1, entitiesMax) }

    private func siblings(_ woman: String, _ man: String, _ random: inout PythonRandom) -> (String, Int) {
        let (brothers, sisters) = (people(&random), people(&random))
        let question = random.choice([
            "\(woman) has \(brothers) brothers and she also has \(sisters) sisters. "
                + "How many sisters does \(woman)'s brother have?",
            "\(woman) has \(sisters) sisters and she also has \(brothers) brothers. "
                + "How many sisters does \(man)'s brother have?",
        ])
        return (question, sisters)
    }

    private func friends(_ woman: String, _ man: String, _ random: inout PythonRandom) -> (String, Int) {
        let (males, females) = (people(&random), people(&random))
        let question = random.choice([
            "\(woman) has \(males) male friends and she also has \(females) female friends. They all are "
                + "friends with each other and have no other friends aside. How many female friends does "
                + "\(man), a male friend of \(woman), have?"
        ])
        return (question, females)
    }

    private func colleagues(_ woman: String, _ man: String, _ random: inout PythonRandom) -> (String, Int) {
        let (males, females) = (people(&random), people(&random))
        let (hisMales, hisFemales) = (people(&random), people(&random))
        let question = random.choice([
            "\(woman) has \(males) male colleagues and she also has \(females) female colleagues. "
                + "These are all colleagues that \(woman) has. All these mentioned persons around "
                + "\(woman) are colleagues of each other. \(man) has \(hisMales) male colleagues and "
                + "\(hisFemales) female colleagues in total. All these mentioned persons around \(man) "
                + "are colleagues of each other. The people in the circle around \(man) do not have other "
                + "colleagues aside - with the only exception of Matilda. She is colleague of \(man) and "
                + "she is also colleague of \(woman), being part of \(woman)'s circle. How many female "
                + "colleagues does Matilda have?"
        ])
        return (question, females)
    }
}
