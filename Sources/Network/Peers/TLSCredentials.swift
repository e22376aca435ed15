import Crypto
import Keys
import NIOCore
import NIOSSL
import Streams

/// What a node shows in TLS 1.3, and what it asks of others; one for all its connections.
struct TLSCredentials: Sendable {
    /// What is agreed where the muxer is still to be negotiated.
    static let withoutMuxer = "libp2p"
    /// How long a peer may take to say that it heard our end.
    private static let shutdownTimeout = TimeAmount.seconds(1)

    private let dialing: NIOSSLContext, listening: NIOSSLContext

    /// Makes a key and a certificate that say who we are.
    init(identity: PrivateKey) throws(ConnectionError) {
        let draft: CertificateDraft
        do throws(CertificateError) {
            draft = try CertificateDraft(key: P256.Signing.PrivateKey(), identity: identity)
        } catch { throw .certificate(error) }
        try self.init(draft)
    }

    /// Shows this certificate, and agrees to the first of these protocols that the peer offers, too.
    init(
        _ draft: CertificateDraft, protocols: [String] = [YamuxSession.name, withoutMuxer]
    ) throws(ConnectionError) {
        let certificate: [UInt8]
        do throws(CertificateError) { certificate = try draft.signed() } catch { throw .certificate(error) }
        do {
            let chain = [
                NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: certificate, format: .der))
            ]
            let secret = NIOSSLPrivateKeySource.privateKey(
                try NIOSSLPrivateKey(bytes: Array(draft.key.derRepresentation), format: .der))
            // Nobody vouches for peers: with no roots, only our own check can accept one.
            var listener = TLSConfiguration.makeServerConfigurationWithMTLS(
                certificateChain: chain, privateKey: secret, trustRoots: .certificates([]))
            Self.set(&listener, protocols)
            var dialer = TLSConfiguration.makeClientConfiguration()
            (dialer.certificateChain, dialer.privateKey) = (chain, secret)
            (dialer.certificateVerification, dialer.trustRoots) = (.noHostnameVerification, .certificates([]))
            Self.set(&dialer, protocols)
            listening = try NIOSSLContext(configuration: listener)
            dialing = try NIOSSLContext(configuration: dialer)
        } catch { throw .tls("\(error)") }
    }

    private static func set(_ configuration: inout TLSConfiguration, _ protocols: [String]) {
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = protocols
        configuration.shutdownTimeout = shutdownTimeout
        // As many as `PeerCertificate` reads.
        configuration.verifySignatureAlgorithms = [.ecdsaSecp256R1Sha256, .ed25519, .rsaPssRsaeSha256]
    }

    /// What encrypts one connection; `check` says whether the peer's certificates are taken.
    func handler(
        _ role: ConnectionMachine.Role, check: @escaping ([NIOSSLCertificate]) -> Bool
    ) throws(ConnectionError) -> NIOSSLHandler {
        let verify: NIOSSLCustomVerificationCallback = { certificates, promise in
            promise.succeed(check(certificates) ? .certificateVerified : .failed)
        }
        switch role {
        case .listener:
            return NIOSSLServerHandler(context: listening, customVerificationCallback: verify)
        case .dialer:
            // No name is sent, as libp2p's specification wants it.
            do {
                return try NIOSSLClientHandler(
                    context: dialing, serverHostname: nil, customVerificationCallback: verify)
            } catch { throw .tls("\(error)") }
        }
    }

    /// What an error of the channel means.
    static func reason(_ error: any Error, during layer: ConnectionLayer) -> ConnectionError {
        switch error {
        case NIOSSLError.uncleanShutdown: .closed(layer)
        case NIOSSLError.handshakeFailed(.sslError(let stack)) where stack.contains(.eofDuringHandshake):
            .closed(.security)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tls("\(error)")
        default: .unreachable("\(error)")
        }
    }
}
