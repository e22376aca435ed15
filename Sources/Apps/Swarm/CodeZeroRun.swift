import Bytes
public import CodeZero
import GenRL
import Gym
public import Neural
public import Sandbox
public import Tensor

/// A run of CodeZero: a proposer writes tasks, a solver answers them, the sandbox runs the answers,
/// evaluators judge them, and all learn: evaluators from the few answers that are audited.
public final class CodeZeroRun {
    /// What is played.
    public let config: CodeZeroConfig
    /// Everything but the models.
    public internal(set) var game: CodeZeroGame
    /// Mean rewards of the solver's answers; a round without a task has the one before.
    public internal(set) var rewards: [Float] = []
    /// Measurements so far; the first is of the start.
    public internal(set) var measurements: [CodeZeroMeasurement] = []

    let solver: GRPOTrainer
    let proposer: GRPOTrainer?
    /// Evaluators that learn.
    let students: [(model: JudgeModel, codec: TextCodec)]
    /// Tasks that are never learned from.
    private let heldOut: [CodeProblem]
    let identity: String

    /// A run that begins.
    ///
    /// - Parameter cores: threads of the learning models, and programs that run at a time.
    public init(
        _ config: CodeZeroConfig, _ team: CodeZeroTeam, sandbox: Sandbox, cores: Int,
        instructionSet: InstructionSet = .best
    ) {
        var config = config
        config.proposing.answersPerTask = config.proposals
        self.config = config
        func trainer(_ member: CodeZeroTeam.Member, _ grpo: GRPOConfig, _ name: String) -> GRPOTrainer {
            var grpo = grpo
            grpo.seed = CounterRandom.number(for: "\(config.seed)/\(name)")
            let engine = Engine(instructionSet: instructionSet, threads: cores)
            return GRPOTrainer(
                member.weights.copy(on: engine), family: name, codec: member.codec, config: grpo, on: engine)
        }
        solver = trainer(team.solver, config.solver, "solver")
        proposer = team.proposer.map { trainer($0, config.proposing, "proposer") }
        precondition(proposer != nil || config.proposer == .generator, "somebody writes tasks")
        let models = team.evaluators.map { member in
            JudgeModel(
                member.weights, rate: config.auditRate,
                on: Engine(instructionSet: instructionSet, threads: 1))
        }
        students = zip(models, team.evaluators).compactMap { model, member in
            config.audits > 0 && member.isTaught ? (model, member.codec) : nil
        }
        let evaluators = zip(models, team.evaluators).enumerated().map { index, made in
            let (model, member) = made
            let judge = model.judge(member.codec, isTaught: member.isTaught)
            let secret = CounterRandom.number(for: "\(config.seed)/evaluator \(index)")
            var evaluator = SolutionEvaluator(
                name: "evaluator \(index + 1)", judge: judge,
                secret: withUnsafeBytes(of: (secret, secret.byteSwapped)) { Array($0) })
            if !member.isTaught { evaluator.calibrate(on: Self.judgements(of: evaluator, config)) }
            return evaluator
        }
        let unseen = ProblemGenerator(seed: config.seed, part: .heldOut)
        let heldOut = (0..<config.heldOutCount).map { index in
            unseen.problem(at: index, level: config.heldOutLevels[index % config.heldOutLevels.count]).problem
        }
        self.heldOut = heldOut
        // A proposer that hits on a task which is held out is told that it is known.
        game = CodeZeroGame(
            sandbox: sandbox, evaluators: evaluators, decider: config.decider,
            heldOut: Set(heldOut.map(\.question)),
            difficulty: DifficultyController(
                band: config.band, levels: 1...config.levelMax, start: config.startLevel),
            width: cores)
        identity = RunIdentity.of(
            ["codezero", "\(config)", "\(team.solver.weights.transformer)", "\(team.evaluators.count)"])
    }

    /// Rounds played so far.
    public var round: Int { rewards.count }
    /// The solver as it is now.
    public var weights: Weights { solver.learner.weights }

