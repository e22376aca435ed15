import Bytes
import Testing

@testable import Mesh

/// A router with peers that do what a test says.
private struct Bench {
    var router: GossipRouter
    var now = Duration.seconds(100)
    var actions: [GossipRouter.Action] = []
    static let topic = "t"

    init(peers: Int, version: GossipVersion = .v12, address: String = "", _ config: GossipConfig = .init())
        throws
    {
        router = GossipRouter(config, seed: 1)
        router.subscribe(Self.topic, now: now, &actions)
        for slot in 0..<peers {
            router.connected(
                GossipPeer(slot), id: [UInt8(slot)], version: version, isOutbound: slot % 2 == 0,
                address: address,
                now: now, &actions)
            try say(slot) { $0.subscriptions = [.init(Self.topic, isOn: true)] }
        }
        actions = []
    }

    mutating func say(_ slot: Int, _ fill: (inout GossipRPC) -> Void) throws {
        var rpc = GossipRPC()
        fill(&rpc)
        try router.received(rpc.bytes[...], from: GossipPeer(slot), now: now, &actions)
    }

    mutating func beat(_ count: Int = 1) {
        for _ in 0..<count {
            now += .seconds(1)
            router.heartbeat(now: now, &actions)
        }
    }

    /// What was sent to a peer since the last call.
    mutating func sent(to slot: Int) throws -> [GossipRPC] {
        try actions.compactMap { action in
            guard case .send(let bytes, let peer) = action, peer.slot == slot else { return nil }
            return try GossipRPC(parsing: bytes[...])
        }
    }

    var checked: [GossipMessage] {
        actions.compactMap { if case .check(let message, _) = $0 { message } else { nil } }
    }

    static func message(_ number: UInt8, byteCount: Int = 10) -> GossipMessage {
        GossipMessage(
            from: [99], data: .init(repeating: number, count: byteCount), sequence: [number], topic: topic)
    }
}

@Suite struct `A gossip router` {
    @Test func `passes a message on once it was checked, and takes it once`() throws {
        var bench = try Bench(peers: 8)
        bench.beat()
        let mesh = bench.router.mesh(of: "t").map(\.slot)
        #expect(mesh.count == 6)
        bench.actions = []
        try bench.say(0) { $0.messages = [Bench.message(1)] }
        #expect(bench.checked.count == 1)
        #expect(try (0..<8).allSatisfy { try bench.sent(to: $0).allSatisfy(\.messages.isEmpty) })
        // It comes from another one while it is under check.
        try bench.say(1) { $0.messages = [Bench.message(1)] }
        #expect(bench.checked.count == 1)
        bench.router.checked(Bench.message(1), .accept, now: bench.now, &bench.actions)
        for slot in 0..<8 {
            let count = try bench.sent(to: slot).flatMap(\.messages).count
            #expect(count == (mesh.contains(slot) && slot > 1 ? 1 : 0), "peer \(slot)")
        }
        bench.actions = []
        try bench.say(2) { $0.messages = [Bench.message(1)] }
        #expect(bench.actions.isEmpty)
    }

    @Test func `punishes what is not valid, until it listens no more`() throws {
        var bench = try Bench(peers: 1)
        for number in 0..<3 {
            try bench.say(0) { $0.messages = [Bench.message(UInt8(number))] }
            bench.router.checked(Bench.message(UInt8(number)), .reject, now: bench.now, &bench.actions)
        }
        // P4: 3 squared, by weight and topic weight.
        #expect(bench.router.score(of: GossipPeer(0)) == -90)
        bench.actions = []
        try bench.say(0) { $0.messages = [Bench.message(9)] }
        #expect(bench.actions.isEmpty && bench.router.counters["graylisted"] == 1)
        // Leaving and coming back changes nothing.
        bench.router.disconnected(GossipPeer(0), now: bench.now)
        bench.router.connected(
            GossipPeer(0), id: [0], version: .v12, isOutbound: false, address: "", now: bench.now,
            &bench.actions)
        #expect(bench.router.score(of: GossipPeer(0)) == -90)
        bench.beat()
        #expect(bench.router.mesh(of: "t").isEmpty)
    }

    @Test func `answers what is asked for, so often`() throws {
        var bench = try Bench(peers: 1)
        bench.router.publish(Bench.message(1), now: bench.now, &bench.actions)
        bench.actions = []
        for _ in 0..<5 { try bench.say(0) { $0.want = [Bench.message(1).id] } }
        #expect(try bench.sent(to: 0).flatMap(\.messages).count == bench.router.config.retransmissionMax)
        bench.actions = []
        bench.beat(bench.router.config.historyLength)
        try bench.say(0) { $0.want = [Bench.message(1).id] }
        #expect(try bench.sent(to: 0).flatMap(\.messages).isEmpty)
    }

    @Test func `asks for what it has not, and punishes who does not send it`() throws {
        var bench = try Bench(peers: 2)
        let ids = (0..<5).map { Bench.message(UInt8($0)).id }
        try bench.say(0) { $0.have = [.init(topic: "t", ids: ids)] }
        #expect(try Set(bench.sent(to: 0).flatMap(\.want)) == Set(ids))
        for _ in 0..<20 { try bench.say(0) { $0.have = [.init(topic: "t", ids: ids)] } }
        #expect(bench.router.counters["too much gossip"] == 11)
        bench.beat(3)
        #expect(bench.router.counters["broken promise"] == 10)
        #expect(bench.router.score(of: GossipPeer(0)) ?? 0 < -200)
    }

