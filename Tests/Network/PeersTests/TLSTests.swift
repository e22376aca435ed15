import Crypto
import Keys
import Multiformats
import NIOCore
import NIOPosix
import Streams
import Synchronization
import Testing

@testable import Peers

/// Two machines whose TLS is a thin wall: what goes through comes out as it was.
private final class MachinePair {
    var dialer: ConnectionMachine, listener: ConnectionMachine
    var dialed: [ConnectionMachine.Event] = [], heard: [ConnectionMachine.Event] = []
    let keys = (dialer: PrivateKey.ed25519(), listener: PrivateKey.ed25519())

    init(_ proposed: [SecurityProtocol], _ taken: [SecurityProtocol], expected: PeerID? = nil) {
        dialer = ConnectionMachine(.dialer, Self.config(keys.dialer, proposed, expected))
        listener = ConnectionMachine(.listener, Self.config(keys.listener, taken, nil))
    }

    private static func config(
        _ key: PrivateKey, _ securities: [SecurityProtocol], _ expected: PeerID?
    ) -> ConnectionMachine.Config {
        ConnectionMachine.Config(
            key: key, expected: expected, staticKey: RandomBytes.make(32),
            ephemeralKey: RandomBytes.make(32), supports: { $0 == "/echo/1" }, securities: securities)
    }

    var dialerTerms: ConnectionTerms? { dialer.terms }
    var listenerTerms: ConnectionTerms? { listener.terms }

    /// Carries bytes until nobody says anything.
    func run() throws(ConnectionError) {
        while dialer.wantsFlush || listener.wantsFlush {
            var bytes: [UInt8] = []
            _ = try dialer.flush(into: &bytes, limit: 1024)
            try Self.hand(bytes, to: &listener)
            bytes = []
            _ = try listener.flush(into: &bytes, limit: 1024)
            try Self.hand(bytes, to: &dialer)
            dialed += dialer.takeEvents(now: .zero)
            heard += listener.takeEvents(now: .zero)
        }
    }

    static func hand(
        _ bytes: [UInt8], to machine: inout ConnectionMachine
    ) throws(ConnectionError) {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(ConnectionError) in
            try machine.receive(bytes, now: .zero)
        }
    }

    /// Both sides are done with TLS.
    func secure(muxer: String?) {
        dialer.secured(by: keys.listener.publicKey, muxer: muxer)
        listener.secured(by: keys.dialer.publicKey, muxer: muxer)
        dialed += dialer.takeEvents(now: .zero)
        heard += listener.takeEvents(now: .zero)
    }
}

extension ConnectionMachine.Event {
    fileprivate var startTLS: [UInt8]? { if case .startTLS(let rest) = self { rest } else { nil } }
    fileprivate var opened: String? { if case .opened(_, let name) = self { name } else { nil } }
}

@Suite struct `A machine whose TLS is outside` {
    @Test(arguments: [nil, "/yamux/1.0.0"])
    func `goes on with its muxer, agreed within TLS or behind it`(muxer: String?) throws {
        let pair = MachinePair([.tls, .noise], [.noise, .tls])
        try pair.run()
        #expect(pair.dialed.compactMap(\.startTLS) == [[]] && pair.heard.compactMap(\.startTLS) == [[]])
        let layer = pair.dialer.layer
        #expect(layer == .security && pair.dialerTerms == nil)
        pair.secure(muxer: muxer)
        try pair.run()
        let terms = try #require(pair.dialerTerms)
        #expect(terms.security == "/tls/1.0.0" && terms.muxer == "/yamux/1.0.0")
        #expect(terms.key == pair.keys.listener.publicKey)
        #expect(pair.listenerTerms?.peer == PeerID(pair.keys.dialer.publicKey))
        _ = try pair.dialer.open(["/echo/1"], now: .zero)
        try pair.run()
        #expect(pair.heard.compactMap(\.opened) == ["/echo/1"])
    }

    @Test func `falls back to what the listener speaks`() throws {
        let pair = MachinePair([.tls, .noise], [.noise])
        try pair.run()
        #expect(pair.dialerTerms?.security == "/noise" && pair.listenerTerms?.security == "/noise")
        #expect(pair.dialed.compactMap(\.startTLS).isEmpty)
    }

    @Test func `refuses where nothing is in common`() throws {
        let pair = MachinePair([.tls], [.noise])
        #expect(throws: ConnectionError.negotiation(.security, .nothingInCommon(["/tls/1.0.0"]))) {
            try pair.run()
        }
    }

    @Test func `keeps what came behind the agreement`() throws {
        let pair = MachinePair([.tls], [.tls])
        var hello: [UInt8] = []
        for name in [Multistream.header, "/tls/1.0.0"] { Multistream.append(name, to: &hello) }
        try MachinePair.hand(hello + [1, 2, 3], to: &pair.listener)
        let events = pair.listener.takeEvents(now: .zero)
        #expect(events.compactMap(\.startTLS) == [[1, 2, 3]])
        var answer: [UInt8] = []
        _ = try pair.listener.flush(into: &answer, limit: 1024)
        #expect(answer == hello)
        #expect(throws: ConnectionError.self) { try MachinePair.hand([4], to: &pair.listener) }
    }

    @Test func `takes one certificate, of the peer that it wants`() throws {
        let now = PeerCertificateTests.now, other = PrivateKey.ed25519()
        let wanted = PeerID(PrivateKey.ed25519().publicKey)
        let pair = MachinePair([.tls], [.tls], expected: wanted)
        let theirs = try PeerCertificateTests.made(other)
        let ours = try PeerCertificateTests.made(pair.keys.dialer)
        #expect(throws: ConnectionError.certificate(.notOne(count: 0))) {
            try pair.dialer.key(ofCertificates: [], now: now)
        }
        #expect(throws: ConnectionError.certificate(.notOne(count: 2))) {
            try pair.dialer.key(ofCertificates: [theirs, theirs], now: now)
        }
        #expect(throws: ConnectionError.certificate(.malformed)) {
            try pair.dialer.key(ofCertificates: [[1]], now: now)
        }
        #expect(throws: ConnectionError.ourselves) {
            try pair.dialer.key(ofCertificates: [ours], now: now)
        }
        #expect(throws: ConnectionError.wrongPeer(expected: wanted, found: PeerID(other.publicKey))) {
            try pair.dialer.key(ofCertificates: [theirs], now: now)
        }
        let key = try pair.listener.key(ofCertificates: [theirs], now: now)
        #expect(key == other.publicKey)
    }
}

