public import Bytes

/// Bytes or text that is no hash, content identifier or name of a peer.
public enum FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Text that spells no bytes.
    case badText(TextError)
    /// A number that cannot be read.
    case badNumber(VarintError)
    /// The bytes end too early.
    case truncated
    /// Bytes come after the end.
    case trailing(byteCount: Int)
    /// A digest of a length that its function does not have, or longer than is taken.
    case badDigestLength(code: UInt64, byteCount: Int)
    /// A version of content identifiers that nobody here knows.
    case unknownVersion(UInt64)
    /// A content identifier of the first kind, in a form it does not have.
    case badVersion0
    /// A hash that names no peer.
    case notAPeer(code: UInt64, byteCount: Int)
    /// A content identifier of something else than a key.
    case notAKey(codec: UInt64)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .badText(let error): "\(error)"
        case .badNumber(let error): "\(error)"
        case .truncated: "the bytes end too early; was all of it copied?"
        case .trailing(let count): "\(count) bytes follow the end; is it one name alone?"
        case .badDigestLength(let code, let count):
            "a digest of \(count) bytes does not fit hash function \(code); was all of it copied?"
        case .unknownVersion(let version): "version \(version) of content identifiers is not known; use 1"
        case .badVersion0: "a first-version identifier is a SHA-256 in base 58 alone; was it copied exactly?"
        case .notAPeer(let code, let count):
            "a hash by function \(code) of \(count) bytes names no peer; names begin with 12D3, 16Uiu2 or Qm"
        case .notAKey(let codec): "content of kind \(codec) names no peer; keys are of kind 114"
        }
    }
}

extension ArraySlice<UInt8> {
    /// Takes the number off the front.
    mutating func popVarint() throws(FormatError) -> UInt64 {
        let decoded: Varint.Decoded
        do { decoded = try Varint.decode(self) } catch { throw .badNumber(error) }
        guard case .value(let value, let byteCount) = decoded else { throw .truncated }
        removeFirst(byteCount)
        return value
    }
}
