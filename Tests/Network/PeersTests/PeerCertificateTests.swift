import Bytes
import Crypto
import Keys
import Multiformats
import Testing

@testable import Peers

@Suite("A certificate of a peer") struct PeerCertificateTests {
    static let now = Duration.seconds(1_800_000_000)

    /// One that is drafted, changed and signed.
    static func made(
        _ identity: PrivateKey = .ed25519(), _ change: (inout CertificateDraft) -> Void = { _ in }
    ) throws -> [UInt8] {
        var draft = try CertificateDraft(key: .init(), identity: identity)
        change(&draft)
        return try draft.signed()
    }

    @Test(arguments: CertificateVectors.all)
    func `of the specification is read`(vector: CertificateVector) throws {
        let der = try Hex.bytes(vector.hex)
        let key = try PeerCertificate(der: der, now: Self.now).key
        #expect(PeerID(key).text == vector.peer)
    }

    @Test func `that another key signed is refused, as the specification wants`() throws {
        let der = try Hex.bytes(CertificateVectors.invalid)
        #expect(throws: CertificateError.notOwned) { try PeerCertificate(der: der, now: Self.now) }
    }

    @Test(arguments: KeyType.allCases) func `that we make says whose it is`(type: KeyType) throws {
        let identity: PrivateKey =
            switch type {
            case .ed25519: .ed25519()
            case .secp256k1: .secp256k1()
            case .ecdsa: .ecdsa()
            case .rsa: try .rsa()
            }
        let der = try Self.made(identity)
        #expect(try PeerCertificate(der: der, now: Self.now).key == identity.publicKey)
    }

    @Test func `is refused outside its time`() throws {
        let der = try Self.made { ($0.validFrom, $0.validTo) = ("20240229120000Z", "20500101000000Z") }
        // By `date -u -d ... +%s`.
        let first = Duration.seconds(1_709_208_000), last = Duration.seconds(2_524_608_000)
        for now in [first, last] { _ = try PeerCertificate(der: der, now: now) }
        #expect(throws: CertificateError.notYetValid) {
            try PeerCertificate(der: der, now: first - .seconds(1))
        }
        #expect(throws: CertificateError.expired) { try PeerCertificate(der: der, now: last + .seconds(1)) }
    }

    @Test func `may have other extensions, but demand nothing unknown`() throws {
        let other = CertificateDraft.Extension(name: "1.2.3.4", value: [5, 0])
        _ = try PeerCertificate(der: Self.made { $0.extensions.append(other) }, now: Self.now)
        let usage = CertificateDraft.Extension(name: "2.5.29.15", isCritical: true, value: [3, 2, 7, 128])
        _ = try PeerCertificate(der: Self.made { $0.extensions.append(usage) }, now: Self.now)
        _ = try PeerCertificate(der: Self.made { $0.extensions[0].isCritical = true }, now: Self.now)
        let demand = CertificateDraft.Extension(name: "1.2.3.4", isCritical: true, value: [5, 0])
        #expect(throws: CertificateError.unknownDemand("1.2.3.4")) {
            try PeerCertificate(der: Self.made { $0.extensions.append(demand) }, now: Self.now)
        }
        #expect(throws: CertificateError.tooManyExtensions(limit: 32)) {
            try PeerCertificate(
                der: Self.made { $0.extensions += Array(repeating: other, count: 32) }, now: Self.now)
        }
    }

    @Test func `says once whose it is`() throws {
        #expect(throws: CertificateError.notOneIdentity(count: 0)) {
            try PeerCertificate(der: Self.made { $0.extensions = [] }, now: Self.now)
        }
        #expect(throws: CertificateError.notOneIdentity(count: 2)) {
            try PeerCertificate(der: Self.made { $0.extensions += $0.extensions }, now: Self.now)
        }
        #expect(throws: CertificateError.malformed) {
            try PeerCertificate(der: Self.made { $0.extensions[0].value += [0] }, now: Self.now)
        }
        // Somebody else's, whose certificate has another key.
        let stolen = try CertificateDraft(key: .init(), identity: .ed25519()).extensions
        #expect(throws: CertificateError.notOwned) {
            try PeerCertificate(der: Self.made { $0.extensions = stolen }, now: Self.now)
        }
    }

    @Test func `is of some length, and one thing`() throws {
        let der = try Self.made()
        #expect(throws: CertificateError.malformed) { try PeerCertificate(der: der + [0], now: Self.now) }
        #expect(throws: CertificateError.malformed) {
            try PeerCertificate(der: der.dropLast(), now: Self.now)
        }
        #expect(throws: CertificateError.malformed) { try PeerCertificate(der: [], now: Self.now) }
        let long = [UInt8](repeating: 0x30, count: PeerCertificate.byteCountMax + 1)
        #expect(throws: CertificateError.tooLong(byteCount: 16_385, limit: 16_384)) {
            try PeerCertificate(der: long, now: Self.now)
        }
        let deep = [UInt8](repeating: 0x30, count: 8_000)
        #expect(throws: CertificateError.malformed) { try PeerCertificate(der: deep, now: Self.now) }
    }

    @Test func `is refused with any byte changed`() throws {
        let identity = PrivateKey.ed25519()
        let der = try Self.made(identity)
        for index in der.indices {
            var damaged = der
            damaged[index] ^= 1 << UInt8(index % 8)
            #expect(throws: CertificateError.self, "byte \(index)") {
                try PeerCertificate(der: damaged, now: Self.now)
            }
        }
    }
}