    /// Plays a round; the start is measured before the first.
    public func play() throws -> CodeZeroRound {
        if measurements.isEmpty { measurements.append(try measure()) }
        let level = game.difficulty.level
        let (request, drafts) = try proposals(level: level)
        let verdicts = try game.take(drafts.map(\.text))
        let problems = verdicts.map { try? $0.get().problem }
        let (attempts, loss) = try solve(problems.compactMap(\.self), level: level)
        var next = attempts.makeIterator()
        let earned = problems.map { problem in
            guard problem != nil, let attempt = next.next() else { return Float(0) }
            return CodeZeroConfig.reward(learnability: attempt.learnability)
        }
        let proposerLoss = try learn(proposer, request, drafts, earned)
        try audit(attempts, level: level)
        let all = attempts.flatMap(\.rewards)
        let reward = all.isEmpty ? nil : all.reduce(0, +) / Float(all.count)
        rewards.append(reward ?? rewards.last ?? 0)
        var measurement: CodeZeroMeasurement?
        if round % config.measureEvery == 0 {
            let made = try measure()
            measurements.append(made)
            measurement = made
        }
        return CodeZeroRound(
            round: round - 1, level: level, accepted: attempts.count, refused: Self.kinds(verdicts),
            reward: reward,
            passRate: attempts.isEmpty
                ? nil : attempts.reduce(0) { $0 + $1.passRate } / Double(attempts.count),
            proposerReward: earned.reduce(0, +) / Float(max(1, earned.count)), solverLoss: loss,
            proposerLoss: proposerLoss, measurement: measurement)
    }

    /// Proposals of the level, by the model or by the generator.
    private func proposals(level: Int) throws -> (request: RoundTask, drafts: [Completion]) {
        let text = ProposalRequest.text(level: level)
        let codec = proposer?.codec ?? solver.codec
        let request = RoundTask(
            id: TaskID(part: "proposal-\(level)", seed: 0, index: round),
            entry: Entry(question: text, answer: nil, metadata: .null), prompt: codec.prompt(text))
        if config.proposer == .model, let proposer {
            return (request, try proposer.generate([request], round: round)[0])
        }
        let source = ProblemGenerator(seed: config.seed)
        let drafts = (0..<config.proposals).map { index in
            let made = source.problem(at: round * config.proposals + index, level: level)
            return Completion(
                tokens: [], text: Proposal(problem: made.problem, reference: made.reference).text,
                logProbabilities: [])
        }
        return (request, drafts)
    }

    /// Answers problems, has the answers settled, and learns from them.
    private func solve(
        _ problems: [CodeProblem], level: Int
    ) throws -> (attempts: [CodeZeroGame.Attempts], loss: Float?) {
        guard !problems.isEmpty else { return ([], nil) }
        let tasks = tasks(problems, part: "code-\(level)")
        let answers = try solver.generate(tasks, round: round)
        let attempts = try game.settle(zip(problems, answers).map { ($0, $1.map(\.text)) })
        let groups = zip(tasks, zip(answers, attempts)).map { task, made in
            scored(solver, task, made.0, made.1.rewards)
        }
        return (attempts, try solver.train(groups, round: round)?.loss)
    }

    /// Lets evaluators learn from some answers what deserves which verdict, and from as many generated ones,
    /// so that they do not forget what nobody writes any more.
    private func audit(_ attempts: [CodeZeroGame.Attempts], level: Int) throws {
        for (index, student) in students.enumerated() {
            let audited = attempts.flatMap { $0.judgements(config.audits, student.codec) }
            guard !audited.isEmpty else { continue }
            let seed = CounterRandom.number(for: "\(config.seed)/audit of evaluator \(index)")
            let known = CodeLessons(.evaluator, levels: [level], seed: seed, codec: student.codec)
            let first = round * config.proposals * config.audits
            try student.model.learn(
                audited + known.lessons(first..<(first + audited.count)), student.codec)
        }
    }

    private func learn(
        _ trainer: GRPOTrainer?, _ task: RoundTask, _ answers: [Completion], _ rewards: [Float]
    ) throws -> Float? {
        guard config.proposer == .model, let trainer else { return nil }
        return try trainer.train([scored(trainer, task, answers, rewards)], round: round)?.loss
    }

