import Keys
import Testing

@testable import Mesh

@Suite struct `Gossip among many` {
    @Test func `reaches everyone, along meshes that keep their degree`() throws {
        var network = SimulatedGossip(nodes: 100, dials: 10, seed: 1)
        try network.run(until: .seconds(5))
        for number in 0..<20 { network.publish(number, at: number * 5, after: .milliseconds(100 * number)) }
        try network.run(until: .seconds(15))
        for (id, published) in network.published {
            #expect(network.delivered(id) == 1, "the message of \(published.by)")
        }
        for router in network.routers {
            #expect((5...12).contains(router.mesh(of: SimulatedGossip.topic).count))
        }
    }

    @Test func `of a thousand reaches everyone, twice the same`() throws {
        func run() throws -> SimulatedGossip {
            var network = SimulatedGossip(nodes: 1000, dials: 8, seed: 11)
            for number in 0..<10 { network.publish(number, at: 97 * number, after: .seconds(4)) }
            try network.run(until: .seconds(6))
            return network
        }
        let network = try run()
        #expect(network.published.keys.allSatisfy { network.delivered($0) == 1 })
        // In a network of this degree everyone is some hops of at most 100 ms away.
        let last = network.deliveries.values.joined().map(\.after).max() ?? .zero
        #expect(last < .seconds(1), "the last came after \(last)")
        #expect(try run().trace.finalize() == network.trace.finalize())
    }

    @Test func `is a function of its seed`() throws {
        func trace(_ seed: UInt64) throws -> Digest {
            var network = SimulatedGossip(nodes: 40, dials: 6, seed: seed)
            for number in 0..<10 { network.publish(number, at: number, after: .seconds(2)) }
            try network.run(until: .seconds(8))
            return network.trace.finalize()
        }
        let first = try trace(3)
        #expect(try trace(3) == first)
        #expect(try trace(4) != first)
    }

    @Test func `reaches honest nodes where three in ten swallow everything`() throws {
        var network = SimulatedGossip(nodes: 200, dials: 12, seed: 5) { $0 % 10 < 3 ? .silent : .honest }
        try network.run(until: .seconds(5))
        let honest = (0..<200).filter { $0 % 10 >= 3 }
        for number in 0..<30 {
            network.publish(number, at: honest[number * 4], after: .milliseconds(100 * number))
        }
        try network.run(until: .seconds(20))
        let shares = network.published.keys.map(network.delivered)
        #expect(shares.min() ?? 0 >= 0.99)
    }

    @Test func `heals after a partition`() throws {
        var network = SimulatedGossip(nodes: 60, dials: 8, seed: 7)
        try network.run(until: .seconds(5))
        network.isCut = { ($0 < 30) != ($1 < 30) }
        network.publish(1, at: 0, after: .zero)
        try network.run(until: .seconds(8))
        let id = try #require(network.published.first?.key)
        #expect(network.delivered(id) == 0.5)
        network.isCut = { _, _ in false }
        network.publish(2, at: 1, after: .milliseconds(10))
        try network.run(until: .seconds(14))
        let second = try #require(network.published.first { $0.value.by == 1 }?.key)
        #expect(network.delivered(second) == 1)
        // What was said during the cut is still told of for some heartbeats.
        #expect(network.delivered(id) == 1)
    }
}
