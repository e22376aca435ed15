import Multiformats
import TestSupport
import Testing

@Suite struct `An IP address` {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.1.20.3", "255.1.20.3"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        // RFC 5952, sections 4 and 5.
        ("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:c000:0280", "::ffff:192.0.2.128"),
        ("::ffff:192.0.2.128", "::ffff:192.0.2.128"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("0:0:0:0:0:0:0:0", "::"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ]) func `is written as RFC 5952 says`(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text: text))
        #expect("\(address)" == canonical)
        #expect(IPAddress(text: canonical) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", ".", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "+1.2.3.4", "1.2.3.-0", "1..3.4",
        ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", "12345::", "g::", "+1::", "-0::", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5",
        "fe80::1%eth0", ":1", "1:", "1:2:3:4:5:6:7:", "::ffff:1.2.3.04",
        "1:2:3:4:5:6:7:1.2.3.4", "0000:0000:0000:0000:0000:0000:0000:0000:0000",
    ]) func `is nothing else`(text: String) { #expect(IPAddress(text: text) == nil) }

    @Test(
        arguments: [
            ("127.0.0.1", IPAddress.Reach.loopback), ("127.255.255.255", .loopback), ("::1", .loopback),
            ("10.1.2.3", .private), ("172.16.0.1", .private), ("172.31.255.255", .private),
            ("192.168.0.1", .private), ("100.64.0.1", .private), ("169.254.1.1", .private),
            ("fe80::1", .private),
            ("fd00::1", .private), ("::ffff:10.0.0.1", .private), ("64:ff9b::10.0.0.1", .private),
            ("2002:7f00:1::", .loopback), ("1.1.1.1", .public), ("172.32.0.1", .public),
            ("100.128.0.1", .public),
            ("45.33.7.12", .public), ("2600::1", .public), ("::ffff:1.1.1.1", .public),
            ("64:ff9b::1.1.1.1", .public),
            ("0.0.0.0", .nowhere), ("::", .nowhere), ("224.0.0.1", .nowhere), ("255.255.255.255", .nowhere),
            ("192.0.2.1", .nowhere), ("198.19.0.1", .nowhere), ("2001:db8::1", .nowhere),
            ("ff02::1", .nowhere),
        ] as [(String, IPAddress.Reach)]) func `is reached from there`(text: String, reach: IPAddress.Reach)
        throws
    {
        #expect(try #require(IPAddress(text: text)).reach == reach)
    }

    @Test func `is read as it is written`() throws {
        let start = UInt64.random(in: 0...UInt64.max)
        var seed = Seed(start)
        for _ in 0..<2_000 {
            var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &seed) }
            for group in 0..<8 where Bool.random(using: &seed) {
                bytes[2 * group] = 0
                bytes[2 * group + 1] = Bool.random(using: &seed) ? 0 : 7
            }
            let address = try #require(IPAddress(bytes: bytes))
            #expect(IPAddress(text: "\(address)") == address, "\(address), seed \(start)")
        }
    }
}
