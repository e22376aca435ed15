// The canonical encoding of rollouts, version 1. Little-endian; a count is a u32, a text its byte count and
// UTF-8, other whole numbers i64.
//
//     payload    = "STARROLL" u16(version) count rollout*
//     rollout    = part seed index peer round family step stage turn parents completions
//     parents    = count (32 bytes)*
//     completions= count (count i32*  count f32*  text)*          tokens, log-probabilities, text
//
// There is one encoding of a value and one value of an encoding: the hash of a rollout names it.

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
        var writer = PayloadWriter(magic, version)
        writer.rollouts(rollouts)
        return writer.bytes
    }

    /// The rollouts of some bytes, which must hold nothing else.
    public static func decode(
        _ bytes: [UInt8], limits: Limits = Limits()
    ) throws(PayloadError) -> [Rollout] {
        try PayloadReader.read(bytes, magic, version, limits) { reader throws(PayloadError) in
            try reader.rollouts()
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
