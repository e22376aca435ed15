import Crypto

/// What two peers know after a handshake.
public struct NoiseAgreement: Sendable {
    /// Who the other side is; verified.
    public let remote: NoiseRemote
    /// The muxer to use at once; nil when the two have none in common or one side did not list any, and
    /// it is to be negotiated within the channel.
    ///
    /// It is the first of the initiator's list that the responder listed, as in go-libp2p.
    public let muxer: String?
    /// A hash that both sides have, of all the handshake.
    public let handshakeHash: [UInt8]
    /// The keys of the channel.
    public let keys: NoiseKeys
}

/// The keys of a channel, one for each direction; to be used once, for one `NoiseChannel`.
public struct NoiseKeys: Sendable {
    let sending: [UInt8]
    let receiving: [UInt8]
}

/// How far a handshake has come.
public enum NoiseProgress: Sendable {
    /// More bytes are needed.
    case more
    /// It is over. Of the bytes handed in last, the first `consumedCount` belonged to the handshake; the
    /// others are the channel's.
    case agreed(NoiseAgreement, consumedCount: Int)
}

/// libp2p's handshake `/noise`: Noise XX over 25519, ChaChaPoly and SHA256, with identities as payloads
/// (github.com/libp2p/specs/blob/master/noise/README.md).
///
///     initiator                    responder
///     e                         →
///                               ←  e, ee, s, es, payload
///     s, se, payload            →
///
/// Each message has two bytes of length before it. Random bytes and time come from outside: the caller gives
/// the ephemeral key and closes connections that take too long.
public struct NoiseHandshake: Sendable {
    /// The protocol's name in multistream-select.
    public static let name = "/noise"
    /// Bytes of the longest message that is taken; keys and signatures of any kind fit four times over.
    public static let messageByteCountMax = 8192

    /// Which side this is.
    public enum Role: Sendable {
        /// The side that dialed.
        case initiator
        /// The side that was dialed.
        case responder
    }

    /// initiator: second → over. responder: first → third → over
    private enum Phase { case first, second, third, over }

    private let role: Role
    private let identity: NoiseIdentity
    private let ephemeral: Curve25519.KeyAgreement.PrivateKey
    private let muxers: [String]
    private let verify: @Sendable (NoiseRemote) -> Bool
    private var phase: Phase
    private var state: NoiseSymmetricState
    private var remoteEphemeral: [UInt8] = []
    private var partial: [UInt8] = []

    /// A handshake that has not begun.
    ///
    /// - Parameters:
    ///   - ephemeral: 32 random bytes, used for nothing else ever.
    ///   - muxers: those we speak, the preferred one first; empty to negotiate later.
    ///   - verify: whether the other side's signature is right and the peer is one we want.
    /// - Precondition: there are 32 bytes.
    public init(
        role: Role, identity: NoiseIdentity, ephemeral: [UInt8], muxers: [String], prologue: [UInt8] = [],
        verify: @escaping @Sendable (NoiseRemote) -> Bool
    ) {
        self.role = role
        self.identity = identity
        self.ephemeral = NoiseKey.privateKey(ephemeral)
        self.muxers = muxers
        self.verify = verify
        phase = role == .initiator ? .second : .first
        state = NoiseSymmetricState(prologue: prologue)
    }

    /// Appends what this side says first, which is nothing for a responder; to be called once.
    public mutating func start(into output: inout [UInt8]) throws(NoiseError) {
        guard role == .initiator else { return }
        var message = mixedEphemeral()
        // The payload is empty, but mixed.
        message += try state.encrypt([])
        Self.append(message, to: &output)
    }

    /// Takes in what the other side says, in any pieces, and appends what to answer.
    ///
    /// What was appended before an error is not worth sending.
    /// - Precondition: no error and no agreement came before.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
    ) throws(NoiseError) -> NoiseProgress {
        var offset = 0
        while let message = try nextMessage(bytes, at: &offset) {
            switch phase {
            case .first:
                try readFirst(message)
                try writeSecond(into: &output)
                phase = .third
            case .second:
                let remote = try readSecond(message)
                try writeThird(into: &output)
                return .agreed(agreement(remote), consumedCount: offset)
            case .third:
                let remote = try readThird(message)
                return .agreed(agreement(remote), consumedCount: offset)
            case .over: preconditionFailure("the bytes behind a handshake are the channel's")
            }
        }
        return .more
    }

    private mutating func nextMessage(
        _ bytes: UnsafeRawBufferPointer, at offset: inout Int
    ) throws(NoiseError) -> [UInt8]? {
        while offset < bytes.count {
            if partial.count < 2 {
                partial.append(bytes[offset])
                offset += 1
            }
            guard partial.count >= 2 else { continue }
            let byteCount = Int(partial[0]) << 8 | Int(partial[1])
            guard byteCount <= Self.messageByteCountMax else {
                throw .messageTooLong(limit: Self.messageByteCountMax)
            }
            guard byteCount >= NoiseKey.byteCount else { throw .messageTooShort }
            let taken = min(2 + byteCount - partial.count, bytes.count - offset)
            partial.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + taken]))
            offset += taken
            guard partial.count == 2 + byteCount else { return nil }
            defer { partial = [] }
            return Array(partial[2...])
        }
        return nil
    }

    private static func append(_ message: [UInt8], to output: inout [UInt8]) {
        output.append(UInt8(message.count >> 8))
        output.append(UInt8(message.count & 0xFF))
        output += message
    }
}

