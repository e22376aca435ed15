extension JSON {
    /// How a value is laid out.
    ///
    /// Text outside ASCII always stays as it is.
    public enum Style: Hashable, Sendable {
        /// One line without blanks: `{"a":[1,2]}`.
        case compact
        /// One line as Python's `json.dumps(..., ensure_ascii=False)` writes it: `{"a": [1, 2]}`.
        case python
        /// A line for each element, as `json.dumps(..., indent=n)`.
        case pretty(indent: Int)
    }

    /// The value as JSON text.
    ///
    /// Numbers that are not finite become `null`, as JSON has none.
    public func text(_ style: Style = .compact) -> String {
        var writer = JSONWriter(style: style)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The value as UTF-8 bytes.
    public func bytes(_ style: Style = .compact) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.write(self, level: 0)
        return writer.bytes
    }

    /// A finite number as Python's `repr` writes it: the shortest digits that give it back.
    public static func numberText(_ number: Double) -> String {
        let plain = number.description
        var digits = plain.utf8.filter { (0x30...0x39).contains($0) }
        var exponent = 0
        if let mark = plain.firstIndex(of: "e") {
            exponent = Int(plain[plain.index(after: mark)...]) ?? 0
            digits = plain[..<mark].utf8.filter { (0x30...0x39).contains($0) }
        }
        // Value = 0.DIGITS * 10^point.
        let whole = plain.utf8.drop { $0 == 0x2d }.prefix { (0x30...0x39).contains($0) }.count
        var point = whole + exponent
        while digits.first == 0x30, digits.count > 1 {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == 0x30, digits.count > 1 { digits.removeLast() }
        let sign = number.sign == .minus ? "-" : ""
        let text = String(decoding: digits, as: UTF8.self)
        if digits == [0x30] { return sign + "0.0" }
        return sign + laidOut(text, point: point)
    }

    private static func laidOut(_ digits: String, point: Int) -> String {
        if point > 16 || point < -3 {
            let tail = digits.dropFirst()
            let power = point - 1
            let shown = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
            return digits.prefix(1) + (tail.isEmpty ? "" : ".\(tail)") + (power < 0 ? "e-" : "e+")
                + shown
        }
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count {
            return digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }
}

private struct JSONWriter {
    let style: JSON.Style
    var bytes: [UInt8] = []

    init(style: JSON.Style) { self.style = style }

    mutating func write(_ value: JSON, level: Int) {
        switch value {
        case .null: put("null")
        case .flag(let flag): put(flag ? "true" : "false")
        case .int(let number): put(String(number))
        case .real(let number): put(number.isFinite ? JSON.numberText(number) : "null")
        case .text(let text): quote(text)
        case .list(let items):
            wrapped("[", "]", items.count, level) { writer, index in
                writer.write(items[index], level: level + 1)
            }
        case .object(let members):
            wrapped("{", "}", members.count, level) { writer, index in
                writer.quote(members[index].key)
                writer.put(writer.style == .compact ? ":" : ": ")
                writer.write(members[index].value, level: level + 1)
            }
        }
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func wrapped(
        _ open: String, _ close: String, _ count: Int, _ level: Int,
        _ element: (inout JSONWriter, Int) -> Void
    ) {
        put(open)
        for index in 0..<count {
            if index > 0 { put(style == .python ? ", " : ",") }
            startLine(level + 1)
            element(&self, index)
        }
        if count > 0 { startLine(level) }
        put(close)
    }

    private mutating func startLine(_ level: Int) {
        guard case .pretty(let indent) = style else { return }
        bytes.append(0x0a)
        bytes.append(contentsOf: repeatElement(0x20, count: level * max(indent, 0)))
    }

    private mutating func quote(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22: put("\\\"")
            case 0x5c: put("\\\\")
            case 0x0a: put("\\n")
            case 0x0d: put("\\r")
            case 0x09: put("\\t")
            case 0x08: put("\\b")
            case 0x0c: put("\\f")
            case 0..<0x20: put("\\u00" + Hex.text([byte]))
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
