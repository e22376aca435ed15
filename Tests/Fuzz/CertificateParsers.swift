import Bytes
import Keys
import Peers

/// What strangers show of themselves in TLS.
let certificateParsers: [FuzzedParser] = [
    FuzzedParser(
        name: "peer-certificate", seeds: [certificateSeed],
        run: { bytes in
            let certificate = try PeerCertificate(der: bytes, now: .seconds(1_800_000_000))
            precondition(certificate.key.type == .ed25519, "another key has signed")
        })
]

/// A certificate of libp2p's specification (github.com/libp2p/specs, tls/tls.md, "Test vectors").
private let certificateSeed: [UInt8] = {
    let text = """
        308201ae30820156a0030201020204499602d2300a06082a8648ce3d040302302031123010060355040a13096c696270\
        32702e696f310a300806035504051301313020170d3735303130313133303030305a180f343039363031303131333030\
        30305a302031123010060355040a13096c69627032702e696f310a300806035504051301313059301306072a8648ce3d\
        020106082a8648ce3d030107034200040c901d423c831ca85e27c73c263ba132721bb9d7a84c4f0380b2a6756fd60133\
        1c8870234dec878504c174144fa4b14b66a651691606d8173e55bd37e381569ea37c307a3078060a2b0601040183a25a\
        0101046a3068042408011220a77f1d92fedb59dddaea5a1c4abd1ac2fbde7d7b879ed364501809923d7c11b90440d90d\
        2769db992d5e6195dbb08e706b6651e024fda6cfb8846694a435519941cac215a8207792e42849cccc6cd8136c6e4bde\
        92a58c5e08cfd4206eb5fe0bf909300a06082a8648ce3d0403020346003043021f50f6b6c52711a881778718238f650c\
        9fb48943ae6ee6d28427dc6071ae55e702203625f116a7a454db9c56986c82a25682f7248ea1cb764d322ea983ed36a3\
        1b77
        """
    do { return try Hex.bytes(text) } catch { preconditionFailure("the specification writes hexadecimal") }
}()
