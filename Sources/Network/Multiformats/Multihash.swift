import Bytes
public import Keys

/// A digest that says by which function it is (github.com/multiformats/multihash).
public struct Multihash: Hashable, Comparable, Sendable {
    /// The number of the function that copies: a "digest" that is the thing itself.
    public static let identity: UInt64 = 0x00
    /// The number of SHA-256.
    public static let sha256: UInt64 = 0x12
    /// The longest digest that is taken.
    public static let digestByteCountMax = 128

    /// The function's number in the table of multicodecs.
    public let code: UInt64
    /// What it gave.
    public let digest: [UInt8]

    /// A digest by a function; its length is checked.
    public init(code: UInt64, digest: [UInt8]) throws(FormatError) {
        let fits =
            code == Self.sha256 ? digest.count == Digest.byteCount : !digest.isEmpty || code == Self.identity
        guard fits, digest.count <= Self.digestByteCountMax else {
            throw .badDigestLength(code: code, byteCount: digest.count)
        }
        self.code = code
        self.digest = digest
    }

    /// A SHA-256.
    public init(_ digest: Digest) {
        code = Self.sha256
        self.digest = digest.bytes
    }

    /// The SHA-256 of some bytes.
    public init(sha256 bytes: [UInt8]) { self.init(Digest(of: bytes)) }

    /// The bytes themselves, which are few.
    init(copying bytes: [UInt8]) {
        precondition(bytes.count <= Self.digestByteCountMax, "\(bytes.count) bytes are too many to copy")
        code = Self.identity
        digest = bytes
    }

    /// A multihash alone.
    public init(bytes: ArraySlice<UInt8>) throws(FormatError) {
        var rest = bytes
        try self.init(taking: &rest)
        guard rest.isEmpty else { throw .trailing(byteCount: rest.count) }
    }

    /// The multihash that some bytes begin with, which is taken off them.
    init(taking bytes: inout ArraySlice<UInt8>) throws(FormatError) {
        let code = try bytes.popVarint()
        let byteCount = try bytes.popVarint()
        guard byteCount <= UInt64(Self.digestByteCountMax) else {
            throw .badDigestLength(code: code, byteCount: Int(clamping: byteCount))
        }
        guard byteCount <= UInt64(bytes.count) else { throw .truncated }
        try self.init(code: code, digest: Array(bytes.prefix(Int(byteCount))))
        bytes.removeFirst(Int(byteCount))
    }

    /// Function, length, digest.
    public var bytes: [UInt8] {
        var bytes = Varint.bytes(code)
        Varint.append(UInt64(digest.count), to: &bytes)
        return bytes + digest
    }

    /// Order of the bytes, first to last.
    public static func < (left: Multihash, right: Multihash) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
