import Bytes
import Foundation
import Streams
import TestSupport
import Testing

/// Both sides against a Noise written in Python (`Tests/Golden/Network/noise_xx.py`).
@Suite struct NoiseGoldenTests {
    struct Side: Decodable {
        let staticKey: String, ephemeral: String, publicStaticKey: String
        let publicKeyProtobuf: String, signature: String
        let muxers: [String]

        func handshake(_ role: NoiseHandshake.Role, expecting other: Side) throws -> NoiseHandshake {
            let signed = Array(NoiseIdentity.signedPrefix.utf8) + (try Hex.bytes(publicStaticKey))
            let signature = try Hex.bytes(signature)
            let staticKey = try Hex.bytes(staticKey), publicKey = try Hex.bytes(publicKeyProtobuf)
            let identity = NoiseIdentity(staticKey: staticKey, publicKeyProtobuf: publicKey) { message in
                #expect(message == signed)
                return signature
            }
            return NoiseHandshake(
                role: role, identity: identity, ephemeral: try Hex.bytes(ephemeral), muxers: muxers
            ) { remote in
                Hex.text(remote.publicKeyProtobuf) == other.publicKeyProtobuf
                    && Hex.text(remote.signature) == other.signature
                    && Hex.text(remote.staticKey) == other.publicStaticKey
            }
        }
    }

    struct Transcript: Decodable {
        let initiator: Side, responder: Side
        let messages: [String]
        let handshakeHash: String
        let plaintexts: [String], initiatorFrames: [String], responderFrames: [String]
    }

    func transcripts() throws -> [Transcript] {
        let file = Fixtures.root.appendingPathComponent("Tests/Golden/Network/noise_xx.json")
        return try JSONDecoder().decode([Transcript].self, from: try Data(contentsOf: file))
    }

    @Test func `handshakes and frames have the bytes of another implementation`() throws {
        let transcripts = try transcripts()
        #expect(transcripts.count == 3)
        let muxers = ["/yamux/1.0.0", "/mplex/6.7.0", nil]
        for (transcript, muxer) in zip(transcripts, muxers) {
            let agreements = try replay(transcript)
            for agreement in agreements {
                #expect(Hex.text(agreement.handshakeHash) == transcript.handshakeHash)
                #expect(agreement.muxer == muxer)
            }
            try check(
                agreements[0], sends: transcript.initiatorFrames, receives: transcript.responderFrames,
                transcript)
            try check(
                agreements[1], sends: transcript.responderFrames, receives: transcript.initiatorFrames,
                transcript)
        }
    }

    private func replay(_ transcript: Transcript) throws -> [NoiseAgreement] {
        var initiator = try transcript.initiator.handshake(.initiator, expecting: transcript.responder)
        var responder = try transcript.responder.handshake(.responder, expecting: transcript.initiator)
        var said: [UInt8] = []
        try responder.start(into: &said)
        #expect(said.isEmpty)
        try initiator.start(into: &said)
        #expect(Hex.text(said) == transcript.messages[0])
        said = []
        let first = try responder.receive(try Hex.bytes(transcript.messages[0]), &said)
        guard case .more = first else { throw Unexpected() }
        #expect(Hex.text(said) == transcript.messages[1])
        said = []
        let second = try initiator.receive(try Hex.bytes(transcript.messages[1]), &said)
        #expect(Hex.text(said) == transcript.messages[2])
        said = []
        // The channel's first frame may come with the last message.
        let early = try Hex.bytes(transcript.messages[2] + transcript.initiatorFrames[0])
        let third = try responder.receive(early, &said)
        #expect(said.isEmpty)
        guard case .agreed(let initiators, let consumed) = second,
            case .agreed(let responders, let consumedByResponder) = third
        else { throw Unexpected() }
        #expect(consumed * 2 == transcript.messages[1].utf8.count)
        #expect(consumedByResponder * 2 == transcript.messages[2].utf8.count)
        return [initiators, responders]
    }

    private func check(
        _ agreement: NoiseAgreement, sends: [String], receives: [String], _ transcript: Transcript
    ) throws {
        var channel = try NoiseChannel(agreement.keys)
        for (plaintext, sealed) in zip(transcript.plaintexts, sends) {
            var output: [UInt8] = []
            try Hex.bytes(plaintext).withUnsafeBytes { try channel.seal($0, into: &output) }
            #expect(Hex.text(output) == sealed)
        }
        var plaintext: [UInt8] = []
        let frames = try Hex.bytes(receives.joined())
        try frames.withUnsafeBytes { try channel.open($0, into: &plaintext) }
        #expect(Hex.text(plaintext) == transcript.plaintexts.joined())
    }

    struct Unexpected: Error {}
}
