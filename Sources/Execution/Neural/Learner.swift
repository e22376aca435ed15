public import Tensor

/// What a training program computes from the log-probabilities of the chosen tokens.
///
/// An objective declares its own inputs, `[R]` each, one number per scored token. One that sums over
/// sequences also declares the int32 input `segment [R]`: the batch's segments, -1 where a row is padding.
public protocol Objective: Hashable, Sendable {
    /// The scalar to minimise, and numbers worth reporting, each `[1]`.
    ///
    /// - Parameter logProbabilities: `[R]`, nats, 0 where a row is padding.
    func loss(
        in graph: inout Graph, logProbabilities: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)])
    /// Names of the fp32 inputs `[R]` it declares.
    var inputNames: [String] { get }
    /// The temperature the logits are divided by before they are scored.
    var temperature: Float { get }
}

/// Weighted negative log-likelihood: the sum of `-weight * log p` over all scored tokens.
public struct LikelihoodObjective: Objective {
    /// An objective; weights that sum to 1 make it a mean.
    public init() {}
    /// The weight of each token.
    public let inputNames = ["weight"]
    /// Logits are scored as they are.
    public let temperature: Float = 1

    /// -sum(weight * log p)
    public func loss(
        in graph: inout Graph, logProbabilities: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
        let weight = graph.input("weight", graph.shape(logProbabilities))
        return (graph.negate(graph.sum(graph.multiply(logProbabilities, weight))), [])
    }
}

/// Sequences and the tokens in them that are scored.
public struct Batch: Sendable {
    /// Token ids, each sequence from its start; lengths may differ.
    public var sequences: [[Int32]]
    /// Which tokens are scored: token `position` of a sequence is scored by its predecessor's logits.
    public var scored: [ScoredToken]
    /// The objective's inputs by name, one number per scored token.
    public var inputs: [String: [Float]]
    /// Which scored tokens are summed together by an objective that does, from 0; empty where each
    /// sequence is a segment of its own.
    public var segments: [Int32] = []

    /// One scored token.
    public struct ScoredToken: Hashable, Sendable {
        /// The sequence it stands in.
        public let sequence: Int
        /// Its position there, at least 1.
        public let position: Int

        /// The token at `position` of `sequence`.
        public init(sequence: Int, position: Int) {
            self.sequence = sequence
            self.position = position
        }
    }

    /// A batch.
    public init(sequences: [[Int32]], scored: [ScoredToken], inputs: [String: [Float]]) {
        self.sequences = sequences
        self.scored = scored
        self.inputs = inputs
    }
}

/// What one training step reports.
public struct StepReport: Hashable, Sendable {
    /// The objective, microbatches summed.
    public var loss: Float
    /// The norm of the gradient before clipping.
    public var gradientNorm: Float
    /// The objective's own numbers, microbatches summed.
    public var metrics: [String: Float]
    /// The learning rate used.
    public var rate: Double

    /// A report of these numbers.
    public init(loss: Float, gradientNorm: Float, metrics: [String: Float], rate: Double) {
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.metrics = metrics
        self.rate = rate
    }
}

/// A training step that must not be taken: a number in it is not finite.
public struct NumericFault: Error, Hashable, CustomStringConvertible {
    /// The step, from 1.
    public let step: Int
    /// What was not finite.
    public let quantity: String

    /// The error as one line that says what to try.
    public var description: String {
        "step \(step): the \(quantity) is not finite; lower the learning rate or look at the data"
    }
}

/// A model in training: weights, moments and step counter, and the compiled programs that move them.
///
/// A step is a pure function of (weights, moments, step, batch): its programs are fixed by shapes.
public final class Learner {
    /// The model.
    public let transformer: Transformer
    /// fp32 row-major weights, moved in place; those an adapter leaves alone as they are kept.
    public let weights: Weights
    /// First and second moments by name of the weights that are trained.
    public let first: [String: Tensor], second: [String: Tensor]
    /// Steps taken.
    public var stepCount = 0
    /// A name for the weights that training leaves alone, where somebody has made one: they do not change.
    public var frozenMark: Int?
    /// How weights follow gradients.
    public var optimizer: OptimizerConfig
    /// Where programs run.
    public let engine: Engine

    private var sums: [String: Tensor] = [:]
    private var sessions: [Key: Session] = [:]
    private var tables: [Int: [String: Tensor]] = [:]

