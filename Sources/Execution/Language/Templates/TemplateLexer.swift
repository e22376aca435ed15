/// A piece of a template.
struct TemplateToken: Sendable {
    enum Kind: Hashable, Sendable {
        case data(String)
        case outputBegin, outputEnd, blockBegin, blockEnd
        case name(String)
        case text(String)
        case int(Int)
        case real(Double)
        case sign(String)
        case end
    }

    let kind: Kind
    let line: Int
}

/// Cuts a template into tokens, with blanks trimmed around tags as transformers has it: a newline
/// after a block goes, and so do the blanks before one at the start of a line.
struct TemplateLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [TemplateToken] = []
    private var startsLine = true

    private init(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            // "\r\n" is one newline, wherever it is.
            if byte == 0x0a, bytes.last == 0x0d { bytes.removeLast() }
            bytes.append(byte)
        }
        // One newline at the end of the file is not part of the template.
        if bytes.last == 0x0a { bytes.removeLast() }
        self.bytes = bytes
    }

    static func tokens(_ text: String) throws(ChatTemplateError) -> [TemplateToken] {
        var lexer = TemplateLexer(text)
        try lexer.run()
        return lexer.tokens
    }

    private mutating func run() throws(ChatTemplateError) {
        while position < bytes.count {
            let start = tagStart()
            guard start < bytes.count else {
                emitData(position..<start, trimsLine: false, trimsAll: false)
                position = start
                break
            }
            let kind = bytes[start + 1]
            let mark = start + 2 < bytes.count ? bytes[start + 2] : 0
            let isMinus = mark == UInt8(ascii: "-")
            emitData(
                position..<start,
                trimsLine: kind != UInt8(ascii: "{") && mark != UInt8(ascii: "+"), trimsAll: isMinus
            )
            position = start + 2 + (isMinus || mark == UInt8(ascii: "+") ? 1 : 0)
            switch kind {
            case UInt8(ascii: "#"): try skipComment()
            case UInt8(ascii: "%"): try tag(.blockBegin, .blockEnd, close: "%}")
            default: try tag(.outputBegin, .outputEnd, close: "}}")
            }
        }
        emit(.end)
    }

    private mutating func emit(_ kind: TemplateToken.Kind) {
        tokens.append(TemplateToken(kind: kind, line: line))
    }

    /// Where the next tag begins, or the end.
    private func tagStart() -> Int {
        var index = position
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "{"),
                [UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "#")].contains(bytes[index + 1])
            {
                return index
            }
            index += 1
        }
        return bytes.count
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }

    private mutating func emitData(_ range: Range<Int>, trimsLine: Bool, trimsAll: Bool) {
        var end = range.upperBound
        if trimsAll {
            while end > range.lowerBound, Self.isBlank(bytes[end - 1]) { end -= 1 }
        } else if trimsLine {
            var lineStart = end
            while lineStart > range.lowerBound, bytes[lineStart - 1] != 0x0a,
                Self.isBlank(bytes[lineStart - 1])
            {
                lineStart -= 1
            }
            let atStart = lineStart == range.lowerBound ? startsLine : bytes[lineStart - 1] == 0x0a
            if atStart { end = lineStart }
        }
        if end > range.lowerBound {
            emit(.data(String(decoding: bytes[range.lowerBound..<end], as: UTF8.self)))
        }
        line += bytes[range].count { $0 == 0x0a }
    }

    private func has(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
    }

    /// After a tag: `-` takes all blanks with it, a block one newline unless `+` keeps it.
    private mutating func endTag(isMinus: Bool, trimsNewline: Bool) {
        let start = position
        if isMinus {
            while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
        } else if trimsNewline, position < bytes.count, bytes[position] == 0x0a {
            position += 1
        }
        line += bytes[start..<position].count { $0 == 0x0a }
        startsLine = position > start && bytes[position - 1] == 0x0a
    }

    private mutating func skipComment() throws(ChatTemplateError) {
        let first = line
        while position < bytes.count {
            if has("#}") {
                let before = bytes[position - 1]
                position += 2
                endTag(
                    isMinus: before == UInt8(ascii: "-"), trimsNewline: before != UInt8(ascii: "+"))
                return
            }
            if bytes[position] == 0x0a { line += 1 }
            position += 1
        }
        throw .syntax(line: first, reason: "a comment does not end; close it with #}")
    }

    private mutating func tag(
        _ begin: TemplateToken.Kind, _ end: TemplateToken.Kind, close: StaticString
    ) throws(ChatTemplateError) {
        let first = line
        emit(begin)
        var depth = 0
        while position < bytes.count {
            let byte = bytes[position]
            if Self.isBlank(byte) {
                if byte == 0x0a { line += 1 }
                position += 1
                continue
            }
            if depth == 0 {
                let mark: UInt8? =
                    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") ? byte : nil
                if mark != nil { position += 1 }
                if has(close) {
                    position += 2
                    emit(end)
                    endTag(
                        isMinus: mark == UInt8(ascii: "-"),
                        trimsNewline: end == .blockEnd && mark != UInt8(ascii: "+"))
                    return
                }
                if mark != nil { position -= 1 }
            }
            if "([{".utf8.contains(byte) { depth += 1 }
            if ")]}".utf8.contains(byte) { depth -= 1 }
            try word(byte)
        }
        throw .syntax(line: first, reason: "a tag does not end; close it with \(close)")
    }

    private mutating func word(_ byte: UInt8) throws(ChatTemplateError) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"):
            let start = position
            while position < bytes.count, Self.isNamePart(bytes[position]) { position += 1 }
            emit(.name(String(decoding: bytes[start..<position], as: UTF8.self)))
        case 0x30...0x39: try number()
        case UInt8(ascii: "'"), UInt8(ascii: "\""): try string(byte)
        default: try sign()
        }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            || byte == 0x5f
    }

    private mutating func number() throws(ChatTemplateError) {
        let start = position
        func digits(_ lexer: inout TemplateLexer) {
            while lexer.position < lexer.bytes.count,
                (0x30...0x39).contains(lexer.bytes[lexer.position])
            {
                lexer.position += 1
            }
        }
        digits(&self)
        var isWhole = true
        if position + 1 < bytes.count, bytes[position] == UInt8(ascii: "."),
            (0x30...0x39).contains(bytes[position + 1])
        {
            isWhole = false
            position += 1
            digits(&self)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let whole = Int(text) {
            emit(.int(whole))
        } else if !isWhole, let real = Double(text) {
            emit(.real(real))
        } else {
            throw .syntax(line: line, reason: "the number \(text) is too large")
        }
    }

    private mutating func string(_ quote: UInt8) throws(ChatTemplateError) {
        let first = line
        position += 1
        var result: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == quote {
                emit(.text(String(decoding: result, as: UTF8.self)))
                return
            }
            if byte == 0x0a { line += 1 }
            if byte == UInt8(ascii: "\\"), position < bytes.count {
                escape(into: &result)
            } else {
                result.append(byte)
            }
        }
        throw .syntax(line: first, reason: "a string does not end")
    }

    /// Python's escapes; an unknown one stands for itself.
    private mutating func escape(into result: inout [UInt8]) {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(byte)
        case 0x0a: line += 1
        case UInt8(ascii: "x"), UInt8(ascii: "u"):
            let count = byte == UInt8(ascii: "x") ? 2 : 4
            let digits = String(decoding: bytes[position...].prefix(count), as: UTF8.self)
            guard digits.utf8.count == count, digits.utf8.allSatisfy(Self.isNamePart),
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
            else {
                result += [UInt8(ascii: "\\"), byte]
                return
            }
            position += count
            result += Array(String(scalar).utf8)
        default: result += [UInt8(ascii: "\\"), byte]
        }
    }

    private mutating func sign() throws(ChatTemplateError) {
        for sign in ["**", "//", "==", "!=", ">=", "<="]
        where bytes[position...].starts(with: sign.utf8) {
            position += 2
            emit(.sign(sign))
            return
        }
        let byte = bytes[position]
        guard "+-/*%~[](){}<>=.:|,".utf8.contains(byte) else {
            let rest = String(decoding: bytes[position...].prefix(8), as: UTF8.self)
            throw .syntax(line: line, reason: "nothing in the language begins with \(rest)")
        }
        position += 1
        emit(.sign(String(Unicode.Scalar(byte))))
    }
}
