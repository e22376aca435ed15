import Keys
public import Sandbox

/// Who plays: functions, so that models, scripts and other peers fit alike.
public struct CodeZeroPlayers: Sendable {
    /// Writes a proposal of a level, as `Proposal(parsing:)` reads it; the second number is the attempt.
    public var propose: @Sendable (_ level: Int, _ attempt: Int) -> String
    /// Writes completions for a problem.
    public var solve: @Sendable (_ problem: CodeProblem) -> [String]
    /// Judge completions without running them.
    public var evaluators: [SolutionEvaluator]

    /// Players.
    public init(
        propose: @escaping @Sendable (Int, Int) -> String,
        solve: @escaping @Sendable (CodeProblem) -> [String],
        evaluators: [SolutionEvaluator] = []
    ) {
        self.propose = propose
        self.solve = solve
        self.evaluators = evaluators
    }
}

/// The loop of CodeZero: propose at a level, check, solve, run, reward, evaluate, vote, adjust the level.
///
/// Rewards are what execution says. Evaluators are measured against it and change no reward here; where a
/// swarm has no sandbox, their vote stands in for it, and `calibration` says how far to trust it.
public struct CodeZeroGame: Sendable {
    /// What one round was.
    public struct Round: Sendable {
        /// The level asked for.
        public var level: Int
        /// Why proposals were refused, in order.
        public var refusals: [ProposalRefusal]
        /// The problem that was solved; nil where no proposal was usable.
        public var problem: CodeProblem?
        /// What became of each completion; nil where it held no program.
        public var reports: [PythonTests.Report?]
        /// The solver's rewards.
        public var rewards: [Float]
        /// The proposer's reward: what the problem teaches this solver; 0 for one that is not usable.
        public var proposerReward: Double
        /// The votes about completions, in order.
        public var votes: [CommitRevealVote.Tally]

        /// The share of completions that solve the problem; nil where there were none.
        public var solveRate: Double? {
            guard !reports.isEmpty else { return nil }
            return Double(reports.count { $0?.isSolved == true }) / Double(reports.count)
        }
    }

    /// Proposals that are tried for one round.
    public static let proposalsMax = 4

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

    private let players: CodeZeroPlayers
    private let execution: ExecutionRewards
    private let check: ProposalCheck
    private var attempts = 0

    /// A game that begins.
    public init(
        players: CodeZeroPlayers, sandbox: Sandbox, difficulty: DifficultyController = .init(),
        rule: CodeRewardRule = .init(), pool: ProposalPool = .init(), limits: PythonTests.Limits = .init()
    ) {
        self.players = players
        self.difficulty = difficulty
        self.pool = pool
        execution = ExecutionRewards(sandbox, rule: rule, limits: limits)
        check = ProposalCheck(sandbox, limits: limits)
    }

    /// Plays a round.
    ///
    /// - Throws: only what the machine is to blame for.
    public mutating func play() throws(SandboxError) -> Round {
        let level = difficulty.level
        var refusals: [ProposalRefusal] = []
        guard let problem = try nextProblem(level: level, refusals: &refusals) else {
            return Round(
                level: level, refusals: refusals, problem: nil, reports: [], rewards: [], proposerReward: 0,
                votes: [])
        }
        let completions = players.solve(problem)
        let reports = try execution.reports(of: completions, to: problem)
        let solved = reports.map { $0?.isSolved == true }
        difficulty.record(solved)
        var votes: [CommitRevealVote.Tally] = []
        if !players.evaluators.isEmpty {
            for (completion, isSolved) in zip(completions, solved) {
                votes.append(vote(on: completion, of: problem, isSolved: isSolved))
            }
        }
        let rate = solved.isEmpty ? 0 : Double(solved.count(where: \.self)) / Double(solved.count)
        return Round(
            level: level, refusals: refusals, problem: problem, reports: reports,
            rewards: reports.map { $0.map(execution.rule.reward) ?? 0 },
            proposerReward: learnability(solveRate: rate), votes: votes)
    }

    /// The first proposal that can be read, is new, and passes its check.
    private mutating func nextProblem(
        level: Int, refusals: inout [ProposalRefusal]
    ) throws(SandboxError) -> CodeProblem? {
        for _ in 0..<Self.proposalsMax {
            let text = players.propose(level, attempts)
            attempts += 1
            let proposal: Proposal
            do throws(CodeProblemError) {
                proposal = try Proposal(parsing: text)
            } catch {
                refusals.append(.unreadable(error))
                continue
            }
            if pool.contains(proposal) {
                refusals.append(.repeated(proposal.fingerprint))
            } else if let refusal = try check.refusal(of: proposal) {
                refusals.append(refusal)
            } else {
                do throws(ProposalRefusal) {
                    try pool.insert(proposal)
                    return proposal.problem
                } catch { refusals.append(error) }
            }
        }
        return nil
    }

    /// All evaluators commit, then all reveal. In one process the phases follow at once; between machines
    /// the same values travel.
    private mutating func vote(
        on completion: String, of problem: CodeProblem, isSolved: Bool
    ) -> CommitRevealVote.Tally {
        let subject = CommitRevealVote.subject(problem: problem.id, solution: completion)
        var vote = CommitRevealVote(subject: subject, evaluators: Set(players.evaluators.map(\.name)))
        var ballots: [Ballot] = []
        for evaluator in players.evaluators {
            do {
                let probability = try evaluator.probability(of: completion, solving: problem)
                calibration[evaluator.name, default: JudgeCalibration()].record(
                    probability: probability, isSolved: isSolved)
                let ballot = evaluator.ballot(isCorrect: probability > 0.5, on: subject)
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