    @Test func `does not send what is not wanted`() throws {
        var bench = try Bench(peers: 3)
        bench.beat()
        bench.actions = []
        let message = Bench.message(7, byteCount: 2000)
        try bench.say(0) { $0.messages = [message] }
        #expect(try bench.sent(to: 1).map(\.dontWant) == [[message.id]])
        #expect(try bench.sent(to: 0).isEmpty)
        try bench.say(1) { $0.dontWant = [message.id] }
        bench.actions = []
        bench.router.checked(message, .accept, now: bench.now, &bench.actions)
        #expect(try bench.sent(to: 1).isEmpty)
        #expect(try bench.sent(to: 2).flatMap(\.messages).count == 1)
    }

    @Test func `keeps who was pruned away for a while`() throws {
        var bench = try Bench(peers: 1)
        bench.beat()
        try bench.say(0) {
            $0.prune = [.init(topic: "t", exchanges: [.init(peer: [5], record: [])], backoffSeconds: 30)]
        }
        // Whoever has no merit is not believed about others.
        #expect(bench.router.counters["exchange below the threshold"] == 1)
        bench.beat(29)
        #expect(bench.router.mesh(of: "t").isEmpty)
        bench.actions = []
        try bench.say(0) { $0.graft = ["t"] }
        #expect(try bench.sent(to: 0).flatMap(\.prune).map(\.topic) == ["t"])
        #expect(bench.router.counters["graft during back-off"] == 1)
        bench.beat(62)
        #expect(bench.router.mesh(of: "t") == [GossipPeer(0)])
    }

    @Test func `is not filled by grafts of those who dial`() throws {
        var bench = try Bench(peers: 40)
        for slot in stride(from: 1, to: 40, by: 2) { try bench.say(slot) { $0.graft = ["t"] } }
        #expect(bench.router.mesh(of: "t").count == bench.router.config.degreeHigh)
        bench.beat()
        let mesh = bench.router.mesh(of: "t")
        #expect(mesh.count { $0.slot % 2 == 0 } >= bench.router.config.degreeOut)
    }

    @Test func `distrusts crowds of one address`() throws {
        let bench = try Bench(peers: 12, address: "10.0.0.1")
        // The last one came as the twelfth: four too many, squared.
        #expect(bench.router.score(of: GossipPeer(11)) == -80)
    }

    @Test func `is bounded in what it keeps of a flood`() throws {
        var config = GossipConfig()
        config.historyBytesMax = 100_000
        config.seenCountMax = 500
        var bench = try Bench(peers: 1, config)
        for number in 0..<2000 {
            let message = GossipMessage(
                from: [1], data: .init(repeating: 0, count: 1000),
                sequence: [UInt8(number & 255), UInt8(number >> 8)], topic: "t")
            try bench.say(0) { $0.messages = [message] }
            bench.router.checked(message, .accept, now: bench.now, &bench.actions)
        }
        #expect(bench.router.history.ids(of: "t", heartbeats: 5).count == 100)
        for number in 0..<600 { try bench.say(0) { $0.subscriptions = [.init("x\(number)", isOn: true)] } }
        #expect(bench.router.members[0]?.topics.count == config.topicsPerPeerMax)
        for _ in 0..<5 {
            let ids = (0..<5000).map { GossipMessageID([UInt8($0 & 255), UInt8($0 >> 8), 1]) }
            try bench.say(0) { $0.dontWant = ids }
        }
        #expect(bench.router.members[0]?.dontWant.count ?? 0 <= config.dontWantCountMax)
    }
}

@Suite struct `A gossip message` {
    @Test func `is written and read`() throws {
        var rpc = GossipRPC()
        rpc.subscriptions = [.init("a", isOn: true), .init("b", isOn: false)]
        rpc.messages = [
            GossipMessage(from: [1, 2], data: [3], sequence: [4], topic: "a", signature: [5], key: [6]),
            GossipMessage(data: [], topic: ""),
        ]
        rpc.have = [.init(topic: "a", ids: [.init([1]), .init([2])])]
        rpc.want = [.init([3])]
        rpc.graft = ["a"]
        rpc.prune = [
            .init(topic: "b", exchanges: [.init(peer: [7], record: [8])], backoffSeconds: 60)
        ]
        rpc.dontWant = [.init([9])]
        #expect(try GossipRPC(parsing: rpc.bytes[...]) == rpc)
    }

    @Test func `is signed without its signature`() {
        let message = GossipMessage(
            from: [1], data: [2], sequence: [3], topic: "t", signature: [4], key: [5])
        #expect(
            Hex.text(message.signedBytes) == Hex.text(Array("libp2p-pubsub:".utf8)) + "0a0101" + "120102"
                + "1a0103"
                + "220174")
    }

    @Test func `is refused where there is too much of anything`() {
        var rpc = GossipRPC()
        rpc.graft = .init(repeating: "t", count: GossipLimits().itemCountMax + 1)
        #expect(throws: ProtobufError.self) { try GossipRPC(parsing: rpc.bytes[...]) }
        rpc = GossipRPC()
        rpc.want = .init(repeating: .init([1]), count: GossipLimits().idCountMax + 1)
        #expect(throws: ProtobufError.self) { try GossipRPC(parsing: rpc.bytes[...]) }
        rpc = GossipRPC()
        rpc.messages = [.init(data: .init(repeating: 0, count: 1 << 20), topic: "t")]
        #expect(throws: ProtobufError.self) { try GossipRPC(parsing: rpc.bytes[...]) }
        // Two topics would give two opinions of what it is.
        let twice = ProtobufWriter.message {
            $0.message(2) {
                $0.text(4, "a"); $0.text(4, "b")
            }
        }
        #expect(throws: ProtobufError.tooMany(field: 4, limit: 1)) { try GossipRPC(parsing: twice[...]) }
    }
}