extension NoiseHandshake {
    private mutating func mixedEphemeral() -> [UInt8] {
        let key = Array(ephemeral.publicKey.rawRepresentation)
        state.mixHash(key)
        return key
    }

    private mutating func ownPayload() throws(NoiseError) -> [UInt8] {
        let payload = NoisePayload(
            publicKeyProtobuf: identity.publicKeyProtobuf, signature: identity.signature, muxers: muxers)
        return try state.encrypt(payload.encoded)
    }

    private mutating func readFirst(_ message: [UInt8]) throws(NoiseError) {
        remoteEphemeral = Array(message.prefix(NoiseKey.byteCount))
        state.mixHash(remoteEphemeral)
        _ = try state.decrypt(Array(message.dropFirst(NoiseKey.byteCount)))
    }

    private mutating func writeSecond(into output: inout [UInt8]) throws(NoiseError) {
        var message = mixedEphemeral()
        state.mixKey(try NoiseKey.agree(ephemeral, remoteEphemeral))
        message += try state.encrypt(identity.publicStaticKey)
        state.mixKey(try NoiseKey.agree(identity.staticKey, remoteEphemeral))
        message += try ownPayload()
        Self.append(message, to: &output)
    }

    private mutating func readSecond(_ message: [UInt8]) throws(NoiseError) -> (NoiseRemote, [String]) {
        remoteEphemeral = Array(message.prefix(NoiseKey.byteCount))
        state.mixHash(remoteEphemeral)
        state.mixKey(try NoiseKey.agree(ephemeral, remoteEphemeral))
        return try readIdentity(message.dropFirst(NoiseKey.byteCount))
    }

    private mutating func writeThird(into output: inout [UInt8]) throws(NoiseError) {
        var message = try state.encrypt(identity.publicStaticKey)
        state.mixKey(try NoiseKey.agree(identity.staticKey, remoteEphemeral))
        message += try ownPayload()
        Self.append(message, to: &output)
    }

    private mutating func readThird(_ message: [UInt8]) throws(NoiseError) -> (NoiseRemote, [String]) {
        try readIdentity(message[...])
    }

    /// The encrypted static key and payload, where our ephemeral key meets their static one between the two.
    private mutating func readIdentity(
        _ message: ArraySlice<UInt8>
    ) throws(NoiseError) -> (NoiseRemote, [String]) {
        let sealedKeyCount = NoiseKey.byteCount + NoiseChannel.tagByteCount
        guard message.count >= sealedKeyCount else { throw .messageTooShort }
        let staticKey = try state.decrypt(Array(message.prefix(sealedKeyCount)))
        state.mixKey(try NoiseKey.agree(ephemeral, staticKey))
        let plaintext = try state.decrypt(Array(message.dropFirst(sealedKeyCount)))
        let payload: NoisePayload
        do { payload = try NoisePayload(decoding: plaintext) } catch { throw .badPayload(error) }
        guard !payload.publicKeyProtobuf.isEmpty, !payload.signature.isEmpty else { throw .noIdentity }
        let remote = NoiseRemote(
            publicKeyProtobuf: payload.publicKeyProtobuf, signature: payload.signature, staticKey: staticKey)
        guard verify(remote) else { throw .identityRefused }
        return (remote, payload.muxers)
    }

    private mutating func agreement(_ remote: (NoiseRemote, [String])) -> NoiseAgreement {
        phase = .over
        let (initiator, responder) = state.split()
        let isInitiator = role == .initiator
        let preferred = isInitiator ? muxers : remote.1
        let known = isInitiator ? remote.1 : muxers
        return NoiseAgreement(
            remote: remote.0, muxer: preferred.first(where: known.contains), handshakeHash: state.hash,
            keys: NoiseKeys(
                sending: isInitiator ? initiator : responder,
                receiving: isInitiator ? responder : initiator))
    }
}
