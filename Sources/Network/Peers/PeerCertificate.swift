public import Keys
import SwiftASN1

/// What a peer shows in TLS: a certificate whose own key signed it, with the peer's signature of that key
/// within (github.com/libp2p/specs, tls).
///
/// Names, serial numbers and other extensions mean nothing here. That the peer has the certificate's key is
/// what TLS proves.
public struct PeerCertificate: Sendable, Hashable {
    /// Bytes that are read; the longest honest one, of an RSA key of 8192 bits, has about 3000.
    public static let byteCountMax = 16 << 10
    /// Extensions that are read.
    public static let extensionCountMax = 32

    /// What the peer signs, before the certificate's key.
    static let signedPrefix = "libp2p-tls-handshake:"
    /// The extension that says whose it is.
    static let extensionName = "1.3.6.1.4.1.53594.1.1"
    /// Extensions that may be critical: what they demand is true of a key used in TLS for this one purpose.
    static let understood: Set<String> = [
        extensionName,
        "2.5.29.15",  // key usage, which TLS itself checks
        "2.5.29.17",  // other names of the subject
        "2.5.29.19",  // whether it may sign others
        "2.5.29.37",  // purposes of the key
    ]

    /// Whose it is: the key signed this certificate.
    public let key: PublicKey

    /// Reads a certificate that nobody vouches for, and checks all that it claims.
    ///
    /// - Parameters:
    ///   - der: the certificate.
    ///   - now: the time since 1970-01-01 UTC.
    public init(der: [UInt8], now: Duration) throws(CertificateError) {
        guard der.count <= Self.byteCountMax else {
            throw .tooLong(byteCount: der.count, limit: Self.byteCountMax)
        }
        let fields: CertificateFields
        do { fields = try CertificateFields(der) } catch let error as CertificateError { throw error } catch {
            throw .malformed
        }
        guard now >= fields.validFrom else { throw .notYetValid }
        guard now <= fields.validTo else { throw .expired }
        guard let own = Self.ownKey(fields) else { throw .unsupportedKey }
        guard own.isSignature(fields.signature, of: Array(fields.signed)) else { throw .notSelfSigned }
        for demand in fields.extensions where demand.isCritical && !Self.understood.contains(demand.name) {
            throw .unknownDemand(demand.name)
        }
        let identities = fields.extensions.filter { $0.name == Self.extensionName }
        guard identities.count == 1 else { throw .notOneIdentity(count: identities.count) }
        key = try Self.identity(identities[0].value, publicKeyInfo: fields.publicKeyInfo)
    }

    /// The key that signed the certificate, where it is of a kind we know, and so is the signature.
    private static func ownKey(_ fields: CertificateFields) -> PublicKey? {
        let info = Array(fields.publicKeyInfo)
        switch Array(fields.algorithm) {
        case CertificateAlgorithm.ecdsaSHA256: return try? PublicKey(type: .ecdsa, data: info)
        case CertificateAlgorithm.rsaSHA256: return try? PublicKey(type: .rsa, data: info)
        case CertificateAlgorithm.ed25519:
            let prefix = CertificateAlgorithm.ed25519KeyPrefix
            guard info.starts(with: prefix) else { return nil }
            return try? PublicKey(type: .ed25519, data: Array(info.dropFirst(prefix.count)))
        default: return nil
        }
    }

    /// The key of `SEQUENCE { publicKey OCTET STRING, signature OCTET STRING }`, if it signed.
    private static func identity(
        _ value: ArraySlice<UInt8>, publicKeyInfo: ArraySlice<UInt8>
    ) throws(CertificateError) -> PublicKey {
        let message: ArraySlice<UInt8>, signature: ArraySlice<UInt8>
        do {
            (message, signature) = try DER.sequence(DER.parse(value), identifier: .sequence) { nodes in
                (try ASN1OctetString(derEncoded: &nodes).bytes, try ASN1OctetString(derEncoded: &nodes).bytes)
            }
        } catch { throw .malformed }
        let key: PublicKey
        do throws(KeyError) { key = try PublicKey(protobuf: message) } catch { throw .badIdentity(error) }
        guard key.isSignature(signature, of: Array(signedPrefix.utf8) + publicKeyInfo) else {
            throw .notOwned
        }
        return key
    }
}

/// `AlgorithmIdentifier`s as they are written; each has one form only.
enum CertificateAlgorithm {
    static let ecdsaSHA256: [UInt8] = [0x30, 10, 0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]
    static let rsaSHA256: [UInt8] = [
        0x30, 13, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11, 0x05, 0,
    ]
    static let ed25519: [UInt8] = [0x30, 5, 0x06, 3, 0x2B, 0x65, 0x70]
    /// What stands before the 32 bytes of an Ed25519 key in its `SubjectPublicKeyInfo`.
    static let ed25519KeyPrefix: [UInt8] = [0x30, 42] + ed25519 + [0x03, 33, 0]
}

