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
    @Test func `follows a solver that learns, and measures its evaluators`() throws {
        let script = Script()
        // Knows the trick of the wrong solutions; the third says the opposite of it.
        func evaluator(_ name: String, right: Double, wrong: Double) -> SolutionEvaluator {
            let judge = ScriptedJudge { $0.text.contains("(x): return x") ? wrong : right }
            return SolutionEvaluator(
                name: name, judge: judge, secret: .init(repeating: UInt8(name.utf8.count), count: 32))
        }
        let players = CodeZeroPlayers(
            propose: { script.propose(level: $0, attempt: $1) }, solve: { script.solve($0) },
            evaluators: [
                evaluator("a", right: 0.9, wrong: 0.1), evaluator("bb", right: 0.7, wrong: 0.2),
                evaluator("ccc", right: 0.1, wrong: 0.9),
            ])
        var game = CodeZeroGame(players: players, sandbox: try #require(Tried.sandbox))
        var levels: [Int] = []
        var rates: [Double] = []
        for round in 0..<48 {
            script.skill.withLock { $0 = 1 + 3 * Double(round) / 47 }
            let played = try game.play()
            levels.append(played.level)
            let rate = try #require(played.solveRate)
            rates.append(rate)
            #expect(played.proposerReward == learnability(solveRate: rate))
            #expect(played.rewards.map { $0 == 1 } == played.reports.map { $0?.isSolved == true })
            #expect(played.refusals.allSatisfy { if case .unreadable = $0 { true } else { false } })
        }
        #expect(levels.first == 2 && levels.contains(1) && (levels.last ?? 0) >= 3, "\(levels)")
        let late = rates.suffix(32).reduce(0, +) / 32
        #expect((0.25...0.8).contains(late), "\(late): \(rates)")
        // Two of three see what is right; the third is measured as what it is.
        #expect(game.voted.count == 48 * 8 && game.voted.right == game.voted.count)
        #expect(game.calibration["a"]?.accuracy == 1 && game.calibration["ccc"]?.accuracy == 0)
        #expect((game.calibration["a"]?.brier ?? 1) < (game.calibration["bb"]?.brier ?? 0))
        #expect(game.pool.proposals.count == 48 && game.silent.count == 0)
    }

    @Test func `goes on without a usable proposal, and without a judge`() throws {
        let players = CodeZeroPlayers(
            propose: { _, _ in "nothing" }, solve: { _ in [] },
            evaluators: [
                SolutionEvaluator(
                    name: "a", judge: ScriptedJudge { _ in -1 }, secret: .init(repeating: 1, count: 16))
            ])
        var game = CodeZeroGame(players: players, sandbox: try #require(Tried.sandbox))
        let round = try game.play()
        #expect(round.problem == nil && round.proposerReward == 0 && round.solveRate == nil)
        #expect(round.refusals.count == CodeZeroGame.proposalsMax)
        let script = Script()
        let mute = CodeZeroPlayers(
            propose: { script.propose(level: $0, attempt: $1) }, solve: { script.solve($0) },
            evaluators: players.evaluators)
        var other = CodeZeroGame(players: mute, sandbox: try #require(Tried.sandbox))
        let played = try other.play()
        #expect(
            played.votes.allSatisfy { $0.verdict == nil && $0.abstained == ["a"] } && other.silent.count == 8)
    }

    @Test func `takes a proposal once`() throws {
        let made = ProblemGenerator(seed: 1).problem(at: 0, level: 1)
        let text = Proposal(problem: made.problem, reference: made.reference).text
        let players = CodeZeroPlayers(propose: { _, _ in text }, solve: { _ in [made.reference] })
        var game = CodeZeroGame(players: players, sandbox: try #require(Tried.sandbox))
        #expect(try game.play().solveRate == 1)
        let second = try game.play()
        #expect(second.problem == nil && second.refusals.count == CodeZeroGame.proposalsMax)
    }
}