    private func scored(
        _ trainer: GRPOTrainer, _ task: RoundTask, _ answers: [Completion], _ rewards: [Float]
    ) -> ScoredRollout {
        ScoredRollout(
            task: task,
            rollout: Rollout(
                task: task.id, peer: "codezero", round: round, model: trainer.model, completions: answers),
            rewards: rewards,
            advantages: Advantages.of(rewards, scale: trainer.config.advantageScale) ?? [])
    }

    private func tasks(_ problems: [CodeProblem], part: String) -> [RoundTask] {
        problems.enumerated().map { index, problem in
            RoundTask(
                id: TaskID(part: part, seed: 0, index: round * config.proposals + index),
                entry: Entry(question: problem.prompt, answer: nil, metadata: .null),
                prompt: solver.codec.prompt(problem.prompt))
        }
    }

    private static func kinds(_ verdicts: [Result<Proposal, ProposalRefusal>]) -> [String: Int] {
        verdicts.reduce(into: [:]) { counts, verdict in
            if case .failure(let refusal) = verdict { counts[refusal.kind, default: 0] += 1 }
        }
    }
}

// MARK: - Measurement

extension CodeZeroRun {
    /// Tasks that are never learned from, with an answer to each, drawn as in a round but with the same
    /// random numbers each time, and what became of it.
    public func heldOutAnswers() throws -> [(answer: String, attempt: CodeZeroGame.Attempts)] {
        var game = game
        return try heldOutAnswers(&game)
    }

    private func heldOutAnswers(
        _ game: inout CodeZeroGame
    ) throws -> [(answer: String, attempt: CodeZeroGame.Attempts)] {
        let answers = try solver.answer(tasks(heldOut, part: "held-out"), greedily: false)
        let attempts = try game.measure(zip(heldOut, answers).map { ($0, [$1]) })
        return zip(answers, attempts).map { ($0, $1) }
    }

    private func measure() throws -> CodeZeroMeasurement {
        let attempts = try heldOutAnswers(&game).map(\.attempt)
        var byLevel: [Int: [Double]] = [:]
        var agreed: [String: (count: Int, right: Int)] = [:]
        for (index, attempt) in attempts.enumerated() {
            byLevel[config.heldOutLevels[index % config.heldOutLevels.count], default: []]
                .append(attempt.passRate)
            guard let vote = attempt.votes.first else { continue }
            let isSolved = attempt.passRate == 1
            func note(_ name: String, _ isRight: Bool) {
                let known = agreed[name] ?? (0, 0)
                agreed[name] = (known.count + 1, known.right + (isRight ? 1 : 0))
            }
            for name in vote.correct { note(name, isSolved) }
            for name in vote.wrong { note(name, !isSolved) }
            if let verdict = vote.verdict { note(CodeZeroMeasurement.majority, verdict == isSolved) }
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
        return CodeZeroMeasurement(
            round: round, passRate: mean(attempts.map(\.passRate)), passByLevel: byLevel.mapValues(mean),
            accuracy: agreed.mapValues { Double($0.right) / Double($0.count) })
    }

    /// Programs of which it is known without running them what they are.
    private static let calibrationCount = 64

    /// What an evaluator makes of some; the ones it has no opinion of are left out.
    private static func judgements(
        of evaluator: SolutionEvaluator, _ config: CodeZeroConfig
    ) -> [(probability: Double, isSolved: Bool)] {
        let generator = ProblemGenerator(seed: CounterRandom.number(for: "\(config.seed)/calibration"))
        return (0..<calibrationCount).compactMap { index in
            let level = config.heldOutLevels[index % config.heldOutLevels.count]
            let attempt = generator.attempt(at: index, level: level)
            do throws(JudgeError) {
                let probability = try evaluator.probability(
                    of: attempt.program, solving: attempt.made.problem)
                return (probability, attempt.isRight)
            } catch {
                // It abstains in votes, too.
                return nil
            }
        }
    }
}