@Suite struct `A node that speaks TLS` {
    /// Sends some bytes as soon as it is there, and then nothing.
    private static func say(_ bytes: [UInt8], to address: Multiaddr) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .connect(host: "127.0.0.1", port: Int(try #require(address.port))).get()
        // On a busy machine the other side may have given up by now: what matters is how it ends.
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        return channel
    }

    private static func agreement() -> [UInt8] {
        var bytes: [UInt8] = []
        for name in [Multistream.header, "/tls/1.0.0"] { Multistream.append(name, to: &bytes) }
        return bytes
    }

    @Test(.timeLimit(.minutes(10))) func `hangs up on what is no TLS`() async throws {
        try await `Two nodes`.with(1) { hosts, addresses in
            let garbage = (0..<500).map { UInt8(truncatingIfNeeded: $0 * 7) }
            let channel = try await Self.say(Self.agreement() + garbage, to: addresses[0])
            try await channel.closeFuture.get()
            #expect(hosts[0].connections.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(10))) func `does not wait for ever for a handshake`() async throws {
        var config = HostConfig()
        config.handshakeTimeout = .milliseconds(200)
        try await `Two nodes`.with(1, config) { hosts, addresses in
            let channel = try await Self.say(Self.agreement(), to: addresses[0])
            try await channel.closeFuture.get()
            #expect(hosts[0].connections.isEmpty)
        }
    }

    /// One node dials another by TLS and shows what `change` makes of its certificate.
    private static func dial(
        protocols: [String], _ change: (inout CertificateDraft) -> Void = { _ in },
        _ body: (_ dialer: Host, _ listener: Host, _ address: Multiaddr) async throws -> Void
    ) async throws {
        try await `Two nodes`.with(by: .tls) { hosts, addresses in
            var draft = try CertificateDraft(key: .init(), identity: hosts[0].key)
            change(&draft)
            let shown = try TLSCredentials(draft, protocols: protocols)
            hosts[0].credentials.withLock { $0 = shown }
            try await body(hosts[0], hosts[1], addresses[1])
        }
    }

    @Test func `negotiates the muxer with a peer that does not do so early`() async throws {
        try await Self.dial(protocols: ["libp2p"]) { dialer, listener, address in
            let connection = try await dialer.connect(to: address)
            #expect(connection.terms.security == "/tls/1.0.0" && connection.terms.muxer == "/yamux/1.0.0")
            #expect(try await connection.ping().count == 1)
            let back = try #require(listener.connection(to: dialer.peer))
            #expect(try await back.ping().count == 1)
        }
    }

    @Test func `refuses a peer that offers other protocols`() async throws {
        try await Self.dial(protocols: ["h2"]) { dialer, listener, address in
            let error = ConnectionError.tls("the peer agrees to no protocol within TLS")
            await #expect(throws: error) { _ = try await dialer.connect(to: address) }
            #expect(listener.connections.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(10))) func `refuses a dialer that is not who it says`() async throws {
        let stolen = try CertificateDraft(key: .init(), identity: .ed25519()).extensions
        for extensions in [stolen, []] {
            try await Self.dial(protocols: ["libp2p"]) {
                $0.extensions = extensions
            } _: { dialer, listener, address in
                // To the dialer it looks well until the muxer is to be agreed on.
                await #expect(throws: ConnectionError.self) { _ = try await dialer.connect(to: address) }
                #expect(listener.connections.isEmpty)
            }
        }
    }

    @Test func `refuses a listener that is not who it says`() async throws {
        let stolen = try CertificateDraft(key: .init(), identity: .ed25519()).extensions
        try await Self.dial(protocols: ["libp2p"]) {
            $0.extensions = stolen
        } _: { impostor, dialer, _ in
            let address = try #require(impostor.addresses.first)
            await #expect(throws: ConnectionError.certificate(.notOwned)) {
                _ = try await dialer.connect(to: address)
            }
            #expect(impostor.connections.isEmpty && dialer.connections.isEmpty)
        }
    }

    @Test func `tells a peer that speaks nothing of it`() async throws {
        var config = HostConfig()
        config.securities = [.tls]
        let dialer = Host(key: .ed25519(), config: config)
        config.securities = [.noise]
        try await `Two nodes`.with(1, config) { _, addresses in
            let error = ConnectionError.negotiation(.security, .nothingInCommon(["/tls/1.0.0"]))
            await #expect(throws: error) { _ = try await dialer.connect(to: addresses[0]) }
        }
        await dialer.close()
    }
}
