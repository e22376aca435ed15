// The canonical encoding of rollouts, version 1. Little-endian; a count is a u32, a text its byte count and
// UTF-8, other whole numbers i64.
//
//     payload    = "STARROLL" u16(version) count rollout*
//     rollout    = part seed index peer round family step stage turn parents completions
//     parents    = count (32 bytes)*
//     completions= count (count i32*  count f32*  text)*          tokens, log-probabilities, text
//
// There is one encoding of a value and one value of an encoding: the hash of a rollout names it.

import Bytes
public import Keys

/// Rollouts as bytes, and back.
public enum RolloutPayload {
    /// What begins every payload.
    public static let magic = Array("STARROLL".utf8)
    /// The version that is written and read.
    public static let version: UInt16 = 1

    /// What a reader takes at most; a swarm sets it to what its rule allows.
    public struct Limits: Hashable, Sendable {
        /// Bytes of a payload.
        public var byteCount = 64 << 20
        /// Rollouts in it.
        public var rollouts = 4096
        /// Completions of a rollout.
        public var completions = 1024
        /// Tokens of a completion.
        public var tokens = 1 << 16
        /// Bytes of the text of a completion.
        public var textByteCount = 1 << 20
        /// The limits above.
        public init() {}
    }

    /// The bytes of some rollouts.
    public static func encode(_ rollouts: [Rollout]) -> [UInt8] {
        var writer = PayloadWriter()
        writer.bytes = magic
        writer.integer(version)
        writer.count(rollouts.count)
        for rollout in rollouts { writer.rollout(rollout) }
        return writer.bytes
    }

    /// The rollouts of some bytes, which must hold nothing else.
    public static func decode(
        _ bytes: [UInt8], limits: Limits = Limits()
    ) throws(PayloadError) -> [Rollout] {
        guard bytes.count <= limits.byteCount else {
            throw .tooMany("bytes", bytes.count, limit: limits.byteCount)
        }
        guard bytes.starts(with: magic) else { throw .malformed(reason: "it does not begin like one") }
        return try bytes.withUnsafeBufferPointer { buffer throws(PayloadError) in
            var reader = PayloadReader(ByteReader(UnsafeRawBufferPointer(buffer)), limits)
            _ = try reader.read { reader throws(ByteReaderError) in try reader.slice(magic.count) }
            let found = try reader.integer(UInt16.self)
            guard found == version else { throw .otherVersion(found) }
            var rollouts: [Rollout] = []
            for _ in 0..<(try reader.count("rollouts", limits.rollouts)) {
                rollouts.append(try reader.rollout())
            }
            guard reader.isAtEnd else { throw .malformed(reason: "bytes are left at its end") }
            return rollouts
        }
    }

    /// The hash that names a rollout.
    public static func id(of rollout: Rollout) -> Digest { Digest(of: encode([rollout])) }
}

extension Rollout {
    /// The hash that names it.
    public var id: Digest { RolloutPayload.id(of: self) }
}

/// Why bytes are no rollouts.
public enum PayloadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes do not follow the format.
    case malformed(reason: String)
    /// A version that this program does not read.
    case otherVersion(UInt16)
    /// More of something than is taken.
    case tooMany(String, Int, limit: Int)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .malformed(let reason): "these bytes are no rollouts: \(reason)"
        case .otherVersion(let version):
            "the payload has version \(version) and this program reads \(RolloutPayload.version); "
                + "use the program of the swarm"
        case .tooMany(let what, let count, let limit):
            "the payload has \(count) \(what) where at most \(limit) are taken; send smaller ones"
        }
    }
}

private struct PayloadWriter {
    var bytes: [UInt8] = []

    mutating func integer<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
    mutating func number(_ value: Int) { integer(Int64(value)) }
    mutating func count(_ value: Int) { integer(UInt32(value)) }
    mutating func text(_ text: String) {
        count(text.utf8.count)
        bytes += text.utf8
    }
    mutating func rollout(_ rollout: Rollout) {
        text(rollout.task.part)
        number(rollout.task.seed)
        number(rollout.task.index)
        text(rollout.peer)
        number(rollout.round)
        text(rollout.model.family)
        number(rollout.model.step)
        number(rollout.stage)
        number(rollout.turn)
        count(rollout.parents.count)
        for parent in rollout.parents { bytes += parent.bytes }
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

private struct PayloadReader {
    private var reader: ByteReader
    private let limits: RolloutPayload.Limits

    init(_ reader: ByteReader, _ limits: RolloutPayload.Limits) {
        self.reader = reader
        self.limits = limits
    }

    var isAtEnd: Bool { reader.remaining == 0 }

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
    mutating func rollout() throws(PayloadError) -> Rollout {
        let task = TaskID(part: try name(), seed: try number(), index: try number())
        let peer = try name(), round = try number()
        let model = ModelID(family: try name(), step: try number())
        let stage = try number(), turn = try number()
        var parents: [Digest] = []
        for _ in 0..<(try count("parents", RolloutRule.parentCountMax)) {
            let bytes = try read { reader throws(ByteReaderError) in try reader.slice(Digest.byteCount) }
            guard let parent = Digest(bytes: Array(bytes)) else {
                throw .malformed(reason: "a parent is no hash")
            }
            parents.append(parent)
        }
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
