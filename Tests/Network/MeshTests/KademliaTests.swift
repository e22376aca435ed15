import Bytes
import Testing
import World

@testable import Mesh

/// Nodes with routing tables that answer at once, or not at all.
private struct SimulatedKademlia {
    var tables: [[UInt8]: KadRoutingTable] = [:]
    let ids: [[UInt8]]
    /// These tell of each other only.
    var liars: Set<[UInt8]> = []
    var dead: Set<[UInt8]> = []
    private(set) var asked = 0

    init(nodes: Int) {
        ids = (0..<nodes).map { Array("node \($0)".utf8) }
        for id in ids { tables[id] = KadRoutingTable(of: id) }
        // All join through the first one and look themselves up.
        for id in ids.dropFirst() {
            tables[id]?.insert(KadPeer(id: ids[0]), now: .zero)
            _ = lookUp(KadKey(of: id), from: id)
        }
    }

    func nearest(to key: KadKey, count: Int) -> [[UInt8]] {
        Array(
            ids.filter { !dead.contains($0) }.map { (KadKey(of: $0).distance(to: key), $0) }.sorted {
                $0.0 < $1.0
            }
            .prefix(count).map(\.1))
    }

    /// Whom a node is told to be nearest.
    mutating func lookUp(
        _ key: KadKey, from id: [UInt8], _ config: KadLookup.Config = .init()
    ) -> KadLookup {
        let known = tables[id]?.nearest(to: key, count: 20) ?? []
        var lookup = KadLookup(key, from: known, without: id, config: config)
        while !lookup.isDone {
            let peers = lookup.next()
            for peer in peers {
                asked += 1
                if dead.contains(peer.id) {
                    lookup.failed(peer.id)
                    tables[id]?.failed(peer.id)
                    continue
                }
                tables[peer.id]?.insert(KadPeer(id: id), now: .zero)
                tables[id]?.insert(peer, now: .zero)
                if liars.contains(peer.id) {
                    lookup.answered(
                        peer.id, closer: liars.sorted { "\($0)" < "\($1)" }.prefix(20).map { KadPeer(id: $0) }
                    )
                } else {
                    lookup.answered(peer.id, closer: tables[peer.id]?.nearest(to: key, count: 20) ?? [])
                }
            }
        }
        return lookup
    }
}

@Suite struct `Kademlia among many` {
    @Test func `finds the nearest of three hundred, by asking few`() {
        var network = SimulatedKademlia(nodes: 300)
        let before = network.asked
        for number in 0..<10 {
            let key = KadKey(of: [UInt8(number)])
            let found = network.lookUp(key, from: network.ids[number * 20]).nearest.map(\.id)
            let own = network.ids[number * 20]
            #expect(found.prefix(3) == network.nearest(to: key, count: 4).filter { $0 != own }.prefix(3))
        }
        #expect(network.asked - before < 10 * 40)
    }

    @Test func `finds them where a fifth is dead`() {
        var network = SimulatedKademlia(nodes: 200)
        network.dead = Set(network.ids.enumerated().filter { $0.offset % 5 == 2 }.map(\.element))
        var hits = 0
        for number in 0..<20 {
            let key = KadKey(of: [UInt8(number), 1])
            let found = network.lookUp(key, from: network.ids[number * 5]).nearest.map(\.id)
            let nearest = network.nearest(to: key, count: 2).filter { $0 != network.ids[number * 5] }
            if let first = nearest.first, found.contains(first) { hits += 1 }
            #expect(found.allSatisfy { !network.dead.contains($0) })
        }
        #expect(hits >= 19)
    }

    @Test func `finds them on one of its paths where a tenth lies`() {
        var network = SimulatedKademlia(nodes: 200)
        network.liars = Set(network.ids.enumerated().filter { $0.offset % 10 == 3 }.map(\.element))
        var config = KadLookup.Config()
        config.paths = 4
        config.settled = 20
        var hits = 0
        for number in 0..<20 {
            let key = KadKey(of: [UInt8(number), 2])
            let own = network.ids[number * 5 + 1]
            let found = network.lookUp(key, from: own, config).nearest.map(\.id)
            if let first = network.nearest(to: key, count: 2).first(where: { $0 != own }),
                found.contains(first)
            {
                hits += 1
            }
        }
        #expect(hits >= 19)
    }
}

@Suite struct `A routing table` {
    @Test func `keeps whom it knows, and lets go who does not answer`() {
        var table = KadRoutingTable(of: [0], bucketSize: 2)
        let far = (1...200).map { [UInt8($0)] }.filter { table.own.commonPrefix(with: KadKey(of: $0)) == 0 }
        for id in far.prefix(3) { table.insert(KadPeer(id: id), now: .zero) }
        #expect(table.count == 2)
        let isOwnTaken = table.insert(KadPeer(id: [0]), now: .zero)
        #expect(!isOwnTaken)
        for _ in 0..<2 { table.failed(far[0]) }
        let isThirdTaken = table.insert(KadPeer(id: far[2]), now: .zero)
        #expect(isThirdTaken && table.count == 2)
        for _ in 0..<3 { table.failed(far[1]) }
        #expect(table.count == 1)
    }

