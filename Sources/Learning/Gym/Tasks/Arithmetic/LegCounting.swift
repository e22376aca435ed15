import Bytes

/// How many legs a few kinds of animals have together.
struct LegCounting: TaskFormat {
    static let name = "leg_counting"
    /// By the number of legs; a sample draws from this order.
    private static let animals: [(name: String, legs: Int)] = [
        (0, "snake,sea slug,jellyfish,flatworm,leech"), (2, "chicken,bird,human,duck"),
        (4, "dog,cat,cow,horse,lion,elephant,giraffe,tiger,deer,sheep"), (5, "starfish"),
        (
            6,
            "insect,ant,butterfly,beetle,bee,wasp,grasshopper,cricket,cockroach,praying mantis,firefly"
        ),
        (8, "spider,scorpion"), (10, "crab,lobster,shrimp"), (14, "woodlouse"),
    ].flatMap { legs, names in names.split(separator: ",").map { (String($0), legs) } }

    let seed: Int
    private let kinds: ClosedRange<Int>
    private let instances: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        kinds = try settings.range(
            "min_animals", "max_animals", default: 3...10, within: 1...Self.animals.count)
        instances = try settings.range(
            "min_instances", "max_instances", default: 1...15, within: 1...1_000_000_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let chosen = random.sample(Self.animals, random.randint(kinds))
        let counts = chosen.map { _ in random.randint(instances) }
        let legs = zip(chosen, counts).reduce(0) { $0 + $1.0.legs * $1.1 }
        let list = zip(chosen, counts).map { "\($1) \($0.name)\($1 > 1 ? "s" : "")" }
        return Entry(
            question: """
                Your task is to count how many legs there are in total when given a list of animals.

                Now, how many legs are there in total if you have \(list.joined(separator: ", "))?

                """,
            answer: String(legs),
            metadata: metadata(
                index,
                [
                    "animals": .members(zip(chosen, counts).map { ($0.name, .int($1)) }),
                    "num_animals": .int(chosen.count), "total_legs": .int(legs),
                ],
                difficulty: ["num_animals": .range(kinds), "num_instances": .range(instances)]))
    }
}
