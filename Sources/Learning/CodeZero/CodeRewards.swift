import GenRL
public import Sandbox

/// What a solution is worth: 1 if it passes every test, otherwise a share of the tests it passes.
public struct CodeRewardRule: Sendable, Hashable {
    /// The reward of a solution that passes nearly all tests; 0 gives nothing for a part.
    public var partialShare: Float

    /// A rule.
    public init(partialShare: Float = 0) {
        precondition((0..<1).contains(partialShare), "a part is worth less than the whole")
        self.partialShare = partialShare
    }

    /// The reward of a report.
    public func reward(_ report: PythonTests.Report) -> Float {
        if report.isSolved { return 1 }
        guard !report.passed.isEmpty else { return 0 }
        let share = Float(report.passed.count(where: \.self)) / Float(report.passed.count)
        return partialShare * share
    }
}

/// Rewards of completions, by running them.
public final class ExecutionRewards: Sendable {
    /// How a report becomes a number.
    public let rule: CodeRewardRule
    private let sandbox: Sandbox
    private let limits: PythonTests.Limits

    /// Rewards that a sandbox computes.
    public init(
        _ sandbox: Sandbox, rule: CodeRewardRule = CodeRewardRule(), limits: PythonTests.Limits = .init()
    ) {
        self.sandbox = sandbox
        self.rule = rule
        self.limits = limits
    }

    /// What became of each completion; nil where it holds no program.
    public func reports(
        of completions: [String], to problem: CodeProblem
    ) throws(SandboxError) -> [PythonTests.Report?] {
        let solutions = completions.map {
            SolutionText.extract($0, entryPoint: problem.entryPoint)
        }
        var run = try sandbox.examine(
            solutions.compactMap(\.self), with: problem.pythonTests, limits: limits
        ).makeIterator()
        return solutions.map { $0 == nil ? nil : run.next() }
    }

    /// The share of problems that a solver solves, as measured on problems it never trains on.
    public func passRate(
        on problems: [CodeProblem], solve: (CodeProblem) -> String
    ) throws(SandboxError) -> Double {
        precondition(!problems.isEmpty, "a rate is over something")
        var solved = 0
        for problem in problems {
            let report = try reports(of: [solve(problem)], to: problem)[0]
            if report?.isSolved == true { solved += 1 }
        }
        return Double(solved) / Double(problems.count)
    }

    /// The reward of each completion.
    public func rewards(of completions: [String], to problem: CodeProblem) throws(SandboxError) -> [Float] {
        try reports(of: completions, to: problem).map { $0.map(rule.reward) ?? 0 }
    }
}
