import GenRL
import Sandbox
import Testing

@testable import CodeZero

@Suite struct `Generated problems` {
    @Test func `are a function of seed, level and index`() {
        let a = ProblemGenerator(seed: 7), b = ProblemGenerator(seed: 8)
        #expect(a.problem(at: 3, level: 2) == ProblemGenerator(seed: 7).problem(at: 3, level: 2))
        #expect(a.problem(at: 3, level: 2) != b.problem(at: 3, level: 2))
        #expect(a.problem(at: 3, level: 2) != a.problem(at: 3, level: 3))
    }

    @Test func `hardly ever repeat`() {
        let generator = ProblemGenerator(seed: 1)
        for level in ProblemGenerator.levels {
            let names = (0..<300).map { generator.problem(at: $0, level: level).problem.id }
            #expect(Set(names).count == 300)
        }
    }

    @Test(
        .enabled(if: Tried.isPossible, "this machine allows no sandbox"), arguments: ProblemGenerator.levels)
    func `are solved by their references, and by nothing simpler`(level: Int) throws {
        let check = ProposalCheck(try #require(Tried.sandbox))
        let generator = ProblemGenerator(seed: 0xC0DE)
        for index in 0..<12 {
            let made = generator.problem(at: index, level: level)
            let refusal = try check.refusal(of: Proposal(problem: made.problem, reference: made.reference))
            #expect(refusal == nil, "level \(level), index \(index): \(made.reference)")
        }
    }

    @Test(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
    func `come with programs of which it is known whether they pass`() throws {
        let execution = ExecutionRewards(try #require(Tried.sandbox))
        let generator = ProblemGenerator(seed: 5)
        var right = 0
        for index in 0..<60 {
            let attempt = generator.attempt(at: index, level: 1 + index % 3)
            let report = try execution.reports(of: [attempt.program], to: attempt.made.problem)[0]
            #expect((report?.isSolved == true) == attempt.isRight, "\(index): \(attempt.program)")
            right += attempt.isRight ? 1 : 0
        }
        #expect((20...40).contains(right), "\(right) of 60 are right")
    }

    @Test(arguments: [1, 2, 3]) func `that are held out have chains of their own`(level: Int) {
        func questions(_ part: ProblemGenerator.Part) -> Set<String> {
            let generator = ProblemGenerator(seed: part == .training ? 1 : 2, part: part)
            return Set((0..<400).map { generator.problem(at: $0, level: level).problem.question })
        }
        #expect(questions(.training).isDisjoint(with: questions(.heldOut)))
        #expect(questions(.heldOut).count >= (level == 1 ? 3 : 40))
    }

    @Test(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
    func `are proposals with and without their expected values`() throws {
        let check = ProposalCheck(try #require(Tried.sandbox))
        for level in ProblemGenerator.levels {
            let made = ProblemGenerator(seed: 8).problem(at: level, level: level)
            let whole = try check.proposal(in: made.draft.text).get().problem
            #expect(whole.tests == Array(made.problem.tests.prefix(ProblemGenerator.draftInputCount)))
            #expect(whole.question == made.problem.question && whole.entryPoint == made.problem.entryPoint)
        }
    }

    @Test func `are lessons for every role`() throws {
        let codec = TextCodec.characters(String((32..<127).map { Character(Unicode.Scalar($0)) }) + "\n")
        for role in CodeLessons.Role.allCases {
            let lessons = CodeLessons(role, levels: [1, 2], seed: 4, codec: codec)
            let made = lessons.lessons(6..<10)
            #expect(made.count == 4 && made == lessons.lessons(6..<8) + lessons.lessons(8..<10))
            // Every character of a lesson is in the alphabet.
            #expect(made.allSatisfy { !($0.prompt + $0.answer).contains(2) })
            switch role {
            case .solver: #expect(made.allSatisfy { codec.text($0.answer).hasPrefix("def f(") })
            case .proposer:
                for lesson in made { _ = try ProposalDraft(parsing: codec.text(lesson.answer)) }
            case .evaluator:
                // The verdict stands between two marks; the program is written in numbered lines.
                let verdicts = made.map { codec.text(Array($0.prompt.split(separator: 1).last ?? [])) }
                #expect(verdicts.allSatisfy { ["yes", "no"].contains($0) })
                #expect(made.allSatisfy { codec.text($0.answer).hasPrefix("1| def f") })
            }
        }
    }

    @Test func `use every step`() {
        let generator = ProblemGenerator(seed: 3)
        let questions = (0..<400).map { generator.problem(at: $0, level: 3).problem.question }
        let words =
            ProblemSteps.lists.map(\.words) + ProblemSteps.texts.map(\.words)
            + ProblemSteps.numbers.map(\.words)
        for step in words { #expect(questions.contains { $0.contains(step) }, "\(step)") }
    }
}
