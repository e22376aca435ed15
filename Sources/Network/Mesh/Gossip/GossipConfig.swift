/// How gossipsub behaves: the specification's names and values, and Go's where it leaves them open.
public struct GossipConfig: Sendable, Hashable {
    /// Peers wanted in the mesh of a topic (D), and when it is mended (D_lo, D_hi).
    public var degree = 6, degreeLow = 5, degreeHigh = 12
    /// Of these the ones with the best scores that are kept (D_score), and those that we dialled (D_out).
    public var degreeScore = 4, degreeOut = 2
    /// Peers that are told of messages outside the mesh (D_lazy), or this share of them if that is more.
    public var degreeLazy = 6
    /// See `degreeLazy`.
    public var gossipFactor = 0.25
    /// How often the mesh is mended.
    public var heartbeat = Duration.seconds(1)
    /// Heartbeats that a message is kept, and those of them whose messages are told of.
    public var historyLength = 5, historyGossip = 3
    /// How long a message is known, so that it is taken once.
    public var seenTime = Duration.seconds(120)
    /// Messages that are known at a time; the oldest are forgotten first.
    public var seenCountMax = 1 << 17
    /// Bytes of messages that are kept; the oldest are dropped first.
    public var historyBytesMax = 64 << 20
    /// How long the mesh of a topic that we only publish in is remembered.
    public var fanoutTime = Duration.seconds(60)
    /// How long a pruned peer is not grafted, and where we leave the topic ourselves.
    public var pruneBackoff = Duration.seconds(60), unsubscribeBackoff = Duration.seconds(10)
    /// A graft that comes sooner than this after a prune is punished twice.
    public var graftFloodTime = Duration.seconds(10)
    /// Whether our own messages go to all peers that may have them, not to the mesh alone.
    public var floodPublish = true
    /// Ids that are told of to one peer at a time; IHAVE of a peer that are read in a heartbeat, and the ids.
    public var haveLengthMax = 5_000, haveMessagesMax = 10
    /// How long a peer has to send what it said it has.
    public var promiseTime = Duration.seconds(3)
    /// How often one peer may ask for the same message.
    public var retransmissionMax = 3
    /// Messages of so many bytes are announced as unwanted to others as soon as they came (IDONTWANT).
    public var dontWantBytesMin = 1 << 10
    /// Ids that one peer does not want, at a time.
    public var dontWantCountMax = 10_000
    /// Heartbeats that "do not want" holds for.
    public var dontWantHeartbeats = 3
    /// Every so many heartbeats better peers are sought, if the mesh's median score is below the threshold.
    public var opportunisticGraftHeartbeats = 60, opportunisticGraftPeers = 2
    /// Others that a prune tells of.
    public var exchangeCount = 16
    /// Topics that are kept of one peer, and peers in all.
    public var topicsPerPeerMax = 256, peerCountMax = 1 << 14
    /// What a peer may send at a time.
    public var limits = GossipLimits()
    /// How peers are scored.
    public var scoring = GossipScoring()

    /// Go's defaults.
    public init() {}
}

/// How a peer is scored: P1 to P7 of the specification (gossipsub-v1.1.md, "Peer Scoring").
public struct GossipScoring: Sendable, Hashable {
    /// Below these a peer gets no gossip, none of our messages, or is not listened to.
    public var gossipThreshold = -10.0, publishThreshold = -50.0, graylistThreshold = -80.0
    /// Above this the peers that one tells of are joined.
    public var exchangeThreshold = 10.0
    /// Below this median of the mesh better peers are sought.
    public var opportunisticGraftThreshold = 5.0
    /// How often counters fade, and below what they are nothing.
    public var decayInterval = Duration.seconds(1)
    /// See `decayInterval`.
    public var decayToZero = 0.01
    /// What a topic counts, and what all topics give at most.
    public var topicWeight = 0.5, topicScoreMax = 50.0
    /// P1: seconds in the mesh.
    public var timeInMeshWeight = 0.02, timeInMeshMax = 300.0
    /// P2: messages that it was the first to bring.
    public var firstDeliveryWeight = 1.0, firstDeliveryDecay = 0.97, firstDeliveryMax = 50.0
    /// P3: messages that a peer of the mesh must bring; a weight of 0 asks for none, as in topics of few.
    public var meshDeliveryWeight = 0.0, meshDeliveryDecay = 0.97, meshDeliveryMax = 100.0
    /// See `meshDeliveryWeight`.
    public var meshDeliveryThreshold = 5.0
    /// See `meshDeliveryWeight`.
    public var meshDeliveryActivation = Duration.seconds(30), meshDeliveryWindow = Duration.milliseconds(10)
    /// P3b: what is left of a lack of messages after a prune.
    public var meshFailureWeight = 0.0, meshFailureDecay = 0.97
    /// P4: messages that are not valid, squared.
    public var invalidWeight = -20.0, invalidDecay = 0.99
    /// P5: what the application says.
    public var applicationWeight = 1.0
    /// P6: peers of one address above the threshold, squared.
    public var colocationWeight = -5.0, colocationThreshold = 8
    /// P7: misbehaviour above the threshold, squared.
    public var behaviourWeight = -5.0, behaviourThreshold = 2.0, behaviourDecay = 0.97
    /// How long the score of a peer that left is remembered, if it is below zero.
    public var retention = Duration.seconds(600)
    /// Scores that are remembered of peers that left.
    public var retainedCountMax = 4096

    /// Values for topics of a few messages a second.
    public init() {}
}
