import ArgumentParser
import Bytes
import Dashboard
import Foundation
import Keys
import Multiformats
import Peers

/// Peers of the network: who they are, and whether they can be reached.
struct PeerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer", abstract: "Find out who peers are and whether they can be reached.",
        discussion: """
            Peers are nodes of libp2p: those of Starling, and those of others. An address looks like \
            /ip4/127.0.0.1/tcp/4001, with /p2p/<peer id> behind it where a certain peer is meant. What \
            fails is told with the layer to look at: name, transport, security, muxer or protocol.
            """,
        subcommands: [
            ID.self, Ping.self, Identify.self, Connect.self, Listen.self, Subscribe.self, Publish.self,
        ])
}

/// Whose key a node uses.
struct PeerKeyOptions: ParsableArguments {
    @Option(
        name: .customLong("key"),
        help: ArgumentHelp(
            "File of the node's private key (default: a new key each time).", valueName: "file"))
    var path: String?

    /// The key of the file, which is made where it is missing.
    func key() throws -> PrivateKey {
        guard let path else { return .ed25519() }
        let loaded = try KeyFile.loadOrMake(path)
        if let warning = loaded.warning { Output.note("\(warning)") }
        return loaded.key
    }
}

/// The addresses of a peer.
struct PeerAddressArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Addresses of the peer; the first one that answers is used.", valueName: "address")
    )
    var texts: [String]

    func addresses() throws -> [Multiaddr] { try texts.map { try Multiaddr(text: $0) } }
}

extension Peers.Host {
    /// Connects, and lets `body` use the connection.
    fileprivate func with<Value>(
        _ addresses: [Multiaddr], _ body: (Connection) async throws -> Value
    ) async throws -> Value {
        let connection: Connection
        do throws(DialError) { connection = try await connect(to: addresses) } catch {
            throw Failure(error.description)
        }
        let value = try await body(connection)
        await close()
        return value
    }
}

