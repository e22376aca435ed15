extension MessagePack {
    /// Reads one value, which must be all there is.
    public init(decoding bytes: [UInt8], limits: Limits = Limits()) throws(MessagePackError) {
        guard bytes.count <= limits.byteCount else { throw .tooMany("bytes", limit: limits.byteCount) }
        var reader = MessagePackReader(bytes: bytes, limits: limits)
        self = try reader.value(depth: 0)
        guard reader.position == bytes.count else { throw .trailing(offset: reader.position) }
    }
}

private struct MessagePackReader {
    let bytes: [UInt8]
    let limits: MessagePack.Limits
    var position = 0
    private var valueCount = 0

    init(bytes: [UInt8], limits: MessagePack.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func value(depth: Int) throws(MessagePackError) -> MessagePack {
        valueCount += 1
        guard valueCount <= limits.valueCount else {
            throw .tooMany("values", limit: limits.valueCount)
        }
        let start = position, type = try byte()
        switch type {
        case 0x00...0x7F: return .int(Int(type))
        case 0x80...0x8F: return try pairs(Int(type & 0x0F), depth)
        case 0x90...0x9F: return try list(Int(type & 0x0F), depth)
        case 0xA0...0xBF: return try text(Int(type & 0x1F), start)
        case 0xC0: return .null
        case 0xC2: return .flag(false)
        case 0xC3: return .flag(true)
        case 0xC4: return .bytes(Array(try slice(try count(UInt8.self))))
        case 0xC5: return .bytes(Array(try slice(try count(UInt16.self))))
        case 0xC6: return .bytes(Array(try slice(try count(UInt32.self))))
        case 0xCA: return .real(Double(Float(bitPattern: try word())))
        case 0xCB: return .real(Double(bitPattern: try word()))
        case 0xCC...0xD3: return try number(type)
        case 0xD9: return try text(try count(UInt8.self), start)
        case 0xDA: return try text(try count(UInt16.self), start)
        case 0xDB: return try text(try count(UInt32.self), start)
        case 0xDC: return try list(try count(UInt16.self), depth)
        case 0xDD: return try list(try count(UInt32.self), depth)
        case 0xDE: return try pairs(try count(UInt16.self), depth)
        case 0xDF: return try pairs(try count(UInt32.self), depth)
        case 0xE0...0xFF: return .int(Int(Int8(bitPattern: type)))
        default: throw .unknownType(type, offset: start)
        }
    }

    private mutating func number(_ type: UInt8) throws(MessagePackError) -> MessagePack {
        switch type {
        case 0xCC: return .int(Int(try word(UInt8.self)))
        case 0xCD: return .int(Int(try word(UInt16.self)))
        case 0xCE: return .int(Int(try word(UInt32.self)))
        case 0xCF:
            let number = try word(UInt64.self)
            return Int(exactly: number).map(MessagePack.int) ?? .large(number)
        case 0xD0: return .int(Int(try word(Int8.self)))
        case 0xD1: return .int(Int(try word(Int16.self)))
        case 0xD2: return .int(Int(try word(Int32.self)))
        default: return .int(Int(try word(Int64.self)))
        }
    }

    private mutating func list(_ count: Int, _ depth: Int) throws(MessagePackError) -> MessagePack {
        try enter(depth)
        var elements: [MessagePack] = []
        for _ in 0..<count { elements.append(try value(depth: depth + 1)) }
        return .list(elements)
    }

    private mutating func pairs(_ count: Int, _ depth: Int) throws(MessagePackError) -> MessagePack {
        try enter(depth)
        var pairs: [MessagePack.Pair] = []
        for _ in 0..<count {
            let key = try value(depth: depth + 1)
            pairs.append(.init(key, try value(depth: depth + 1)))
        }
        return .pairs(pairs)
    }

    private func enter(_ depth: Int) throws(MessagePackError) {
        guard depth < limits.depth else { throw .tooMany("levels", limit: limits.depth) }
    }

    private mutating func text(_ count: Int, _ start: Int) throws(MessagePackError) -> MessagePack {
        guard let text = String(validating: try slice(count), as: UTF8.self) else {
            throw .invalidText(offset: start)
        }
        return .text(text)
    }

    private mutating func byte() throws(MessagePackError) -> UInt8 {
        guard position < bytes.count else { throw .truncated(offset: position) }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func count<Word: FixedWidthInteger>(
        _ type: Word.Type
    ) throws(MessagePackError) -> Int { Int(try word(type)) }

    private mutating func word<Word: FixedWidthInteger>(
        _ type: Word.Type = Word.self
    ) throws(MessagePackError) -> Word {
        var word = Word.zero
        for byte in try slice(Word.bitWidth / 8) {
            word = Word.bitWidth == 8 ? Word(truncatingIfNeeded: byte) : word << 8 | Word(byte)
        }
        return word
    }

    private mutating func slice(_ count: Int) throws(MessagePackError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw .truncated(offset: position) }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