    private struct Key: Hashable {
        var batch = 0, time = 0
        /// Rows where sequences that begin alike share them; nil where each position is a row.
        var shared: Int?
        /// Scored rows.
        var rows = 0
        let role: Role
        let objective: AnyHashable
        enum Role { case first, more, clip, update, score, value }
    }

    /// A learner that moves the given weights in place, with moments at zero.
    ///
    /// With an adapter, matrices that training leaves alone are kept in `frozenElement`: those in another are
    /// copied, so whoever is short of memory hands them over in it.
    public init(_ weights: Weights, optimizer: OptimizerConfig, on engine: Engine) {
        transformer = weights.transformer
        self.weights = weights.trainable(on: engine)
        self.optimizer = optimizer
        self.engine = engine
        let trained = weights.transformer.trained
        func zeros() -> [String: Tensor] {
            Dictionary(uniqueKeysWithValues: trained.map { ($0.name, Tensor(TensorType($0.shape))) })
        }
        first = zeros()
        second = zeros()
    }

    /// Takes one step on the gradient of the summed objective of the microbatches.
    ///
    /// - Throws: `NumericFault` if the loss or the gradient is not finite; the weights are then those of
    ///   before the step.
    public func step(
        _ objective: some Objective, _ microbatches: [Batch]
    ) throws(NumericFault) -> StepReport {
        precondition(!microbatches.isEmpty, "a step needs a batch")
        let record = optimizer.record(atStep: stepCount + 1)
        var report = StepReport(
            loss: 0, gradientNorm: 0, metrics: [:], rate: optimizer.rate(atStep: stepCount + 1))
        for (position, batch) in microbatches.enumerated() {
            let session = filled(objective, batch, position == 0 ? .first : .more)
            session.run()
            report.loss += session.scalar("loss")
            for output in session.plan.program.outputs where output.name.hasPrefix("metric.") {
                report.metrics[String(output.name.dropFirst(7)), default: 0] += session.scalar(output.name)
            }
        }
        guard report.loss.isFinite else { throw NumericFault(step: stepCount + 1, quantity: "loss") }
        let (norm, scale) = try clipping()
        report.gradientNorm = norm
        let update = updateSession()
        update.write(record.elements, to: "record")
        update.write([scale], to: "scale")
        update.run()
        stepCount += 1
        return report
    }

    /// The norm of the summed gradient, and the scale that holds it to the limit.
    private func clipping() throws(NumericFault) -> (norm: Float, scale: Float) {
        let session = clippingSession()
        session.run()
        let norm = session.scalar("norm")
        guard norm.isFinite else {
            throw NumericFault(step: stepCount + 1, quantity: "norm of the gradient")
        }
        return (norm, session.scalar("scale"))
    }

    /// The gradient of a weight, as the last step summed it, before clipping.
    public func gradient(of name: String) -> [Float] {
        guard let sum = gradientSums()["gradient.\(name)"] else {
            preconditionFailure("the model trains no weight \(name)")
        }
        return sum.array()
    }

    /// Log-probabilities, in nats, of the scored tokens, by the forward pass of training.
    public func score(_ batch: Batch, temperature: Float = 1) -> [Float] {
        let objective = Scoring(temperature: temperature)
        let session = filled(objective, batch, .score)
        session.run()
        return Array(session.floats("logprobs").prefix(batch.scored.count))
    }

    /// What the value head makes of the state before each scored token.
    ///
    /// - Precondition: the model has a value head.
    public func values(_ batch: Batch) -> [Float] {
        let session = filled(Scoring(temperature: 1), batch, .value)
        session.run()
        return Array(session.floats("values").prefix(batch.scored.count))
    }
}

/// Scores without a loss.
private struct Scoring: Objective {
    let temperature: Float
    var inputNames: [String] { [] }
    func loss(
        in graph: inout Graph, logProbabilities: Value
    ) -> (loss: Value, metrics: [(name: String, value: Value)]) {
        (graph.sum(logProbabilities), [])
    }
}

// MARK: - Programs

extension Learner {
    /// The smallest of a few sizes that holds `count`, so that few programs are compiled.
    static func rounded(_ count: Int) -> Int {
        var size = 8
        while size < count { size += size < 64 ? 8 : size < 512 ? 32 : 128 }
        return size
    }

