/// A peer as the router knows it: a small number that whoever connects it chooses and may use again after
/// it left. Order of peers is order of numbers, so that equal runs do equal things.
public struct GossipPeer: Hashable, Comparable, Sendable {
    /// The number.
    public let slot: Int

    /// A peer of a number from 0.
    public init(_ slot: Int) { self.slot = slot }

    /// Order of the numbers.
    public static func < (left: GossipPeer, right: GossipPeer) -> Bool { left.slot < right.slot }
}

/// What a peer speaks.
public enum GossipVersion: String, CaseIterable, Comparable, Sendable {
    /// Sends everything to everyone.
    case flood = "/floodsub/1.0.0"
    /// Meshes and gossip.
    case v10 = "/meshsub/1.0.0"
    /// Scores, back-off and exchange of peers.
    case v11 = "/meshsub/1.1.0"
    /// Messages that are not wanted.
    case v12 = "/meshsub/1.2.0"

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    /// Order of their making.
    public static func < (left: GossipVersion, right: GossipVersion) -> Bool { left.rank < right.rank }
}

/// A peer while it is connected.
struct GossipMember: Sendable {
    let id: [UInt8]
    let version: GossipVersion
    /// Whether we dialled it: such peers an attacker cannot choose for us.
    let isOutbound: Bool
    /// Where it connects from, for P6.
    let address: String
    var topics: Set<String> = []
    var score: GossipScore
    /// Its score at the last heartbeat, or since something bad happened.
    var value = 0.0
    /// IHAVE that were read and ids that were asked for, since the last heartbeat.
    var haveCount = 0, askedCount = 0
    /// What it does not want, and for how many heartbeats.
    var dontWant: [GossipMessageID: Int] = [:]

    var speaksMesh: Bool { version > .flood }
}
