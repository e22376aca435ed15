public import Bytes
public import Keys

/// Bytes that a peer signed for one purpose, as any other peer can check (libp2p RFC 0002).
///
/// The signature covers a domain and a type, so that what was signed for one protocol means nothing in
/// another. The payload comes out only by `open`, which checks.
public struct SignedEnvelope: Hashable, Sendable {
    /// The longest payload.
    public static let payloadByteCountMax = 1 << 16
    /// The longest type of payload.
    public static let typeByteCountMax = 64
    /// The longest signature: that of RSA with 8192 bits.
    public static let signatureByteCountMax = 1_024

    /// Who says to have signed.
    public let signer: PublicKey
    /// What the payload is said to be.
    public let payloadType: [UInt8]
    private let payload: [UInt8]
    private let signature: [UInt8]

    /// Signs a payload.
    public init(
        sealing payload: [UInt8], type: [UInt8], domain: String, with key: PrivateKey
    ) throws(EnvelopeError) {
        guard payload.count <= Self.payloadByteCountMax else {
            throw .badMessage(.tooLarge(field: 3, limit: Self.payloadByteCountMax))
        }
        guard type.count <= Self.typeByteCountMax else {
            throw .badMessage(.tooLarge(field: 2, limit: Self.typeByteCountMax))
        }
        let message = Self.message(domain: domain, type: type, payload: payload)
        do { signature = try key.sign(message) } catch { throw .badKey(error) }
        signer = key.publicKey
        payloadType = type
        self.payload = payload
    }

    /// An envelope from its bytes; nothing is checked but its form.
    public init(bytes: ArraySlice<UInt8>) throws(EnvelopeError) {
        var parts: [Int: ArraySlice<UInt8>] = [:]
        let limits = [
            1: PublicKey.dataByteCountMax + 16, 2: Self.typeByteCountMax, 3: Self.payloadByteCountMax,
            5: Self.signatureByteCountMax,
        ]
        do throws(ProtobufError) {
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                guard let limit = limits[field.number] else { continue }
                guard parts[field.number] == nil else { throw .tooMany(field: field.number, limit: 1) }
                parts[field.number] = try field.data(limit: limit)
            }
        } catch { throw .badMessage(error) }
        guard let key = parts[1] else { throw .badMessage(.missing(field: 1)) }
        do { signer = try PublicKey(protobuf: key) } catch { throw .badKey(error) }
        // An empty field is not written.
        payloadType = Array(parts[2] ?? [])
        payload = Array(parts[3] ?? [])
        signature = Array(parts[5] ?? [])
    }

    /// The envelope as bytes.
    public var bytes: [UInt8] {
        ProtobufWriter.message { writer in
            writer.data(1, signer.protobuf)
            writer.data(2, payloadType)
            writer.data(3, payload)
            writer.data(5, signature)
        }
    }

    /// The payload, if `signer` signed it for this purpose.
    public func open(domain: String, type: [UInt8]) throws(EnvelopeError) -> [UInt8] {
        guard payloadType == type else { throw .unexpectedType(Hex.text(payloadType)) }
        let message = Self.message(domain: domain, type: type, payload: payload)
        guard signer.isSignature(signature, of: message) else { throw .badSignature }
        return payload
    }

    /// What is signed: each part with its length before it.
    private static func message(domain: String, type: [UInt8], payload: [UInt8]) -> [UInt8] {
        var message: [UInt8] = []
        for part in [Array(domain.utf8), type, payload] {
            Varint.append(UInt64(part.count), to: &message)
            message += part
        }
        return message
    }
}

/// An envelope that cannot be made or opened.
public enum EnvelopeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A message that cannot be read, or one too long to be written.
    case badMessage(ProtobufError)
    /// The key cannot be read, or cannot sign.
    case badKey(KeyError)
    /// The payload is something else than was expected; its type in hexadecimal.
    case unexpectedType(String)
    /// The signature is not the signer's, or was made for another purpose.
    case badSignature
    /// The record names no peer.
    case badPeer(FormatError)
    /// The record is about another peer than signed it.
    case notTheSigners(PeerID)

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .badMessage(let error): "the envelope cannot be read or made: \(error)"
        case .badKey(let error): "the envelope's key is of no use: \(error)"
        case .unexpectedType(let type):
            "the envelope holds something else (type \(type)); ask for the right one"
        case .badSignature:
            "the envelope is not signed by its sender for this purpose; do not use what is in it"
        case .badPeer(let error): "the record names no peer: \(error)"
        case .notTheSigners(let peer): "the record is about \(peer), who did not sign it; do not use it"
        }
    }
}
