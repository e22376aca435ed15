/// A token that is found in the text before anything else, such as `<|im_start|>`.
public struct AddedToken: Hashable, Sendable {
    /// Its id.
    public var id: Int32
    /// What is looked for.
    public var content: String
    /// Whether it is a mark rather than text.
    public var isSpecial = true
    /// Whether it counts only between characters that make no words.
    public var isSingleWord = false
    /// Whether it swallows blanks before it, and after it.
    public var stripsLeft = false, stripsRight = false
    /// Whether it is looked for after normalization rather than before.
    public var isNormalized = false

    /// A special token that is found as it stands.
    public init(id: Int32, content: String, isSpecial: Bool = true) {
        self.id = id
        self.content = content
        self.isSpecial = isSpecial
    }
}

/// Finds added tokens: the leftmost, of those the longest.
struct AddedTokenFinder: Sendable {
    /// A piece of a text.
    enum Piece: Hashable {
        case text(String)
        case token(Int32)
    }

    /// Tokens by their first byte, longest first.
    private var byFirstByte = [[(content: [UInt8], token: AddedToken)]](repeating: [], count: 256)
    private var isEmpty = true

    init(_ tokens: [AddedToken], content: (AddedToken) -> String) {
        for token in tokens {
            let bytes = Array(content(token).utf8)
            guard let first = bytes.first else { continue }
            byFirstByte[Int(first)].append((bytes, token))
            isEmpty = false
        }
        for index in byFirstByte.indices {
            byFirstByte[index].sort { $0.content.count > $1.content.count }
        }
    }

    func pieces(_ text: String) -> [Piece] {
        guard !isEmpty else { return text.isEmpty ? [] : [.text(text)] }
        let bytes = Array(text.utf8)
        var pieces: [Piece] = []
        var done = 0
        var position = 0
        func flush(_ end: Int) {
            guard end > done else { return }
            pieces.append(.text(String(decoding: bytes[done..<end], as: UTF8.self)))
        }
        while position < bytes.count {
            guard let found = match(bytes, at: position) else {
                position += 1
                continue
            }
            var start = position
            var end = position + found.content.count
            position = end
            if found.token.isSingleWord, Self.isInsideWord(bytes, start, end) { continue }
            if found.token.stripsLeft { start = Self.blankStart(bytes, from: done, to: start) }
            if found.token.stripsRight { end = Self.blankEnd(bytes, from: end) }
            position = end
            flush(start)
            pieces.append(.token(found.token.id))
            done = end
        }
        flush(bytes.count)
        return pieces
    }

    private func match(
        _ bytes: [UInt8], at position: Int
    ) -> (content: [UInt8], token: AddedToken)? {
        byFirstByte[Int(bytes[position])].first { candidate in
            position + candidate.content.count <= bytes.count
                && bytes[position..<(position + candidate.content.count)]
                    .elementsEqual(candidate.content)
        }
    }

    // MARK: Surroundings

    private static func isInsideWord(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let before = String(decoding: bytes[max(0, start - 4)..<start], as: UTF8.self)
        let after = String(decoding: bytes[end..<min(bytes.count, end + 4)], as: UTF8.self)
        return before.unicodeScalars.last.map(isWord) == true
            || after.unicodeScalars.first.map(isWord) == true
    }

    /// `\w` of Unicode regular expressions (UTS 18, annex C).
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
            true
        default: scalar.properties.isAlphabetic || scalar.properties.isJoinControl
        }
    }

    private static func blankStart(_ bytes: [UInt8], from low: Int, to end: Int) -> Int {
        let text = String(decoding: bytes[low..<end], as: UTF8.self)
        var start = end
        for scalar in text.unicodeScalars.reversed() {
            guard UnicodeClasses.shared[scalar.value].contains(.blank) else { break }
            start -= UTF8.width(scalar)
        }
        return start
    }

    private static func blankEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var end = start
        while end < bytes.count {
            let next = String(decoding: bytes[end..<min(bytes.count, end + 4)], as: UTF8.self)
            guard let scalar = next.unicodeScalars.first,
                UnicodeClasses.shared[scalar.value].contains(.blank)
            else { break }
            end += UTF8.width(scalar)
        }
        return end
    }
}
