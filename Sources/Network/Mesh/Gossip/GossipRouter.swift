public import Bytes
import World

/// Gossipsub 1.1 and 1.2 as a pure machine (github.com/libp2p/specs, pubsub/gossipsub).
///
/// Peers, bytes and heartbeats go in with the time; what to send, check and deliver comes out. A message goes
/// on only after whoever runs the router has checked it:
///
///     received -> .check(message) -> checked(message, .accept) -> .deliver, .send to the mesh
public struct GossipRouter: Sendable {
    /// What is to be done, in order.
    public enum Action: Sendable {
        /// Send an RPC, without its length, to a peer.
        case send([UInt8], to: GossipPeer)
        /// Check a new message of a topic that is subscribed to, and say so to `checked`.
        case check(GossipMessage, from: GossipPeer)
        /// Hand a message to whoever subscribed.
        case deliver(GossipMessage)
        /// Join these, whom a well-known peer told of.
        case join([GossipRPC.Exchange])
    }

    /// What came of a check.
    public enum Verdict: Sendable {
        /// It is delivered and goes on.
        case accept
        /// It is dropped, and its senders pay for it.
        case reject
        /// It is dropped.
        case ignore
    }

    /// How it behaves.
    public let config: GossipConfig
    /// Topics that are subscribed to, in order.
    public internal(set) var subscriptions: [String] = []
    /// What did not go as it should, by kind.
    public internal(set) var counters: [String: Int] = [:]

    /// Members by slot.
    var members: [GossipMember?] = []
    /// The mesh of each topic subscribed to, and of those only published in, with the last time: sorted.
    var mesh: [String: [GossipPeer]] = [:]
    var fanout: [String: (peers: [GossipPeer], last: Duration)] = [:]
    var history: GossipHistory
    var seen: GossipSeen
    /// Who may not be grafted before when: by topic and peer id.
    var backoff: [String: [[UInt8]: Duration]] = [:]
    /// Messages under check, and all who sent them meanwhile.
    var checking: [GossipMessageID: [GossipPeer]] = [:]
    /// Who promised which message, and until when; in order of time.
    var promises: [(id: GossipMessageID, peer: GossipPeer, until: Duration)] = []
    /// Scores below zero of peers that left, in order of time.
    var retained: [(id: [UInt8], score: GossipScore, until: Duration)] = []
    var addresses: [String: Int] = [:]
    var heartbeats = 0
    var random: SeededGenerator
    private let messageID: @Sendable (GossipMessage) -> GossipMessageID

    /// A router without peers.
    ///
    /// - Parameters:
    ///   - seed: of its draws.
    ///   - messageID: what a message is known by; its publisher and number by default.
    public init(
        _ config: GossipConfig = .init(), seed: UInt64,
        messageID: @escaping @Sendable (GossipMessage) -> GossipMessageID = { $0.id }
    ) {
        self.config = config
        self.messageID = messageID
        history = GossipHistory(config)
        seen = GossipSeen(config)
        random = SeededGenerator(seed: seed)
    }

    // MARK: Peers

    /// A peer whose stream is open; it is told what we subscribe to.
    ///
    /// - Parameters:
    ///   - id: the bytes of its peer id.
    ///   - address: where it connects from, as scores count it; empty for none.
    public mutating func connected(
        _ peer: GossipPeer, id: [UInt8], version: GossipVersion, isOutbound: Bool, address: String,
        now: Duration, _ actions: inout [Action]
    ) {
        guard peer.slot >= 0, peer.slot < config.peerCountMax else { return count("peer without room") }
        while members.count <= peer.slot { members.append(nil) }
        if members[peer.slot] != nil { disconnected(peer, now: now) }
        var score = GossipScore()
        if let place = retained.firstIndex(where: { $0.id == id }) {
            score = retained.remove(at: place).score
        }
        members[peer.slot] = GossipMember(
            id: id, version: version, isOutbound: isOutbound, address: address, score: score)
        if !address.isEmpty { addresses[address, default: 0] += 1 }
        refreshValue(peer)
        guard !subscriptions.isEmpty else { return }
        var rpc = GossipRPC()
        rpc.subscriptions = subscriptions.map { .init($0, isOn: true) }
        actions.append(.send(rpc.bytes, to: peer))
    }

