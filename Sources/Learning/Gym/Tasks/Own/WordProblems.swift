import Bytes

/// Our own word problems: a small story about things that are found, given away, packed and shared, whose
/// answer is a whole number. Each sentence is one step of arithmetic, and no step leads below 1.
struct WordProblems: TaskFormat {
    static let name = "word_problems"
    let seed: Int
    private let steps: ClosedRange<Int>
    private let numberMax: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        steps = try settings.range("min_steps", "max_steps", default: 2...4, within: 1...12)
        numberMax = try settings.int("max_number", default: 100, within: 10...1_000_000)
        seed = try settings.seed()
    }

    private static let people = [
        "Ada", "Bo", "Chidi", "Dina", "Emil", "Farah", "Goran", "Hana", "Ivo", "Jun", "Kofi", "Lena",
    ]
    private static let things = [
        "shells", "stamps", "marbles", "apples", "pencils", "postcards", "coins", "beads", "nuts",
        "buttons", "seeds", "stickers",
    ]
    private static let holders = ["boxes", "bags", "jars", "baskets"]

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let count = random.randint(steps)
        let person = random.choice(Self.people), thing = random.choice(Self.things)
        var value = random.randint(2, numberMax / 2)
        var sentences = ["\(person) has \(value) \(thing)."]
        for _ in 1..<count {
            sentences.append(step(&value, person, thing, &random))
        }
        sentences.append(question(&value, person, thing, &random))
        return Entry(
            question: sentences.joined(separator: " "), answer: "\(value)",
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("steps", .int(count)), ("answer", .int(value)),
                (
                    "difficulty",
                    .members([("steps", .range(steps)), ("max_number", .int(numberMax))])
                ),
            ]))
    }

    /// A sentence that changes how many there are.
    private func step(
        _ value: inout Int, _ person: String, _ thing: String, _ random: inout PythonRandom
    ) -> String {
        let group = random.randint(2, 6), each = random.randint(2, 9)
        let holder = random.choice(Self.holders)
        switch random.randint(0, 6) {
        case 0 where value > group * each:
            value -= group * each
            return "\(person) gives \(each) \(thing) to each of \(group) friends."
        case 1 where value + group * each <= numberMax:
            value += group * each
            return "\(person) gets \(group) \(holder) with \(each) \(thing) in each."
        case 2 where value * group <= numberMax:
            value *= group
            return "A month later \(person) has \(group) times as many \(thing)."
        case 3 where value % group == 0 && value / group >= 2:
            value /= group
            return "\(person) puts all the \(thing) into \(group) equal \(holder) and keeps one of them."
        case 4 where value % 2 == 0 && value >= 4:
            value /= 2
            return "\(person) loses half of the \(thing)."
        case 5 where value > 2:
            let lost = random.randint(1, value - 1)
            value -= lost
            return "\(person) sells \(lost) of the \(thing)."
        default:
            let found = random.randint(1, max(1, numberMax / 4))
            value += found
            return "\(person) finds \(found) more \(thing)."
        }
    }

    /// The last sentence, which takes a step of its own.
    private func question(
        _ value: inout Int, _ person: String, _ thing: String, _ random: inout PythonRandom
    ) -> String {
        let factor = random.randint(2, 6)
        switch random.randint(0, 3) {
        case 0:
            let price = random.randint(2, 12)
            value *= price
            return "Each of the \(thing) costs \(price) cents. How many cents do they cost together?"
        case 1:
            let other = random.choice(Self.people.filter { $0 != person })
            value *= factor + 1
            return "\(other) has \(factor) times as many \(thing) as \(person) has now. "
                + "How many \(thing) do they have together?"
        case 2 where value % factor == 0:
            value /= factor
            return "\(person) shares all the \(thing) equally among \(factor) friends. "
                + "How many \(thing) does each friend get?"
        default:
            let more = random.randint(1, max(1, numberMax / 4))
            value += more
            return "Then \(person) buys \(more) more. How many \(thing) does \(person) have in the end?"
        }
    }

    /// 1 for the number, however it is spelled: commas and a plus do not count; 0 for anything else.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        return MathsReading.isEqual(answer, expected) ? 1 : 0
    }
}
