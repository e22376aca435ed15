public import Bytes

/// Everything that peers of gossipsub say to each other (github.com/libp2p/specs, pubsub/gossipsub).
public struct GossipRPC: Sendable, Hashable {
    /// That a peer wants messages of a topic, or does not any more.
    public struct Subscription: Sendable, Hashable {
        /// Whether it wants them.
        public var isOn: Bool
        /// The topic.
        public var topic: String

        /// A subscription.
        public init(_ topic: String, isOn: Bool) { (self.topic, self.isOn) = (topic, isOn) }
    }

    /// Messages that the sender has.
    public struct Have: Sendable, Hashable {
        /// Their topic.
        public var topic: String
        /// Their ids.
        public var ids: [GossipMessageID]
    }

    /// A peer that somebody else may be joined through.
    public struct Exchange: Sendable, Hashable {
        /// Its id's bytes.
        public var peer: [UInt8]
        /// A sealed record of its addresses; empty where there is none.
        public var record: [UInt8]

        /// A peer.
        public init(peer: [UInt8], record: [UInt8]) { (self.peer, self.record) = (peer, record) }
    }

    /// That the receiver is no longer in the sender's mesh of a topic.
    public struct Prune: Sendable, Hashable {
        /// The topic.
        public var topic: String
        /// Others that it may try.
        public var exchanges: [Exchange] = []
        /// Seconds before which it is not to come back.
        public var backoffSeconds: UInt64 = 0
    }

    /// Subscriptions that changed.
    public var subscriptions: [Subscription] = []
    /// Messages.
    public var messages: [GossipMessage] = []
    /// Messages that the sender has.
    public var have: [Have] = []
    /// Messages that the sender wants.
    public var want: [GossipMessageID] = []
    /// Topics in whose mesh the sender put the receiver.
    public var graft: [String] = []
    /// Topics in whose mesh the receiver is not.
    public var prune: [Prune] = []
    /// Messages that are not to be sent to the sender any more (version 1.2).
    public var dontWant: [GossipMessageID] = []

    /// Nothing.
    public init() {}

    /// Whether it says nothing.
    public var isEmpty: Bool { self == GossipRPC() }

    /// The RPC as it travels, without its length.
    public var bytes: [UInt8] {
        ProtobufWriter.message { writer in
            for subscription in subscriptions {
                writer.message(1) {
                    $0.flag(1, subscription.isOn)
                    $0.text(2, subscription.topic)
                }
            }
            for message in messages { writer.data(2, message.bytes) }
            let control = controlBytes
            if !control.isEmpty { writer.data(3, control) }
        }
    }

    private var controlBytes: [UInt8] {
        ProtobufWriter.message { writer in
            for have in have {
                writer.message(1) {
                    $0.text(1, have.topic)
                    for id in have.ids { $0.data(2, id.bytes) }
                }
            }
            if !want.isEmpty { writer.message(2) { for id in want { $0.data(1, id.bytes) } } }
            for topic in graft { writer.message(3) { $0.text(1, topic) } }
            for prune in prune {
                writer.message(4) {
                    $0.text(1, prune.topic)
                    for exchange in prune.exchanges {
                        $0.message(2) {
                            $0.data(1, exchange.peer)
                            if !exchange.record.isEmpty { $0.data(2, exchange.record) }
                        }
                    }
                    $0.varint(3, prune.backoffSeconds)
                }
            }
            if !dontWant.isEmpty { writer.message(5) { for id in dontWant { $0.data(1, id.bytes) } } }
        }
    }

