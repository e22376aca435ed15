public import Neural

/// A sequence whose tail is trained on, with the objective's numbers for each token of that tail.
public struct TrainingSequence: Sendable, Equatable {
    /// Tokens that are only read.
    public var prompt: [Int32]
    /// Tokens that are scored.
    public var tail: [Int32]
    /// The objective's inputs by name, one number per scored token.
    public var inputs: [String: [Float]]

    /// A sequence of these parts.
    public init(prompt: [Int32], tail: [Int32], inputs: [String: [Float]]) {
        precondition(!prompt.isEmpty && !tail.isEmpty, "a token is scored by the one before it")
        self.prompt = prompt
        self.tail = tail
        self.inputs = inputs
    }
}

/// How sequences are packed into microbatches. It is part of a run's definition: sums of gradients
/// follow the microbatches, so another packing has other last bits.
public struct SequencePacking: Hashable, Sendable {
    /// Positions of a microbatch, padding included.
    public var positionMax: Int
    /// Logits of a microbatch.
    public var logitMax: Int

    /// A packing; the defaults hold a microbatch's logits within 64 MiB.
    public init(positionMax: Int = 4096, logitMax: Int = 16 << 20) {
        self.positionMax = positionMax
        self.logitMax = logitMax
    }

    /// Sequences of a batch are filled up to a multiple of this, so that few programs are compiled.
    static let sequenceMultiple = 8

    /// Batches of sequences of like length, shorter ones first, equals in the order given; at least one
    /// sequence each.
    public func batches(_ sequences: [TrainingSequence], vocabulary: Int) -> [Batch] {
        layout(sequences.map { [$0] }, vocabulary: vocabulary).map { Self.batch($0.map { sequences[$0] }) }
    }

    /// The same for units of sequences that belong together: each is a segment, and wholly in one batch.
    public func batches(units: [[TrainingSequence]], vocabulary: Int) -> [Batch] {
        layout(units, vocabulary: vocabulary).map { members in
            var batch = Self.batch(members.flatMap { units[$0] })
            batch.segments = members.indices.flatMap { segment in
                units[members[segment]].flatMap { $0.tail.map { _ in Int32(segment) } }
            }
            return batch
        }
    }

    /// Which units each batch takes.
    func layout(_ units: [[TrainingSequence]], vocabulary: Int) -> [[Int]] {
        let lengths = units.map { $0.reduce(0) { max($0, $1.prompt.count + $1.tail.count) } }
        var batches: [[Int]] = []
        var open: [Int] = [], count = 0, longest = 0, rows = 0
        for unit in units.indices.sorted(by: { (lengths[$0], $0) < (lengths[$1], $1) }) {
            let tails = units[unit].reduce(0) { $0 + $1.tail.count }
            let fits =
                (count + units[unit].count) * max(longest, lengths[unit]) <= positionMax
                && (rows + tails) * vocabulary <= logitMax
            if !fits, !open.isEmpty {
                batches.append(open)
                (open, count, longest, rows) = ([], 0, 0, 0)
            }
            open.append(unit)
            count += units[unit].count
            longest = max(longest, lengths[unit])
            rows += tails
        }
        if !open.isEmpty { batches.append(open) }
        return batches
    }

    /// One batch, filled up with sequences of one unscored token.
    static func batch(_ sequences: [TrainingSequence]) -> Batch {
        var batch = Batch(sequences: [], scored: [], inputs: [:])
        for (index, sequence) in sequences.enumerated() {
            batch.sequences.append(sequence.prompt + sequence.tail)
            for position in sequence.tail.indices {
                batch.scored.append(
                    Batch.ScoredToken(sequence: index, position: sequence.prompt.count + position))
            }
            for (name, numbers) in sequence.inputs {
                precondition(numbers.count == sequence.tail.count, "\(name) for each scored token")
                batch.inputs[name, default: []] += numbers
            }
        }
        while batch.sequences.count > 1, batch.sequences.count % sequenceMultiple != 0 {
            batch.sequences.append([0])
        }
        return batch
    }
}
