/// What is known of one peer's conduct; a number comes of it (gossipsub-v1.1.md, "Peer Scoring").
struct GossipScore: Sendable {
    struct Topic: Sendable {
        /// Since when it is in the mesh.
        var graftedAt: Duration?
        var timeInMesh = 0.0
        var firstDeliveries = 0.0
        var meshDeliveries = 0.0
        var isMeshDeliveryActive = false
        var meshFailure = 0.0
        var invalid = 0.0
    }

    /// By topic, in order of first mention: bounded by what both are subscribed to.
    private(set) var topics: [(name: String, counters: Topic)] = []
    private(set) var behaviour = 0.0
    var application = 0.0

    private mutating func change(_ topic: String, _ change: (inout Topic) -> Void) {
        if let place = topics.firstIndex(where: { $0.name == topic }) {
            change(&topics[place].counters)
        } else {
            var counters = Topic()
            change(&counters)
            topics.append((topic, counters))
        }
    }

    mutating func grafted(_ topic: String, now: Duration) {
        change(topic) {
            $0.graftedAt = now
            $0.timeInMesh = 0
            $0.isMeshDeliveryActive = false
        }
    }

    mutating func pruned(_ topic: String, _ scoring: GossipScoring) {
        change(topic) { counters in
            // What it lacked stays as a memory, or it could leave and come back without it.
            if counters.isMeshDeliveryActive, counters.meshDeliveries < scoring.meshDeliveryThreshold {
                let deficit = scoring.meshDeliveryThreshold - counters.meshDeliveries
                counters.meshFailure += deficit * deficit
            }
            counters.graftedAt = nil
        }
    }

    mutating func deliveredFirst(_ topic: String, _ scoring: GossipScoring) {
        change(topic) { counters in
            counters.firstDeliveries = min(scoring.firstDeliveryMax, counters.firstDeliveries + 1)
            if counters.graftedAt != nil {
                counters.meshDeliveries = min(scoring.meshDeliveryMax, counters.meshDeliveries + 1)
            }
        }
    }

    mutating func deliveredAgain(_ topic: String, _ scoring: GossipScoring) {
        change(topic) { counters in
            guard counters.graftedAt != nil else { return }
            counters.meshDeliveries = min(scoring.meshDeliveryMax, counters.meshDeliveries + 1)
        }
    }

    mutating func deliveredInvalid(_ topic: String) { change(topic) { $0.invalid += 1 } }

    mutating func misbehaved(_ amount: Double = 1) { behaviour += amount }

    /// Lets everything fade by one interval.
    mutating func decay(_ scoring: GossipScoring, now: Duration) {
        func faded(_ value: Double, _ factor: Double) -> Double {
            let value = value * factor
            return value < scoring.decayToZero ? 0 : value
        }
        for place in topics.indices {
            topics[place].counters.firstDeliveries = faded(
                topics[place].counters.firstDeliveries, scoring.firstDeliveryDecay)
            topics[place].counters.meshDeliveries = faded(
                topics[place].counters.meshDeliveries, scoring.meshDeliveryDecay)
            topics[place].counters.meshFailure = faded(
                topics[place].counters.meshFailure, scoring.meshFailureDecay)
            topics[place].counters.invalid = faded(topics[place].counters.invalid, scoring.invalidDecay)
            if let graftedAt = topics[place].counters.graftedAt {
                let time = now - graftedAt
                topics[place].counters.timeInMesh = time / .seconds(1)
                if time > scoring.meshDeliveryActivation {
                    topics[place].counters.isMeshDeliveryActive = true
                }
            }
        }
        behaviour = faded(behaviour, scoring.behaviourDecay)
    }

    /// The score.
    ///
    /// - Parameter colocated: peers of the same address, this one among them.
    func value(_ scoring: GossipScoring, colocated: Int) -> Double {
        var sum = 0.0
        for (_, counters) in topics {
            var topic = 0.0
            if counters.graftedAt != nil {
                topic += scoring.timeInMeshWeight * min(counters.timeInMesh, scoring.timeInMeshMax)
            }
            topic += scoring.firstDeliveryWeight * counters.firstDeliveries
            if counters.isMeshDeliveryActive, counters.meshDeliveries < scoring.meshDeliveryThreshold {
                let deficit = scoring.meshDeliveryThreshold - counters.meshDeliveries
                topic += scoring.meshDeliveryWeight * deficit * deficit
            }
            topic += scoring.meshFailureWeight * counters.meshFailure
            topic += scoring.invalidWeight * counters.invalid * counters.invalid
            sum += scoring.topicWeight * topic
        }
        sum = min(sum, scoring.topicScoreMax) + scoring.applicationWeight * application
        let crowd = Double(max(0, colocated - scoring.colocationThreshold))
        sum += scoring.colocationWeight * crowd * crowd
        let excess = max(0, behaviour - scoring.behaviourThreshold)
        return sum + scoring.behaviourWeight * excess * excess
    }
}