/// What of a certificate matters here, read but not checked (RFC 5280, section 4.1).
struct CertificateFields {
    struct Extension {
        let name: String
        let isCritical: Bool
        let value: ArraySlice<UInt8>
    }

    /// The bytes that are signed, and by what.
    let signed: ArraySlice<UInt8>, algorithm: ArraySlice<UInt8>, signature: ArraySlice<UInt8>
    /// Since 1970-01-01 UTC.
    private(set) var validFrom = Duration.zero, validTo = Duration.zero
    private(set) var publicKeyInfo: ArraySlice<UInt8> = []
    private(set) var extensions: [Extension] = []

    init(_ der: [UInt8]) throws {
        let (body, algorithm, signature) = try DER.sequence(DER.parse(der), identifier: .sequence) { nodes in
            (try Self.next(&nodes), try Self.next(&nodes), try ASN1BitString(derEncoded: &nodes))
        }
        guard signature.paddingBits == 0 else { throw CertificateError.malformed }
        self.signed = body.encodedBytes
        self.algorithm = algorithm.encodedBytes
        self.signature = signature.bytes
        try DER.sequence(body, identifier: .sequence) { nodes in try readBody(&nodes) }
    }

    private static func next(_ nodes: inout ASN1NodeCollection.Iterator) throws -> ASN1Node {
        guard let node = nodes.next() else { throw CertificateError.malformed }
        return node
    }

    private mutating func readBody(_ nodes: inout ASN1NodeCollection.Iterator) throws {
        let version = try DER.explicitlyTagged(&nodes, tagNumber: 0, tagClass: .contextSpecific) {
            try Int(derEncoded: $0)
        }
        // Version 3 is written as 2.
        guard version == 2 else { throw CertificateError.malformed }
        // The serial number says nothing, whatever its length.
        _ = try ArraySlice<UInt8>(derEncoded: &nodes)
        guard try Self.next(&nodes).encodedBytes == algorithm else { throw CertificateError.malformed }
        _ = try Self.next(&nodes)  // the issuer
        (validFrom, validTo) = try DER.sequence(Self.next(&nodes), identifier: .sequence) { times in
            (try Self.time(Self.next(&times)), try Self.time(Self.next(&times)))
        }
        _ = try Self.next(&nodes)  // the subject
        publicKeyInfo = try Self.next(&nodes).encodedBytes
        guard let last = nodes.next() else { return }
        let third = ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific)
        guard last.identifier == third else { throw CertificateError.uniqueIdentifier }
        try DER.explicitlyTagged(last, tagNumber: 3, tagClass: .contextSpecific) { try readExtensions($0) }
    }

    private mutating func readExtensions(_ node: ASN1Node) throws {
        guard node.identifier == .sequence, case .constructed(let children) = node.content else {
            throw CertificateError.malformed
        }
        for child in children {
            guard extensions.count < PeerCertificate.extensionCountMax else {
                throw CertificateError.tooManyExtensions(limit: PeerCertificate.extensionCountMax)
            }
            let found = try DER.sequence(child, identifier: .sequence) { nodes in
                let name = try ASN1ObjectIdentifier(derEncoded: &nodes)
                let isCritical = try DER.decodeDefault(&nodes, defaultValue: false)
                let value = try ASN1OctetString(derEncoded: &nodes).bytes
                return Extension(name: "\(name)", isCritical: isCritical, value: value)
            }
            extensions.append(found)
        }
    }

    private static func time(_ node: ASN1Node) throws -> Duration {
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            return CivilTime.sinceEpoch(
                time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
        }
        let time = try GeneralizedTime(derEncoded: node)
        return CivilTime.sinceEpoch(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
    }
}

/// Dates of the Gregorian calendar.
enum CivilTime {
    /// Time since 1970-01-01 UTC.
    static func sinceEpoch(
        _ year: Int, _ month: Int, _ day: Int, _ hours: Int, _ minutes: Int, _ seconds: Int
    ) -> Duration {
        // Years begin in March here: the day of a leap year is then its last one.
        let monthsSinceMarch = (month + 9) % 12
        let marchYear = month <= 2 ? year - 1 : year
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        let dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1
        // Between 0000-03-01 and 1970-01-01 are 719,468 days.
        let days = 365 * marchYear + leapDays + dayOfYear - 719_468
        return .seconds(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    }
}
