import Foundation

/// What py-libp2p makes of keys, names and addresses: Tests/Golden/Network/formats.json.
public struct FormatsGolden: Decodable, Sendable {
    /// A key pair, its owner's names, and a signature of `message`.
    public struct Key: Decodable, Sendable {
        /// Its number.
        public let type: UInt8
        /// Messages, data, names and signature in hexadecimal, the names also as text.
        public let `private`, `public`, data, signature, peer, peer_bytes, peer_cid: String
    }

    /// Bytes in several bases.
    public struct Base: Decodable, Sendable {
        /// The bytes in hexadecimal.
        public let bytes: String
        /// Text by the name of the base.
        public let texts: [String: String]
    }

    /// A content identifier.
    public struct Content: Decodable, Sendable {
        /// 0 or 1.
        public let version: UInt64
        /// In hexadecimal.
        public let bytes: String
        /// In several bases.
        public let texts: [String]
    }

    /// A multiaddr.
    public struct Address: Decodable, Sendable {
        /// As text, as bytes in hexadecimal, and as text made of these.
        public let text, bytes, again: String
    }

    /// A signed peer record.
    public struct Envelope: Decodable, Sendable {
        /// In hexadecimal.
        public let bytes: String
        /// Who signed.
        public let peer: String
        /// The record's number.
        public let seq: UInt64
        /// Where the peer is.
        public let addresses: [String]
    }

    /// What all keys sign, in hexadecimal.
    public let message: String
    /// One or two keys of each type.
    public let keys: [Key]
    /// The secp256k1 signature with the higher s, in hexadecimal.
    public let high_s: String
    /// The message of an RSA key of 1024 bits, in hexadecimal.
    public let short_rsa: String
    /// Bases.
    public let multibase: [Base]
    /// Content identifiers.
    public let cids: [Content]
    /// Multiaddrs.
    public let addresses: [Address]
    /// Signed peer records.
    public let envelopes: [Envelope]

    /// The file.
    public static func load() throws -> FormatsGolden {
        let file = Fixtures.root.appendingPathComponent("Tests/Golden/Network/formats.json")
        return try JSONDecoder().decode(FormatsGolden.self, from: Data(contentsOf: file))
    }
}
