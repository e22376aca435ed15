public import Keys

/// A certificate of a peer that is not taken.
public enum CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is none, or a chain of several.
    case notOne(count: Int)
    /// It is longer than is read.
    case tooLong(byteCount: Int, limit: Int)
    /// It is no X.509 certificate of version 3 in DER.
    case malformed
    /// It has more extensions than are read.
    case tooManyExtensions(limit: Int)
    /// It names its issuer or subject in a way that is forbidden.
    case uniqueIdentifier
    /// It has a key or a signature of a kind that we cannot check.
    case unsupportedKey
    /// Its own key did not sign it.
    case notSelfSigned
    /// It asks for something that we do not understand.
    case unknownDemand(String)
    /// It does not say, or says twice, whose it is.
    case notOneIdentity(count: Int)
    /// The key of its owner cannot be read.
    case badIdentity(KeyError)
    /// Its owner did not sign it.
    case notOwned
    /// Its time has not begun.
    case notYetValid
    /// Its time is over.
    case expired
    /// Our own key cannot sign one.
    case cannotSign

    /// The error as one line that says what to try.
    public var description: String {
        switch self {
        case .notOne(let count):
            "the peer shows \(count) certificates, and libp2p wants one; does it speak libp2p's /tls/1.0.0?"
        case .tooLong(let byteCount, let limit):
            "the peer's certificate has \(byteCount) bytes, more than \(limit); it is damaged or hostile"
        case .malformed: "the peer's certificate is no X.509 version 3 in DER; the peer is damaged"
        case .tooManyExtensions(let limit):
            "the peer's certificate has more than \(limit) extensions; it is damaged or hostile"
        case .uniqueIdentifier: "the peer's certificate has unique identifiers, which libp2p forbids"
        case .unsupportedKey:
            "the peer's certificate is not of ECDSA on P-256, Ed25519 or RSA with SHA-256; try /noise"
        case .notSelfSigned:
            "the peer's certificate is not signed by its own key; the peer is damaged or hostile"
        case .unknownDemand(let name):
            "the peer's certificate has the critical extension \(name), which is unknown here; try /noise"
        case .notOneIdentity(let count):
            "the peer's certificate says \(count) times whose it is; does it speak libp2p's /tls/1.0.0?"
        case .badIdentity(let error): "the key that the peer's certificate names cannot be read: \(error)"
        case .notOwned: "the peer's certificate is not signed by the key that it names; the peer is hostile"
        case .notYetValid: "the peer's certificate is not valid yet; are both machines' clocks right?"
        case .expired: "the peer's certificate has expired; are both machines' clocks right?"
        case .cannotSign: "our key cannot sign a certificate; make another key, or use /noise"
        }
    }
}
