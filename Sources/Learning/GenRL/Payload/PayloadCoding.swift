import Bytes
import Keys

/// Writes the little-endian words of payloads.
struct PayloadWriter {
    var bytes: [UInt8]

    init(_ magic: [UInt8], _ version: UInt16) {
        bytes = magic
        integer(version)
    }

    mutating func integer<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
    mutating func number(_ value: Int) { integer(Int64(value)) }
    mutating func count(_ value: Int) { integer(UInt32(value)) }
    mutating func text(_ text: String) {
        count(text.utf8.count)
        bytes += text.utf8
    }
    mutating func task(_ task: TaskID) {
        text(task.part)
        number(task.seed)
        number(task.index)
    }
    mutating func digests(_ digests: [Digest]) {
        count(digests.count)
        for digest in digests { bytes += digest.bytes }
    }
    mutating func rollouts(_ rollouts: [Rollout]) {
        count(rollouts.count)
        for rollout in rollouts { self.rollout(rollout) }
    }
    mutating func rollout(_ rollout: Rollout) {
        task(rollout.task)
        text(rollout.peer)
        number(rollout.round)
        text(rollout.model.family)
        number(rollout.model.step)
        number(rollout.stage)
        number(rollout.turn)
        digests(rollout.parents)
        count(rollout.completions.count)
        for completion in rollout.completions {
            count(completion.tokens.count)
            for token in completion.tokens { integer(token) }
            count(completion.logProbabilities.count)
            for number in completion.logProbabilities { integer(number.bitPattern) }
            text(completion.text)
        }
    }
}

/// Reads them, with limits, from bytes that nobody vouches for.
struct PayloadReader {
    private var reader: ByteReader
    private let limits: RolloutPayload.Limits

    init(_ reader: ByteReader, _ limits: RolloutPayload.Limits) {
        self.reader = reader
        self.limits = limits
    }

    /// Reads a payload that begins with a magic and a version, and holds nothing else.
    static func read<Value>(
        _ bytes: [UInt8], _ magic: [UInt8], _ version: UInt16, _ limits: RolloutPayload.Limits,
        _ body: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> Value {
        guard bytes.count <= limits.byteCount else {
            throw .tooMany("bytes", bytes.count, limit: limits.byteCount)
        }
        guard bytes.starts(with: magic) else { throw .malformed(reason: "it does not begin like one") }
        return try bytes.withUnsafeBufferPointer { buffer throws(PayloadError) in
            var reader = PayloadReader(ByteReader(UnsafeRawBufferPointer(buffer)), limits)
            _ = try reader.read { reader throws(ByteReaderError) in try reader.slice(magic.count) }
            let found = try reader.integer(UInt16.self)
            guard found == version else { throw .otherVersion(found) }
            let value = try body(&reader)
            guard reader.reader.remaining == 0 else {
                throw .malformed(reason: "bytes are left at its end")
            }
            return value
        }
    }

    mutating func read<Value>(
        _ body: (inout ByteReader) throws(ByteReaderError) -> Value
    ) throws(PayloadError) -> Value {
        do throws(ByteReaderError) {
            return try body(&reader)
        } catch { throw .malformed(reason: error.description) }
    }
    mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(PayloadError) -> T {
        try read { reader throws(ByteReaderError) in try reader.integer(type) }
    }
    mutating func number() throws(PayloadError) -> Int {
        guard let number = Int(exactly: try integer(Int64.self)) else {
            throw .malformed(reason: "a number is too large")
        }
        return number
    }
    mutating func count(_ what: String, _ limit: Int) throws(PayloadError) -> Int {
        let count = Int(try integer(UInt32.self))
        guard count <= limit else { throw .tooMany(what, count, limit: limit) }
        return count
    }
    mutating func text(_ what: String, _ limit: Int) throws(PayloadError) -> String {
        let count = try count(what, limit)
        return try read { reader throws(ByteReaderError) in try reader.text(count) }
    }
    mutating func name() throws(PayloadError) -> String {
        try text("bytes of a name", RolloutRule.nameByteCountMax)
    }
    /// `count` words of four bytes, refused before memory is taken for them.
    mutating func words<Word>(
        _ count: Int, _ make: (UInt32) -> Word
    ) throws(PayloadError) -> [Word] {
        let slice = try read { reader throws(ByteReaderError) in try reader.slice(4 * count) }
        return (0..<count).map { index in
            make(UInt32(littleEndian: slice.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
        }
    }
    mutating func task() throws(PayloadError) -> TaskID {
        TaskID(part: try name(), seed: try number(), index: try number())
    }
    mutating func digests(_ what: String, _ limit: Int) throws(PayloadError) -> [Digest] {
        var digests: [Digest] = []
        for _ in 0..<(try count(what, limit)) {
            let bytes = try read { reader throws(ByteReaderError) in try reader.slice(Digest.byteCount) }
            guard let digest = Digest(bytes: Array(bytes)) else {
                throw .malformed(reason: "one of its \(what) is no hash")
            }
            digests.append(digest)
        }
        return digests
    }
    mutating func rollouts() throws(PayloadError) -> [Rollout] {
        var rollouts: [Rollout] = []
        for _ in 0..<(try count("rollouts", limits.rollouts)) { rollouts.append(try rollout()) }
        return rollouts
    }
    mutating func rollout() throws(PayloadError) -> Rollout {
        let task = try task()
        let peer = try name(), round = try number()
        let model = ModelID(family: try name(), step: try number())
        let stage = try number(), turn = try number()
        let parents = try digests("parents", RolloutRule.parentCountMax)
        var completions: [Completion] = []
        for _ in 0..<(try count("completions", limits.completions)) {
            let tokens = try words(try count("tokens", limits.tokens)) { Int32(bitPattern: $0) }
            let numbers = try words(try count("log-probabilities", limits.tokens)) {
                Float(bitPattern: $0)
            }
            guard numbers.allSatisfy(\.isFinite) else {
                throw .malformed(reason: "a log-probability is not finite")
            }
            let text = try text("bytes of text", limits.textByteCount)
            completions.append(Completion(tokens: tokens, text: text, logProbabilities: numbers))
        }
        return Rollout(
            task: task, peer: peer, round: round, model: model, stage: stage, turn: turn,
            parents: parents, completions: completions)
    }
}