    @Test func `is not filled from one network`() {
        var table = KadRoutingTable(of: [0])
        for number in 1...200 { table.insert(KadPeer(id: [UInt8(number)]), group: "10.1", now: .zero) }
        #expect(table.count <= 10 && table.nearest(to: table.own, count: 20).count == table.count)
    }

    @Test func `knows which neighbourhoods it has not seen lately`() {
        var random = SeededGenerator(seed: 1)
        var table = KadRoutingTable(of: [0])
        for number in 1...100 { table.insert(KadPeer(id: [UInt8(number)]), now: .seconds(10)) }
        let stale = table.stale(since: .seconds(10), using: &random)
        #expect(stale.enumerated().allSatisfy { table.own.commonPrefix(with: $0.element) == $0.offset })
        #expect(stale.count > 5 && table.stale(since: .seconds(9), using: &random).count < stale.count)
    }
}

@Suite struct `A place in Kademlia's space` {
    @Test(arguments: [0, 1, 7, 63, 64, 65, 128, 200, 255]) func `has neighbours at any distance`(prefix: Int)
    {
        var random = SeededGenerator(seed: 9)
        let place = KadKey(of: [1, 2, 3])
        let other = place.neighbour(sharing: prefix, using: &random)
        #expect(place.commonPrefix(with: other) == prefix && place.commonPrefix(with: place) == 256)
        #expect(place.distance(to: other) == other.distance(to: place))
        #expect(place.distance(to: place) < place.distance(to: other))
    }
}

@Suite struct `Kept records` {
    private static func store(_ config: KadStore.Config = .init()) -> KadStore {
        // Under /test/ longer values are better, and none begins with a zero.
        KadStore(
            config,
            validators: [
                "test": KadValidator(isValid: { $1.first != 0 }, isBetter: { $1.count > $0.count })
            ])
    }
    static let key = Array("/test/a".utf8)

    @Test func `are valid, and the best ones`() {
        var store = Self.store()
        func put(_ key: [UInt8], _ value: [UInt8], at now: Duration = .zero) -> Bool {
            store.put(.init(key: key, value: value), now: now)
        }
        let taken = [
            put(Array("/other/a".utf8), [1]), put(Self.key, [0]), put(Self.key, [1, 2]), put(Self.key, [3]),
            put(Self.key, [1, 2, 3]),
        ]
        #expect(taken == [false, false, true, false, true])
        #expect(store.record(Self.key, now: .seconds(1))?.value == [1, 2, 3])
        #expect(store.record(Self.key, now: .seconds(37 * 3600)) == nil)
        // What is too old stands in nobody's way.
        let isLateTaken = put(Self.key, [9], at: .seconds(37 * 3600))
        #expect(isLateTaken)
    }

    @Test func `are bounded, and so are providers`() {
        var config = KadStore.Config()
        config.recordCountMax = 10
        config.recordBytesMax = 500
        config.providedCountMax = 5
        config.providersPerKeyMax = 3
        var store = Self.store(config)
        for number in 0..<100 {
            _ = store.put(.init(key: Self.key + [UInt8(number)], value: [1]), now: .zero)
        }
        #expect((0..<100).count { store.record(Self.key + [UInt8($0)], now: .zero) != nil } == 10)
        let isLargeTaken = store.put(
            .init(key: Self.key + [0], value: .init(repeating: 1, count: 600)), now: .zero)
        #expect(!isLargeTaken)
        for number in 0..<100 {
            store.provide([UInt8(number)], by: KadPeer(id: [1]), now: .zero)
            store.provide([0], by: KadPeer(id: [UInt8(number)]), now: .zero)
        }
        #expect((0..<100).count { !store.providers(of: [UInt8($0)], now: .zero).isEmpty } == 5)
        #expect(store.providers(of: [0], now: .zero).map(\.id) == [[97], [98], [99]])
        #expect(store.providers(of: [0], now: .seconds(49 * 3600)).isEmpty)
    }
}

@Suite struct `A message of Kademlia` {
    @Test func `is written and read`() throws {
        let message = KadMessage(
            .getValue, key: [1, 2], record: .init(key: [1, 2], value: [3]),
            closer: [KadPeer(id: [4], addresses: [[5], [6]])], providers: [KadPeer(id: [7])])
        #expect(try KadMessage(parsing: message.bytes[...]) == message)
        #expect(
            Hex.text(message.bytes) == "0801" + "12020102" + "1a07" + "0a020102" + "120103" + "4209"
                + "0a0104" + "120105" + "120106" + "4a03" + "0a0107")
    }

    @Test func `is refused where it has too much, or a peer without a name`() {
        let crowd = KadMessage(.findNode, key: [1], closer: .init(repeating: KadPeer(id: [1]), count: 65))
        #expect(throws: ProtobufError.tooMany(field: 8, limit: 64)) {
            try KadMessage(parsing: crowd.bytes[...])
        }
        let nameless = KadMessage(.findNode, key: [1], closer: [KadPeer(id: [])])
        #expect(throws: ProtobufError.missing(field: 1)) { try KadMessage(parsing: nameless.bytes[...]) }
    }
}
