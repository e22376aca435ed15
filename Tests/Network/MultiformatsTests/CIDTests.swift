import Bytes
import Multiformats
import TestSupport
import Testing

@Suite struct `A content identifier` {
    @Test func `is what py-cid says`() throws {
        for entry in try FormatsGolden.load().cids {
            let bytes = try Hex.bytes(entry.bytes)
            let cid = try CID(bytes: bytes[...])
            #expect(cid.version.rawValue == entry.version && cid.bytes == bytes)
            #expect(cid.text == entry.texts[0] && "\(cid)" == cid.text)
            let bases: [Multibase] = [.base32, .base58btc, .base36, .base64url, .base16]
            for (text, base) in zip(entry.texts, bases) {
                #expect(try CID(text: text) == cid)
                #expect(cid.text(in: base) == text)
            }
        }
    }

    @Test func `names content by its SHA-256`() throws {
        let cid = CID(codec: CID.raw, hash: Multihash(sha256: Array("content".utf8)))
        #expect(cid.text == "bafkreihnoabliopjvscf6irvpwbcxlauirzq7pnwafwt5skdekl3t3e7om")
        #expect(CID(version0: cid.hash)?.text == "QmeKWPxUJP9M3WJgBuj8ykLtGU37iqur5gZ8cDCi49WJVG")
        #expect(CID(version0: try Multihash(code: Multihash.identity, digest: [1])) == nil)
    }

    @Test(
        arguments: [
            ("", FormatError.badText(.empty)), ("b", .truncated), ("baeaa", .truncated),
            // Version 2, the first version behind a prefix, one that ends early, one that goes on.
            ("f0255000101", .unknownVersion(2)),
            ("f1220ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73", .badVersion0),
            ("f01551220ed70", .truncated), ("f015500010101", .trailing(byteCount: 1)),
            ("f01551202abcd", .badDigestLength(code: 0x12, byteCount: 2)),
            ("f015513ff01", .badDigestLength(code: 0x13, byteCount: 255)),
            ("f0155800000", .badNumber(.notShortest)),
        ] as [(String, FormatError)]) func `is refused with a reason`(text: String, error: FormatError)
    {
        #expect(throws: error) { try CID(text: text) }
    }
}
