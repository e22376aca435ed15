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

    @Test func `use every step`() {
        let generator = ProblemGenerator(seed: 3)
        let questions = (0..<400).map { generator.problem(at: $0, level: 3).problem.question }
        let words =
            ProblemSteps.lists.map(\.words) + ProblemSteps.texts.map(\.words)
            + ProblemSteps.numbers.map(\.words)
        for step in words { #expect(questions.contains { $0.contains(step) }, "\(step)") }
    }
}
