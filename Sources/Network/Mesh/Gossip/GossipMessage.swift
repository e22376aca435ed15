import Bytes

/// A message of a topic as it travels (github.com/libp2p/specs, pubsub/README.md).
public struct GossipMessage: Sendable, Hashable {
    /// Who published it: the bytes of a peer id; nil where a topic is anonymous.
    public var from: [UInt8]?
    /// What it says.
    public var data: [UInt8]
    /// A number that its publisher never used before.
    public var sequence: [UInt8]?
    /// The topic it belongs to.
    public var topic: String
    /// Of the publisher over everything but signature and key.
    public var signature: [UInt8]?
    /// The publisher's key, where the peer id does not hold it.
    public var key: [UInt8]?

    /// A message.
    public init(
        from: [UInt8]? = nil, data: [UInt8], sequence: [UInt8]? = nil, topic: String,
        signature: [UInt8]? = nil, key: [UInt8]? = nil
    ) {
        (self.from, self.data, self.sequence) = (from, data, sequence)
        (self.topic, self.signature, self.key) = (topic, signature, key)
    }

    /// What its publisher signs.
    public var signedBytes: [UInt8] {
        var unsigned = self
        (unsigned.signature, unsigned.key) = (nil, nil)
        return Array("libp2p-pubsub:".utf8) + unsigned.bytes
    }

    /// The message as it travels.
    public var bytes: [UInt8] {
        ProtobufWriter.message { writer in
            if let from { writer.data(1, from) }
            writer.data(2, data)
            if let sequence { writer.data(3, sequence) }
            writer.text(4, topic)
            if let signature { writer.data(5, signature) }
            if let key { writer.data(6, key) }
        }
    }

    /// Its id by default: its publisher and number.
    public var id: GossipMessageID { GossipMessageID((from ?? []) + (sequence ?? [])) }

    init(_ bytes: ArraySlice<UInt8>, _ limits: GossipLimits) throws(ProtobufError) {
        var message = GossipMessage(data: [], topic: "")
        var hasTopic = false
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: message.from = Array(try field.data(limit: GossipLimits.peerBytesMax))
            case 2: message.data = Array(try field.data(limit: limits.messageBytesMax))
            case 3: message.sequence = Array(try field.data(limit: GossipLimits.sequenceBytesMax))
            case 4:
                // Early versions allowed several topics; with the last one counting, ids would be ambiguous.
                guard !hasTopic else { throw .tooMany(field: 4, limit: 1) }
                message.topic = try field.text(limit: GossipLimits.topicBytesMax)
                hasTopic = true
            case 5: message.signature = Array(try field.data(limit: GossipLimits.keyBytesMax))
            case 6: message.key = Array(try field.data(limit: GossipLimits.keyBytesMax))
            default: break
            }
        }
        guard hasTopic else { throw .missing(field: 4) }
        self = message
    }
}

/// What a message is known by.
public struct GossipMessageID: Sendable, Hashable {
    /// Any bytes.
    public let bytes: [UInt8]

    /// An id.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// How much of anything a peer may send at a time.
public struct GossipLimits: Sendable, Hashable {
    /// Bytes of one RPC; Go's default.
    public var rpcBytesMax = 1 << 20
    /// Bytes of one message's data.
    public var messageBytesMax = 1 << 20
    /// Messages, subscriptions, grafts and prunes of one RPC, each.
    public var itemCountMax = 1 << 10
    /// Ids of one kind of control message in one RPC.
    public var idCountMax = 5_000

    /// Bytes of an id of a message or a peer.
    static let idBytesMax = 1 << 8, peerBytesMax = 1 << 7
    static let sequenceBytesMax = 1 << 6
    static let topicBytesMax = 1 << 8
    static let keyBytesMax = 1 << 11
    static let recordBytesMax = 1 << 13
    /// Peers that one prune may tell of.
    static let exchangeCountMax = 32

    /// Go's limits.
    public init() {}
}
