import Testing

@testable import Bytes

@Suite struct `A varint` {
    /// From github.com/multiformats/unsigned-varint and the protobuf encoding page.
    @Test(
        arguments: [
            (0, [0x00]), (1, [0x01]), (127, [0x7F]), (128, [0x80, 0x01]), (150, [0x96, 0x01]),
            (255, [0xFF, 0x01]), (300, [0xAC, 0x02]), (16384, [0x80, 0x80, 0x01]),
            (UInt64.max, [UInt8](repeating: 0xFF, count: 9) + [0x01]),
        ] as [(UInt64, [UInt8])]) func `is written and read`(value: UInt64, bytes: [UInt8]) throws
    {
        #expect(Varint.bytes(value) == bytes && Varint.byteCount(value) == bytes.count)
        #expect(try Varint.decode(bytes + [9]) == .value(value, byteCount: bytes.count))
        for count in 0..<bytes.count {
            #expect(try Varint.decode(bytes.prefix(count)) == .incomplete)
        }
    }

    @Test func `is refused where it is too long, too large or not the shortest`() {
        #expect(throws: VarintError.tooLong) { try Varint.decode([UInt8](repeating: 0xFF, count: 10)) }
        #expect(throws: VarintError.notShortest) { try Varint.decode([0x80, 0x00]) }
        #expect(throws: VarintError.tooLarge(limit: 1024)) { try Varint.decode([0x81, 0x08], limit: 1024) }
        // One byte may already say that it will be too large.
        #expect(throws: VarintError.tooLarge(limit: 5)) { try Varint.decode([0x86], limit: 5) }
    }
}

@Suite struct `A protobuf message` {
    @Test func `is written and read`() throws {
        let bytes = ProtobufWriter.message { writer in
            writer.varint(1, 150)
            writer.text(2, "testing")
            writer.message(3) { $0.varint(1, 150) }
            writer.double(4, 2.5)
            writer.flag(16, true)
        }
        // The first three are the examples of the encoding page.
        #expect(
            Hex.text(bytes) == "089601" + "120774657374696e67" + "1a03089601" + "210000000000000440"
                + "800101")
        var reader = ProtobufReader(bytes)
        #expect(try reader.next()?.integer() == 150)
        #expect(try reader.next()?.text(limit: 7) == "testing")
        var inner = ProtobufReader(try #require(try reader.next()).data(limit: 3))
        #expect(try inner.next()?.integer() == 150)
        #expect(try inner.next() == nil)
        #expect(try reader.next()?.double() == 2.5)
        let flag = try #require(try reader.next())
        #expect(flag.number == 16)
        #expect(try flag.flag())
        #expect(try reader.next() == nil)
    }

    @Test(arguments: [
        ("08", ProtobufError.truncated), ("0a05ffff", .truncated), ("090000", .truncated),
        ("0b", .badWireType(3)), ("00", .badFieldNumber(0)), ("08ffffffffffffffffff02", .badNumber),
        ("0affffffffffffffffff01", .truncated), ("8080808010", .badFieldNumber(1 << 29)),
    ]) func `is refused where it is damaged`(hex: String, error: ProtobufError) throws {
        var reader = ProtobufReader(try Hex.bytes(hex))
        #expect(throws: error) { while try reader.next() != nil {} }
    }

    @Test func `has fields of the type and size that are asked for`() throws {
        var reader = ProtobufReader(try Hex.bytes("0a02ffff0801"))
        let bytes = try #require(try reader.next())
        #expect(throws: ProtobufError.tooLarge(field: 1, limit: 1)) { try bytes.data(limit: 1) }
        #expect(throws: ProtobufError.invalidUTF8(field: 1)) { try bytes.text(limit: 2) }
        #expect(throws: ProtobufError.unexpectedType(field: 1)) { try bytes.integer() }
        let number = try #require(try reader.next())
        #expect(throws: ProtobufError.unexpectedType(field: 1)) { try number.data(limit: 9) }
    }

    @Test func `is no flood of fields`() {
        var reader = ProtobufReader([UInt8](repeating: 8, count: 2 * ProtobufReader.fieldCountMax + 2))
        #expect(throws: ProtobufError.tooManyFields) { while try reader.next() != nil {} }
    }
}
