public import GenRL

/// What each role of CodeZero is taught before it plays, from generated problems: a model that never wrote a
/// program is right too seldom for rewards to say anything.
public struct CodeLessons: LessonSource {
    /// The roles.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        /// Answers a problem with a program, which in these lessons is wrong half of the time, as what
        /// strangers publish may be: which half, only rewards tell.
        case solver
        /// Answers a level with a draft of a proposal.
        case proposer
        /// Answers a problem and a verdict with a program that deserves it: which of the verdicts makes a
        /// given program more likely is its judgement.
        case evaluator
    }

    /// Whose lessons these are.
    public let role: Role
    /// The levels of their problems, each as often.
    public let levels: [Int]
    private let generator: ProblemGenerator
    private let codec: TextCodec

    /// Lessons of a seed; problems that players meet have another.
    public init(_ role: Role, levels: [Int], seed: UInt64, codec: TextCodec) {
        precondition(!levels.isEmpty && levels.allSatisfy(ProblemGenerator.levels.contains), "levels 1 to 5")
        self.role = role
        self.levels = levels
        self.codec = codec
        generator = ProblemGenerator(seed: seed)
    }

    /// Texts like those of all lessons, to learn a vocabulary from.
    public static func texts() -> [String] {
        let generator = ProblemGenerator(seed: 0)
        return (0..<textCount).flatMap { index in
            let level = ProblemGenerator.levels.lowerBound + index % ProblemGenerator.levels.count
            let made = generator.problem(at: index, level: level)
            let prompt = EvaluationPrompt(problem: made.problem, solution: made.reference)
            return [made.problem.prompt, made.reference, made.draft.text, ProposalRequest.text(level: level)]
                + (prompt.map { [$0.text] } ?? [])
        }
    }

    private static let textCount = 400

    /// Role, levels and seed.
    public var identity: String { "code \(role) \(levels) \(generator.seed)" }

    /// One lesson a position.
    public func lessons(_ positions: Range<Int>) -> [Lesson] {
        positions.compactMap { position in
            let level = levels[position % levels.count]
            switch role {
            case .solver:
                let attempt = generator.attempt(at: position, level: level)
                return Lesson(
                    prompt: codec.prompt(attempt.made.problem.prompt), answer: codec.answer(attempt.program))
            case .proposer:
                let made = generator.problem(at: position, level: level)
                return Lesson(
                    prompt: codec.prompt(ProposalRequest.text(level: level)),
                    answer: codec.answer(made.draft.text))
            case .evaluator:
                let attempt = generator.attempt(at: position, level: level)
                return Self.judgement(
                    of: attempt.program, attempt.made.problem, isRight: attempt.isRight, codec)
            }
        }
    }

    /// A lesson for an evaluator: a program with the verdict it deserves; nil if it is too long to judge.
    public static func judgement(
        of program: String, _ problem: CodeProblem, isRight: Bool, _ codec: TextCodec
    ) -> Lesson? {
        let answers = EvaluationPrompt.answers
        return EvaluationPrompt(problem: problem, solution: program).map {
            Lesson(
                prompt: $0.deserving(isRight ? answers.correct : answers.wrong, codec),
                answer: codec.answer($0.program))
        }
    }
}

extension EvaluationPrompt {
    /// The task with a verdict, for a model that was taught by `CodeLessons` to write what deserves it.
    func deserving(_ verdict: String, _ codec: TextCodec) -> [Int32] {
        codec.answer(question) + codec.prompt("") + codec.answer(verdict) + codec.prompt("")
    }
}

/// How a proposer is asked.
public enum ProposalRequest {
    /// A request for a task of a level, as text.
    public static func text(level: Int) -> String {
        "Propose a Python task of level \(level) of \(ProblemGenerator.levels.upperBound), as JSON: "
            + "question, solution and inputs."
    }
}
