public import GenRL
import Keys
public import Sandbox
import World

/// A round of CodeZero: proposals are checked, answers run, judged and voted about, the level adjusted.
///
///     proposers write -> take() -> solvers answer the accepted -> settle() -> all learn
///
/// It holds no model: texts go in, rewards come out. Who decides about rewards is a choice. With `.execution`
/// they are what the tests say. With `.evaluators` they are what the majority of evaluators says, who see a
/// program and do not run it; execution then decides nothing and only measures them.
public struct CodeZeroGame: Sendable {
    /// Who decides about rewards.
    public enum Decider: String, Sendable, Hashable, CaseIterable { case execution, evaluators }

    /// What became of the answers to one problem.
    public struct Attempts: Sendable {
        /// The problem.
        public var problem: CodeProblem
        /// The program in each completion; nil where it held none.
        public var programs: [String?]
        /// What execution says of each completion; nil where it held no program.
        public var reports: [PythonTests.Report?]
        /// What evaluators say of each; empty where they were not asked.
        public var votes: [CommitRevealVote.Tally]
        /// The solver's rewards.
        public var rewards: [Float]
        /// Which completions count as solutions, to whoever decides.
        public var solved: [Bool]

        /// The share of completions that count as solutions.
        public var solveRate: Double {
            solved.isEmpty ? 0 : Double(solved.count(where: \.self)) / Double(solved.count)
        }
        /// The share of completions that are solutions by execution.
        public var passRate: Double {
            reports.isEmpty ? 0 : Double(reports.count { $0?.isSolved == true }) / Double(reports.count)
        }
        /// Lessons for evaluators: the first programs, and what execution says of them.
        public func judgements(_ count: Int, _ codec: TextCodec) -> [Lesson] {
            zip(programs, reports).prefix(count).compactMap { program, report in
                guard let program, let report else { return nil }
                return CodeLessons.judgement(of: program, problem, isRight: report.isSolved, codec)
            }
        }
        /// The proposer's reward.
        public var learnability: Double { GenRL.learnability(solveRate: solveRate) }
    }

    /// Chooses the level.
    public private(set) var difficulty: DifficultyController
    /// Accepted proposals.
    public private(set) var pool: ProposalPool
    /// Each evaluator against execution, by name.
    public private(set) var calibration: [String: JudgeCalibration] = [:]
    /// The majority against execution: votes with a verdict, and those of them that were right.
    public private(set) var voted: (count: Int, right: Int) = (0, 0)
    /// Evaluations that gave no verdict, and the last reason.
    public private(set) var silent: (count: Int, last: JudgeError?) = (0, nil)
    /// Who decides about rewards.
    public let decider: Decider

    /// Who judges.
    public let evaluators: [SolutionEvaluator]
    private let execution: ExecutionRewards
    private let check: ProposalCheck
    private let heldOut: Set<String>
    private let width: Int

    /// A game that begins.
    ///
    /// - Parameters:
    ///   - heldOut: questions that nobody may learn from; proposals that ask them are refused.
    ///   - width: proposals, problems and evaluators that are dealt with at a time.
    public init(
        sandbox: Sandbox, evaluators: [SolutionEvaluator] = [], decider: Decider = .execution,
        heldOut: Set<String> = [], difficulty: DifficultyController = .init(), pool: ProposalPool = .init(),
        rule: CodeRewardRule = .init(), limits: PythonTests.Limits = .init(), width: Int = 1
    ) {
        precondition(decider == .execution || !evaluators.isEmpty, "somebody decides")
        self.evaluators = evaluators
        self.decider = decider
        self.difficulty = difficulty
        self.pool = pool
        self.heldOut = heldOut
        self.width = width
        execution = ExecutionRewards(sandbox, rule: rule, limits: limits)
        check = ProposalCheck(sandbox, limits: limits)
    }

    /// Goes on where another game left off.
    public mutating func resume(
        level: Int, attempts: [Bool], pool: ProposalPool, calibration: [String: JudgeCalibration],
        voted: (count: Int, right: Int), silentCount: Int
    ) {
        difficulty.resume(level: level, attempts: attempts)
        self.pool = pool
        self.calibration = calibration
        self.voted = voted
        silent = (silentCount, nil)
    }

    /// Reads and checks proposals of the level that is asked for now; each is accepted once.
    ///
    /// - Throws: only what the machine is to blame for.
    public mutating func take(_ texts: [String]) throws -> [Result<Proposal, ProposalRefusal>] {
        let check = check
        let checked = try ThreadCrew.run(texts.count, width: width) { try check.proposal(in: texts[$0]) }
        return checked.map { result in
            result.flatMap { proposal in
                do throws(ProposalRefusal) {
                    guard !heldOut.contains(proposal.problem.question) else { throw .heldOut }
                    try pool.insert(proposal)
                    return .success(proposal)
                } catch { return .failure(error) }
            }
        }
    }

