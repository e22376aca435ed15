extension GossipRouter {
    // MARK: Gossip

    /// IHAVE: asks for what is new, in bounds, and remembers what was promised.
    mutating func receiveHave(
        _ have: [GossipRPC.Have], from peer: GossipPeer, now: Duration
    ) -> [GossipMessageID] {
        guard !have.isEmpty, let member = member(peer) else { return [] }
        guard member.value >= config.scoring.gossipThreshold else {
            count("gossip below the threshold")
            return []
        }
        guard member.haveCount < config.haveMessagesMax, member.askedCount < config.haveLengthMax else {
            count("too much gossip")
            return []
        }
        var wanted: [GossipMessageID] = [], known: Set<GossipMessageID> = []
        for item in have where subscriptions.contains(item.topic) {
            for id in item.ids where !seen.contains(id) && checking[id] == nil && known.insert(id).inserted {
                wanted.append(id)
            }
        }
        // Which of many is drawn, so that two who tell of too much are not asked for the same.
        wanted.shuffle(using: &random)
        wanted = Array(wanted.prefix(config.haveLengthMax - member.askedCount))
        change(peer) {
            $0.haveCount += 1
            $0.askedCount += wanted.count
        }
        if let promised = wanted.randomElement(using: &random) {
            promises.append((promised, peer, now + config.promiseTime))
        }
        return wanted
    }

    /// IWANT: sends what is still kept, so often.
    mutating func receiveWant(_ want: [GossipMessageID], from peer: GossipPeer) -> [GossipMessage] {
        guard !want.isEmpty, let member = member(peer) else { return [] }
        guard member.value >= config.scoring.gossipThreshold else {
            count("gossip below the threshold")
            return []
        }
        var messages: [GossipMessage] = [], byteCount = 0
        for id in want where member.dontWant[id] == nil {
            guard let (message, asked) = history.ask(id, by: peer) else { continue }
            guard asked <= config.retransmissionMax else {
                count("asked too often")
                continue
            }
            // One answer is one RPC that the other takes; what does not fit is asked for again.
            byteCount += message.data.count + GossipLimits.keyBytesMax
            guard byteCount <= config.limits.rpcBytesMax || messages.isEmpty,
                messages.count < config.limits.itemCountMax
            else { break }
            messages.append(message)
        }
        return messages
    }

    /// IDONTWANT: remembers for a few heartbeats, in bounds.
    mutating func receiveDontWant(_ ids: [GossipMessageID], from peer: GossipPeer) {
        guard !ids.isEmpty else { return }
        let max = config.dontWantCountMax, heartbeats = config.dontWantHeartbeats
        var isFlood = false
        change(peer) { member in
            for id in ids {
                guard member.dontWant.count < max else {
                    isFlood = true
                    return
                }
                member.dontWant[id] = heartbeats
            }
        }
        if isFlood { count("too much unwanted") }
    }

    // MARK: The mesh

    /// GRAFT: takes the peer into the mesh, or tells why not by a prune.
    mutating func receiveGraft(
        _ topics: [String], from peer: GossipPeer, now: Duration
    ) -> [GossipRPC.Prune] {
        var refused: [GossipRPC.Prune] = []
        for topic in topics {
            // Grafts of topics that we do not have are not answered: a prune each would amplify a flood.
            guard let mesh = mesh[topic], let member = member(peer) else {
                count("graft of an unknown topic")
                continue
            }
            guard !mesh.contains(peer) else { continue }
            if let until = backoff[topic]?[member.id], now < until {
                let isFlood = now < until - config.pruneBackoff + config.graftFloodTime
                change(peer) { $0.score.misbehaved(isFlood ? 2 : 1) }
                refreshValue(peer)
                count("graft during back-off")
                setBackoff(peer, topic, until: now + config.pruneBackoff)
                refused.append(pruneMessage(peer, topic, config.pruneBackoff, exchanging: false))
                continue
            }
            let isFull = mesh.count >= config.degreeHigh && !member.isOutbound
            guard member.value >= 0, !isFull else {
                if member.value < 0 { count("graft below the threshold") }
                setBackoff(peer, topic, until: now + config.pruneBackoff)
                refused.append(pruneMessage(peer, topic, config.pruneBackoff, exchanging: member.value >= 0))
                continue
            }
            join(peer, topic, now: now)
        }
        return refused
    }

    /// PRUNE: leaves the mesh and remembers not to come back too soon.
    mutating func receivePrune(
        _ prunes: [GossipRPC.Prune], from peer: GossipPeer, now: Duration, _ actions: inout [Action]
    ) {
        for prune in prunes {
            guard mesh[prune.topic] != nil else { continue }
            leave(peer, prune.topic)
            let asked = Duration.seconds(Int64(clamping: min(prune.backoffSeconds, Self.backoffSecondsMax)))
            setBackoff(
                peer, prune.topic, until: now + (prune.backoffSeconds > 0 ? asked : config.pruneBackoff))
            guard !prune.exchanges.isEmpty else { continue }
            guard let member = member(peer), member.value >= config.scoring.exchangeThreshold else {
                count("exchange below the threshold")
                continue
            }
            actions.append(.join(Array(prune.exchanges.prefix(config.exchangeCount))))
        }
    }

    /// Nobody may keep us away longer.
    private static var backoffSecondsMax: UInt64 { 3600 }

    mutating func graft(_ peer: GossipPeer, _ topic: String, now: Duration, _ actions: inout [Action]) {
        join(peer, topic, now: now)
        var rpc = GossipRPC()
        rpc.graft = [topic]
        actions.append(.send(rpc.bytes, to: peer))
    }

    private mutating func join(_ peer: GossipPeer, _ topic: String, now: Duration) {
        guard var peers = mesh[topic], !peers.contains(peer) else { return }
        peers.insert(peer, at: peers.firstIndex { $0 > peer } ?? peers.count)
        mesh[topic] = peers
        change(peer) { $0.score.grafted(topic, now: now) }
    }

    mutating func leave(_ peer: GossipPeer, _ topic: String) {
        guard let place = mesh[topic]?.firstIndex(of: peer) else { return }
        mesh[topic]?.remove(at: place)
        let scoring = config.scoring
        change(peer) { $0.score.pruned(topic, scoring) }
        refreshValue(peer)
    }

    mutating func prune(
        _ peer: GossipPeer, _ topic: String, now: Duration, exchanging: Bool, _ actions: inout [Action]
    ) {
        leave(peer, topic)
        setBackoff(peer, topic, until: now + config.pruneBackoff)
        sendPrune(to: peer, topic, config.pruneBackoff, exchanging: exchanging, &actions)
    }

    mutating func sendPrune(
        to peer: GossipPeer, _ topic: String, _ time: Duration, exchanging: Bool, _ actions: inout [Action]
    ) {
        var rpc = GossipRPC()
        rpc.prune = [pruneMessage(peer, topic, time, exchanging: exchanging)]
        actions.append(.send(rpc.bytes, to: peer))
    }

    private mutating func pruneMessage(
        _ peer: GossipPeer, _ topic: String, _ time: Duration, exchanging: Bool
    ) -> GossipRPC.Prune {
        var prune = GossipRPC.Prune(topic: topic)
        guard let member = member(peer), member.version >= .v11 else { return prune }
        prune.backoffSeconds = UInt64(clamping: time.components.seconds)
        guard exchanging else { return prune }
        let others = shuffled(peers { $0.topics.contains(topic) && $0.value >= 0 && $0.speaksMesh })
        prune.exchanges = others.filter { $0 != peer }.prefix(config.exchangeCount).compactMap {
            self.member($0).map { .init(peer: $0.id, record: []) }
        }
        return prune
    }

    mutating func setBackoff(_ peer: GossipPeer, _ topic: String, until: Duration) {
        guard let id = member(peer)?.id else { return }
        let known = backoff[topic]?[id] ?? .zero
        backoff[topic, default: [:]][id] = max(known, until)
    }

    func canGraft(_ peer: GossipPeer, _ topic: String, now: Duration) -> Bool {
        guard let member = member(peer), member.speaksMesh, member.topics.contains(topic), member.value >= 0
        else { return false }
        return backoff[topic]?[member.id].map { $0 <= now } ?? true
    }

    /// Up to so many peers that may be grafted, drawn.
    mutating func candidates(
        _ topic: String, now: Duration, count: Int, where holds: (GossipPeer) -> Bool
    ) -> [GossipPeer] {
        guard count > 0 else { return [] }
        let mesh = mesh[topic] ?? []
        let fit = members.indices.map { GossipPeer($0) }.filter {
            canGraft($0, topic, now: now) && !mesh.contains($0) && holds($0)
        }
        return Array(shuffled(fit).prefix(count))
    }
}
