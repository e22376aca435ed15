import Streams
import TestSupport
import Testing

@Suite struct MultistreamTests {
    private func line(_ name: String) -> [UInt8] {
        var output: [UInt8] = []
        Multistream.append(name, to: &output)
        return output
    }

    @Test func `a dialer's first write has the header and its proposal`() {
        var output: [UInt8] = []
        MultistreamDialer(proposals: ["/noise", "/tls/1.0.0"]).start(into: &output)
        #expect(output == [19] + Array("/multistream/1.0.0\n".utf8) + [7] + Array("/noise\n".utf8))
    }

    @Test func `a name of 1023 bytes has a prefix of two`() {
        let name = String(repeating: "x", count: 1023)
        #expect(line(name).prefix(3) == [0x80, 0x08, UInt8(ascii: "x")])
    }

    @Test func `two sides agree on the first name both know, and keep what follows`() throws {
        var dialer = MultistreamDialer(proposals: ["/a", "/b", "/c"])
        var listener = MultistreamListener(supported: ["/b", "/c"])
        var toListener: [UInt8] = [], toDialer: [UInt8] = []
        dialer.start(into: &toListener)
        #expect(try listener.receive(toListener, &toDialer) == .more)
        #expect(toDialer == line(Multistream.header) + line("na"))
        toListener = []
        #expect(try dialer.receive(toDialer, &toListener) == .more)
        #expect(toListener == line("/b"))
        toListener += [1, 2, 3]
        toDialer = []
        #expect(try listener.receive(toListener, &toDialer) == .agreed("/b", consumedCount: 4))
        toDialer += [9]
        toListener = []
        #expect(try dialer.receive(toDialer, &toListener) == .agreed("/b", consumedCount: 4))
        #expect(toListener.isEmpty)
    }

    @Test func `a listener's header goes out before there is a proposal`() throws {
        var listener = MultistreamListener(supported: [])
        var output: [UInt8] = []
        #expect(try listener.receive(line(Multistream.header), &output) == .more)
        #expect(output == line(Multistream.header))
    }

    @Test(arguments: 0..<50) func `bytes may come in any pieces`(number: UInt64) throws {
        var seed = Seed(number)
        let said = line(Multistream.header) + line("/x") + line("ls") + line("/y") + [7, 7]
        var whole = MultistreamListener(supported: ["/y"]), output: [UInt8] = []
        let consumed = said.count - 2
        #expect(try whole.receive(said, &output) == .agreed("/y", consumedCount: consumed))
        var listener = MultistreamListener(supported: ["/y"]), answered: [UInt8] = [], taken = 0
        for piece in pieces(said, &seed) {
            let progress = try listener.receive(piece, &answered)
            guard case .agreed(let name, let count) = progress else {
                taken += piece.count
                continue
            }
            #expect(name == "/y" && taken + count == consumed, "seed \(number)")
            break
        }
        #expect(answered == output, "seed \(number)")
    }

    @Test func `a dialer that finds nothing in common says what it proposed`() throws {
        var dialer = MultistreamDialer(proposals: ["/a", "/b"]), output: [UInt8] = []
        #expect(throws: MultistreamError.nothingInCommon(["/a", "/b"])) {
            try dialer.receive(line(Multistream.header) + line("na") + line("na"), &output)
        }
    }

    @Test func `an answer that was not proposed is refused`() {
        var dialer = MultistreamDialer(proposals: ["/a"]), output: [UInt8] = []
        #expect(throws: MultistreamError.unexpectedAnswer("/b")) {
            try dialer.receive(line(Multistream.header) + line("/b"), &output)
        }
    }

    @Test(arguments: [
        ([0x81, 0x08], MultistreamError.lineTooLong),
        ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], .lineTooLong),
        ([0x80, 0x00], .badLine), ([0], .badLine), ([2, 0x61, 0x62], .badLine),
        ([3, 0xFF, 0xFE, 0x0A], .badLine), ([3, 0x61, 0x62, 0x0A], .notMultistream),
        (
            Array("GET / HTTP/1.1\r\nHost: a-host-with-a-name-that-is-as-long-as-it-has-to-be\r\n\r\n".utf8),
            .badLine
        ),
    ])
    func `what is no negotiation is refused`(bytes: [UInt8], error: MultistreamError) {
        var listener = MultistreamListener(supported: ["/y"]), output: [UInt8] = []
        #expect(throws: error) { try listener.receive(bytes, &output) }
        var dialer = MultistreamDialer(proposals: ["/y"])
        #expect(throws: error) { try dialer.receive(bytes, &output) }
        #expect(output.isEmpty)
    }

    @Test func `a flood of proposals is refused, and its answers are bounded`() throws {
        var listener = MultistreamListener(supported: []), output: [UInt8] = []
        _ = try listener.receive(line(Multistream.header), &output)
        let flood = Array((0..<1000).map { _ in line("/garbage") }.joined())
        #expect(throws: MultistreamError.tooManyProposals) { try listener.receive(flood, &output) }
        #expect(output.count == 20 + 128 * 4)
    }

    @Test func `errors say what to try`() {
        for error: MultistreamError in [
            .notMultistream, .lineTooLong, .badLine, .unexpectedAnswer("x"), .tooManyProposals,
            .nothingInCommon(["a"]),
        ] { #expect(error.description.contains { $0 == ";" || $0 == "?" }) }
    }
}
