import Keys
import Language
public import Neural
import Tensor

extension RunCheckpoint {
    /// The counter of optimizer steps, and the one that names the weights an adapter stands on.
    static let stepName = "steps", baseName = "base"

    /// The state of a learner, to be completed by its owner: what training moves. With an adapter the model
    /// beneath it is named, not kept.
    public init(of learner: Learner, identity: String) {
        self.init(identity: identity, counters: [Self.stepName: learner.stepCount], tensors: [:])
        for parameter in learner.transformer.trained {
            tensors["weight/\(parameter.name)"] = learner.weights[parameter.name]
        }
        for (name, tensor) in learner.first { tensors["first/\(name)"] = tensor }
        for (name, tensor) in learner.second { tensors["second/\(name)"] = tensor }
        if learner.transformer.adapter != nil { counters[Self.baseName] = learner.baseMark }
    }

    /// Puts a learner where the checkpoint left it. The learner is untouched if anything is missing.
    public func restore(_ learner: Learner) throws(RunCheckpointError) {
        let steps = try counter(Self.stepName)
        if learner.transformer.adapter != nil {
            let base = try counter(Self.baseName)
            guard base == learner.baseMark else {
                throw .otherRun(identity: "over model \(base)", expected: "\(learner.baseMark)")
            }
        }
        let trained = learner.transformer.trained.map { ($0.name, learner.weights[$0.name]) }
        let weights = Dictionary(uniqueKeysWithValues: trained)
        var moves: [(from: Tensor, to: Tensor)] = []
        for (group, targets) in [
            ("weight", weights), ("first", learner.first), ("second", learner.second),
        ] {
            for (name, target) in targets {
                guard let source = tensors["\(group)/\(name)"], source.type == target.type else {
                    throw .missing("\(group)/\(name)")
                }
                moves.append((source, target))
            }
        }
        for move in moves { move.to.copy(from: move.from) }
        learner.stepCount = steps
    }
}

extension Learner {
    /// The first bits of the digest of the weights that training leaves alone, hashed once.
    fileprivate var baseMark: Int {
        if let frozenMark { return frozenMark }
        let mark = weights.own.digest.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let made = Int(mark >> 1)
        frozenMark = made
        return made
    }
}

// MARK: - Several in one

extension RunCheckpoint {
    /// Takes in what another one holds, under a name; its identity is not kept.
    public mutating func add(_ other: RunCheckpoint, as name: String) {
        for (key, value) in other.counters { counters["\(name)/\(key)"] = value }
        for (key, value) in other.series { series["\(name)/\(key)"] = value }
        for (key, value) in other.tensors { tensors["\(name)/\(key)"] = value }
        for (key, value) in other.blobs { blobs["\(name)/\(key)"] = value }
    }

    /// What was taken in under a name.
    public func part(_ name: String) -> RunCheckpoint {
        func inner<Value>(_ all: [String: Value]) -> [String: Value] {
            let found = all.filter { $0.key.hasPrefix(name + "/") }
            return Dictionary(
                uniqueKeysWithValues: found.map { (String($0.key.dropFirst(name.count + 1)), $0.value) })
        }
        return RunCheckpoint(
            identity: identity, counters: inner(counters), series: inner(series), tensors: inner(tensors),
            blobs: inner(blobs))
    }

    /// Keeps a number that is not negative to its last bit.
    public mutating func add(_ number: Double, as name: String) {
        precondition(number.sign == .plus, "\(name) is not negative")
        counters[name] = Int(number.bitPattern)
    }

    /// A number that was kept so.
    public func number(_ name: String) throws(RunCheckpointError) -> Double {
        Double(bitPattern: UInt64(try counter(name)))
    }
}

// MARK: - Runs of steps

extension RunCheckpoint {
    /// A run that is a learner and the loss of every step it took.
    init(of learner: Learner, losses: [Float], identity: String) {
        self.init(of: learner, identity: identity)
        series["loss"] = losses
    }

    /// Brings a learner to where such a run was; gives the losses.
    func restore(_ learner: Learner, withLossesOf identity: String) throws(RunCheckpointError) -> [Float] {
        try require(identity: identity)
        guard let losses = series["loss"], losses.count == (try counter("steps")) else {
            throw .missing("loss of every step")
        }
        try restore(learner)
        return losses
    }
}
