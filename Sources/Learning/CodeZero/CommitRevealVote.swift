public import Keys

/// What an evaluator thinks of a solution.
public struct Ballot: Sendable, Hashable {
    /// Who.
    public var evaluator: String
    /// Whether the solution is thought to be right.
    public var isCorrect: Bool
    /// Thirty-two bytes that nobody can guess, so that a commitment does not give the verdict away.
    public var salt: [UInt8]

    /// Bytes of a salt.
    public static let saltByteCount = 32

    /// A ballot.
    public init(evaluator: String, isCorrect: Bool, salt: [UInt8]) {
        self.evaluator = evaluator
        self.isCorrect = isCorrect
        self.salt = salt
    }

    /// The hash that is published first. It holds the subject and the name, so that a copied commitment
    /// opens for nobody but its author.
    public func commitment(to subject: Digest) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update("starling ballot 1\n")
        hasher.update(subject.bytes)
        hasher.update(UInt64(evaluator.utf8.count))
        hasher.update(evaluator)
        hasher.update(isCorrect ? [1] : [0])
        hasher.update(UInt64(salt.count))
        hasher.update(salt)
        return hasher.finalize()
    }
}

/// A vote of several evaluators about one solution: first all commit, then all reveal.
///
/// Nobody knows another's verdict before giving his own. The one who runs the vote closes the phases, by a
/// clock or when all have spoken. Whoever does not reveal, or reveals something else, abstains.
public struct CommitRevealVote: Sendable {
    /// commit → reveal → over
    public enum Phase: Sendable, Hashable { case commit, reveal, over }

    /// What came out.
    public struct Tally: Sendable, Hashable {
        /// Evaluators that think the solution right, by name.
        public var correct: [String]
        /// Evaluators that think it wrong.
        public var wrong: [String]
        /// Those that did not commit, did not reveal, or revealed something else.
        public var abstained: [String]
        /// The majority of those who count; nil for a tie and where fewer than the quorum count.
        public var verdict: Bool?
    }

    /// Evaluators of one vote.
    public static let evaluatorCountMax = 256

    /// What is voted about: the hash of a problem's name and a solution.
    public let subject: Digest
    /// Who may vote.
    public let evaluators: Set<String>
    /// Ballots that a verdict needs.
    public let quorum: Int
    /// Where the vote stands.
    public private(set) var phase = Phase.commit
    private var commitments: [String: Digest] = [:]
    private var ballots: [String: Bool] = [:]

    /// A vote that has begun.
    public init(subject: Digest, evaluators: Set<String>, quorum: Int = 1) {
        precondition(
            (1...Self.evaluatorCountMax).contains(evaluators.count)
                && (1...evaluators.count).contains(quorum),
            "1 to \(Self.evaluatorCountMax) evaluators vote, and a quorum is some of them")
        self.subject = subject
        self.evaluators = evaluators
        self.quorum = quorum
    }

    /// The name of a solution of a problem, to vote about.
    public static func subject(problem: Digest, solution: String) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update("starling vote 1\n")
        hasher.update(problem.bytes)
        hasher.update(solution)
        return hasher.finalize()
    }

    /// Takes in a commitment; an evaluator has one.
    public mutating func commit(_ commitment: Digest, by evaluator: String) throws(VoteError) {
        guard phase == .commit else { throw .wrongPhase(phase) }
        guard evaluators.contains(evaluator) else { throw .unknownEvaluator(evaluator) }
        guard commitments[evaluator] == nil else { throw .secondTime(evaluator) }
        commitments[evaluator] = commitment
    }

    /// Ends the first phase; reveals are taken from now on, and commitments no more.
    public mutating func closeCommitments() {
        if phase == .commit { phase = .reveal }
    }

    /// Takes in a ballot, which must be the one committed to.
    public mutating func reveal(_ ballot: Ballot) throws(VoteError) {
        guard phase == .reveal else { throw .wrongPhase(phase) }
        guard evaluators.contains(ballot.evaluator) else { throw .unknownEvaluator(ballot.evaluator) }
        guard ballots[ballot.evaluator] == nil else { throw .secondTime(ballot.evaluator) }
        guard ballot.salt.count == Ballot.saltByteCount,
            let promised = commitments[ballot.evaluator],
            promised == ballot.commitment(to: subject)
        else { throw .falseReveal(ballot.evaluator) }
        ballots[ballot.evaluator] = ballot.isCorrect
    }

    /// Ends the vote and counts.
    public mutating func close() -> Tally {
        phase = .over
        let names = evaluators.sorted()
        let correct = names.filter { ballots[$0] == true }
        let wrong = names.filter { ballots[$0] == false }
        let isDecided = correct.count != wrong.count && ballots.count >= quorum
        return Tally(
            correct: correct, wrong: wrong, abstained: names.filter { ballots[$0] == nil },
            verdict: isDecided ? correct.count > wrong.count : nil)
    }
}

/// Why something is not taken into a vote.
public enum VoteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not the time for it.
    case wrongPhase(CommitRevealVote.Phase)
    /// Not one of the evaluators of this vote.
    case unknownEvaluator(String)
    /// An evaluator that has done this already.
    case secondTime(String)
    /// Not what was committed to.
    case falseReveal(String)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .wrongPhase(let phase): "the vote is in its phase \"\(phase)\"; commit first, reveal then"
        case .unknownEvaluator(let name): "\(name.prefix(64)) is no evaluator of this vote"
        case .secondTime(let name): "\(name) has spoken already in this phase"
        case .falseReveal(let name): "\(name) reveals something else than was committed to; it abstains"
        }
    }
}
