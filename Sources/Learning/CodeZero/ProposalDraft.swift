import Bytes
public import Sandbox

/// A task whose expected values are yet to be computed: a question, a solution of it, and inputs.
///
/// A proposer need not be able to run programs in its head: what the tests expect is what its solution gives
/// (as in Absolute Zero, arXiv 2505.03335). Whether the solution does what the question asks shows in how
/// solvers fare.
public struct ProposalDraft: Sendable, Hashable {
    /// What is asked.
    public var question: String
    /// The proposer's solution.
    public var solution: String
    /// Arguments of one call each, as Python literals between commas.
    public var inputs: [String]
    /// The function that the solution defines.
    public let entryPoint: String

    /// Bytes of the arguments of a call, and of what comes of it.
    public static let inputBytesMax = 1 << 10

    /// A draft within all bounds.
    public init(question: String, solution: String, inputs: [String]) throws(CodeProblemError) {
        guard (1...CodeProblem.testCountMax).contains(inputs.count) else {
            throw .count(of: "inputs", inputs.count, max: CodeProblem.testCountMax)
        }
        for input in inputs {
            let count = input.utf8.count
            guard count <= Self.inputBytesMax else {
                throw .bytes(of: "input", count, max: Self.inputBytesMax)
            }
        }
        guard let name = EntryPoint.definitions(in: solution).last else { throw .noEntryPoint }
        (self.question, self.solution, self.inputs) = (question, solution, inputs)
        entryPoint = name
    }

    /// Reads `{"question": …, "solution": "…", "inputs": […]}`, in a fence or alone.
    public init(parsing text: String) throws(CodeProblemError) {
        try self.init(try Proposal.object(in: text))
    }

    /// A draft from an object with `question`, `solution` and `inputs`.
    init(_ object: JSON) throws(CodeProblemError) {
        let (question, solution) = try Proposal.task(in: object)
        guard let list = object["inputs"]?.elements else { throw .missing("\"inputs\", a list of strings") }
        let inputs = list.compactMap(\.text)
        guard inputs.count == list.count else { throw .missing("\"inputs\", a list of strings") }
        try self.init(question: question, solution: solution, inputs: inputs)
    }

    /// As text that `ProposalCheck.proposal(in:)` reads.
    public var text: String {
        JSON.members([
            ("question", .text(question)), ("solution", .text(solution)), ("inputs", .texts(inputs)),
        ]).text()
    }
}

extension ProposalCheck {
    /// The proposal in a text, whole or as a draft that is completed here, if it may be used.
    public func proposal(in text: String) throws(SandboxError) -> Result<Proposal, ProposalRefusal> {
        let read: Reading
        do throws(CodeProblemError) {
            read = try Reading(text)
        } catch { return .failure(.unreadable(error)) }
        let proposal: Proposal
        switch read {
        case .whole(let whole): proposal = whole
        case .draft(let draft):
            switch try completed(draft) {
            case .success(let whole): proposal = whole
            case .failure(let refusal): return .failure(refusal)
            }
        }
        if let refusal = try refusal(of: proposal) { return .failure(refusal) }
        return .success(proposal)
    }

    private enum Reading {
        case whole(Proposal)
        case draft(ProposalDraft)

        init(_ text: String) throws(CodeProblemError) {
            let object = try Proposal.object(in: text)
            self =
                object["inputs"] == nil
                ? .whole(try Proposal(parsing: text)) : .draft(try ProposalDraft(object))
        }
    }

    /// Runs the solution on the inputs; what it gives is what the tests expect.
    func completed(_ draft: ProposalDraft) throws(SandboxError) -> Result<Proposal, ProposalRefusal> {
        let job = JSON.members([
            ("code", .text(draft.solution)), ("entry", .text(draft.entryPoint)),
            ("inputs", .texts(draft.inputs)), ("most", .int(ProposalDraft.inputBytesMax)),
        ])
        let outcome = try sandbox.runPython(
            Self.evaluation, input: job.bytes(),
            limits: Sandbox.Limits(
                wallSeconds: limits.wallSeconds, cpuSeconds: limits.cpuSeconds,
                memoryBytes: limits.memoryBytes, outputBytes: 1 << 17))
        guard outcome.succeeded else {
            // The last line of a trace names the exception, in the solution's own words.
            let line =
                String(decoding: outcome.errors, as: UTF8.self).split(separator: "\n").last ?? "no value"
            return .failure(.noValues(String(line.prefix(80))))
        }
        // A solution may write what it likes before; forged values only make tests that it fails itself.
        let line = outcome.output.split(separator: UInt8(ascii: "\n")).last ?? []
        guard
            let list = try? JSON(
                parsing: Array(line), limits: JSON.Limits(bytes: 1 << 17, depth: 2, values: 64)),
            let values = list.elements?.compactMap(\.text), values.count == draft.inputs.count
        else { return .failure(.noValues("no list of values")) }
        do throws(CodeProblemError) {
            let problem = try CodeProblem(
                question: draft.question, entryPoint: draft.entryPoint,
                tests: zip(draft.inputs, values).map { "assert \(draft.entryPoint)(\($0)) == \($1)" })
            return .success(Proposal(problem: problem, reference: draft.solution))
        } catch { return .failure(.unreadable(error)) }
    }

    /// Inputs and values have to be literals: nothing else is the same whenever it is read.
    private static let evaluation = """
        import ast, json, sys
        job = json.load(sys.stdin)
        space = {"__name__": "solution"}
        exec(compile(job["code"], "solution", "exec"), space)
        values = []
        for text in job["inputs"]:
            value = space[job["entry"]](*ast.literal_eval("(" + text + ",)"))
            shown = repr(value)
            if len(shown) > job["most"] or ast.literal_eval(shown) != value:
                raise ValueError("a value that is no literal")
            values.append(shown)
        print(json.dumps(values))
        """
}
