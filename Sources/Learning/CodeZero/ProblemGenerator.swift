import GenRL
import Keys

/// Endless small problems of five levels, made from a seed; nothing is downloaded.
///
/// A problem is a chain of as many steps as its level, over a list of numbers, a text or a number. Each step
/// exists twice, as Python of the reference solution and as Swift, which computes the expected values.
public struct ProblemGenerator: Sendable {
    /// A problem and a solution of it.
    public struct Made: Sendable, Hashable {
        /// The problem.
        public var problem: CodeProblem
        /// A solution.
        public var reference: String
        /// The arguments of the tests' calls.
        public var inputs: [String]

        /// The same as a proposer may write it, who leaves the expected values to the solution.
        public var draft: ProposalDraft {
            do throws(CodeProblemError) {
                return try ProposalDraft(
                    question: problem.question, solution: reference,
                    inputs: Array(inputs.prefix(ProblemGenerator.draftInputCount)))
            } catch { preconditionFailure("a generated problem keeps the bounds: \(error)") }
        }
    }

    /// A problem and a program for it, right or wrong.
    public struct Attempt: Sendable, Hashable {
        /// The problem and a solution.
        public var made: Made
        /// The program.
        public var program: String
        /// Whether it passes all tests.
        public var isRight: Bool
    }

    /// The name of every function.
    static let name = "f"
    /// The levels.
    public static let levels = 1...5
    /// Tests of each problem.
    static let testCount = 5
    /// Inputs of a draft; fewer than tests, so that a small model can write it.
    static let draftInputCount = 3

    /// Which chains of steps there are: those of one part never are in the other, so that whoever learns
    /// from the first has never seen the second. A step alone is a chain, too.
    public enum Part: String, Sendable, Hashable { case training, heldOut }

    /// One in so many chains is held out.
    static let heldOutShare = 4

    /// What everything is drawn from.
    public let seed: UInt64
    /// Which chains are drawn.
    public let part: Part

    /// The problems of a seed.
    public init(seed: UInt64, part: Part = .training) {
        self.seed = seed
        self.part = part
    }

    /// Problem `index` of a level: a function of the seed and these two.
    public func problem(at index: Int, level: Int) -> Made {
        var random = self.random(at: index, level: level)
        return drawn(level, &random).made
    }

    /// Problem `index` of a level and a program for it, which is right in about half of all cases.
    ///
    /// Wrong ones do something else than was asked, or are no Python. Whether a program is right is known
    /// from what its steps compute, without running it.
    public func attempt(at index: Int, level: Int) -> Attempt {
        var random = self.random(at: index, level: level)
        return drawn(level, &random).attempt(&random)
    }

    private func random(at index: Int, level: Int) -> CounterRandom {
        precondition(Self.levels.contains(level) && index >= 0, "levels are 1 to 5, indices from 0")
        return CounterRandom(key: seed, stream: UInt64(index) * 8 + UInt64(level))
    }

    private func drawn(_ level: Int, _ random: inout CounterRandom) -> any DrawnProblem {
        while true {
            let made: (any DrawnProblem)? =
                switch random.draw(below: 3) {
                case 0: Drawn("values", "a list of integers", ProblemSteps.lists, level, part, &random)
                case 1: Drawn("text", "a string", ProblemSteps.texts, level, part, &random)
                default: Drawn("n", "a non-negative integer", ProblemSteps.numbers, level, part, &random)
                }
            // Of single steps of some kind none may be held out; other kinds have some.
            if let made { return made }
        }
    }
}

/// A problem of any kind of value.
private protocol DrawnProblem {
    var made: ProblemGenerator.Made { get }
    func attempt(_ random: inout CounterRandom) -> ProblemGenerator.Attempt
}

/// A chain of steps that was drawn, with inputs and their outputs.
private struct Drawn<Value: PythonLiteral>: DrawnProblem {
    let argument: String, kind: String
    let steps: [ProblemStep<Value>]
    var chain: [ProblemStep<Value>] = []
    var examples: [(input: Value, output: Value)] = []

    /// Chains that are drawn until one does something, and until one is of the part that is asked for.
    private static var drawsMax: Int { 64 }
    private static var triesMax: Int { 256 }