    /// A peer that is gone.
    public mutating func disconnected(_ peer: GossipPeer, now: Duration) {
        guard members.indices.contains(peer.slot), let member = members[peer.slot] else { return }
        if member.value < 0 {
            if retained.count >= config.scoring.retainedCountMax { retained.removeFirst() }
            retained.append((member.id, member.score, now + config.scoring.retention))
        }
        if let count = addresses[member.address] { addresses[member.address] = count > 1 ? count - 1 : nil }
        members[peer.slot] = nil
        for topic in mesh.keys { mesh[topic]?.removeAll { $0 == peer } }
        for topic in fanout.keys { fanout[topic]?.peers.removeAll { $0 == peer } }
        promises.removeAll { $0.peer == peer }
    }

    /// What the application thinks of a peer (P5).
    public mutating func setApplicationScore(_ score: Double, of peer: GossipPeer) {
        change(peer) { $0.score.application = score }
        refreshValue(peer)
    }

    /// The score of a peer that is connected.
    public func score(of peer: GossipPeer) -> Double? { member(peer)?.value }

    /// The mesh of a topic.
    public func mesh(of topic: String) -> [GossipPeer] { mesh[topic] ?? [] }

    // MARK: Topics

    /// Begins to want messages of a topic.
    public mutating func subscribe(_ topic: String, now: Duration, _ actions: inout [Action]) {
        guard let place = subscriptions.place(of: topic) else { return }
        subscriptions.insert(topic, at: place)
        announce(topic, isOn: true, &actions)
        // Peers that we published to already are a good start.
        let known = fanout.removeValue(forKey: topic)?.peers ?? []
        mesh[topic] = []
        let fit = known.filter { canGraft($0, topic, now: now) }
        let more = candidates(topic, now: now, count: config.degree - fit.count) { !fit.contains($0) }
        for peer in (fit.prefix(config.degree) + more) { graft(peer, topic, now: now, &actions) }
    }

    /// Wants no more messages of a topic.
    public mutating func unsubscribe(_ topic: String, now: Duration, _ actions: inout [Action]) {
        guard let place = subscriptions.firstIndex(of: topic) else { return }
        subscriptions.remove(at: place)
        announce(topic, isOn: false, &actions)
        let scoring = config.scoring
        for peer in mesh.removeValue(forKey: topic) ?? [] {
            change(peer) { $0.score.pruned(topic, scoring) }
            setBackoff(peer, topic, until: now + config.unsubscribeBackoff)
            sendPrune(to: peer, topic, config.unsubscribeBackoff, exchanging: false, &actions)
        }
    }

    /// Publishes a message of our own, which nobody checks any more.
    ///
    /// - Returns: to how many peers it goes; 0 if nobody is there, or if it is known already.
    @discardableResult
    public mutating func publish(
        _ message: GossipMessage, now: Duration, _ actions: inout [Action]
    ) -> Int {
        let id = messageID(message)
        guard seen.insert(id, now: now) else { return 0 }
        history.insert(message, id)
        if subscriptions.contains(message.topic) { actions.append(.deliver(message)) }
        var targets: [GossipPeer] = []
        let topic = message.topic
        if config.floodPublish {
            targets = peers { $0.topics.contains(topic) && $0.value >= config.scoring.publishThreshold }
        } else {
            targets = peers {
                $0.topics.contains(topic) && !$0.speaksMesh && $0.value >= config.scoring.publishThreshold
            }
            if let mesh = mesh[topic], !mesh.isEmpty {
                targets += mesh
            } else if mesh[topic] == nil {
                targets += fanoutPeers(topic, now: now)
            } else {
                // Subscribed, and nobody in the mesh yet.
                targets += candidates(topic, now: now, count: config.degree) { _ in true }
            }
        }
        send(message, id, to: targets.sorted(), &actions)
        return targets.count
    }

