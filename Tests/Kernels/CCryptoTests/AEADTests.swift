import CCrypto
import Testing

@Suite struct AEADTests {
    private let key = [UInt8](0x80...0x9F)

    private func seal(_ plaintext: [UInt8], counter: UInt64, _ associated: [UInt8] = []) throws -> [UInt8] {
        let aead = try #require(cc_aead_new(key))
        defer { cc_aead_free(aead) }
        var out = plaintext + [UInt8](repeating: 0, count: 16)
        let sealed = out.withUnsafeMutableBufferPointer {
            cc_aead_seal(
                aead, counter, associated, associated.count, $0.baseAddress, plaintext.count, $0.baseAddress)
        }
        #expect(sealed == 1)
        return out
    }

    private func open(_ sealed: [UInt8], counter: UInt64, _ associated: [UInt8] = []) throws -> [UInt8]? {
        let aead = try #require(cc_aead_new(key))
        defer { cc_aead_free(aead) }
        var out = [UInt8](repeating: 0xEE, count: sealed.count - 16)
        let opened = cc_aead_open(aead, counter, associated, associated.count, sealed, out.count, &out)
        guard opened == 1 else {
            #expect(out.allSatisfy { $0 == 0 }, "what is not authentic must not be seen")
            return nil
        }
        return out
    }

    /// Made with Python's `cryptography` 48: ChaCha20Poly1305(key).encrypt(nonce, plain, associated).
    @Test func `gives the bytes of another implementation`() throws {
        let sealed = try seal(Array("Noise".utf8), counter: 0x0102_0304_0506_0708, [1, 2, 3])
        let golden: [UInt8] = [
            0xBA, 0xDE, 0x87, 0xC8, 0x35, 0x65, 0x91, 0x6D, 0xD8, 0xA5, 0x87, 0xE4, 0x51, 0x77, 0xA7, 0x76,
            0x25, 0x4D, 0xAE, 0xCA, 0x5F,
        ]
        #expect(sealed == golden)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 63, 64, 65, 1000, 65519])
    func `opens what it sealed, and nothing that was changed`(count: Int) throws {
        let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var sealed = try seal(plaintext, counter: 9, [5])
        #expect(sealed.count == count + 16)
        #expect(try open(sealed, counter: 9, [5]) == plaintext)
        #expect(try open(sealed, counter: 10, [5]) == nil)
        #expect(try open(sealed, counter: 9, []) == nil)
        for place in [0, count / 2, count, count + 15] {
            sealed[place] ^= 1
            #expect(try open(sealed, counter: 9, [5]) == nil)
            sealed[place] ^= 1
        }
        #expect(try open(sealed, counter: 9, [5]) == plaintext)
    }

    @Test func `one context takes many messages, in any order of counters`() throws {
        let aead = try #require(cc_aead_new(key))
        defer { cc_aead_free(aead) }
        for counter: UInt64 in [0, 7, 1, .max - 1] {
            var message = [UInt8](repeating: 3, count: 100 + 16)
            let isSealed = message.withUnsafeMutableBufferPointer {
                cc_aead_seal(aead, counter, nil, 0, $0.baseAddress, 100, $0.baseAddress)
            }
            #expect(isSealed == 1)
            #expect(try message == seal([UInt8](repeating: 3, count: 100), counter: counter))
        }
        cc_aead_free(nil)
    }
}