    /// The session for a batch, with the batch in it.
    private func filled(_ objective: some Objective, _ batch: Batch, _ role: Key.Role) -> Session {
        let time = Learner.rounded(batch.sequences.map(\.count).max() ?? 1)
        let prefixes = PrefixRows(batch.sequences, time: time)
        let shared = Learner.rounded(prefixes.tokens.count), all = batch.sequences.count * time
        let key = Key(
            batch: batch.sequences.count, time: time,
            shared: shared <= all - all / Learner.shareLeast ? shared : nil,
            rows: Learner.rounded(batch.scored.count), role: role, objective: AnyHashable(objective))
        let session = session(objective, key)
        fill(session, batch, key.shared == nil ? nil : prefixes, time: time, objective)
        return session
    }

    /// Rows are shared where that saves at least one in so many: moving them costs a little too.
    private static let shareLeast = 8

    private func session(_ objective: some Objective, _ key: Key) -> Session {
        if let session = sessions[key] { return session }
        let program = Program(Learner.graph(transformer, objective, key))
        var tensors = weights.tensors.merging(tables(positions: key.time)) { current, _ in current }
        if key.role == .first || key.role == .more {
            tensors.merge(gradientSums()) { current, _ in current }
        }
        return bind(program, tensors, as: key)
    }

    private static func graph(
        _ transformer: Transformer, _ objective: some Objective, _ key: Key
    ) -> Graph {
        var graph = Graph()
        let model = TransformerGraph(
            transformer, in: &graph, as: .parameter, frozen: transformer.frozenElement,
            positions: key.time)
        let positionCount = key.batch * key.time
        let tokens = graph.input("tokens", [key.shared ?? positionCount], .int32)
        let positions = graph.input("positions", [key.shared ?? positionCount], .int32)
        let attending =
            key.shared.map {
                Attending.prefixes(
                    batch: key.batch, spread: graph.input("spread", [positionCount], .int32),
                    fold: graph.input("fold", [$0], .int32))
            } ?? .sequences(batch: key.batch)
        let rows = graph.input("rows", [key.rows], .int32)
        let targets = graph.input("targets", [key.rows], .int32)
        let hidden = model.hidden(
            in: &graph, tokens: tokens, positions: positions, attending: attending)
        let scored = graph.gatherRows(hidden, rows)
        guard key.role != .value else {
            graph.output("values", model.values(in: &graph, scored))
            return graph
        }
        var logits = model.logits(in: &graph, scored)
        if objective.temperature != 1, objective.temperature > 0 {
            logits = graph.affine(logits, scale: 1 / objective.temperature, offset: 0)
        }
        let logProbabilities = graph.selectedLogProbabilities(logits, at: targets)
        guard key.role != .score else {
            graph.output("logprobs", logProbabilities)
            return graph
        }
        let loss: Value, metrics: [(name: String, value: Value)]
        if let objective = objective as? any ValueObjective {
            let values = model.values(in: &graph, scored)
            (loss, metrics) = objective.loss(
                in: &graph, logProbabilities: logProbabilities, values: values)
        } else {
            (loss, metrics) = objective.loss(in: &graph, logProbabilities: logProbabilities)
        }
        graph.output("loss", loss)
        for metric in metrics { graph.output("metric.\(metric.name)", metric.value) }
        let names = transformer.trained.map(\.name)
        let gradients = graph.gradients(of: loss, by: names.map(model.weight))
        for (name, gradient) in zip(names, gradients) {
            let sum = graph.state("gradient.\(name)", graph.shape(gradient))
            if key.role == .first {
                graph.assign(gradient, to: sum)
            } else {
                graph.accumulate(gradient, into: sum)
            }
        }
        return graph
    }

    /// Memory that training takes, known before any is taken: a batch of sequences of `time` tokens of which
    /// every token but the first is scored.
    public static func memory(
        _ transformer: Transformer, _ objective: some Objective, batch: Int, time: Int
    ) -> MemoryNeed {
        let key = Key(
            batch: batch, time: rounded(time), shared: nil, rows: rounded(batch * max(1, time - 1)),
            role: .first, objective: AnyHashable(objective))
        let program = Program(graph(transformer, objective, key))
        let trained = transformer.trained.reduce(0) { $0 + TensorType($1.shape).byteCount }
        let frozen = transformer.parameters.filter { $0.role == .model && transformer.adapter != nil }
            .reduce(0) {
                let element = $1.isProjection ? transformer.frozenElement : .float32
                return $0 + TensorType($1.shape, element).byteCount
            }
        return MemoryNeed(parts: [
            .init(name: "weights", byteCount: frozen + trained),
            .init(name: "moments", byteCount: 2 * trained),
            .init(name: "gradients", byteCount: trained),
            .init(name: "intermediate values", byteCount: Plan(program).arenaByteCount),
        ])
    }

