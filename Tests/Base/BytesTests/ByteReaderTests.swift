import Bytes
import Testing

@Suite struct ByteReaderTests {
    private func reading(
        _ bytes: [UInt8], _ body: (inout ByteReader) throws -> Void
    ) throws {
        try bytes.withUnsafeBytes {
            var reader = ByteReader($0)
            try body(&reader)
        }
    }

    @Test func `reads little-endian values in order`() throws {
        let bytes: [UInt8] = [1, 2, 0, 0xff, 0, 0, 0x80, 0x3f, 2, 0, 0, 0, 0, 0, 0, 0, 0x68, 0x69]
        try reading(bytes) { (reader: inout ByteReader) throws in
            #expect(try reader.integer(UInt8.self) == 1)
            #expect(try reader.integer(UInt16.self) == 2)
            #expect(try reader.integer(Int8.self) == -1)
            #expect(try reader.float() == 1)
            #expect(try reader.length(limit: 2) == 2)
            #expect(try reader.text(2) == "hi")
            #expect(reader.remaining == 0)
        }
    }

    @Test func `refuses what is not there`() throws {
        try reading([1, 0xff]) { reader in
            #expect(throws: ByteReaderError.truncated(offset: 0, needed: 4)) {
                try reader.integer(UInt32.self)
            }
            #expect(throws: ByteReaderError.truncated(offset: 0, needed: 3)) { try reader.slice(3) }
            #expect(throws: ByteReaderError.truncated(offset: 0, needed: -1)) {
                try reader.slice(-1)
            }
            #expect(throws: ByteReaderError.invalidUTF8(offset: 0)) { try reader.text(2) }
            #expect(throws: ByteReaderError.truncated(offset: 2, needed: 1)) {
                try reader.seek(to: 3)
            }
        }
        try reading([UInt8](repeating: 0xff, count: 8)) { reader in
            #expect(throws: ByteReaderError.tooLarge(offset: 0, value: .max, limit: 10)) {
                try reader.length(limit: 10)
            }
        }
    }

    @Test func `hexadecimal text goes there and back`() throws {
        #expect(Hex.text([0, 0x1f, 0xff]) == "001fff")
        #expect(try Hex.bytes("001FfF") == [0, 0x1f, 0xff])
        #expect(throws: HexError.oddLength(3)) { try Hex.bytes("123") }
        #expect(throws: HexError.notHex(offset: 1)) { try Hex.bytes("1g") }
    }
}
