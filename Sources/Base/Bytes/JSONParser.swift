#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension JSON {
    /// What a text may cost: beyond it, parsing ends in an error.
    public struct Limits: Sendable {
        /// Bytes of the text.
        public var bytes = 1 << 26
        /// Arrays and objects inside each other.
        public var depth = 64
        /// Values in all.
        public var values = 1 << 22

        /// The given limits.
        public init(bytes: Int = 1 << 26, depth: Int = 64, values: Int = 1 << 22) {
            self.bytes = bytes
            self.depth = depth
            self.values = values
        }
    }

    /// Whose rules a text keeps.
    public enum Grammar: Hashable, Sendable {
        /// RFC 8259: nothing more is accepted, nothing less.
        case standard
        /// Python's `json.loads`, for which `NaN`, `Infinity` and `-Infinity` are numbers, and one too large
        /// is infinite.
        case python
    }

    /// The value that a text spells.
    public init(
        parsing text: String, limits: Limits = Limits(), grammar: Grammar = .standard
    ) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits, grammar: grammar)
    }

    /// The value that UTF-8 bytes spell.
    public init(
        parsing bytes: [UInt8], limits: Limits = Limits(), grammar: Grammar = .standard
    ) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            try JSON(parsing: UnsafeRawBufferPointer(buffer), limits: limits, grammar: grammar)
        }
    }

    /// The value that UTF-8 bytes spell.
    public init(
        parsing bytes: UnsafeRawBufferPointer, limits: Limits = Limits(),
        grammar: Grammar = .standard
    ) throws(JSONError) {
        guard bytes.count <= limits.bytes else {
            throw JSONError(code: .tooLong(limits.bytes), offset: limits.bytes)
        }
        // An empty buffer may have no address.
        guard let base = bytes.baseAddress else { throw JSONError(code: .truncated, offset: 0) }
        let start = base.assumingMemoryBound(to: UInt8.self)
        var parser = JSONParser(
            start: start, count: bytes.count, limits: limits, grammar: grammar)
        self = try parser.document()
    }
}

/// Recursive descent over bytes.
///
/// `limits.depth` bounds the stack.
private struct JSONParser {
    let start: UnsafePointer<UInt8>
    let count: Int
    let limits: JSON.Limits
    let grammar: JSON.Grammar
    var position = 0
    var depth = 0
    var values = 0

    init(
        start: UnsafePointer<UInt8>, count: Int, limits: JSON.Limits, grammar: JSON.Grammar
    ) {
        self.start = start
        self.count = count
        self.limits = limits
        self.grammar = grammar
    }

    mutating func document() throws(JSONError) -> JSON {
        let result = try value()
        if skipBlanks() != nil { throw error(.trailingBytes) }
        return result
    }

    private func error(_ code: JSONError.Code) -> JSONError {
        // Whatever was expected, at the end there is one thing to say.
        JSONError(code: position >= count ? .truncated : code, offset: position)
    }

