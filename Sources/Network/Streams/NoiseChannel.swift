import CCrypto

/// The encrypted channel after a handshake: frames of two bytes of length, ciphertext and tag.
///
/// There is one value for each channel, which cannot be copied: a copy would use a nonce twice.
public struct NoiseChannel: ~Copyable, Sendable {
    /// Bytes behind each ciphertext that make it authentic.
    public static let tagByteCount = 16
    /// The most plaintext of one frame.
    public static let framePlaintextMax = 65535 - tagByteCount
    /// The plaintext of one frame that the cipher does fastest: enough to forget the cost of a frame, and
    /// small enough for the first caches.
    public static let framePlaintextBest = 32 << 10

    private var sealer: ChaChaPolyContext
    private var opener: ChaChaPolyContext
    private var sentCount: UInt64
    private var receivedCount: UInt64
    private var partial: [UInt8] = []

    /// The channel of a handshake.
    public init(_ keys: NoiseKeys) throws(NoiseError) { try self.init(keys, firstCounter: 0) }

    init(_ keys: NoiseKeys, firstCounter: UInt64) throws(NoiseError) {
        let sealer = try ChaChaPolyContext(key: keys.sending)
        let opener = try ChaChaPolyContext(key: keys.receiving)
        self.sealer = sealer
        self.opener = opener
        sentCount = firstCounter
        receivedCount = firstCounter
    }

    /// Appends frames with some bytes.
    public mutating func seal(
        _ plaintext: UnsafeRawBufferPointer, into output: inout [UInt8]
    ) throws(NoiseError) {
        var rest = plaintext
        while !rest.isEmpty {
            let piece = rest.prefix(Self.framePlaintextBest)
            try sealFrame(into: &output) { output in
                output.append(
                    contentsOf: UnsafeRawBufferPointer(rebasing: piece).bindMemory(to: UInt8.self))
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.endIndex...])
        }
    }

    /// Appends one frame with the bytes that `fill` appends, which are encrypted where they lie; no frame
    /// when it appends none.
    ///
    /// - Precondition: it appends at most `framePlaintextMax`.
    public mutating func sealFrame(
        into output: inout [UInt8], filling fill: (inout [UInt8]) -> Void
    ) throws(NoiseError) {
        // The largest counter is reserved by Noise.
        guard sentCount < .max else { throw .nonceExhausted }
        let start = output.count
        output.append(0)
        output.append(0)
        fill(&output)
        let plaintextCount = output.count - start - 2
        precondition((0...Self.framePlaintextMax).contains(plaintextCount), "a frame holds 65519 bytes")
        guard plaintextCount > 0 else {
            output.removeLast(2)
            return
        }
        let frameCount = plaintextCount + Self.tagByteCount
        output[start] = UInt8(frameCount >> 8)
        output[start + 1] = UInt8(frameCount & 0xFF)
        output.append(contentsOf: repeatElement(0, count: Self.tagByteCount))
        let counter = sentCount
        let isSealed = output.withUnsafeMutableBytes {
            let place = UnsafeMutableRawBufferPointer(rebasing: $0[(start + 2)...])
            return sealer.seal(counter: counter, UnsafeRawBufferPointer(place), to: place)
        }
        guard isSealed else {
            // Nothing that is not encrypted may reach the connection.
            output.removeLast(output.count - start)
            throw .noCipher
        }
        sentCount += 1
    }

    /// Takes in bytes of the other side, in any pieces, and appends what they say.
    ///
    /// A frame that is not whole is kept, up to 64 KiB. What was appended before an error is authentic.
    public mutating func open(
        _ bytes: UnsafeRawBufferPointer, into plaintext: inout [UInt8]
    ) throws(NoiseError) {
        // At once, and at least doubled: not a little for each frame.
        let needed = plaintext.count + partial.count + bytes.count
        if plaintext.capacity < needed { plaintext.reserveCapacity(max(needed, 2 * plaintext.capacity)) }
        var rest = bytes
        if !partial.isEmpty { try completePartial(&rest, into: &plaintext) }
        while rest.count >= 2 {
            let frameCount = try Self.frameCount(rest[0], rest[1])
            guard rest.count >= 2 + frameCount else { break }
            let frame = UnsafeRawBufferPointer(rebasing: rest[2..<2 + frameCount])
            try openFrame(frame, into: &plaintext)
            rest = UnsafeRawBufferPointer(rebasing: rest[(2 + frameCount)...])
        }
        if !rest.isEmpty { partial.append(contentsOf: rest.bindMemory(to: UInt8.self)) }
    }

    private mutating func completePartial(
        _ rest: inout UnsafeRawBufferPointer, into plaintext: inout [UInt8]
    ) throws(NoiseError) {
        if partial.count == 1, let second = rest.first {
            partial.append(second)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
        }
        guard partial.count >= 2 else { return }
        let frameCount = try Self.frameCount(partial[0], partial[1])
        partial.reserveCapacity(2 + frameCount)
        let taken = rest.prefix(2 + frameCount - partial.count)
        partial.append(contentsOf: UnsafeRawBufferPointer(rebasing: taken).bindMemory(to: UInt8.self))
        rest = UnsafeRawBufferPointer(rebasing: rest[taken.endIndex...])
        guard partial.count == 2 + frameCount else { return }
        // Emptied, not kept: an idle connection should not hold a frame's storage.
        var frame: [UInt8] = []
        swap(&frame, &partial)
        try frame.span.bytes.withUnsafeBytes { (whole) throws(NoiseError) in
            try openFrame(UnsafeRawBufferPointer(rebasing: whole[2...]), into: &plaintext)
        }
    }

    private static func frameCount(_ high: UInt8, _ low: UInt8) throws(NoiseError) -> Int {
        let frameCount = Int(high) << 8 | Int(low)
        guard frameCount >= tagByteCount else { throw .frameTooShort }
        return frameCount
    }

    private mutating func openFrame(
        _ frame: UnsafeRawBufferPointer, into plaintext: inout [UInt8]
    ) throws(NoiseError) {
        guard receivedCount < .max else { throw .nonceExhausted }
        let plaintextCount = frame.count - Self.tagByteCount
        let counter = receivedCount
        try plaintext.append(addingCapacity: plaintextCount) { (span) throws(NoiseError) in
            var isOpened = false
            span.withUnsafeMutableBufferPointer { buffer, count in
                let place = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[...])
                isOpened = opener.open(counter: counter, frame, to: place)
                count = isOpened ? plaintextCount : 0
            }
            guard isOpened else { throw .notAuthentic }
        }
        receivedCount += 1
    }
}

