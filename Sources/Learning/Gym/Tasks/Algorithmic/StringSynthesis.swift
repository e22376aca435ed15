import Bytes

/// Blocks [A], [B] and [C], put together into blocks of other kinds by rules.
struct StringSynthesis: TaskFormat {
    static let name = "string_synthesis"
    /// Counts of [A], [B], [C], {A}, {B}, {C}, (A), (B) and (C).
    private static let rules = [
        CountRule(takes: [1, 1, 1, 0, 0, 0, 0, 0, 0], gives: [0, 0, 0, 1, 0, 0, 0, 0, 0]),
        CountRule(takes: [1, 1, 0, 0, 0, 0, 0, 0, 0], gives: [0, 0, 0, 0, 0, 1, 0, 0, 0]),
        CountRule(takes: [0, 1, 1, 0, 0, 0, 0, 0, 0], gives: [0, 0, 0, 0, 1, 0, 0, 0, 0]),
        CountRule(takes: [0, 0, 2, 0, 0, 0, 0, 0, 0], gives: [0, 0, 0, 0, 0, 1, 0, 0, 0]),
        CountRule(takes: [0, 0, 0, 1, 0, 1, 0, 0, 0], gives: [0, 0, 0, 0, 0, 0, 1, 1, 0]),
        CountRule(takes: [0, 0, 0, 0, 2, 0, 0, 0, 0], gives: [0, 0, 0, 0, 0, 0, 0, 0, 1]),
    ]
    let seed: Int
    private let counts: ClosedRange<Int>
    private let stepsMax: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range(
            "min_initial_blocks", "max_initial_blocks", default: 0...5, within: 0...10_000)
        stepsMax = try settings.int("max_iterations", default: 1_000, within: 1...10_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let blocks = (0..<3).map { _ in random.randint(counts) }
        let states = CountRule.states(
            from: blocks + [0, 0, 0, 0, 0, 0], Self.rules, stepsMax: stepsMax)
        let solution = states.last ?? []
        return Entry(
            question: question(blocks),
            answer: solution.map(String.init).joined(separator: " "),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("states", .list(states.map(JSON.ints))), ("solution", .ints(solution)),
                ("initial_blocks", .ints(blocks)),
                ("difficulty", .members([("initial_blocks", .range(counts))])),
            ]))
    }

    private func question(_ blocks: [Int]) -> String {
        """
        There are nine different blocks [A] [B] [C] {A} {B} {C} (A) (B) (C)
        1. One [A], one [B], and one [C] can be combined to form one {A}.
        2. One [A] and one [B] can be combined to form one {C}.
        3. One [B] and one [C] can be combined to form one {B}.
        4. Two [C] can be combined to form one {C}.
        5. One {A} and one {C} can be combined to form one (A) and one (B).
        6. Two {B} can be combined to form one (C).

        Given a certain number of initial blocks, your job is to cycle through the rules 1-6 \
        above, synthesizing new blocks until no more rules can be applied, or until a state \
        (counts of each block type) is repeated.
        In the case a state is repeated the answer is the state before the repetition!

        The output should be the count of each block type after the rules have been applied in the \
        order they are listed above.
        For example 1 0 3 0 2 0 0 0 1 means that you have 1 [A] 0 [B] 3 [C] 0 {A} 2 {B} 0 {C} 0 \
        (A) 0 (B) 1 (C).

        Now, you have \(blocks[0]) [A], \(blocks[1]) [B], and \(blocks[2]) [C] blocks. Provide \
        the count of each block type after applying the above rules.
        Note: Apply the rules at most \(stepsMax) times. If the rules cannot be applied anymore, \
        or if you have reached the maximum number of iterations, stop and provide the current \
        counts.

        """
    }
}
