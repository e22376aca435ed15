import Crypto

/// Who this node is in Noise: a static key, and the identity's signature that it is ours.
///
/// It may serve every connection of a node: making it signs once, so a handshake need not.
public struct NoiseIdentity: Sendable {
    /// What the identity signs, before the 32 bytes of the static key.
    public static let signedPrefix = "noise-libp2p-static-key:"

    let staticKey: Curve25519.KeyAgreement.PrivateKey
    let publicStaticKey: [UInt8]
    let publicKeyProtobuf: [UInt8]
    let signature: [UInt8]

    /// An identity with a static key.
    ///
    /// - Parameters:
    ///   - staticKey: 32 random bytes, kept secret, not used for anything else.
    ///   - publicKeyProtobuf: the identity's public key, as libp2p writes it.
    ///   - sign: signs bytes with the identity's private key.
    /// - Precondition: there are 32 bytes.
    public init<Failure: Error>(
        staticKey: [UInt8], publicKeyProtobuf: [UInt8],
        sign: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        self.staticKey = NoiseKey.privateKey(staticKey)
        self.publicStaticKey = Array(self.staticKey.publicKey.rawRepresentation)
        self.publicKeyProtobuf = publicKeyProtobuf
        signature = try sign(Array(Self.signedPrefix.utf8) + publicStaticKey)
    }
}

/// Who the other side says it is.
public struct NoiseRemote: Hashable, Sendable {
    /// Its identity's public key, as libp2p writes it.
    public let publicKeyProtobuf: [UInt8]
    /// What should be that key's signature of `signedMessage`.
    public let signature: [UInt8]
    /// Its static key, which the handshake proves it has.
    public let staticKey: [UInt8]

    /// What an honest peer signed.
    public var signedMessage: [UInt8] { Array(NoiseIdentity.signedPrefix.utf8) + staticKey }
}
