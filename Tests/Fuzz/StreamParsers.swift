import Bytes
import Streams

/// What strangers send before and below every protocol: negotiations, handshakes, frames of streams.
let streamParsers: [FuzzedParser] = [
    FuzzedParser(
        name: "multistream", seeds: [multistreamLines(["/b"]), multistreamLines(["ls", "na", "/a"])],
        words: ["/multistream/1.0.0\n", "na\n", "\u{3}na\n"],
        run: { bytes in
            var dialer = MultistreamDialer(proposals: ["/x", "/a"]), proposed: [UInt8] = []
            // A dialer refuses most of what a listener takes.
            _ = try? bytes.withUnsafeBytes { try dialer.receive($0, into: &proposed) }
            precondition(proposed.count <= 8, "more than its proposals")
            var listener = MultistreamListener(supported: ["/a", "/b"]), output: [UInt8] = []
            let progress = try bytes.withUnsafeBytes { try listener.receive($0, into: &output) }
            if case .agreed(_, let count) = progress { precondition(count <= bytes.count, "beyond its end") }
        }),
    FuzzedParser(
        name: "noise-payload",
        seeds: [
            NoisePayload(publicKeyProtobuf: [8, 1, 18, 1, 5], signature: [1, 2], muxers: ["/yamux/1.0.0"])
                .encoded
        ], words: ["/yamux/1.0.0"],
        run: { bytes in
            let payload = try NoisePayload(decoding: bytes)
            let again = try NoisePayload(decoding: payload.encoded)
            precondition(again == payload, "another payload")
        }),
    FuzzedParser(
        name: "noise-handshake", seeds: [noiseMessage(0), noiseMessage(1)],
        run: { bytes in
            // The first byte says which side hears the rest.
            var side = noiseSide(bytes.first.map { $0 & 1 == 0 } ?? true ? .responder : .initiator)
            var output: [UInt8] = []
            try side.start(into: &output)
            try bytes.dropFirst().withUnsafeBytes { _ = try side.receive($0, into: &output) }
            precondition(output.count < 1000, "more than a message")
        }),
    FuzzedParser(
        name: "yamux", seeds: [yamuxFrames],
        run: { bytes in
            let whole = yamuxOutcome([bytes[...]])
            let middle = bytes.count / 2
            let halves = yamuxOutcome([bytes[..<middle], bytes[middle...]])
            precondition(whole.events == halves.events && whole.output == halves.output, "cut differently")
            if let error = whole.error { throw error }
        }),
]

private func multistreamLines(_ names: [String]) -> [UInt8] {
    var output: [UInt8] = []
    for name in [Multistream.header] + names { Multistream.append(name, to: &output) }
    return output
}

private func noiseSide(_ role: NoiseHandshake.Role) -> NoiseHandshake {
    let identity = NoiseIdentity(
        staticKey: [UInt8](repeating: 1, count: 32), publicKeyProtobuf: [8, 1], sign: { _ in [1] })
    return NoiseHandshake(
        role: role, identity: identity, ephemeral: [UInt8](repeating: 2, count: 32), muxers: ["/yamux/1.0.0"],
        verify: { _ in true })
}

/// What one side hears, behind the number of the side.
private func noiseMessage(_ side: UInt8) -> [UInt8] {
    var initiator = noiseSide(.initiator), responder = noiseSide(.responder)
    var first: [UInt8] = [], second: [UInt8] = []
    do {
        try initiator.start(into: &first)
        try first.withUnsafeBytes { _ = try responder.receive($0, into: &second) }
    } catch { preconditionFailure("two honest sides agree: \(error)") }
    return [side] + (side == 0 ? first : second)
}

/// Frames of a dialer that uses a little of everything.
private var yamuxFrames: [UInt8] {
    var dialer = YamuxSession(role: .dialer), output: [UInt8] = []
    do {
        let first = try dialer.open(now: .zero), second = try dialer.open(now: .zero)
        dialer.ping(now: .zero)
        _ = try [1, 2, 3].withUnsafeBytes { try dialer.write($0, to: first) }
        dialer.flush(into: &output, limit: 1024)
        dialer.reset(second)
        try dialer.finish(first)
        dialer.goAway(.normal)
        dialer.flush(into: &output, limit: 1024)
    } catch { preconditionFailure("a session without a peer has room: \(error)") }
    return output
}

private func yamuxOutcome(
    _ pieces: [ArraySlice<UInt8>]
) -> (events: [YamuxEvent], output: [UInt8], error: YamuxError?) {
    var session = YamuxSession(role: .listener), output: [UInt8] = []
    var failure: YamuxError?
    do throws(YamuxError) {
        for piece in pieces {
            try Array(piece).span.bytes.withUnsafeBytes { (raw) throws(YamuxError) in
                try session.receive(raw, now: .zero)
            }
        }
    } catch { failure = error }
    var events: [YamuxEvent] = []
    while let event = session.nextEvent() { events.append(event) }
    for case .received(let id) in events {
        // A stream that was reset since cannot be read.
        _ = try? session.read(id, into: &output, now: .zero)
    }
    while session.wantsFlush { session.flush(into: &output, limit: 4096) }
    precondition(session.unreadByteCount == 0 && session.streamCount <= 1024, "more than the limits")
    return (events, output, failure)
}
