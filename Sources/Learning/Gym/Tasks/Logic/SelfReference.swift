import Bytes

/// Seven statements about how many of them are true: how many ways are there to believe them?
struct SelfReference: TaskFormat {
    static let name = "self_reference"
    private static let statements = 7
    let seed: Int
    /// Only written down; the original draws the same statements for every difficulty.
    private let difficulty: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        difficulty = try settings.int("difficulty", default: 5, within: 1...10)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let bounds = Bounds(&random)
        let solutions = (0..<(1 << Self.statements)).count(where: bounds.isConsistent)
        return Entry(
            question: """
                Given the truthfulness of these statements, please tell me the number of possible \
                solutions:\u{20}
                 - Statement 1: 'At least \(bounds.leastTrue) of these 7 statements are true.'
                 - Statement 2: 'At most \(bounds.mostFalse) of these 7 statements are false.'
                 - Statement 3: 'Exactly \(bounds.exactlyTrue) of these 7 statements are true.'
                 - Statement 4: 'Exactly \(bounds.exactlyFalse) of these 7 statements are false.'
                 - Statement 5: 'Either Statement 3 or Statement 4 is true, but not both.'
                 - Statement 6: 'The number of true statements is a prime number.'
                 - Statement 7: 'The number of false statements is a composite number.'

                """,
            answer: String(solutions),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("difficulty", .members([("difficulty", .int(difficulty))])),
            ]))
    }

    /// The numbers of the first four statements.
    private struct Bounds {
        let leastTrue: Int
        let mostFalse: Int
        let exactlyTrue: Int
        let exactlyFalse: Int

        /// Draws them around an intended number of true statements.
        init(_ random: inout PythonRandom) {
            var count = random.randint(1, 6)
            let forced = (Self.isPrime(count) ? 1 : 0) + (Self.isComposite(7 - count) ? 1 : 0)
            var intended = [true, true, true, true, false]
            if (0...5).contains(count - forced) {
                let chosen = random.sample(Array(0..<5), count - forced)
                intended = (0..<5).map { chosen.contains($0) }
            } else {
                count = 4
            }
            let others = 7 - count
            leastTrue =
                intended[0] ? random.randint(1, count) : random.randint(count + 1, 7)
            mostFalse =
                intended[1] ? random.randint(others, 7) : random.randint(0, max(others - 1, 0))
            exactlyTrue =
                intended[2] ? count : random.choice((0...7).filter { $0 != count })
            exactlyFalse =
                intended[3] ? others : random.choice((0...7).filter { $0 != others })
        }

        /// Whether exactly the statements of these bits are true, if they are believed.
        func isConsistent(_ believed: Int) -> Bool {
            let count = believed.nonzeroBitCount
            let others = 7 - count
            let third = believed >> 2 & 1 == 1
            let fourth = believed >> 3 & 1 == 1
            let truths = [
                count >= leastTrue, others <= mostFalse, count == exactlyTrue,
                others == exactlyFalse, third != fourth, Self.isPrime(count),
                Self.isComposite(others),
            ]
            return truths.enumerated().allSatisfy { (believed >> $0 & 1 == 1) == $1 }
        }

        private static func isPrime(_ n: Int) -> Bool { [2, 3, 5, 7].contains(n) }
        private static func isComposite(_ n: Int) -> Bool { n > 1 && !isPrime(n) }
    }

    /// 1 for the number as it is written, 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        return PythonText.equal(answer, expected) ? 1 : 0
    }
}
