import Crypto
import Keys
import SwiftASN1

/// A certificate to be signed by its own key, ECDSA on P-256.
struct CertificateDraft {
    struct Extension {
        var name: String
        var isCritical = false
        var value: [UInt8]
    }

    /// The key of the certificate, which TLS will use.
    let key: P256.Signing.PrivateKey
    /// A name that nobody looks at must not be missing.
    var name = "libp2p"
    var serial: UInt32 = 1
    /// As they are written. A machine whose clock is wrong is no reason to refuse it: the key that counts has
    /// no date, and a certificate lives no longer than its process.
    var validFrom = "19750101000000Z", validTo = "40960101000000Z"
    var extensions: [Extension] = []

    /// One that says whose it is.
    init(key: P256.Signing.PrivateKey, identity: PrivateKey) throws(CertificateError) {
        self.key = key
        let message = Array(PeerCertificate.signedPrefix.utf8) + publicKeyInfo
        do {
            let signature = try identity.sign(message)
            var value = DER.Serializer()
            try value.appendConstructedNode(identifier: .sequence) { pair in
                try pair.serialize(ASN1OctetString(contentBytes: identity.publicKey.protobuf[...]))
                try pair.serialize(ASN1OctetString(contentBytes: signature[...]))
            }
            let name = PeerCertificate.extensionName
            extensions = [Extension(name: name, value: value.serializedBytes)]
        } catch { throw .cannotSign }
    }

    /// `SubjectPublicKeyInfo` of the key.
    var publicKeyInfo: [UInt8] { Array(key.publicKey.derRepresentation) }

    /// The certificate.
    func signed() throws(CertificateError) -> [UInt8] {
        do {
            var body = DER.Serializer()
            try body.appendConstructedNode(identifier: .sequence) { try write(&$0) }
            let signature = try key.signature(for: body.serializedBytes).derRepresentation
            var whole = DER.Serializer()
            try whole.appendConstructedNode(identifier: .sequence) { whole in
                whole.serializeRawBytes(body.serializedBytes)
                whole.serializeRawBytes(CertificateAlgorithm.ecdsaSHA256)
                try whole.serialize(ASN1BitString(bytes: Array(signature)[...]))
            }
            return whole.serializedBytes
        } catch { throw .cannotSign }
    }

    private func write(_ body: inout DER.Serializer) throws {
        try body.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) {
            try $0.serialize(2)
        }
        try body.serialize(serial)
        body.serializeRawBytes(CertificateAlgorithm.ecdsaSHA256)
        try writeName(&body)
        body.appendConstructedNode(identifier: .sequence) { validity in
            for text in [validFrom, validTo] { Self.writeTime(text, &validity) }
        }
        try writeName(&body)
        body.serializeRawBytes(publicKeyInfo)
        try body.serialize(explicitlyTaggedWithTagNumber: 3, tagClass: .contextSpecific) { tagged in
            try tagged.appendConstructedNode(identifier: .sequence) { list in
                for item in extensions { try Self.write(item, &list) }
            }
        }
    }

    /// A name of one part, the common name.
    private func writeName(_ body: inout DER.Serializer) throws {
        try body.appendConstructedNode(identifier: .sequence) { parts in
            try parts.appendConstructedNode(identifier: .set) { part in
                try part.appendConstructedNode(identifier: .sequence) { pair in
                    try pair.serialize(ASN1ObjectIdentifier(dotRepresentation: "2.5.4.3"))
                    try pair.serialize(ASN1UTF8String(name))
                }
            }
        }
    }

    /// Years from 1950 to 2049 have two digits (RFC 5280, section 4.1.2.5).
    private static func writeTime(_ text: String, _ body: inout DER.Serializer) {
        let isShort = ("1950"..."2049").contains(String(text.prefix(4)))
        body.appendPrimitiveNode(identifier: isShort ? .utcTime : .generalizedTime) { bytes in
            bytes.append(contentsOf: isShort ? Substring(text).dropFirst(2).utf8 : Substring(text).utf8)
        }
    }

    private static func write(_ item: Extension, _ list: inout DER.Serializer) throws {
        try list.appendConstructedNode(identifier: .sequence) { node in
            try node.serialize(ASN1ObjectIdentifier(dotRepresentation: item.name))
            if item.isCritical { try node.serialize(true) }
            try node.serialize(ASN1OctetString(contentBytes: item.value[...]))
        }
    }
}
