import Bytes

/// The name of some content: how it is encoded, and its hash (github.com/multiformats/cid).
public struct CID: Hashable, Sendable, CustomStringConvertible {
    /// A form of names.
    public enum Version: UInt64, Hashable, Sendable {
        /// A SHA-256 of a `dagPB` node, in base 58.
        case v0 = 0
        /// Any content, in any base.
        case v1 = 1
    }

    /// Bytes without structure.
    public static let raw: UInt64 = 0x55
    /// A node of IPFS's graph.
    public static let dagPB: UInt64 = 0x70
    /// A public key of libp2p.
    public static let libp2pKey: UInt64 = 0x72

    /// The form of the name.
    public let version: Version
    /// The encoding's number in the table of multicodecs.
    public let codec: UInt64
    /// The content's hash.
    public let hash: Multihash

    /// A name of the present form.
    public init(codec: UInt64, hash: Multihash) {
        version = .v1
        self.codec = codec
        self.hash = hash
    }

    /// A name of the first form; nil unless the hash is a SHA-256.
    public init?(version0 hash: Multihash) {
        guard hash.code == Multihash.sha256 else { return nil }
        version = .v0
        codec = Self.dagPB
        self.hash = hash
    }

    /// A name from its bytes.
    public init(bytes: ArraySlice<UInt8>) throws(FormatError) {
        // The first form has no version; 0x12 is no version that there will ever be.
        if bytes.starts(with: [UInt8(Multihash.sha256), 32]) {
            guard let cid = CID(version0: try Multihash(bytes: bytes)) else { throw .badVersion0 }
            self = cid
            return
        }
        var rest = bytes
        let version = try rest.popVarint()
        guard version == Version.v1.rawValue else { throw .unknownVersion(version) }
        let codec = try rest.popVarint()
        self.init(codec: codec, hash: try Multihash(bytes: rest))
    }

    /// A name from its text: the first form in base 58, the present one in any base.
    public init(text: String) throws(FormatError) {
        if text.utf8.count == 46, text.hasPrefix("Qm") {
            let bytes: [UInt8]
            do { bytes = try Base58.bytes(text) } catch { throw .badText(error) }
            guard let cid = CID(version0: try Multihash(bytes: bytes[...])) else { throw .badVersion0 }
            self = cid
            return
        }
        let decoded: (base: Multibase, bytes: [UInt8])
        do { decoded = try Multibase.bytes(text) } catch { throw .badText(error) }
        try self.init(bytes: decoded.bytes[...])
        // The first form has no prefix, so this text is nobody's.
        guard version == .v1 else { throw .badVersion0 }
    }

    /// Version, encoding and hash; the hash alone in the first form.
    public var bytes: [UInt8] {
        switch version {
        case .v0: return hash.bytes
        case .v1:
            var bytes = Varint.bytes(Version.v1.rawValue)
            Varint.append(codec, to: &bytes)
            return bytes + hash.bytes
        }
    }

    /// The name in base 32; in base 58 in the first form.
    public var text: String { version == .v0 ? Base58.text(bytes) : text(in: .base32) }

    /// The name in a base; in base 58 alone in the first form.
    public func text(in base: Multibase) -> String {
        version == .v0 ? Base58.text(bytes) : base.text(bytes)
    }

    /// The name as text.
    public var description: String { text }
}
