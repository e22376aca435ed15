public import Bytes
import Crypto

/// The SHA-256 hash of something, which names it everywhere.
public struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// How many bytes it has.
    public static let byteCount = 32

    /// The 32 bytes.
    public let bytes: [UInt8]

    /// A digest from its bytes; nil unless there are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A digest from 64 hexadecimal digits; nil for any other number of them.
    public init?(hex: String) throws(HexError) { self.init(bytes: try Hex.bytes(hex)) }

    /// The digest of some bytes.
    public init(of bytes: [UInt8]) {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        self = hasher.finalize()
    }

    /// The digest of some bytes.
    public init(of bytes: UnsafeRawBufferPointer) {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        self = hasher.finalize()
    }

    /// The digest of a text's UTF-8.
    public init(of text: String) { self.init(of: Array(text.utf8)) }

    fileprivate init(whole bytes: [UInt8]) { self.bytes = bytes }

    /// 64 hexadecimal digits.
    public var hex: String { Hex.text(bytes) }

    /// 64 hexadecimal digits.
    public var description: String { hex }

    /// Order of the bytes, first to last.
    public static func < (left: Digest, right: Digest) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
public struct SHA256Hasher: Sendable {
    private var state = SHA256()

    /// A hasher that has seen nothing.
    public init() {}

    /// Takes in more bytes.
    public mutating func update(_ bytes: [UInt8]) { state.update(data: bytes) }

    /// Takes in more bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        state.update(bufferPointer: bytes)
    }

    /// Takes in a text's UTF-8.
    public mutating func update(_ text: String) { update(Array(text.utf8)) }

    /// Takes in a number, eight bytes little-endian.
    public mutating func update(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { state.update(bufferPointer: $0) }
    }

    /// The digest of everything taken in.
    public func finalize() -> Digest { Digest(whole: Array(state.finalize())) }
}
