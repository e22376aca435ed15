public import Keys

/// A peer's name: its public key, where that is short, or the key's SHA-256.
///
/// A name says nothing about who sent it: only a signature by a key that `matches` does.
public struct PeerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The longest message of a key that is a name itself; longer ones are hashed.
    public static let inlineByteCountMax = 42

    /// The name as a hash.
    public let hash: Multihash

    /// The name of a key's owner.
    public init(_ key: PublicKey) {
        let message = key.protobuf
        hash =
            message.count <= Self.inlineByteCountMax
            ? Multihash(copying: message) : Multihash(sha256: message)
    }

    /// A name from the hash that it is.
    public init(hash: Multihash) throws(FormatError) {
        let isName =
            switch hash.code {
            case Multihash.sha256: true
            case Multihash.identity: (1...Self.inlineByteCountMax).contains(hash.digest.count)
            default: false
            }
        guard isName else { throw .notAPeer(code: hash.code, byteCount: hash.digest.count) }
        self.hash = hash
    }

    /// A name from its bytes.
    public init(bytes: ArraySlice<UInt8>) throws(FormatError) {
        try self.init(hash: Multihash(bytes: bytes))
    }

    /// A name from its text: base 58 alone (`12D3Koo...`, `16Uiu2...`, `Qm...`) or a CID (`bafz...`).
    public init(text: String) throws(FormatError) {
        if text.hasPrefix("1") || text.hasPrefix("Qm") {
            let bytes: [UInt8]
            do { bytes = try Base58.bytes(text) } catch { throw .badText(error) }
            try self.init(bytes: bytes[...])
            return
        }
        let cid = try CID(text: text)
        guard cid.codec == CID.libp2pKey else { throw .notAKey(codec: cid.codec) }
        try self.init(hash: cid.hash)
    }

    /// The name as bytes.
    public var bytes: [UInt8] { hash.bytes }

    /// The name in base 58, as most programs write it.
    public var text: String { Base58.text(bytes) }

    /// The name as a content identifier, in base 32 `bafz...`.
    public var cid: CID { CID(codec: CID.libp2pKey, hash: hash) }

    /// The key, where it is the name itself; nil where the name is a hash or no key.
    public var publicKey: PublicKey? {
        guard hash.code == Multihash.identity else { return nil }
        return try? PublicKey(protobuf: hash.digest[...])
    }

    /// Whether this is the name of the key's owner.
    public func matches(_ key: PublicKey) -> Bool { PeerID(key) == self }

    /// The name in base 58.
    public var description: String { text }

    /// Order of the bytes, first to last.
    public static func < (left: PeerID, right: PeerID) -> Bool { left.hash < right.hash }
}
