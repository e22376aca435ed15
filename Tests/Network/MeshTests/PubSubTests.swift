import Keys
import Multiformats
import Peers
import Testing

@testable import Mesh

@Suite struct `Published messages` {
    /// Nodes on loopback, each connected to the next.
    static func with(_ count: Int, _ body: ([PubSub], [Host]) async throws -> Void) async throws {
        var config = GossipConfig()
        // As fast as a test wants to be; nothing depends on it but how long meshes take.
        config.heartbeat = .milliseconds(50)
        var hosts: [Host] = [], nodes: [PubSub] = [], addresses: [Multiaddr] = []
        for _ in 0..<count {
            let key = PrivateKey.ed25519(), host = Host(key: key)
            nodes.append(PubSub(host, key: key, config: config))
            hosts.append(host)
            addresses.append(try await host.listen(at: Multiaddr(text: "/ip4/127.0.0.1/tcp/0")))
        }
        try await withThrowingDiscardingTaskGroup { tasks in
            for (host, node) in zip(hosts, nodes) {
                tasks.addTask { await host.run() }
                tasks.addTask { await node.run() }
            }
            for place in 1..<count { _ = try await hosts[place].connect(to: addresses[place - 1]) }
            try await body(nodes, hosts)
            for host in hosts { await host.close() }
        }
    }

    @Test(.timeLimit(.minutes(10))) func `reach everyone along a chain, from whom they say`() async throws {
        try await Self.with(4) { nodes, hosts in
            let inboxes = nodes.map { $0.subscribe("news") }
            // Meshes are there when each has its neighbours in it.
            for (place, node) in nodes.enumerated() {
                let wanted = place == 0 || place == 3 ? 1 : 2
                while node.mesh(of: "news").count < wanted { await Task.yield() }
            }
            for number in 0..<20 { try nodes[0].publish([UInt8(number)], in: "news") }
            for inbox in inboxes {
                var received: [UInt8] = []
                for await message in inbox {
                    #expect(message.from == hosts[0].peer && message.topic == "news")
                    received += message.data
                    if received.count == 20 { break }
                }
                #expect(received.sorted() == (0..<20).map { UInt8($0) })
            }
        }
    }

    @Test(.timeLimit(.minutes(10))) func `go no further than who finds them invalid`() async throws {
        try await Self.with(3) { nodes, _ in
            let first = nodes[0].subscribe("news"), last = nodes[2].subscribe("news")
            _ = first
            let middle = nodes[1].subscribe("news") { $0.data == [1] ? .accept : .reject }
            _ = middle
            while nodes[1].mesh(of: "news").count < 2 { await Task.yield() }
            while nodes[0].mesh(of: "news").isEmpty { await Task.yield() }
            try nodes[0].publish([2], in: "news")
            try nodes[0].publish([1], in: "news")
            for await message in last {
                #expect(message.data == [1])
                break
            }
        }
    }
}
