import Keys
import Multiformats
import Streams
import Testing

@testable import Peers

@Suite struct `Two nodes` {
    /// A node that listens on loopback, and runs while `body` does.
    static func with(
        _ count: Int = 2, _ config: HostConfig = .init(), by security: SecurityProtocol? = nil,
        _ body: ([Host], [Multiaddr]) async throws -> Void
    ) async throws {
        var config = config
        // The others agree to both.
        if let security { config.securities.sort { left, _ in left == security } }
        let hosts = (0..<count).map { _ in Host(key: .ed25519(), config: config) }
        var addresses: [Multiaddr] = []
        for host in hosts {
            let address = try await host.listen(at: Multiaddr(text: "/ip4/127.0.0.1/tcp/0"))
            addresses.append(try address.withPeerID(host.peer))
        }
        try await withThrowingDiscardingTaskGroup { tasks in
            for host in hosts { tasks.addTask { await host.run() } }
            try await body(hosts, addresses)
            for host in hosts { await host.close() }
        }
    }

    @Test(arguments: SecurityProtocol.allCases)
    func `find, identify and ping each other`(by security: SecurityProtocol) async throws {
        try await Self.with(by: security) { hosts, addresses in
            let connection = try await hosts[0].connect(to: addresses[1])
            #expect(connection.peer == hosts[1].peer && connection.isOutbound)
            #expect(connection.terms.security == security.rawValue)
            #expect(
                connection.terms.muxer == "/yamux/1.0.0" && connection.terms.key == hosts[1].key.publicKey)
            let identity = try await connection.identify()
            #expect(identity.agent == "starling/0.1" && identity.protocols.contains("/ipfs/ping/1.0.0"))
            #expect(identity.listenAddresses == [try #require(addresses[1].withoutPeerID)])
            #expect(identity.observedAddress?.isLoopback == true)
            #expect(try await connection.ping(count: 5).count == 5)
            // The other side knows the connection, too, and may use it.
            let back = try #require(hosts[1].connection(to: hosts[0].peer))
            #expect(!back.isOutbound && back.terms.security == security.rawValue)
            #expect(try await back.ping().count == 1)
        }
    }

    @Test(arguments: SecurityProtocol.allCases)
    func `send each other much, and neither loses a byte`(by security: SecurityProtocol) async throws {
        try await Self.with(by: security) { hosts, addresses in
            hosts[1].handle("/echo/1") { stream, _ in
                while let bytes = try await stream.read() { try await stream.write(bytes) }
                stream.finish()
            }
            let stream = try await hosts[0].connect(to: addresses[1]).open(["/unknown/1", "/echo/1"])
            #expect(stream.name == "/echo/1")
            let sent = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
            async let received: [UInt8] = {
                var received: [UInt8] = []
                while let bytes = try await stream.read() { received += bytes }
                return received
            }()
            try await stream.write(sent)
            stream.finish()
            #expect(try await received == sent)
        }
    }

    @Test(arguments: SecurityProtocol.allCases)
    func `say what they do not speak`(by security: SecurityProtocol) async throws {
        try await Self.with(by: security) { hosts, addresses in
            let connection = try await hosts[0].connect(to: addresses[1])
            await #expect(throws: StreamError.refused(.nothingInCommon(["/a/1", "/b/1"]))) {
                _ = try await connection.open(["/a/1", "/b/1"])
            }
            #expect(try await connection.ping().count == 1)
        }
    }

    @Test(arguments: SecurityProtocol.allCases)
    func `notice that somebody else is there, or they themselves`(by security: SecurityProtocol) async throws
    {
        try await Self.with(by: security) { hosts, addresses in
            let other = PeerID(PrivateKey.ed25519().publicKey)
            let wrong = try #require(addresses[1].withoutPeerID).withPeerID(other)
            await #expect(throws: ConnectionError.wrongPeer(expected: other, found: hosts[1].peer)) {
                _ = try await hosts[0].connect(to: wrong)
            }
            await #expect(throws: ConnectionError.ourselves) {
                _ = try await hosts[0].connect(to: try #require(addresses[0].withoutPeerID))
            }
            await #expect(throws: ConnectionError.ourselves) {
                _ = try await hosts[0].connect(to: addresses[0])
            }
        }
    }

    @Test(arguments: SecurityProtocol.allCases)
    func `tell those who wait that the other one is gone`(by security: SecurityProtocol) async throws {
        try await Self.with(by: security) { hosts, addresses in
            hosts[1].handle("/hang/1") { stream, _ in _ = try await stream.read() }
            let stream = try await hosts[0].connect(to: addresses[1]).open(["/hang/1"])
            let reading = Task { try await stream.read() }
            await hosts[1].close()
            await #expect(throws: StreamError.self) { _ = try await reading.value }
            await #expect(throws: StreamError.self) { try await stream.write([1]) }
        }
    }
}

@Suite struct `Dialling` {
    @Test func `tells of each address why it failed`() async throws {
        let host = Host(key: .ed25519())
        let addresses = try [
            "/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/udp/4001/quic-v1", "/dns4/a.invalid/tcp/1",
        ]
        .map { try Multiaddr(text: $0) }
        do throws(DialError) {
            _ = try await host.connect(to: addresses)
            Issue.record("somebody answered")
        } catch {
            #expect(
                error.failures.map(\.address).sorted { $0.text < $1.text }
                    == addresses.sorted { $0.text < $1.text })
            let layers = Dictionary(uniqueKeysWithValues: error.failures.map { ($0.address, $0.error.layer) })
            #expect(layers[addresses[0]] == .transport && layers[addresses[1]] == .transport)
            #expect(layers[addresses[2]] == .name)
        }
        await #expect(throws: DialError(failures: [])) { _ = try await host.connect(to: []) }
        await host.close()
    }

    @Test func `tries near addresses first, and versions of IP in turn`() throws {
        let texts = [
            "/ip4/8.8.8.8/tcp/1", "/ip4/9.9.9.9/tcp/1", "/ip6/2001:4860:4860::8888/tcp/1",
            "/ip4/127.0.0.1/tcp/1",
            "/ip4/8.8.8.8/tcp/1",
        ]
        let sorted = DialOrder.sorted(try texts.map { try Multiaddr(text: $0) })
        #expect(sorted.map(\.text) == [3, 2, 0, 1].map { texts[$0] })
    }
}