    /// Reads an RPC that nobody vouches for.
    public init(parsing bytes: ArraySlice<UInt8>, limits: GossipLimits = .init()) throws(ProtobufError) {
        guard bytes.count <= limits.rpcBytesMax else { throw .tooLarge(field: 0, limit: limits.rpcBytesMax) }
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1:
                try subscriptions.add(try Self.subscription(field), field: 1, max: limits.itemCountMax)
            case 2:
                let message = try GossipMessage(try field.data(limit: limits.rpcBytesMax), limits)
                try messages.add(message, field: 2, max: limits.itemCountMax)
            case 3: try readControl(try field.data(limit: limits.rpcBytesMax), limits)
            default: break
            }
        }
    }

    private static func subscription(_ field: ProtobufReader.Field) throws(ProtobufError) -> Subscription {
        var subscription = Subscription("", isOn: false)
        var reader = ProtobufReader(try field.data(limit: GossipLimits.topicBytesMax + 16))
        while let field = try reader.next() {
            switch field.number {
            case 1: subscription.isOn = try field.flag()
            case 2: subscription.topic = try field.text(limit: GossipLimits.topicBytesMax)
            default: break
            }
        }
        return subscription
    }

    private mutating func readControl(
        _ bytes: ArraySlice<UInt8>, _ limits: GossipLimits
    ) throws(ProtobufError) {
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard (1...5).contains(field.number) else { continue }
            let inner = try field.data(limit: limits.rpcBytesMax)
            switch field.number {
            case 1:
                let (topic, ids) = try Self.topicAndIDs(inner, limits)
                try have.add(Have(topic: topic, ids: ids), field: 1, max: limits.itemCountMax)
                let total = have.reduce(0) { $0 + $1.ids.count }
                guard total <= limits.idCountMax else { throw .tooMany(field: 1, limit: limits.idCountMax) }
            case 2: try Self.readIDs(inner, into: &want, limits)
            case 3:
                let topic = try Self.topicAndIDs(inner, limits).topic
                try graft.add(topic, field: 3, max: limits.itemCountMax)
            case 4: try prune.add(try Self.prune(inner), field: 4, max: limits.itemCountMax)
            default: try Self.readIDs(inner, into: &dontWant, limits)
            }
        }
    }

    private static func topicAndIDs(
        _ bytes: ArraySlice<UInt8>, _ limits: GossipLimits
    ) throws(ProtobufError) -> (topic: String, ids: [GossipMessageID]) {
        var topic = "", ids: [GossipMessageID] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: topic = try field.text(limit: GossipLimits.topicBytesMax)
            case 2:
                let id = GossipMessageID(Array(try field.data(limit: GossipLimits.idBytesMax)))
                try ids.add(id, field: 2, max: limits.idCountMax)
            default: break
            }
        }
        return (topic, ids)
    }

    private static func readIDs(
        _ bytes: ArraySlice<UInt8>, into ids: inout [GossipMessageID], _ limits: GossipLimits
    ) throws(ProtobufError) {
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            let id = GossipMessageID(Array(try field.data(limit: GossipLimits.idBytesMax)))
            try ids.add(id, field: 1, max: limits.idCountMax)
        }
    }

    private static func prune(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> Prune {
        var prune = Prune(topic: "")
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: prune.topic = try field.text(limit: GossipLimits.topicBytesMax)
            case 2:
                var exchange = Exchange(peer: [], record: [])
                let limit = GossipLimits.peerBytesMax + GossipLimits.recordBytesMax + 16
                var inner = ProtobufReader(try field.data(limit: limit))
                while let field = try inner.next() {
                    switch field.number {
                    case 1: exchange.peer = Array(try field.data(limit: GossipLimits.peerBytesMax))
                    case 2: exchange.record = Array(try field.data(limit: GossipLimits.recordBytesMax))
                    default: break
                    }
                }
                try prune.exchanges.add(exchange, field: 2, max: GossipLimits.exchangeCountMax)
            case 3: prune.backoffSeconds = try field.integer()
            default: break
            }
        }
        return prune
    }
}

extension Array {
    /// Appends what a peer sent, up to so many.
    fileprivate mutating func add(_ element: Element, field: Int, max: Int) throws(ProtobufError) {
        guard count < max else { throw .tooMany(field: field, limit: max) }
        append(element)
    }
}
