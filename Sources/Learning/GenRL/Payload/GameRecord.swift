// A game at rest as bytes, version 1; numbers, texts, tasks and rollouts as in a payload of rollouts.
//
//     record  = "STARGAME" u16(version) round refused rates rounds
//     refused = count (text i64)*                                            names ascend
//     rates   = count (text f64)*                                            names ascend
//     rounds  = count (number stage over tasks own external judged learned)*
//     tasks   = count (part seed index)*
//     own, external   = count rollout*
//     judged, learned = count (32 bytes)*                                    hashes ascend
//
// There is one encoding of a value and one value of an encoding.

public import Keys

/// What a node remembers of its game between two calls: moves and what was judged of them. Trees, prompts
/// and rewards are functions of these, and are made again.
public struct GameRecord: Sendable, Equatable {
    /// The round to be learned from next.
    public var round: Int
    /// Rollouts that were refused before that round is learned from, by kind of fault.
    public var refused: [String: Int]
    /// How much of each part of the mix was solved of late, where the node chooses its tasks.
    public var rates: [String: Double]
    /// The rounds that are young enough for latecomers, then those that are being played, by number.
    public var rounds: [Round]

    /// One round.
    public struct Round: Sendable, Equatable {
        /// Its number.
        public var number: Int
        /// The stage to be played next.
        public var stage: Int
        /// Rollouts beyond their senders' quotas, as last counted.
        public var overQuotaCount = 0
        /// The node's tasks.
        public var tasks: [TaskID]
        /// Its own moves, in the order they were made, and those of others by stage.
        public var own: [Rollout] = [], external: [Rollout] = []
        /// Rollouts of others that were looked at, and those that were learned from, ascending.
        public var judged: [RolloutID] = [], learned: [RolloutID] = []

        /// A round without moves.
        public init(number: Int, stage: Int, tasks: [TaskID]) {
            self.number = number
            self.stage = stage
            self.tasks = tasks
        }
    }

    /// A game between rounds that keeps none.
    public init(
        round: Int, refused: [String: Int] = [:], rates: [String: Double] = [:], rounds: [Round] = []
    ) {
        self.round = round
        self.refused = refused
        self.rates = rates
        self.rounds = rounds
    }

    /// What begins every record.
    static let magic = Array("STARGAME".utf8)
    /// The version that is written and read.
    static let version: UInt16 = 1
    /// Rounds are below this, and so is every count.
    static let roundMax = 1 << 32
    /// Rounds of a record: those of the widest window, before and after.
    static let roundCountMax = 2 * Defence.stalenessMax + 1
    /// Tasks of a round.
    static let taskCountMax = 1 << 16
    /// Kinds of fault, and parts of a mix.
    static let nameCountMax = 256
    /// Rollouts of others that are remembered in a round, with those that were refused.
    static let judgedCountMax = 1 << 20

    /// A file of one's own holds as much as any recipe makes.
    static var limits: RolloutPayload.Limits {
        var limits = RolloutPayload.Limits()
        limits.byteCount = 1 << 32
        limits.rollouts = 1 << 20
        limits.tokens = 1 << 20
        limits.textByteCount = 1 << 24
        return limits
    }
}

extension GameRecord {
    /// The record as bytes.
    public var encoded: [UInt8] {
        var writer = PayloadWriter(Self.magic, Self.version)
        writer.number(round)
        writer.count(refused.count)
        for (name, count) in refused.sorted(by: { $0.key < $1.key }) {
            writer.text(name)
            writer.number(count)
        }
        writer.count(rates.count)
        for (name, rate) in rates.sorted(by: { $0.key < $1.key }) {
            writer.text(name)
            writer.integer(rate.bitPattern)
        }
        writer.count(rounds.count)
        for round in rounds {
            writer.number(round.number)
            writer.number(round.stage)
            writer.number(round.overQuotaCount)
            writer.count(round.tasks.count)
            for task in round.tasks { writer.task(task) }
            writer.rollouts(round.own)
            writer.rollouts(round.external)
            writer.digests(round.judged)
            writer.digests(round.learned)
        }
        return writer.bytes
    }

    /// The record of some bytes, which must hold nothing else.
    public init(decoding bytes: [UInt8]) throws(PayloadError) {
        self = try PayloadReader.read(
            bytes, Self.magic, Self.version, Self.limits
        ) { reader throws(PayloadError) in
            var record = GameRecord(round: try reader.small())
            record.refused = try reader.named { reader throws(PayloadError) in try reader.small() }
            record.rates = try reader.named { reader throws(PayloadError) in try reader.share() }
            for _ in 0..<(try reader.count("rounds", Self.roundCountMax)) {
                record.rounds.append(try reader.round())
            }
            return record
        }
    }
}

extension PayloadReader {
    /// A number from 0 that sums of a few cannot carry beyond an integer.
    fileprivate mutating func small() throws(PayloadError) -> Int {
        let number = try number()
        guard (0..<GameRecord.roundMax).contains(number) else {
            throw .malformed(reason: "\(number) is no count")
        }
        return number
    }

    /// A number from 0 to 1.
    fileprivate mutating func share() throws(PayloadError) -> Double {
        let share = Double(bitPattern: try integer(UInt64.self))
        guard (0...1).contains(share), share != 0 || share.sign == .plus else {
            throw .malformed(reason: "\(share) is no share")
        }
        return share
    }

    /// Values by name, ascending.
    fileprivate mutating func named<Value>(
        _ value: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> [String: Value] {
        var values: [String: Value] = [:], last: String?
        for _ in 0..<(try count("names", GameRecord.nameCountMax)) {
            let name = try name()
            guard last.map({ $0 < name }) ?? true else { throw .malformed(reason: "names are out of order") }
            values[name] = try value(&self)
            last = name
        }
        return values
    }

    fileprivate mutating func round() throws(PayloadError) -> GameRecord.Round {
        var round = GameRecord.Round(number: try small(), stage: try small(), tasks: [])
        round.overQuotaCount = try small()
        for _ in 0..<(try count("tasks", GameRecord.taskCountMax)) { round.tasks.append(try task()) }
        round.own = try rollouts()
        round.external = try rollouts()
        round.judged = try ascending("judged rollouts")
        round.learned = try ascending("learned rollouts")
        return round
    }

    private mutating func ascending(_ what: String) throws(PayloadError) -> [RolloutID] {
        let digests = try digests(what, GameRecord.judgedCountMax)
        guard zip(digests, digests.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .malformed(reason: "\(what) are out of order")
        }
        return digests
    }
}
