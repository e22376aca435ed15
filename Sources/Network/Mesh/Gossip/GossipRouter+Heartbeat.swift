extension GossipRouter {
    /// Mends meshes, tells of messages, lets scores fade and forgets what is old; to be called once every
    /// `config.heartbeat`.
    public mutating func heartbeat(now: Duration, _ actions: inout [Action]) {
        heartbeats += 1
        punishBrokenPromises(now: now)
        for slot in members.indices where members[slot] != nil {
            let scoring = config.scoring
            change(GossipPeer(slot)) { member in
                member.score.decay(scoring, now: now)
                (member.haveCount, member.askedCount) = (0, 0)
                if !member.dontWant.isEmpty {
                    member.dontWant = member.dontWant.filter { $0.value > 1 }.mapValues { $0 - 1 }
                }
            }
            refreshValue(GossipPeer(slot))
        }
        for topic in subscriptions { mend(topic, now: now, &actions) }
        for topic in fanout.keys.sorted() { mendFanout(topic, now: now) }
        for topic in subscriptions + fanout.keys.sorted() { gossip(topic, &actions) }
        history.heartbeat()
        seen.forget(now: now)
        retained.removeAll { $0.until < now }
        if heartbeats.isMultiple(of: Self.backoffClearance) {
            backoff = backoff.mapValues { $0.filter { $0.value > now } }.filter { !$0.value.isEmpty }
        }
    }

    private static var backoffClearance: Int { 15 }

    /// P7: whoever told of a message and did not send it.
    private mutating func punishBrokenPromises(now: Duration) {
        for promise in promises where promise.until <= now && !seen.contains(promise.id) {
            guard checking[promise.id] == nil else { continue }
            change(promise.peer) { $0.score.misbehaved() }
            count("broken promise")
        }
        promises.removeAll { $0.until <= now }
    }

    private mutating func mend(_ topic: String, now: Duration, _ actions: inout [Action]) {
        // Nobody below zero stays.
        for peer in mesh[topic] ?? [] where (member(peer)?.value ?? -1) < 0 {
            prune(peer, topic, now: now, exchanging: false, &actions)
        }
        if mesh(of: topic).count < config.degreeLow {
            let missing = config.degree - mesh(of: topic).count
            for peer in candidates(topic, now: now, count: missing, where: { _ in true }) {
                graft(peer, topic, now: now, &actions)
            }
        }
        if mesh(of: topic).count > config.degreeHigh { thin(topic, now: now, &actions) }
        // Enough peers that we chose ourselves.
        if mesh(of: topic).count >= config.degreeLow {
            let outbound = mesh(of: topic).count { member($0)?.isOutbound == true }
            let missing = config.degreeOut - outbound
            let members = members
            let chosen = candidates(topic, now: now, count: missing) {
                members[$0.slot]?.isOutbound == true
            }
            for peer in chosen { graft(peer, topic, now: now, &actions) }
        }
        if heartbeats.isMultiple(of: config.opportunisticGraftHeartbeats) {
            improve(topic, now: now, &actions)
        }
    }

    /// Keeps the best ones and, by lot, others; and enough that we dialled.
    private mutating func thin(_ topic: String, now: Duration, _ actions: inout [Action]) {
        let drawn = shuffled(mesh(of: topic))
        // Sorting keeps the drawn order of equals.
        let ranked = drawn.enumerated().sorted { left, right in
            let (a, b) = (member(left.element)?.value ?? 0, member(right.element)?.value ?? 0)
            return a != b ? a > b : left.offset < right.offset
        }.map(\.element)
        var kept = Array(ranked.prefix(config.degreeScore))
        let rest = shuffled(Array(ranked.dropFirst(config.degreeScore)))
        let isOutbound = Dictionary(uniqueKeysWithValues: ranked.map { ($0, member($0)?.isOutbound == true) })
        func outboundCount() -> Int { kept.count { isOutbound[$0] == true } }
        let outbound = rest.filter { isOutbound[$0] == true }
        kept += outbound.prefix(max(0, config.degreeOut - outboundCount()))
        kept += rest.filter { !kept.contains($0) }.prefix(max(0, config.degree - kept.count))
        for peer in ranked where !kept.contains(peer) {
            prune(peer, topic, now: now, exchanging: true, &actions)
        }
    }

    /// Opportunistic grafting: better peers where the mesh is poor.
    private mutating func improve(_ topic: String, now: Duration, _ actions: inout [Action]) {
        let values = mesh(of: topic).compactMap { member($0)?.value }.sorted()
        guard values.count > 1 else { return }
        let median = values[values.count / 2]
        guard median < config.scoring.opportunisticGraftThreshold else { return }
        let members = members
        let better = candidates(topic, now: now, count: config.opportunisticGraftPeers) {
            (members[$0.slot]?.value ?? 0) > median
        }
        for peer in better { graft(peer, topic, now: now, &actions) }
    }

    private mutating func mendFanout(_ topic: String, now: Duration) {
        guard let (peers, last) = fanout[topic] else { return }
        guard last + config.fanoutTime > now else {
            fanout[topic] = nil
            return
        }
        var kept = peers.filter { peer in
            guard let member = member(peer) else { return false }
            return member.topics.contains(topic) && member.value >= config.scoring.publishThreshold
        }
        if kept.count < config.degree {
            let others = self.peers { $0.topics.contains(topic) && $0.speaksMesh && $0.value >= 0 }
            kept += shuffled(others.filter { !kept.contains($0) }).prefix(config.degree - kept.count)
        }
        fanout[topic]?.peers = kept
    }

    /// IHAVE to some that are not in the mesh.
    private mutating func gossip(_ topic: String, _ actions: inout [Action]) {
        let ids = history.ids(of: topic, heartbeats: config.historyGossip)
        guard !ids.isEmpty else { return }
        let known = (mesh[topic] ?? []) + (fanout[topic]?.peers ?? [])
        let others = peers {
            $0.topics.contains(topic) && $0.speaksMesh && $0.value >= config.scoring.gossipThreshold
        }.filter { !known.contains($0) }
        let count = max(config.degreeLazy, Int(config.gossipFactor * Double(others.count)))
        for peer in shuffled(others).prefix(count) {
            var rpc = GossipRPC()
            // Each is told of other ones where there are too many, so that all together know all.
            let told = ids.count > config.haveLengthMax ? ids.shuffled(using: &random) : ids
            rpc.have = [.init(topic: topic, ids: Array(told.prefix(config.haveLengthMax)))]
            actions.append(.send(rpc.bytes, to: peer))
        }
    }
}
