import Bytes
import Keys
import TestSupport
import Testing

@testable import Multiformats

@Suite struct `A multiaddr` {
    @Test func `is what py-multiaddr says`() throws {
        for entry in try FormatsGolden.load().addresses {
            let address = try Multiaddr(text: entry.text)
            #expect(Hex.text(address.bytes) == entry.bytes && address.text == entry.again)
            #expect(try Multiaddr(bytes: Hex.bytes(entry.bytes)[...]) == address)
        }
    }

    @Test(
        arguments: [
            // A path's first slash is part of it, as go-multiaddr has it; py-multiaddr drops it.
            ("/unix/run/node.sock", "90030e2f72756e2f6e6f64652e736f636b", "/unix/run/node.sock"),
            ("/unix/a//b/", "9003062f612f2f622f", "/unix/a//b/"),
            (
                "/ip6/::ffff:1.2.3.4/tcp/1", "2900000000000000000000ffff01020304060001",
                "/ip6/::ffff:1.2.3.4/tcp/1"
            ),
            ("/ip4/1.2.3.4/tcp/1//", "0401020304060001", "/ip4/1.2.3.4/tcp/1"),
            ("/http-path/%61+~%2f", "e10304612b7e2f", "/http-path/a%2B~%2F"),
        ] as [(String, String, String)]) func `is written in one way`(
            text: String, hex: String, canonical: String
        ) throws
    {
        let address = try Multiaddr(text: text)
        #expect(Hex.text(address.bytes) == hex && address.text == canonical)
    }

    @Test func `names a peer in both of its forms, and by the older word`() throws {
        for key in try FormatsGolden.load().keys {
            let id = try PeerID(text: key.peer)
            for text in ["/p2p/\(key.peer)", "/p2p/\(key.peer_cid)", "/ipfs/\(key.peer)"] {
                let address = try Multiaddr(text: text)
                #expect(address.peerID == id && address.text == "/p2p/\(key.peer)")
            }
        }
    }

    @Test(
        arguments: [
            ("", MultiaddrError.empty), ("/", .empty), ("ip4/1.2.3.4", .noSlash),
            ("//ip4/1.2.3.4", .unknownName("")),
            ("/ip5/1.2.3.4", .unknownName("ip5")), ("/ip4", .badValue(.ip4)), ("/ip4/", .badValue(.ip4)),
            ("/ip4/1.2.3", .badValue(.ip4)), ("/ip4/::1", .badValue(.ip4)), ("/ip6/1.2.3.4", .badValue(.ip6)),
            ("/ip4/1.2.3.4/tcp/65536", .badValue(.tcp)), ("/ip4/1.2.3.4/tcp/080", .badValue(.tcp)),
            ("/ip4/1.2.3.4/tcp/-1", .badValue(.tcp)), ("/ip4/1.2.3.4/tcp/", .badValue(.tcp)),
            ("/dns4/", .badValue(.dns4)), ("/dns4/a b", .badValue(.dns4)), ("/dns4/a..b", .badValue(.dns4)),
            ("/dns/.", .badValue(.dns)), ("/dns4/\u{E9}.example", .badValue(.dns4)),
            ("/p2p/12D3KooW", .badValue(.p2p)), ("/p2p", .badValue(.p2p)), ("/unix", .badValue(.unix)),
            ("/unix/", .badValue(.unix)), ("/certhash/uAQ", .badValue(.certhash)),
            ("/http-path/%", .badValue(.httpPath)),
            ("/http-path/%g0", .badValue(.httpPath)), ("/memory/18446744073709551616", .badValue(.memory)),
            ("/ip4/1.2.3.4/ipcidr/129", .badValue(.ipcidr)),
        ] as [(String, MultiaddrError)]) func `is refused as text with a reason`(
            text: String, error: MultiaddrError
        )
    {
        #expect(throws: error) { try Multiaddr(text: text) }
    }

    @Test(
        arguments: [
            ("", MultiaddrError.empty), ("04010203", .truncated), ("04", .truncated),
            ("8100", .badNumber(.notShortest)),
            ("80", .truncated), ("05", .unknownCode(5)), ("3500", .badValue(.dns)),
            ("3502612f", .badValue(.dns)),
            ("35036162", .truncated), ("a50300", .badValue(.p2p)), ("90030161", .badValue(.unix)),
            ("9003022f61060001", .pathNotLast), ("9003032f6100", .badValue(.unix)),
            ("35ffffffffffffffff7f", .truncated), ("2b81", .badValue(.ipcidr)),
        ] as [(String, MultiaddrError)]) func `is refused as bytes with a reason`(
            hex: String, error: MultiaddrError
        ) throws
    {
        let bytes = try Hex.bytes(hex)
        #expect(throws: error) { try Multiaddr(bytes: bytes[...]) }
    }

