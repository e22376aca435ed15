extension MessagePack {
    /// The value as bytes, each part in its shortest form, as the original's library writes it with binary
    /// types.
    public var encoded: [UInt8] {
        var writer = MessagePackWriter()
        writer.write(self)
        return writer.bytes
    }
}

private struct MessagePackWriter {
    var bytes: [UInt8] = []

    mutating func write(_ value: MessagePack) {
        switch value {
        case .null: bytes.append(0xC0)
        case .flag(let flag): bytes.append(flag ? 0xC3 : 0xC2)
        case .int(let number): write(number)
        case .large(let number): word(0xCF, number)
        case .real(let number): word(0xCB, number.bitPattern)
        case .text(let text):
            let utf8 = Array(text.utf8)
            head(utf8.count, short: (0xA0, 31), byte: 0xD9, wide: 0xDA, widest: 0xDB)
            bytes += utf8
        case .bytes(let content):
            head(content.count, short: nil, byte: 0xC4, wide: 0xC5, widest: 0xC6)
            bytes += content
        case .list(let elements):
            head(elements.count, short: (0x90, 15), byte: nil, wide: 0xDC, widest: 0xDD)
            for element in elements { write(element) }
        case .pairs(let pairs):
            head(pairs.count, short: (0x80, 15), byte: nil, wide: 0xDE, widest: 0xDF)
            for pair in pairs {
                write(pair.key)
                write(pair.value)
            }
        }
    }

    private mutating func write(_ number: Int) {
        switch number {
        case 0...0x7F: bytes.append(UInt8(number))
        case -0x20..<0: bytes.append(UInt8(truncatingIfNeeded: number))
        case 0x80...0xFF: word(0xCC, UInt8(number))
        case 0x100...0xFFFF: word(0xCD, UInt16(number))
        case 0x1_0000...0xFFFF_FFFF: word(0xCE, UInt32(number))
        case 0x1_0000_0000...: word(0xCF, UInt64(number))
        case -0x80..<0: word(0xD0, Int8(number))
        case -0x8000..<0: word(0xD1, Int16(number))
        case -0x8000_0000..<0: word(0xD2, Int32(number))
        default: word(0xD3, Int64(number))
        }
    }

    private mutating func word<Word: FixedWidthInteger>(_ type: UInt8, _ word: Word) {
        bytes.append(type)
        withUnsafeBytes(of: word.bigEndian) { bytes += $0 }
    }

    private mutating func head(
        _ count: Int, short: (base: UInt8, max: Int)?, byte: UInt8?, wide: UInt8, widest: UInt8
    ) {
        if let short, count <= short.max {
            bytes.append(short.base | UInt8(count))
        } else if let byte, count <= 0xFF {
            word(byte, UInt8(count))
        } else if count <= 0xFFFF {
            word(wide, UInt16(count))
        } else {
            precondition(count <= 0xFFFF_FFFF, "MessagePack counts to 2^32")
            word(widest, UInt32(count))
        }
    }
}
