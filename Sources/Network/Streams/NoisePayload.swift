public import Bytes

/// What a handshake message carries beside keys: `NoiseHandshakePayload` of libp2p's specification
/// (github.com/libp2p/specs/blob/master/noise/README.md).
public struct NoisePayload: Hashable, Sendable {
    /// Muxers that are read; go-libp2p reads as many.
    public static let muxersMax = 100
    /// Bytes of a muxer's name.
    public static let muxerByteCountMax = 256

    /// The identity's public key, as libp2p writes it; empty when there is none.
    public private(set) var publicKeyProtobuf: [UInt8] = []
    /// The identity's signature; empty when there is none.
    public private(set) var signature: [UInt8] = []
    /// Muxers, the preferred one first.
    public private(set) var muxers: [String] = []

    /// A payload.
    public init(publicKeyProtobuf: [UInt8], signature: [UInt8], muxers: [String]) {
        self.publicKeyProtobuf = publicKeyProtobuf
        self.signature = signature
        self.muxers = muxers
    }

    /// Reads a message that nobody vouches for.
    public init(decoding bytes: [UInt8]) throws(ProtobufError) {
        var reader = ProtobufReader(bytes)
        let limit = NoiseHandshake.messageByteCountMax
        while let field = try reader.next() {
            switch field.number {
            case 1: publicKeyProtobuf = Array(try field.data(limit: limit))
            case 2: signature = Array(try field.data(limit: limit))
            case 4: try readExtensions(try field.data(limit: limit))
            default: break
            }
        }
    }

    /// The message. Field 1 of the extensions, hashes of WebTransport's certificates, is not used here.
    public var encoded: [UInt8] {
        ProtobufWriter.message { writer in
            writer.data(1, publicKeyProtobuf)
            writer.data(2, signature)
            guard !muxers.isEmpty else { return }
            writer.message(4) { extensions in
                for muxer in muxers { extensions.text(2, muxer) }
            }
        }
    }

    private mutating func readExtensions(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard field.number == 2 else { continue }
            guard muxers.count < Self.muxersMax else {
                throw .tooMany(field: field.number, limit: Self.muxersMax)
            }
            muxers.append(try field.text(limit: Self.muxerByteCountMax))
        }
    }
}