    @Test func `is bounded`() throws {
        let parts = Multiaddr.componentCountMax
        let many = String(repeating: "/ws", count: parts)
        #expect(try Multiaddr(text: many).components.count == parts)
        #expect(throws: MultiaddrError.tooManyComponents(limit: parts)) { try Multiaddr(text: many + "/ws") }
        let bytes = [UInt8](repeating: 6, count: 3 * (parts + 1))
        #expect(throws: MultiaddrError.tooManyComponents(limit: parts)) { try Multiaddr(bytes: bytes[...]) }
        let path = try AddressComponent(.httpPath, value: [UInt8](repeating: 0xFF, count: 512))
        #expect(throws: MultiaddrError.tooLong(limit: 1024)) { try Multiaddr([path, path]) }
        #expect(throws: MultiaddrError.tooLong(limit: 1024)) {
            try Multiaddr(bytes: (path.bytes + path.bytes)[...])
        }
        #expect(throws: MultiaddrError.badValue(.httpPath)) {
            try AddressComponent(.httpPath, value: [UInt8](repeating: 0xFF, count: 513))
        }
        // The longest text of an address is read again.
        let rest = try AddressComponent(.httpPath, value: [UInt8](repeating: 0xFF, count: 420))
        let longest = try Multiaddr([path, rest])
        #expect(longest.text.utf8.count > 2_500)
        #expect(try Multiaddr(text: longest.text) == longest)
        #expect(throws: MultiaddrError.tooLong(limit: 4096)) {
            try Multiaddr(text: String(repeating: "/", count: 4_097))
        }
    }

    @Test func `knows each protocol by name and by number`() throws {
        for known in AddressProtocol.allCases {
            #expect(AddressProtocol(name: known.name) == known)
            #expect(MultiaddrError.badValue(known).description.contains(known.example))
        }
        #expect(AddressProtocol(name: "nothing") == nil)
    }

    @Test func `says where it leads`() throws {
        let address = try Multiaddr(text: "/ip4/10.0.0.1/tcp/4001/ws")
        #expect(address.ip?.description == "10.0.0.1" && address.port == 4001 && address.hostName == nil)
        #expect(address.isPrivate && !address.isPublic && !address.isLoopback && !address.isCircuit)
        #expect(address.has(.ws) && !address.has(.wss))
        #expect(try Multiaddr(text: "/ip4/127.0.0.1/udp/1/quic-v1").isLoopback)
        #expect(try Multiaddr(text: "/ip6/2600::1/tcp/1").isPublic)
        #expect(try Multiaddr(text: "/ip6zone/eth0/ip6/fe80::1/tcp/1").isPrivate)
        let named = try Multiaddr(text: "/dns4/example.com/tcp/443/wss")
        #expect(named.hostName == "example.com" && named.port == 443 && named.ip == nil && !named.isPublic)
        let made = try Multiaddr([.ip(#require(IPAddress(text: "::1"))), .udp(9)])
        #expect(made.text == "/ip6/::1/udp/9")
        #expect(
            try Multiaddr([.ip(#require(IPAddress(text: "1.2.3.4"))), .tcp(258)]).bytes == [
                4, 1, 2, 3, 4, 6, 1, 2,
            ])
    }

    @Test func `is put together and taken apart`() throws {
        let peers = try FormatsGolden.load().keys.map { try PeerID(text: $0.peer) }
        let base = try Multiaddr(text: "/ip4/1.2.3.4/tcp/4001")
        let relay = try base.withPeerID(peers[0])
        #expect(relay.text == "/ip4/1.2.3.4/tcp/4001/p2p/\(peers[0])" && relay.peerID == peers[0])
        #expect(try relay.withPeerID(peers[1]) == base.withPeerID(peers[1]))
        #expect(relay.withoutPeerID == base && base.withoutPeerID == base && base.peerID == nil)
        #expect(try Multiaddr([.p2p(peers[0])]).withoutPeerID == nil)

        let circuit = try Multiaddr(relay.components + [.p2pCircuit])
        #expect(circuit.isCircuit && circuit.peerID == nil && circuit.relay == relay)
        let through = try circuit.withPeerID(peers[1])
        #expect(through.peerID == peers[1] && through.relay == relay && through.withoutPeerID == circuit)
        #expect(try circuit.encapsulating(Multiaddr([.p2p(peers[1])])) == through)
        #expect(through.decapsulated(relay) == nil && through.decapsulated(.p2p) == circuit)
        #expect(through.decapsulated(try Multiaddr(text: "/tcp/4001"))?.text == "/ip4/1.2.3.4")
        #expect(through.decapsulated(try Multiaddr(text: "/tcp/4002")) == through)
        #expect(base.decapsulated(.ip4) == nil && base.decapsulated(.udp) == base)
        #expect(base.decapsulated(through) == base)
    }
}
