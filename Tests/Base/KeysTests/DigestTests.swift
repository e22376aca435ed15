import Bytes
import Keys
import Testing

@Suite struct DigestTests {
    // FIPS 180-4, examples of the appendix.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `has the published value`(text: String, hex: String) throws {
        #expect(Digest(of: text).hex == hex)
        #expect(try Digest(hex: hex) == Digest(of: text))
    }

    @Test func `pieces hash as the whole`() {
        var hasher = SHA256Hasher()
        hasher.update("a")
        hasher.update([0x62, 0x63] as [UInt8])
        #expect(hasher.finalize() == Digest(of: "abc"))
        #expect(hasher.finalize() == Digest(of: "abc"))
        var numbers = SHA256Hasher()
        numbers.update(0x0102 as UInt64)
        #expect(numbers.finalize() == Digest(of: [2, 1, 0, 0, 0, 0, 0, 0]))
    }

    @Test func `another length is no digest`() throws {
        #expect(try Digest(hex: "00") == nil)
        #expect(throws: HexError.oddLength(3)) { try Digest(hex: "abc") }
        #expect(Digest(of: "abc") < Digest(of: ""))
    }
}