    /// Not all outputs are alike, and not every one is its input, so that no function that computes nothing
    /// passes.
    init?(
        _ argument: String, _ kind: String, _ steps: [ProblemStep<Value>], _ level: Int,
        _ part: ProblemGenerator.Part, _ random: inout CounterRandom
    ) {
        (self.argument, self.kind, self.steps) = (argument, kind, steps)
        for _ in 0..<Self.drawsMax {
            var tries = 0
            repeat {
                guard tries < Self.triesMax else { return nil }
                tries += 1
                chain = Self.chain(of: level, steps, &random)
            } while !isIn(part)
            examples = (0..<ProblemGenerator.testCount).map { position in
                let input = Value.draw(&random, position: position)
                return (input, chain.reduce(input) { $1.apply($0) })
            }
            let outputs = Set(examples.map(\.output.python))
            if outputs.count > 2, examples.contains(where: { $0.input.python != $0.output.python }) { break }
        }
    }

    private static func chain(
        of length: Int, _ steps: [ProblemStep<Value>], _ random: inout CounterRandom
    ) -> [ProblemStep<Value>] {
        var chain: [ProblemStep<Value>] = []
        while chain.count < length {
            let step = steps[random.draw(below: steps.count)]
            // The same step twice in a row often does nothing.
            if chain.last?.words != step.words { chain.append(step) }
        }
        return chain
    }

    private func isIn(_ part: ProblemGenerator.Part) -> Bool {
        let number = CounterRandom.number(for: chain.map(\.words).joined(separator: "; "))
        return (number % UInt64(ProblemGenerator.heldOutShare) == 0) == (part == .heldOut)
    }

    private func code(_ chain: [ProblemStep<Value>]) -> String {
        let lines = chain.map { "    \(argument) = \($0.python.replacing("it", with: argument))\n" }
        return "def \(ProblemGenerator.name)(\(argument)):\n\(lines.joined())    return \(argument)\n"
    }

    var made: ProblemGenerator.Made {
        let name = ProblemGenerator.name
        let words = chain.map(\.words).joined(separator: "; then ")
        let question =
            "Write a Python function \(name)(\(argument)). Of \(kind) it returns what this gives, in order: "
            + "\(words)."
        let tests = examples.map { "assert \(name)(\($0.input.python)) == \($0.output.python)" }
        do throws(CodeProblemError) {
            return ProblemGenerator.Made(
                problem: try CodeProblem(question: question, entryPoint: name, tests: tests),
                reference: code(chain), inputs: examples.map(\.input.python))
        } catch { preconditionFailure("a generated problem keeps the bounds: \(error)") }
    }

    /// A program without one of its brackets, and maybe without what follows it: no Python, wherever it was.
    private func withSlip(_ random: inout CounterRandom) -> String {
        var text = Array(code(chain))
        let brackets = text.indices.filter { "()[]".contains(text[$0]) }
        let first = brackets[random.draw(below: brackets.count)]
        let rest = text[(first + 1)...].prefix(random.draw(below: 4)).prefix { !"()[]\n".contains($0) }
        text.removeSubrange(first..<rest.endIndex)
        return String(text)
    }

    func attempt(_ random: inout CounterRandom) -> ProblemGenerator.Attempt {
        var changed = chain
        let position = random.draw(below: chain.count), other = steps[random.draw(below: steps.count)]
        switch random.draw(below: 20) {
        case 0...3: changed[position] = other
        case 4: changed.insert(other, at: position)
        case 5: changed.insert(chain[position], at: position)
        case 6, 7: changed[position] = chain[(position + 1) % chain.count]
        case 8: if chain.count > 1 { changed.remove(at: position) }
        case 9:
            changed = changed.reversed()
            if changed.count == 1 { changed.append(other) }
        case 10, 11: return .init(made: made, program: withSlip(&random), isRight: false)
        default: break
        }
        let isRight = examples.allSatisfy { example in
            changed.reduce(example.input) { $1.apply($0) }.python == example.output.python
        }
        return .init(made: made, program: code(changed), isRight: isRight)
    }
}

/// One thing to do to a value, in words, in Python (where `it` is the value) and in Swift.
struct ProblemStep<Value>: Sendable {
    let words: String
    let python: String
    let apply: @Sendable (Value) -> Value
}

/// A value that can be written in Python and drawn for a test.
protocol PythonLiteral {
    var python: String { get }
    static func draw(_ random: inout CounterRandom, position: Int) -> Self
}

extension [Int]: PythonLiteral {
    var python: String { "[" + map(String.init).joined(separator: ", ") + "]" }

    static func draw(_ random: inout CounterRandom, position: Int) -> [Int] {
        (0..<(3 + position + random.draw(below: 3))).map { _ in random.draw(below: 41) - 12 }
    }
}