    /// The next byte that is not blank, which stays unread.
    private mutating func skipBlanks() -> UInt8? {
        while position < count {
            let byte = start[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    private mutating func expect(_ byte: UInt8, _ what: String) throws(JSONError) {
        guard skipBlanks() == byte else { throw error(.expected(what)) }
        position += 1
    }

    private mutating func value() throws(JSONError) -> JSON {
        guard let next = skipBlanks() else { throw error(.truncated) }
        values += 1
        guard values <= limits.values else { throw error(.tooManyValues(limits.values)) }
        switch next {
        case UInt8(ascii: "{"):
            return try nested { parser throws(JSONError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.list() }
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N") where grammar == .python: return try word("NaN", .real(.nan))
        case UInt8(ascii: "I") where grammar == .python:
            return try word("Infinity", .real(.infinity))
        case UInt8(ascii: "-") where grammar == .python && isNegativeInfinity:
            return try word("-Infinity", .real(-.infinity))
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        default: throw error(.expected("a value"))
        }
    }

    private var isNegativeInfinity: Bool {
        position + 1 < count && start[position + 1] == UInt8(ascii: "I")
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONError) -> JSON
    ) throws(JSONError) -> JSON {
        depth += 1
        guard depth <= limits.depth else { throw error(.tooDeep(limits.depth)) }
        let result = try body(&self)
        depth -= 1
        return result
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < count, start[position] == word.utf8Start[index] else {
                throw error(.expected("\(word)"))
            }
            position += 1
        }
        return value
    }

    private mutating func list() throws(JSONError) -> JSON {
        position += 1
        var items: [JSON] = []
        if skipBlanks() == UInt8(ascii: "]") {
            position += 1
            return .list(items)
        }
        while true {
            items.append(try value())
            guard skipBlanks() == UInt8(ascii: ",") else {
                try expect(UInt8(ascii: "]"), "a comma or ]")
                return .list(items)
            }
            position += 1
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        position += 1
        var members: [JSON.Member] = []
        if skipBlanks() == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            guard skipBlanks() == UInt8(ascii: "\"") else { throw error(.expected("a key")) }
            let key = try string()
            try expect(UInt8(ascii: ":"), "a colon")
            members.append(JSON.Member(key: key, value: try value()))
            guard skipBlanks() == UInt8(ascii: ",") else {
                try expect(UInt8(ascii: "}"), "a comma or }")
                return .object(members)
            }
            position += 1
        }
    }

    // MARK: Numbers

    private mutating func digits() throws(JSONError) {
        let first = position
        while position < count, start[position] >= 0x30, start[position] <= 0x39 { position += 1 }
        guard position > first else { throw error(.invalidNumber) }
    }

    private mutating func number() throws(JSONError) -> JSON {
        let first = position
        if start[position] == UInt8(ascii: "-") { position += 1 }
        let leading = position
        try digits()
        if start[leading] == 0x30, position > leading + 1 {
            throw JSONError(code: .invalidNumber, offset: leading)
        }
        var isWhole = true
        if position < count, start[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digits()
        }
        if position < count, start[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if position < count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(start[position]) {
                position += 1
            }
            try digits()
        }
        let digits = UnsafeBufferPointer(start: start + first, count: position - first)
        let text = String(decoding: digits, as: UTF8.self)
        if isWhole, let whole = Int(text) { return .int(whole) }
        guard let real = Double(text), real.isFinite || grammar == .python else {
            throw JSONError(code: .invalidNumber, offset: first)
        }
        return .real(real)
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let first = position
        // Plain strings are most of a vocabulary: find the end in one go and copy once.
        guard let found = memchr(start + position, 0x22, count - position) else {
            position = count
            throw error(.truncated)
        }
        let end = start.distance(to: found.assumingMemoryBound(to: UInt8.self))
        if memchr(start + first, 0x5c, end - first) == nil {
            try checkControls(first, end)
            position = end + 1
            return try text(
                UnsafeBufferPointer(start: start + first, count: end - first), at: first)
        }
        return try escapedString(first)
    }

    private func text(
        _ bytes: UnsafeBufferPointer<UInt8>, at offset: Int
    ) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONError(code: .invalidUTF8, offset: offset)
        }
        return text
    }

    private func checkControls(_ first: Int, _ end: Int) throws(JSONError) {
        var index = first
        while index < end {
            guard start[index] >= 0x20 else {
                throw JSONError(code: .invalidString, offset: index)
            }
            index += 1
        }
    }

    private mutating func escapedString(_ first: Int) throws(JSONError) -> String {
        var result: [UInt8] = []
        while position < count {
            let byte = start[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try result.withUnsafeBufferPointer { buffer throws(JSONError) in
                    try text(buffer, at: first)
                }
            case UInt8(ascii: "\\"):
                let scalar = try escape()
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            case 0..<0x20:
                throw JSONError(code: .invalidString, offset: position - 1)
            default: result.append(byte)
            }
        }
        throw error(.truncated)
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard position < count else { throw error(.truncated) }
        let byte = start[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "u"): break
        default: throw JSONError(code: .invalidString, offset: position - 1)
        }
        let escapeStart = position - 2
        let high = try hexQuad()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xdc00, position + 1 < count, start[position] == UInt8(ascii: "\\"),
            start[position + 1] == UInt8(ascii: "u")
        else { throw JSONError(code: .invalidString, offset: escapeStart) }
        position += 2
        let low = try hexQuad()
        guard (0xdc00..<0xe000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
        else { throw JSONError(code: .invalidString, offset: escapeStart) }
        return scalar
    }

    private mutating func hexQuad() throws(JSONError) -> UInt32 {
        var result: UInt32 = 0
        for _ in 0..<4 {
            guard position < count else { throw error(.truncated) }
            guard let digit = Hex.digit(start[position]) else { throw error(.invalidString) }
            result = result << 4 | UInt32(digit)
            position += 1
        }
        return result
    }
}
