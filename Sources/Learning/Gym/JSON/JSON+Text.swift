extension JSON {
    /// Longer texts are not read.
    public static let bytesMax = 1 << 24
    /// Deeper values are not read.
    public static let depthMax = 64

    /// The value that a text spells; nil for any other text, or one too long or too deep.
    public static func parsed(_ text: String) -> JSON? {
        guard text.utf8.count <= bytesMax else { return nil }
        var reader = JSONReader(text)
        return reader.document()
    }

    /// A flat list as Python reads it: NaN and Infinity are numbers.
    static func pythonList(_ text: String) -> [JSON]? {
        guard text.utf8.count <= bytesMax else { return nil }
        var reader = JSONReader(text, allowsNonFinite: true)
        return reader.document()?.elements
    }

    /// The value in one line without blanks; text outside ASCII stays as it is.
    public var compactText: String {
        switch self {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .real(let number): PythonFloat.repr(number)
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.compactText).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.map { Self.quoted($0.key) + ":" + $0.value.compactText }
                .joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1f}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

private struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private let allowsNonFinite: Bool

    init(_ text: String, allowsNonFinite: Bool = false) {
        bytes = Array(text.utf8)
        self.allowsNonFinite = allowsNonFinite
    }

    mutating func document() -> JSON? {
        guard let result = value(), peek() == nil else { return nil }
        return result
    }

    private mutating func peek() -> UInt8? {
        while position < bytes.count, [9, 10, 13, 32].contains(bytes[position]) { position += 1 }
        return position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ word: String) -> Bool {
        guard peek() != nil, bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func value() -> JSON? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= JSON.depthMax, let next = peek() else { return nil }
        switch next {
        case UInt8(ascii: "{"): return object()
        case UInt8(ascii: "["): return list()
        case UInt8(ascii: "\""): return string().map(JSON.text)
        default: break
        }
        if take("null") { return .null }
        if take("true") { return .flag(true) }
        if take("false") { return .flag(false) }
        if allowsNonFinite {
            if take("NaN") { return .real(.nan) }
            if take("Infinity") { return .real(.infinity) }
            if take("-Infinity") { return .real(-.infinity) }
        }
        return number()
    }

    private mutating func list() -> JSON? {
        _ = take("[")
        var items: [JSON] = []
        if take("]") { return .list(items) }
        repeat {
            guard let item = value() else { return nil }
            items.append(item)
        } while take(",")
        return take("]") ? .list(items) : nil
    }

    private mutating func object() -> JSON? {
        _ = take("{")
        var members: [JSON.Member] = []
        if take("}") { return .object(members) }
        repeat {
            guard peek() == UInt8(ascii: "\""), let key = string(), take(":"), let value = value()
            else { return nil }
            members.append(JSON.Member(key: key, value: value))
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func number() -> JSON? {
        let start = position
        while position < bytes.count, "+-.0123456789eE".utf8.contains(bytes[position]) {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = digits.utf8.first, (48...57).contains(first) else { return nil }
        let second = digits.utf8.dropFirst().first ?? 46
        if first == 48, (48...57).contains(second) { return nil }
        if let whole = Int(text) { return .int(whole) }
        guard !text.hasSuffix("."), !text.contains(".e"), !text.contains(".E"),
            let real = Double(text)
        else { return nil }
        return real.isFinite ? .real(real) : nil
    }

    private mutating func string() -> String? {
        position += 1
        var result: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                result += Array(String(scalar).utf8)
            case 0..<32: return nil
            default: result.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "u"): break
        default: return nil
        }
        guard let high = hex() else { return nil }
        guard (0xd800..<0xdc00).contains(high) else { return Unicode.Scalar(high) }
        guard bytes[position...].starts(with: "\\u".utf8) else { return nil }
        position += 2
        guard let low = hex(), (0xdc00..<0xe000).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
    }

    private mutating func hex() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        let text = String(decoding: bytes[position..<(position + 4)], as: UTF8.self)
        guard text.unicodeScalars.allSatisfy(\.properties.isASCIIHexDigit) else { return nil }
        position += 4
        return UInt32(text, radix: 16)
    }
}