extension String: PythonLiteral {
    /// Lower-case letters and blanks only, so that nothing needs an escape.
    var python: String { "'\(self)'" }

    static func draw(_ random: inout CounterRandom, position: Int) -> String {
        let letters = Array("abcdeeghiklmnoorstu ")
        return String((0..<(4 + 2 * position)).map { _ in letters[random.draw(below: letters.count)] })
    }
}

extension Int: PythonLiteral {
    var python: String { String(self) }

    static func draw(_ random: inout CounterRandom, position: Int) -> Int {
        random.draw(below: [10, 30, 100, 500, 1000][position % 5])
    }
}

/// The steps.
enum ProblemSteps {
    static let lists: [ProblemStep<[Int]>] = [
        .init(words: "keep only the even numbers", python: "[x for x in it if x % 2 == 0]") {
            $0.filter { $0 % 2 == 0 }
        },
        .init(words: "keep only the numbers above 3", python: "[x for x in it if x > 3]") {
            $0.filter { $0 > 3 }
        },
        .init(words: "double each number", python: "[2 * x for x in it]") { $0.map { 2 * $0 } },
        .init(words: "add 3 to each number", python: "[x + 3 for x in it]") { $0.map { $0 + 3 } },
        .init(words: "reverse the list", python: "it[::-1]") { $0.reversed() },
        .init(words: "sort the list in ascending order", python: "sorted(it)") { $0.sorted() },
        .init(words: "drop the first element, if there is one", python: "it[1:]") { Array($0.dropFirst()) },
        .init(words: "keep every second element, beginning with the first", python: "it[::2]") { list in
            list.indices.filter { $0 % 2 == 0 }.map { list[$0] }
        },
        .init(
            words: "remove repeated numbers, keeping the first of each",
            python: "list(dict.fromkeys(it))"
        ) { list in
            var seen: Set<Int> = []
            return list.filter { seen.insert($0).inserted }
        },
        .init(
            words: "replace each element by the sum of all elements up to and including it",
            python: "[sum(it[:i + 1]) for i in range(len(it))]"
        ) { list in
            var sum = 0
            return list.map {
                sum += $0
                return sum
            }
        },
    ]

    static let texts: [ProblemStep<String>] = [
        .init(words: "reverse the string", python: "it[::-1]") { String($0.reversed()) },
        .init(words: "remove all blanks", python: "it.replace(' ', '')") { $0.filter { $0 != " " } },
        .init(
            words: "remove the vowels a, e, i, o and u", python: "''.join(c for c in it if c not in 'aeiou')"
        ) { $0.filter { !"aeiou".contains($0) } },
        .init(words: "write each character twice", python: "''.join(2 * c for c in it)") { text in
            String(text.flatMap { [$0, $0] })
        },
        .init(words: "drop the last character, if there is one", python: "it[:-1]") { String($0.dropLast()) },
        .init(words: "keep every second character, beginning with the first", python: "it[::2]") { text in
            String(text.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
        },
        .init(words: "sort the characters", python: "''.join(sorted(it))") { String($0.sorted()) },
        .init(words: "replace each e by a", python: "it.replace('e', 'a')") {
            String($0.map { $0 == "e" ? "a" : $0 })
        },
        .init(words: "put the first character at the end", python: "it[1:] + it[:1]") {
            String($0.dropFirst() + $0.prefix(1))
        },
    ]

    static let numbers: [ProblemStep<Int>] = [
        .init(words: "add 7", python: "it + 7") { $0 + 7 },
        .init(words: "multiply by 3", python: "it * 3") { $0 * 3 },
        .init(words: "take the sum of the decimal digits", python: "sum(int(d) for d in str(it))") {
            String($0).reduce(0) { $0 + ($1.wholeNumberValue ?? 0) }
        },
        .init(words: "take the remainder of a division by 11", python: "it % 11") { $0 % 11 },
        .init(words: "halve it, rounding down", python: "it // 2") { $0 / 2 },
        .init(
            words: "halve it if it is even, otherwise triple it and add 1",
            python: "it // 2 if it % 2 == 0 else 3 * it + 1"
        ) { $0 % 2 == 0 ? $0 / 2 : 3 * $0 + 1 },
        .init(words: "count the ones of its binary form", python: "bin(it).count('1')") {
            $0.nonzeroBitCount
        },
        .init(words: "reverse its decimal digits", python: "int(str(it)[::-1])") { value in
            Int(String(String(value).reversed())) ?? 0
        },
        .init(words: "take its distance from 50", python: "abs(it - 50)") { abs($0 - 50) },
    ]
}