extension PeerCommand {
    /// A node's name.
    struct ID: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell the peer id of a key; a key that is missing is made.",
            discussion: """
                The file holds libp2p's private key message, as other programs keep it: the swarm.pem of \
                RL Swarm is one.

                Examples:
                  starling peer id --key peer.key
                  starling peer id --key swarm.pem --json
                """)
        @OptionGroup var key: PeerKeyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let key = try key.key(), peer = PeerID(key.publicKey)
            guard output.json else { return Output.line(peer.text) }
            Output.line(
                .members([
                    ("peer", .text(peer.text)), ("cid", .text(peer.cid.text)), ("type", .text("\(key.type)")),
                    ("key", .text(Hex.text(key.publicKey.protobuf))),
                ]))
        }
    }

    /// Round trips.
    struct Ping: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure round trips to a peer.",
            discussion: """
                Examples:
                  starling peer ping /ip4/127.0.0.1/tcp/4001
                  starling peer ping /dns4/example.org/tcp/4001/p2p/12D3Koo... --count 100 --json
                """)
        @OptionGroup var arguments: PeerAddressArguments
        @Option(help: ArgumentHelp("How many, one after the other.", valueName: "n")) var count = 5
        @OptionGroup var key: PeerKeyOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...1_000_000).contains(count) else {
                throw ValidationError("--count takes 1 to 1000000")
            }
        }

        func run() async throws {
            let host = Peers.Host(key: try key.key())
            let times = try await host.with(try arguments.addresses()) { connection in
                try await connection.ping(count: count).map { $0 / .microseconds(1) }.sorted()
            }
            let median = times[times.count / 2], last = times[times.count * 99 / 100]
            if output.json {
                Output.line(
                    .members([
                        ("count", .int(times.count)), ("min_us", .number(times[0])),
                        ("p50_us", .number(median)), ("p99_us", .number(last)),
                    ]))
            } else {
                let shown = [times[0], median, last].map { Numbers.fixed($0, 0) }
                Output.line(
                    "\(times.count) pings: least \(shown[0]) µs, median \(shown[1]) µs, p99 \(shown[2]) µs")
            }
        }
    }

    /// What a peer says of itself.
    struct Identify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask a peer who it is and what it speaks.",
            discussion: """
                Examples:
                  starling peer identify /ip4/127.0.0.1/tcp/4001
                """)
        @OptionGroup var arguments: PeerAddressArguments
        @OptionGroup var key: PeerKeyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let host = Peers.Host(key: try key.key())
            try await host.with(try arguments.addresses()) { connection in
                tell(connection, try await connection.identify())
            }
        }

        private func tell(_ connection: Connection, _ identity: Identity) {
            let observed = identity.observedAddress?.text
            guard output.json else {
                Output.line("peer        \(connection.peer)")
                Output.line("agent       \(identity.agent)")
                Output.line("version     \(identity.protocolVersion)")
                Output.line("speaks      \(connection.terms.security), \(connection.terms.muxer)")
                for address in identity.listenAddresses { Output.line("listens at  \(address)") }
                for name in identity.protocols { Output.line("protocol    \(name)") }
                return Output.line("sees us at  \(observed ?? "-")")
            }
            Output.line(
                .members([
                    ("peer", .text(connection.peer.text)), ("agent", .text(identity.agent)),
                    ("version", .text(identity.protocolVersion)),
                    ("security", .text(connection.terms.security)), ("muxer", .text(connection.terms.muxer)),
                    ("addresses", .list(identity.listenAddresses.map { .text($0.text) })),
                    ("protocols", .list(identity.protocols.map(JSON.text))),
                    ("observed", observed.map(JSON.text) ?? .null),
                ]))
        }
    }

    /// A connection, or the layer at which there is none.
    struct Connect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Connect to a peer, or say at which layer that fails.",
            discussion: """
                Examples:
                  starling peer connect /ip4/127.0.0.1/tcp/4001 /ip6/::1/tcp/4001
                """)
        @OptionGroup var arguments: PeerAddressArguments
        @OptionGroup var key: PeerKeyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let addresses = try arguments.addresses()
            let host = Peers.Host(key: try key.key()), clock = ContinuousClock(), start = clock.now
            do throws(DialError) {
                let connection = try await host.connect(to: addresses)
                tell(connection, after: (clock.now - start) / .milliseconds(1))
                await host.close()
            } catch {
                guard output.json else { throw Failure(error.description) }
                for failure in error.failures {
                    Output.line(
                        .members([
                            ("address", .text(failure.address.text)),
                            ("layer", .text(failure.error.layer.rawValue)),
                            ("error", .text(failure.error.description)),
                        ]))
                }
                throw ExitCode(1)
            }
        }

        private func tell(_ connection: Connection, after milliseconds: Double) {
            let terms = connection.terms
            guard output.json else {
                return Output.line(
                    "\(connection.remoteAddress) is \(connection.peer), by \(terms.security) and "
                        + "\(terms.muxer), after \(Numbers.fixed(milliseconds, 1)) ms")
            }
            Output.line(
                .members([
                    ("address", .text(connection.remoteAddress.text)), ("peer", .text(connection.peer.text)),
                    ("security", .text(terms.security)), ("muxer", .text(terms.muxer)),
                    ("milliseconds", .number(milliseconds)),
                ]))
        }
    }

    /// A node that answers.
    struct Listen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Be a peer that answers ping, identify and /echo/1.",
            discussion: """
                It ends when standard input does, or with Ctrl-C.

                Examples:
                  starling peer listen --at /ip4/0.0.0.0/tcp/4001 --key peer.key
                """)
        @Option(
            name: .customLong("at"),
            help: ArgumentHelp("Address to listen at; several may be given.", valueName: "address"))
        var addresses: [String] = []
        @Option(help: ArgumentHelp("What it says its family of protocols is.", valueName: "name"))
        var protocolVersion: String?
        @OptionGroup var key: PeerKeyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            var config = HostConfig()
            if let protocolVersion { config.protocolVersion = protocolVersion }
            let host = Peers.Host(key: try key.key(), config: config)
            host.handle("/echo/1") { stream, _ in
                while let bytes = try await stream.read() { try await stream.write(bytes) }
                stream.finish()
            }
            var made: [String] = []
            for text in addresses.isEmpty ? ["/ip4/127.0.0.1/tcp/0"] : addresses {
                made.append(
                    try await host.listen(at: try Multiaddr(text: text)).withPeerID(host.peer).text)
            }
            if output.json {
                Output.line(
                    .members([("peer", .text(host.peer.text)), ("addresses", .list(made.map(JSON.text)))]))
            } else {
                for address in made { Output.line(address) }
            }
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await host.run() }
                await withCheckedContinuation { waiting in atEndOfInput { waiting.resume() } }
                await host.close()
                tasks.cancelAll()
            }
        }
    }
}

/// Does something when standard input ends.
func atEndOfInput(_ body: @escaping @Sendable () -> Void) {
    // A thread of its own: reading blocks.
    Thread.detachNewThread {
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) > 0 {}
        body()
    }
}
