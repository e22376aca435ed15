import Bytes

/// Our own smallest task: put a few digits in order.
///
/// A model of a hundred thousand parameters learns it in half a minute of one core, so a swarm can
/// be seen to learn on any computer.
struct SortDigits: TaskFormat {
    static let name = "sort_digits"
    let seed: Int
    private let digits: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        digits = try settings.range("min_digits", "max_digits", default: 6...6, within: 1...1_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let numbers = (0..<random.randint(digits)).map { _ in random.randint(0, 9) }
        return Entry(
            question: numbers.map(String.init).joined(),
            answer: numbers.sorted().map(String.init).joined(),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("digits", .ints(numbers)),
                ("difficulty", .members([("digits", .range(digits))])),
            ]))
    }

    /// 1 for the sorted digits, 0 for anything else: no part of an answer is worth a part.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        return PythonText.equal(answer, expected) ? 1 : 0
    }
}