    /// Runs and judges the answers to problems of the level, and adjusts it.
    public mutating func settle(
        _ answers: [(problem: CodeProblem, completions: [String])]
    ) throws -> [Attempts] {
        let attempts = try attempts(answers, isJudged: decider == .evaluators)
        // All at once: what was answered before a move says nothing about the level after it.
        difficulty.record(attempts.flatMap(\.solved))
        return attempts
    }

    /// Runs answers and has them judged, for measurement: the level stays where it is.
    public mutating func measure(
        _ answers: [(problem: CodeProblem, completions: [String])]
    ) throws -> [Attempts] {
        try attempts(answers, isJudged: true)
    }

    private mutating func attempts(
        _ answers: [(problem: CodeProblem, completions: [String])], isJudged: Bool
    ) throws -> [Attempts] {
        let execution = execution
        let reports = try ThreadCrew.run(answers.count, width: width) { index in
            try execution.reports(of: answers[index].completions, to: answers[index].problem)
        }
        let votes =
            try isJudged && !evaluators.isEmpty ? votes(on: answers, reports) : answers.map { _ in [] }
        return answers.indices.map { index in
            let rewards: [Float], solved: [Bool]
            switch decider {
            case .execution:
                rewards = reports[index].map { $0.map(execution.rule.reward) ?? 0 }
                solved = reports[index].map { $0?.isSolved == true }
            case .evaluators:
                solved = votes[index].map { $0.verdict == true }
                rewards = solved.map { $0 ? 1 : 0 }
            }
            return Attempts(
                problem: answers[index].problem,
                programs: answers[index].completions.map {
                    SolutionText.extract($0, entryPoint: answers[index].problem.entryPoint)
                }, reports: reports[index], votes: votes[index],
                rewards: rewards, solved: solved)
        }
    }

    // MARK: Evaluators

    private typealias Judgement = Result<Double, JudgeError>

    /// What each evaluator says of each completion. Like programs are judged once: what is judged is the
    /// program, not the prose around it.
    private func judgements(
        _ answers: [(problem: CodeProblem, completions: [String])]
    ) throws -> [[[Judgement]]] {
        let evaluators = evaluators
        return try ThreadCrew.run(evaluators.count, width: width) { index in
            answers.map { problem, completions in
                var known: [String?: Judgement] = [:]
                return completions.map { completion in
                    let program = SolutionText.extract(completion, entryPoint: problem.entryPoint)
                    if let judgement = known[program] { return judgement }
                    let judgement: Judgement
                    do throws(JudgeError) {
                        judgement = .success(
                            try evaluators[index].probability(of: completion, solving: problem))
                    } catch { judgement = .failure(error) }
                    known[program] = judgement
                    return judgement
                }
            }
        }
    }

    /// Votes about every completion, and what execution makes of evaluators and majority.
    private mutating func votes(
        on answers: [(problem: CodeProblem, completions: [String])], _ reports: [[PythonTests.Report?]]
    ) throws -> [[CommitRevealVote.Tally]] {
        let judgements = try judgements(answers)
        return answers.indices.map { place in
            answers[place].completions.indices.map { index in
                vote(
                    on: answers[place].completions[index], of: answers[place].problem,
                    judgements.map { $0[place][index] }, isSolved: reports[place][index]?.isSolved == true)
            }
        }
    }

    /// All evaluators commit, then all reveal. In one process the phases follow at once; between machines
    /// the same values travel.
    private mutating func vote(
        on completion: String, of problem: CodeProblem, _ judgements: [Judgement], isSolved: Bool
    ) -> CommitRevealVote.Tally {
        let subject = CommitRevealVote.subject(problem: problem.id, solution: completion)
        var vote = CommitRevealVote(subject: subject, evaluators: Set(evaluators.map(\.name)))
        var ballots: [Ballot] = []
        for (evaluator, judgement) in zip(evaluators, judgements) {
            do {
                let probability = try judgement.get()
                calibration[evaluator.name, default: JudgeCalibration()].record(
                    probability: probability, isSolved: isSolved, threshold: evaluator.threshold)
                let ballot = evaluator.ballot(isCorrect: probability > evaluator.threshold, on: subject)
                try vote.commit(ballot.commitment(to: subject), by: evaluator.name)
                ballots.append(ballot)
            } catch {
                // An evaluator that fails abstains; how many do is counted.
                silent = (silent.count + 1, error as? JudgeError ?? silent.last)
            }
        }
        vote.closeCommitments()
        for ballot in ballots {
            do throws(VoteError) { try vote.reveal(ballot) } catch { silent.count += 1 }
        }
        let tally = vote.close()
        if let verdict = tally.verdict {
            voted = (voted.count + 1, voted.right + (verdict == isSolved ? 1 : 0))
        }
        return tally
    }
}