    private mutating func fanoutPeers(_ topic: String, now: Duration) -> [GossipPeer] {
        var peers = fanout[topic]?.peers ?? []
        if peers.isEmpty {
            peers = shuffled(
                self.peers {
                    $0.topics.contains(topic) && $0.speaksMesh && $0.value >= config.scoring.publishThreshold
                })
            peers = Array(peers.prefix(config.degree))
        }
        fanout[topic] = (peers, now)
        return peers
    }

    // MARK: What the others say

    /// Bytes of an RPC that a peer sent.
    public mutating func received(
        _ bytes: ArraySlice<UInt8>, from peer: GossipPeer, now: Duration, _ actions: inout [Action]
    ) throws(ProtobufError) {
        guard let member = member(peer) else { return }
        guard member.value >= config.scoring.graylistThreshold else { return count("graylisted") }
        receive(try GossipRPC(parsing: bytes, limits: config.limits), from: peer, now: now, &actions)
    }

    mutating func receive(
        _ rpc: GossipRPC, from peer: GossipPeer, now: Duration, _ actions: inout [Action]
    ) {
        for subscription in rpc.subscriptions { receive(subscription, from: peer) }
        for message in rpc.messages { receive(message, from: peer, now: now, &actions) }
        var answer = GossipRPC()
        answer.want = receiveHave(rpc.have, from: peer, now: now)
        answer.messages = receiveWant(rpc.want, from: peer)
        answer.prune = receiveGraft(rpc.graft, from: peer, now: now)
        receivePrune(rpc.prune, from: peer, now: now, &actions)
        receiveDontWant(rpc.dontWant, from: peer)
        if !answer.isEmpty { actions.append(.send(answer.bytes, to: peer)) }
    }

    private mutating func receive(_ subscription: GossipRPC.Subscription, from peer: GossipPeer) {
        let max = config.topicsPerPeerMax, topic = subscription.topic
        var isFlood = false
        change(peer) { member in
            if !subscription.isOn {
                member.topics.remove(topic)
            } else if member.topics.count < max {
                member.topics.insert(topic)
            } else {
                isFlood = true
            }
        }
        if isFlood { count("topics of one peer") }
        if !subscription.isOn {
            mesh[topic]?.removeAll { $0 == peer }
            fanout[topic]?.peers.removeAll { $0 == peer }
        }
    }

    private mutating func receive(
        _ message: GossipMessage, from peer: GossipPeer, now: Duration, _ actions: inout [Action]
    ) {
        // What nobody asked for is not passed on, whoever sends it.
        guard subscriptions.contains(message.topic) else { return count("topic not subscribed to") }
        let id = messageID(message)
        promises.removeAll { $0.id == id }
        if let senders = checking[id] {
            // Whoever sent it before the verdict shares in it.
            if !senders.contains(peer) { checking[id]?.append(peer) }
            return
        }
        guard !seen.contains(id) else {
            let scoring = config.scoring
            change(peer) { $0.score.deliveredAgain(message.topic, scoring) }
            return
        }
        guard message.data.count <= config.limits.messageBytesMax else { return count("message too large") }
        checking[id] = [peer]
        announceUnwanted(message, id, from: peer, &actions)
        actions.append(.check(message, from: peer))
    }

    /// Tells the mesh not to send what is here already (IDONTWANT, gossipsub 1.2).
    private mutating func announceUnwanted(
        _ message: GossipMessage, _ id: GossipMessageID, from sender: GossipPeer, _ actions: inout [Action]
    ) {
        guard message.data.count >= config.dontWantBytesMin else { return }
        var rpc = GossipRPC()
        rpc.dontWant = [id]
        let bytes = rpc.bytes
        for peer in mesh[message.topic] ?? [] where peer != sender {
            guard let member = member(peer), member.version >= .v12 else { continue }
            actions.append(.send(bytes, to: peer))
        }
    }

