import Bytes

/// A program of four tokens, which facing signs rewrite until none face each other.
struct AB: TaskFormat {
    static let name = "ab"
    private static let tokens = ["A#", "B#", "#A", "#B"]
    /// A program that is not done after so many looks does not count as one that ends.
    private static let looksMax = 100
    private static let attemptsMax = 20_000
    let seed: Int
    private let length: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        length = try settings.int("length", default: 10, within: 1...100)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        for _ in 0..<Self.attemptsMax {
            let program = (0..<length).map { _ in random.below(Self.tokens.count) }
            guard let final = Self.run(program) else { continue }
            return Entry(
                question: Self.question(Self.text(program)), answer: Self.text(final),
                metadata: .members([
                    ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                    ("difficulty", .members([("length", .int(length))])),
                ]))
        }
        throw .notGenerated(
            environment: Self.name, index: index, reason: "no program of this length ends in time")
    }

    private static func text(_ program: [Int]) -> String {
        program.map { tokens[$0] }.joined(separator: " ")
    }

    /// The final state, rewriting the leftmost facing pair at each step.
    ///
    /// Every step takes two tokens away or moves one to the left, so no state repeats.
    private static func run(_ start: [Int]) -> [Int]? {
        var program = start
        for _ in 0..<looksMax {
            let facing = program.indices.dropLast().first { program[$0] < 2 && program[$0 + 1] >= 2 }
            guard let i = facing else { return program }
            if program[i] == program[i + 1] - 2 {
                program.removeSubrange(i...(i + 1))
            } else {
                program.swapAt(i, i + 1)
            }
        }
        return nil
    }

    private static func question(_ program: String) -> String {
        """
        A::B is a system with 4 tokens: `A#`, `#A`, `B#` and `#B`.

        An A::B program is a sequence of tokens. Example:

            B# A# #B #A B#

        To *compute* a program, we must rewrite neighbor tokens, using the rules:

            A# #A ... becomes ... nothing
            A# #B ... becomes ... #B A#
            B# #A ... becomes ... #A B#
            B# #B ... becomes ... nothing

        In other words, whenever two neighbor tokens have their '#' facing each-other,
        they must be rewritten according to the corresponding rule.

        Now, consider the following program:

        \(program)

        Return the final state of the program.

        """
    }

    /// 1 for the final state exactly as written, which may be empty; 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        return PythonText.equal(answer, expected) ? 1 : 0
    }
}
