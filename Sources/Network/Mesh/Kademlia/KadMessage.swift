public import Bytes

/// A peer and where it may be reached.
public struct KadPeer: Hashable, Sendable {
    /// The bytes of its peer id.
    public var id: [UInt8]
    /// Its multiaddresses, in binary.
    public var addresses: [[UInt8]]

    /// A peer.
    public init(id: [UInt8], addresses: [[UInt8]] = []) { (self.id, self.addresses) = (id, addresses) }
}

/// A request or an answer of Kademlia (github.com/libp2p/specs, kad-dht, "RPC messages").
public struct KadMessage: Hashable, Sendable {
    /// What is asked or answered.
    public enum Kind: UInt64, Sendable {
        /// Keep a record; answered by itself.
        case putValue = 0
        /// Give a record, and peers nearer to it.
        case getValue = 1
        /// The sender has something; not answered.
        case addProvider = 2
        /// Who has something, and peers nearer to it.
        case getProviders = 3
        /// Peers nearest to a place.
        case findNode = 4
    }

    /// A value under a key.
    public struct Record: Hashable, Sendable {
        /// The key.
        public var key: [UInt8]
        /// The value.
        public var value: [UInt8]

        /// A record.
        public init(key: [UInt8], value: [UInt8]) { (self.key, self.value) = (key, value) }
    }

    /// What is asked or answered.
    public var kind: Kind
    /// The key, the multihash of what is provided, or a peer id.
    public var key: [UInt8]
    /// A record.
    public var record: Record?
    /// Peers nearer to the key.
    public var closer: [KadPeer]
    /// Peers that have it.
    public var providers: [KadPeer]

    /// A message.
    public init(
        _ kind: Kind, key: [UInt8], record: Record? = nil, closer: [KadPeer] = [], providers: [KadPeer] = []
    ) {
        (self.kind, self.key, self.record) = (kind, key, record)
        (self.closer, self.providers) = (closer, providers)
    }

    /// Bytes of one message.
    public static let bytesMax = 1 << 16
    static let keyBytesMax = 1 << 9, valueBytesMax = 1 << 14
    static let peerBytesMax = 1 << 7, addressBytesMax = 1 << 10
    static let addressCountMax = 32, peerCountMax = 64

    /// The message as it travels, without its length.
    public var bytes: [UInt8] {
        ProtobufWriter.message { writer in
            writer.varint(1, kind.rawValue)
            if !key.isEmpty { writer.data(2, key) }
            if let record {
                writer.message(3) {
                    $0.data(1, record.key)
                    $0.data(2, record.value)
                }
            }
            for (number, peers) in [(8, closer), (9, providers)] {
                for peer in peers {
                    writer.message(number) {
                        $0.data(1, peer.id)
                        for address in peer.addresses { $0.data(2, address) }
                    }
                }
            }
        }
    }

    /// Reads a message that nobody vouches for.
    public init(parsing bytes: ArraySlice<UInt8>) throws(ProtobufError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLarge(field: 0, limit: Self.bytesMax) }
        var kind = Kind.putValue, key: [UInt8] = [], record: Record?
        var closer: [KadPeer] = [], providers: [KadPeer] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1:
                let number = try field.integer()
                guard let known = Kind(rawValue: number) else { throw .badFieldNumber(number) }
                kind = known
            case 2: key = Array(try field.data(limit: Self.keyBytesMax))
            case 3: record = try Self.record(try field.data(limit: Self.bytesMax))
            case 8: try Self.add(field, to: &closer)
            case 9: try Self.add(field, to: &providers)
            default: break
            }
        }
        self.init(kind, key: key, record: record, closer: closer, providers: providers)
    }

    private static func record(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> Record {
        var record = Record(key: [], value: [])
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: record.key = Array(try field.data(limit: keyBytesMax))
            case 2: record.value = Array(try field.data(limit: valueBytesMax))
            default: break
            }
        }
        return record
    }

    private static func add(_ field: ProtobufReader.Field, to peers: inout [KadPeer]) throws(ProtobufError) {
        guard peers.count < peerCountMax else { throw .tooMany(field: field.number, limit: peerCountMax) }
        var peer = KadPeer(id: [])
        var reader = ProtobufReader(try field.data(limit: bytesMax))
        while let field = try reader.next() {
            switch field.number {
            case 1: peer.id = Array(try field.data(limit: peerBytesMax))
            case 2:
                let address = Array(try field.data(limit: addressBytesMax))
                guard peer.addresses.count < addressCountMax else {
                    throw .tooMany(field: 2, limit: addressCountMax)
                }
                peer.addresses.append(address)
            default: break
            }
        }
        guard !peer.id.isEmpty else { throw .missing(field: 1) }
        peers.append(peer)
    }
}