/// One key of ChaCha20-Poly1305, with what libcrypto made of it.
///
/// libcrypto works in place and without an allocation for each message, in half of swift-crypto's time: 0.26
/// against 0.60 CPU seconds a GB to seal 16 KiB at a time, 0.25 against 0.50 to open them (2 cores, AVX-512).
// SAFETY: the one value owns the context, and all uses are mutating, so no two happen at once.
struct ChaChaPolyContext: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    init(key: [UInt8]) throws(NoiseError) {
        precondition(key.count == Int(cc_key_bytes), "a key of ChaCha20-Poly1305 has 32 bytes")
        guard let context = cc_aead_new(key) else { throw .noCipher }
        self.context = context
    }

    deinit { cc_aead_free(context) }

    /// Encrypts all of `buffer` but the last 16 bytes, which become the tag; in place or to elsewhere.
    mutating func seal(
        counter: UInt64, _ buffer: UnsafeRawBufferPointer, to place: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(buffer.count >= NoiseChannel.tagByteCount && place.count == buffer.count)
        let count = buffer.count - NoiseChannel.tagByteCount
        return cc_aead_seal(
            context, counter, nil, 0, buffer.bindMemory(to: UInt8.self).baseAddress, count,
            place.bindMemory(to: UInt8.self).baseAddress) == 1
    }

    /// Decrypts a frame, whose last 16 bytes are the tag.
    mutating func open(
        counter: UInt64, _ frame: UnsafeRawBufferPointer, to place: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let count = frame.count - NoiseChannel.tagByteCount
        precondition(count >= 0 && place.count >= count)
        return cc_aead_open(
            context, counter, nil, 0, frame.bindMemory(to: UInt8.self).baseAddress, count,
            place.bindMemory(to: UInt8.self).baseAddress) == 1
    }
}