    /// What came of a check that `.check` asked for.
    public mutating func checked(
        _ message: GossipMessage, _ verdict: Verdict, now: Duration, _ actions: inout [Action]
    ) {
        let id = messageID(message), topic = message.topic, scoring = config.scoring
        guard let senders = checking.removeValue(forKey: id), let first = senders.first else { return }
        guard seen.insert(id, now: now) else { return }
        switch verdict {
        case .ignore: count("ignored")
        case .reject:
            count("rejected")
            for peer in senders {
                change(peer) { $0.score.deliveredInvalid(topic) }
                refreshValue(peer)
            }
        case .accept:
            change(first) { $0.score.deliveredFirst(topic, scoring) }
            for peer in senders.dropFirst() {
                change(peer) { $0.score.deliveredAgain(topic, scoring) }
            }
            history.insert(message, id)
            if subscriptions.contains(topic) { actions.append(.deliver(message)) }
            let flood = peers { !$0.speaksMesh && $0.topics.contains(topic) }
            let targets = (mesh[topic] ?? []) + flood
            let publisher = message.from
            send(
                message, id,
                to: targets.filter { !senders.contains($0) && member($0)?.id != publisher }, &actions)
        }
    }

    private mutating func send(
        _ message: GossipMessage, _ id: GossipMessageID, to targets: [GossipPeer],
        _ actions: inout [Action]
    ) {
        guard !targets.isEmpty else { return }
        var rpc = GossipRPC()
        rpc.messages = [message]
        // Encoded once for all.
        let bytes = rpc.bytes
        for peer in targets where member(peer)?.dontWant[id] == nil {
            actions.append(.send(bytes, to: peer))
        }
    }

    // MARK: Small words

    func member(_ peer: GossipPeer) -> GossipMember? {
        members.indices.contains(peer.slot) ? members[peer.slot] : nil
    }

    mutating func change(_ peer: GossipPeer, _ change: (inout GossipMember) -> Void) {
        guard members.indices.contains(peer.slot), members[peer.slot] != nil else { return }
        members[peer.slot].modify(change)
    }

    /// Peers of which something holds, in order.
    func peers(where holds: (GossipMember) -> Bool) -> [GossipPeer] {
        members.indices.compactMap { slot in
            guard let member = members[slot], holds(member) else { return nil }
            return GossipPeer(slot)
        }
    }

    mutating func shuffled(_ peers: [GossipPeer]) -> [GossipPeer] { peers.shuffled(using: &random) }

    mutating func count(_ what: String) { counters[what, default: 0] += 1 }

    mutating func refreshValue(_ peer: GossipPeer) {
        let scoring = config.scoring, addresses = addresses
        change(peer) { $0.value = $0.score.value(scoring, colocated: addresses[$0.address] ?? 0) }
    }

    private mutating func announce(_ topic: String, isOn: Bool, _ actions: inout [Action]) {
        var rpc = GossipRPC()
        rpc.subscriptions = [.init(topic, isOn: isOn)]
        let bytes = rpc.bytes
        for peer in peers(where: { _ in true }) { actions.append(.send(bytes, to: peer)) }
    }
}

extension Optional where Wrapped == GossipMember {
    fileprivate mutating func modify(_ change: (inout GossipMember) -> Void) {
        guard var member = self else { return }
        self = nil
        change(&member)
        self = member
    }
}

extension [String] {
    /// Where an element of a sorted list would stand; nil if it is there.
    fileprivate func place(of element: String) -> Int? {
        let place = firstIndex { $0 >= element } ?? count
        return place < count && self[place] == element ? nil : place
    }
}
