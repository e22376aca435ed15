import GenRL
import Keys
import Sandbox
import Synchronization
import Testing

@testable import CodeZero

/// Players by rules: a proposer that generates, a solver of a skill that grows, evaluators that err.
final class Script: Sendable {
    static let seed: UInt64 = 11
    private let generator = ProblemGenerator(seed: Script.seed)
    private let known = Mutex<[Digest: (reference: String, level: Int)]>([:])
    private let draws = Mutex(CounterRandom(key: Script.seed, stream: 1))
    let skill = Mutex(1.0)

    func propose(level: Int, attempt: Int) -> String {
        let made = generator.problem(at: attempt, level: level)
        known.withLock { $0[made.problem.id] = (made.reference, level) }
        let proposal = Proposal(problem: made.problem, reference: made.reference)
        return attempt % 7 == 3 ? "I propose nothing." : proposal.text
    }

    /// Right with a probability that falls with the level beyond the skill.
    func solve(_ problem: CodeProblem) -> [String] {
        guard let (reference, level) = known.withLock({ $0[problem.id] }) else { return [] }
        let chance = min(1, max(0, skill.withLock { $0 } - Double(level) + 0.5))
        return (0..<8).map { _ in
            let isRight = draws.withLock { $0.draw(below: 1000) } < Int(chance * 1000)
            return isRight
                ? "```python\n\(reference)\n```" : "```python\ndef \(problem.entryPoint)(x): return x\n```"
        }
    }
}

@Suite(.enabled(if: Tried.isPossible, "this machine allows no sandbox"))
struct `A game of CodeZero` {
    /// Knows the trick of the script's wrong solutions.
    private func evaluator(_ name: String, right: Double, wrong: Double) -> SolutionEvaluator {
        let judge = ScriptedJudge { $0.text.contains("(x): return x") ? wrong : right }
        return SolutionEvaluator(
            name: name, judge: judge, secret: .init(repeating: UInt8(name.utf8.count), count: 32))
    }

    /// A round of a script: proposals until one is accepted, which is solved.
    private func play(
        _ game: inout CodeZeroGame, _ script: Script, _ attempt: inout Int
    ) throws -> CodeZeroGame.Attempts {
        while true {
            let text = script.propose(level: game.difficulty.level, attempt: attempt)
            attempt += 1
            switch try game.take([text])[0] {
            case .success(let proposal):
                return try game.settle([(proposal.problem, script.solve(proposal.problem))])[0]
            case .failure(let refusal): #expect(refusal.kind == "unreadable")
            }
        }
    }

    @Test func `follows a solver that learns, and measures its evaluators`() throws {
        let script = Script()
        // The third says the opposite of what it sees.
        var game = CodeZeroGame(
            sandbox: try #require(Tried.sandbox),
            evaluators: [
                evaluator("a", right: 0.9, wrong: 0.1), evaluator("bb", right: 0.7, wrong: 0.2),
                evaluator("ccc", right: 0.1, wrong: 0.9),
            ], decider: .evaluators, difficulty: DifficultyController(start: 2), width: 2)
        var levels: [Int] = []
        var rates: [Double] = []
        var attempt = 0
        for round in 0..<48 {
            script.skill.withLock { $0 = 1 + 3 * Double(round) / 47 }
            levels.append(game.difficulty.level)
            let played = try play(&game, script, &attempt)
            rates.append(played.passRate)
            #expect(played.learnability == learnability(solveRate: played.passRate))
            // Two of three see what is right, so rewards are what execution would have said.
            #expect(played.rewards.map { $0 == 1 } == played.reports.map { $0?.isSolved == true })
        }
        #expect(levels.first == 2 && levels.contains(1) && (levels.last ?? 0) >= 3, "\(levels)")
        let late = rates.suffix(32).reduce(0, +) / 32
        #expect((0.25...0.8).contains(late), "\(late): \(rates)")
        // The third is measured as what it is.
        #expect(game.voted.count == 48 * 8 && game.voted.right == game.voted.count)
        #expect(game.calibration["a"]?.accuracy == 1 && game.calibration["ccc"]?.accuracy == 0)
        #expect((game.calibration["a"]?.brier ?? 1) < (game.calibration["bb"]?.brier ?? 0))
        #expect(game.pool.count == 48 && game.silent.count == 0)
    }

    @Test func `pays what evaluators say where they decide, and only measures them where they do not`() throws
    {
        let made = ProblemGenerator(seed: 1).problem(at: 0, level: 1)
        let answers = [made.reference, "def f(x): return x", "no program"]
        for decider in CodeZeroGame.Decider.allCases {
            // It takes everything for right but what has no program.
            var game = CodeZeroGame(
                sandbox: try #require(Tried.sandbox), evaluators: [evaluator("a", right: 0.9, wrong: 0.9)],
                decider: decider)
            let settled = try game.settle([(made.problem, answers)])[0]
            #expect(settled.rewards == (decider == .execution ? [1, 0, 0] : [1, 1, 0]))
            #expect(settled.votes.count == (decider == .execution ? 0 : 3))
            let level = game.difficulty
            let measured = try game.measure([(made.problem, answers)])[0]
            #expect(measured.votes.map(\.verdict) == [true, true, false])
            #expect(abs(measured.passRate - 1 / 3) < 1e-9 && game.difficulty == level)
            #expect(game.calibration["a"]?.count == (decider == .execution ? 3 : 6))
        }
    }

    @Test func `moves the level by one at most for the answers of one round`() throws {
        let made = (0..<4).map { ProblemGenerator(seed: 1).problem(at: $0, level: 1) }
        var game = CodeZeroGame(
            sandbox: try #require(Tried.sandbox), difficulty: DifficultyController(start: 1), width: 2)
        _ = try game.settle(made.map { ($0.problem, Array(repeating: $0.reference, count: 12)) })
        #expect(game.difficulty.level == 2 && game.difficulty.attempts.isEmpty)
    }

    @Test func `goes on without a judge's word`() throws {
        let mute = SolutionEvaluator(
            name: "a", judge: ScriptedJudge { _ in -1 }, secret: .init(repeating: 1, count: 16))
        var game = CodeZeroGame(
            sandbox: try #require(Tried.sandbox), evaluators: [mute], decider: .evaluators)
        let made = ProblemGenerator(seed: 1).problem(at: 0, level: 1)
        let settled = try game.settle([(made.problem, [made.reference, made.reference])])[0]
        #expect(settled.votes.allSatisfy { $0.verdict == nil && $0.abstained == ["a"] })
        #expect(settled.rewards == [0, 0] && settled.passRate == 1 && game.silent.count == 2)
    }

    @Test func `takes a proposal once, and none that is kept for measurements`() throws {
        let made = ProblemGenerator(seed: 1).problem(at: 0, level: 1)
        let kept = ProblemGenerator(seed: 1).problem(at: 1, level: 2)
        let text = Proposal(problem: made.problem, reference: made.reference).text
        var game = CodeZeroGame(
            sandbox: try #require(Tried.sandbox), heldOut: [kept.problem.question], width: 3)
        let first = try game.take([text, "nothing", text, kept.draft.text])
        #expect(first.map { (try? $0.get().problem) == made.problem } == [true, false, false, false])
        let kinds = first.dropFirst().map { result in
            if case .failure(let refusal) = result { refusal.kind } else { "none" }
        }
        #expect(kinds == ["unreadable", "repeated", "held out"])
        #expect(game.pool.count == 1)
    }
}
