import Bytes
public import Keys

/// Where a peer says it can be reached, signed by itself (libp2p RFC 0003).
public struct PeerRecord: Hashable, Sendable {
    /// The purpose that records are signed for.
    public static let domain = "libp2p-peer-record"
    /// The type of payload: two bytes of the table of multicodecs' 0x0301, not a varint.
    public static let payloadType: [UInt8] = [0x03, 0x01]
    /// The most addresses.
    public static let addressCountMax = 64

    /// Who.
    public let peer: PeerID
    /// Which of two records is newer: the one with more.
    public let sequence: UInt64
    /// Where.
    public let addresses: [Multiaddr]
    /// Addresses that were in the record and that nobody here can read.
    public let unreadableAddressCount: Int

    /// A record of some addresses.
    ///
    /// - Precondition: at most `addressCountMax` of them.
    public init(peer: PeerID, sequence: UInt64, addresses: [Multiaddr]) {
        precondition(addresses.count <= Self.addressCountMax, "\(addresses.count) addresses are too many")
        self.peer = peer
        self.sequence = sequence
        self.addresses = addresses
        unreadableAddressCount = 0
    }

    /// The record in an envelope, if the peer that it is about signed it.
    public init(opening envelope: SignedEnvelope) throws(EnvelopeError) {
        let payload = try envelope.open(domain: Self.domain, type: Self.payloadType)
        try self.init(payload: payload[...])
        guard peer.matches(envelope.signer) else { throw .notTheSigners(peer) }
    }

    /// The record in an envelope that its peer signs.
    public func sealed(with key: PrivateKey) throws(EnvelopeError) -> SignedEnvelope {
        guard peer.matches(key.publicKey) else { throw .notTheSigners(peer) }
        return try SignedEnvelope(sealing: payload, type: Self.payloadType, domain: Self.domain, with: key)
    }
}

// MARK: The message

extension PeerRecord {
    /// `PeerRecord{1 peer_id, 2 seq, 3 addresses{1 multiaddr}}`.
    var payload: [UInt8] {
        ProtobufWriter.message { writer in
            writer.data(1, peer.bytes)
            writer.varint(2, sequence)
            for address in addresses { writer.message(3) { $0.data(1, address.bytes) } }
        }
    }

    init(payload: ArraySlice<UInt8>) throws(EnvelopeError) {
        var name: ArraySlice<UInt8>?
        var sequence: UInt64 = 0
        var found: [ArraySlice<UInt8>] = []
        do throws(ProtobufError) {
            var reader = ProtobufReader(payload)
            while let field = try reader.next() {
                switch field.number {
                case 1: name = try field.data(limit: Multihash.digestByteCountMax)
                case 2: sequence = try field.integer()
                case 3:
                    guard found.count < Self.addressCountMax else {
                        throw .tooMany(field: 3, limit: Self.addressCountMax)
                    }
                    found.append(try Self.address(try field.data(limit: Multiaddr.byteCountMax + 16)))
                default: break
                }
            }
        } catch { throw .badMessage(error) }
        guard let name else { throw .badMessage(.missing(field: 1)) }
        do { peer = try PeerID(bytes: name) } catch { throw .badPeer(error) }
        self.sequence = sequence
        // A newer peer may have addresses of protocols that are not known yet, beside others.
        addresses = found.compactMap { try? Multiaddr(bytes: $0) }
        unreadableAddressCount = found.count - addresses.count
    }

    private static func address(_ message: ArraySlice<UInt8>) throws(ProtobufError) -> ArraySlice<UInt8> {
        var reader = ProtobufReader(message)
        var address: ArraySlice<UInt8> = []
        while let field = try reader.next() {
            if field.number == 1 { address = try field.data(limit: Multiaddr.byteCountMax) }
        }
        return address
    }
}
