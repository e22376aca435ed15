import TestSupport
import Testing

@testable import Streams

@Suite struct NoiseChannelTests {
    private let keys = NoiseKeys(
        sending: [UInt8](repeating: 1, count: 32), receiving: [UInt8](repeating: 1, count: 32))

    private func sealed(_ plaintexts: [[UInt8]]) throws -> [UInt8] {
        var channel = try NoiseChannel(keys), output: [UInt8] = []
        for plaintext in plaintexts { try plaintext.withUnsafeBytes { try channel.seal($0, into: &output) } }
        return output
    }

    private func opened(_ pieces: [[UInt8]], into plaintext: inout [UInt8]) throws {
        var channel = try NoiseChannel(keys)
        for piece in pieces { try piece.withUnsafeBytes { try channel.open($0, into: &plaintext) } }
    }

    @Test(arguments: 0..<30) func `whatever the pieces, all bytes come out in order`(number: UInt64) throws {
        var seed = Seed(number)
        let plaintexts = (0..<12).map { _ in
            let largest = [1, 100, 5000, 150_000].randomElement(using: &seed) ?? 1
            let first = UInt8.random(in: 0...255, using: &seed)
            return (0..<Int.random(in: 0...largest, using: &seed)).map {
                first &+ UInt8(truncatingIfNeeded: $0)
            }
        }
        var plaintext: [UInt8] = []
        try opened(pieces(try sealed(plaintexts), &seed), into: &plaintext)
        #expect(plaintext == Array(plaintexts.joined()), "seed \(number)")
    }

    @Test func `long input is cut into frames that the cipher does well`() throws {
        let output = try sealed([[UInt8](repeating: 0, count: 70_000)])
        #expect(output.count == 70_000 + 3 * 18)
        #expect(Array(output.prefix(2)) == [0x80, 0x10])
    }

    @Test func `a frame filled by its maker holds 65519 bytes, and none is sent for nothing`() throws {
        var channel = try NoiseChannel(keys), output: [UInt8] = [7]
        try channel.sealFrame(into: &output) { _ in }
        #expect(output == [7])
        try channel.sealFrame(into: &output) { $0 += [UInt8](repeating: 5, count: 65519) }
        #expect(output.count == 1 + 2 + 65535 && output[1] == 0xFF && output[2] == 0xFF)
        var plaintext: [UInt8] = []
        try opened([Array(output.dropFirst())], into: &plaintext)
        #expect(plaintext == [UInt8](repeating: 5, count: 65519))
    }

    @Test func `changed, dropped, repeated and exchanged frames are found`() throws {
        let alone = try sealed([[1, 2, 3]])
        let both = try sealed([[1, 2, 3], [4, 5]])
        let first = Array(both.prefix(21)), second = Array(both.dropFirst(21))
        #expect(alone == first)
        var plaintext: [UInt8] = []
        #expect(throws: NoiseError.notAuthentic) { try opened([second], into: &plaintext) }
        #expect(throws: NoiseError.notAuthentic) { try opened([second, first], into: &plaintext) }
        #expect(plaintext.isEmpty)
        #expect(throws: NoiseError.notAuthentic) { try opened([first, first], into: &plaintext) }
        #expect(plaintext == [1, 2, 3])
        for place in 2..<first.count {
            var changed = first
            changed[place] ^= 0x40
            plaintext = []
            #expect(throws: NoiseError.notAuthentic) { try opened([changed], into: &plaintext) }
            #expect(plaintext.isEmpty)
        }
    }

    @Test(arguments: 0..<16) func `a frame shorter than its tag is refused`(length: UInt8) {
        var plaintext: [UInt8] = []
        #expect(throws: NoiseError.frameTooShort) { try opened([[0, length]], into: &plaintext) }
        #expect(throws: NoiseError.frameTooShort) { try opened([[0], [length]], into: &plaintext) }
    }

    @Test func `no counter is used twice`() throws {
        var channel = try NoiseChannel(keys, firstCounter: .max - 1), output: [UInt8] = []
        try channel.sealFrame(into: &output) { $0.append(1) }
        #expect(throws: NoiseError.nonceExhausted) { try channel.sealFrame(into: &output) { $0.append(1) } }
        var plaintext: [UInt8] = []
        var receiver = try NoiseChannel(keys, firstCounter: .max - 1)
        let frame = Array(output.prefix(19))
        try frame.withUnsafeBytes { try receiver.open($0, into: &plaintext) }
        #expect(throws: NoiseError.nonceExhausted) {
            try frame.withUnsafeBytes { try receiver.open($0, into: &plaintext) }
        }
        #expect(plaintext == [1])
    }
}
