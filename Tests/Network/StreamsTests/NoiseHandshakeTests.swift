import Bytes
import Crypto
import Streams
import TestSupport
import Testing

/// Two sides that are not in `Golden`.
struct NoisePair {
    var initiator: NoiseHandshake
    var responder: NoiseHandshake

    init(
        _ seed: inout Seed, muxers: [String] = ["/yamux/1.0.0"], lies: Bool = false,
        accepts: @escaping @Sendable (NoiseRemote) -> Bool = { _ in true }
    ) {
        func side(_ role: NoiseHandshake.Role) -> NoiseHandshake {
            let identity = NoiseIdentity(
                staticKey: Self.random(&seed), publicKeyProtobuf: [8, 1, 18, 1, 5],
                sign: { message in lies ? [1, 2, 3, 4] : Array(message.suffix(4)) })
            return NoiseHandshake(
                role: role, identity: identity, ephemeral: Self.random(&seed), muxers: muxers,
                verify: { $0.signature == Array($0.signedMessage.suffix(4)) && accepts($0) })
        }
        initiator = side(.initiator)
        responder = side(.responder)
    }

    static func random(_ seed: inout Seed) -> [UInt8] {
        (0..<32).map { _ in UInt8.random(in: 0...255, using: &seed) }
    }

    /// The three messages, each changed by `change` on its way; then what both sides know.
    mutating func run(
        change: (Int, [UInt8]) -> [UInt8] = { $1 }
    ) throws -> (NoiseAgreement, NoiseAgreement) {
        var first: [UInt8] = [], second: [UInt8] = [], third: [UInt8] = [], none: [UInt8] = []
        try initiator.start(into: &first)
        _ = try responder.receive(change(0, first), &second)
        guard case .agreed(let mine, _) = try initiator.receive(change(1, second), &third),
            case .agreed(let theirs, _) = try responder.receive(change(2, third), &none)
        else { throw NoiseGoldenTests.Unexpected() }
        return (mine, theirs)
    }
}

@Suite struct NoiseHandshakeTests {
    @Test(arguments: 0..<20) func `bytes may come in any pieces`(number: UInt64) throws {
        var seed = Seed(number)
        var pair = NoisePair(&seed)
        var toResponder: [UInt8] = [], toInitiator: [UInt8] = []
        var agreements: [NoiseAgreement] = []
        try pair.initiator.start(into: &toResponder)
        while !toResponder.isEmpty || !toInitiator.isEmpty {
            let forResponder = pieces(toResponder, &seed), forInitiator = pieces(toInitiator, &seed)
            (toResponder, toInitiator) = ([], [])
            for piece in forResponder {
                if case .agreed(let agreement, piece.count) = try pair.responder.receive(piece, &toInitiator)
                {
                    agreements.append(agreement)
                }
            }
            for piece in forInitiator {
                if case .agreed(let agreement, piece.count) = try pair.initiator.receive(piece, &toResponder)
                {
                    agreements.append(agreement)
                }
            }
        }
        #expect(agreements.count == 2, "seed \(number)")
        #expect(agreements.first?.handshakeHash == agreements.last?.handshakeHash, "seed \(number)")
    }

    @Test(arguments: 0..<3) func `a bit changed on the way is found`(message: Int) throws {
        var seed = Seed(7)
        for _ in 0..<60 {
            var pair = NoisePair(&seed)
            let place = Int.random(in: 0..<1000, using: &seed), bit = UInt8.random(in: 0..<8, using: &seed)
            #expect(throws: (any Error).self) {
                try pair.run { number, bytes in
                    guard number == message else { return bytes }
                    var changed = bytes
                    // X25519 ignores the last bit of a key, but the hash of all messages does not.
                    changed[2 + place % (bytes.count - 2)] ^= 1 << bit
                    return changed
                }
            }
        }
    }

    @Test(arguments: 0..<3) func `a message cut short is found`(message: Int) throws {
        var seed = Seed(8)
        for kept in [0, 1, 31, 32, 47, 48, 63, 64, 79, 95, 96] {
            var pair = NoisePair(&seed)
            let error = #expect(throws: (any Error).self, "\(kept)") {
                try pair.run { number, bytes in
                    guard number == message, kept < bytes.count - 2 else {
                        return number == message ? [0, 0] : bytes
                    }
                    return [UInt8(kept >> 8), UInt8(kept & 0xFF)] + bytes[2..<2 + kept]
                }
            }
            #expect(error is NoiseError, "\(kept): \(String(describing: error))")
        }
    }

    @Test func `a message longer than keys and names need is refused by its length`() throws {
        var seed = Seed(9)
        var pair = NoisePair(&seed), output: [UInt8] = []
        #expect(throws: NoiseError.messageTooLong(limit: 8192)) {
            try pair.responder.receive([0x20, 0x01], &output)
        }
    }

    @Test func `a key of low order is refused`() throws {
        var seed = Seed(10)
        for key in [[UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31)] {
            var pair = NoisePair(&seed), output: [UInt8] = []
            #expect(throws: NoiseError.badKey) { try pair.responder.receive([0, 32] + key, &output) }
        }
    }

    @Test func `who is not who they say is refused, on either side`() throws {
        var seed = Seed(11)
        var unwanted = NoisePair(&seed, accepts: { _ in false })
        #expect(throws: NoiseError.identityRefused) { try unwanted.run() }
        let liars = NoisePair(&seed, lies: true), honest = NoisePair(&seed)
        var pair = honest
        pair.responder = liars.responder
        #expect(throws: NoiseError.identityRefused) { try pair.run() }
        pair = honest
        pair.initiator = liars.initiator
        #expect(throws: NoiseError.identityRefused) { try pair.run() }
        pair = honest
        _ = try pair.run()
    }

    @Test func `two sides that like different muxers use the initiator's first`() throws {
        var seed = Seed(12)
        let likes = NoisePair(&seed, muxers: ["/a", "/b"]), others = NoisePair(&seed, muxers: ["/b", "/a"])
        let none = NoisePair(&seed, muxers: [])
        var pair = likes
        pair.responder = others.responder
        let (mine, theirs) = try pair.run()
        #expect(mine.muxer == "/a" && theirs.muxer == "/a")
        pair = none
        pair.responder = others.responder
        #expect(try pair.run().0.muxer == nil)
    }

    @Test func `payloads are read with their limits`() throws {
        let muxers = (0..<100).map { "/m/\($0)" }
        let payload = NoisePayload(publicKeyProtobuf: [1], signature: [2, 3], muxers: muxers)
        #expect(try NoisePayload(decoding: payload.encoded) == payload)
        let flood = NoisePayload(publicKeyProtobuf: [1], signature: [2], muxers: muxers + ["/x"])
        #expect(throws: ProtobufError.tooMany(field: 2, limit: 100)) {
            try NoisePayload(decoding: flood.encoded)
        }
        let long = NoisePayload(
            publicKeyProtobuf: [1], signature: [2], muxers: [String(repeating: "x", count: 257)])
        #expect(throws: ProtobufError.tooLarge(field: 2, limit: 256)) {
            try NoisePayload(decoding: long.encoded)
        }
        // Unknown fields, and hashes of certificates, are passed over.
        let strange = ProtobufWriter.message { writer in
            writer.varint(9, 1)
            writer.data(1, [4])
            writer.message(4) { $0.data(1, [1, 2, 3]) }
        }
        #expect(try NoisePayload(decoding: strange).publicKeyProtobuf == [4])
    }
}