    private func clippingSession() -> Session {
        let key = Key(role: .clip, objective: AnyHashable(optimizer.clip))
        if let session = sessions[key] { return session }
        var graph = Graph()
        let gradients = transformer.trained.map { graph.state("gradient.\($0.name)", $0.shape) }
        let (norm, scale) = graph.clipping(gradients, limit: optimizer.clip)
        graph.output("norm", norm)
        graph.output("scale", scale)
        return bind(Program(graph), gradientSums(), as: key)
    }

    private func updateSession() -> Session {
        let key = Key(role: .update, objective: AnyHashable("adamw"))
        if let session = sessions[key] { return session }
        var graph = Graph()
        let record = graph.input("record", [AdamWRecord.count])
        let gradients = transformer.trained.map { graph.state("gradient.\($0.name)", $0.shape) }
        let scale = graph.input("scale", [1])
        for (parameter, gradient) in zip(transformer.trained, gradients) {
            graph.adamW(
                record: record, scale: scale, gradient: gradient,
                weight: graph.state(parameter.name, parameter.shape),
                first: graph.state("first.\(parameter.name)", parameter.shape),
                second: graph.state("second.\(parameter.name)", parameter.shape))
        }
        var tensors = weights.tensors.merging(gradientSums()) { current, _ in current }
        for (name, tensor) in first { tensors["first.\(name)"] = tensor }
        for (name, tensor) in second { tensors["second.\(name)"] = tensor }
        return bind(Program(graph), tensors, as: key)
    }

    private func bind(_ program: Program, _ tensors: [String: Tensor], as key: Key) -> Session {
        do {
            let session = try Session(Plan(program), on: engine, tensors)
            sessions[key] = session
            return session
        } catch {
            preconditionFailure("a learner binds every tensor of its programs: \(error)")
        }
    }

    private func gradientSums() -> [String: Tensor] {
        if sums.isEmpty {
            for parameter in transformer.trained {
                sums["gradient.\(parameter.name)"] = Tensor(TensorType(parameter.shape))
            }
        }
        return sums
    }

    private func tables(positions: Int) -> [String: Tensor] {
        if let known = tables[positions] { return known }
        let made = transformer.rotaryTables(positions: positions)
        tables[positions] = made
        return made
    }

    private func fill(
        _ session: Session, _ batch: Batch, _ prefixes: PrefixRows?, time: Int,
        _ objective: some Objective
    ) {
        if let prefixes {
            fill(session, "tokens", prefixes.tokens, padding: -1)
            fill(session, "positions", prefixes.positions, padding: 0)
            fill(session, "spread", prefixes.spread, padding: -1)
            fill(session, "fold", prefixes.fold, padding: -1)
        } else {
            let tokens = session.input("tokens").integers
            let positions = session.input("positions").integers
            for (sequence, ids) in batch.sequences.enumerated() {
                for position in 0..<time {
                    tokens[sequence * time + position] = position < ids.count ? ids[position] : 0
                    positions[sequence * time + position] = Int32(position)
                }
            }
        }
        let rows = session.input("rows").integers
        // Values are asked of states; which token came after one is no part of that program.
        let targets = session.hasInput("targets") ? session.input("targets").integers : nil
        for row in 0..<rows.count {
            guard row < batch.scored.count else {
                rows[row] = 0
                targets?[row] = -1
                continue
            }
            let token = batch.scored[row]
            let position = token.sequence * time + token.position - 1
            rows[row] = prefixes?.spread[position] ?? Int32(position)
            targets?[row] = batch.sequences[token.sequence][token.position]
        }
        if session.hasInput("segment") {
            let given = batch.segments.isEmpty ? batch.scored.map { Int32($0.sequence) } : batch.segments
            precondition(
                given.count == batch.scored.count && given.allSatisfy { $0 < rows.count },
                "a segment for each scored token, numbered from 0")
            fill(session, "segment", given, padding: -1)
        }
        for name in objective.inputNames where session.hasInput(name) {
            guard let given = batch.inputs[name], given.count == batch.scored.count else {
                preconditionFailure("the batch gives \(name) for each scored token")
            }
            session.write(given + Array(repeating: 0, count: rows.count - given.count), to: name)
        }
    }

    private func fill(_ session: Session, _ name: String, _ numbers: [Int32], padding: Int32) {
        let input = session.input(name).integers
        for index in input.indices { input[index] = index < numbers.count ? numbers[index] : padding }
    }
}
