extension TemplateRenderer {
    static let mapMethods: Set<String> = ["items", "keys", "values", "get"]
    static let textMethods: Set<String> = [
        "strip", "lstrip", "rstrip", "split", "startswith", "endswith", "replace", "upper", "lower",
        "title", "capitalize", "removeprefix", "removesuffix", "join", "splitlines", "find",
    ]

    /// A method of a string or a mapping, as Python's.
    mutating func method(
        _ name: String, of base: TemplateValue, _ given: Arguments
    ) throws(ChatTemplateError) -> TemplateValue {
        switch base {
        case .map(let map):
            try charge(16 * map.members.count)
            switch name {
            case "items": return .list(map.members.map { .list([.text($0.key), $0.value]) })
            case "keys": return .list(map.members.map { .text($0.key) })
            case "values": return .list(map.members.map(\.value))
            default:
                guard case .text(let key)? = given.value(0, "key") else {
                    throw failure("get takes a key")
                }
                return map[key] ?? given.value(1, "default") ?? .none
            }
        case .text(let text):
            try charge(text.utf8.count)
            return try method(name, of: text, given)
        default: throw failure("\(base.typeName) has no method \(name)")
        }
    }

    private mutating func method(
        _ name: String, of text: String, _ given: Arguments
    ) throws(ChatTemplateError) -> TemplateValue {
        switch name {
        case "strip": return .text(text.stripped(try characters(given)))
        case "lstrip": return .text(text.stripped(try characters(given), right: false))
        case "rstrip": return .text(text.stripped(try characters(given), left: false))
        case "startswith":
            return .flag(try affixes(given).contains { text.utf8.starts(with: $0.utf8) })
        case "endswith":
            return .flag(
                try affixes(given).contains {
                    text.utf8.reversed().starts(with: $0.utf8.reversed())
                })
        case "removeprefix":
            let affix = try affixes(given)[0]
            return .text(
                text.utf8.starts(with: affix.utf8)
                    ? String(decoding: text.utf8.dropFirst(affix.utf8.count), as: UTF8.self) : text)
        case "removesuffix":
            let affix = try affixes(given)[0]
            return .text(
                text.utf8.reversed().starts(with: affix.utf8.reversed())
                    ? String(decoding: text.utf8.dropLast(affix.utf8.count), as: UTF8.self) : text)
        case "upper": return .text(text.uppercased())
        case "lower": return .text(text.lowercased())
        case "capitalize": return .text(text.capitalizedOnce)
        case "title": return .text(text.titled)
        case "join":
            return try filter(
                "join", given.value(0, "iterable") ?? .none, Arguments(positional: [.text(text)]))
        case "splitlines": return .list(text.lines.map(TemplateValue.text))
        case "find":
            guard case .text(let wanted)? = given.value(0, "sub") else {
                throw failure("find takes a string")
            }
            let place = text.ranges(of: wanted, limit: 1).first?.lowerBound
            return .int(place.map { text.utf8Prefix($0).unicodeScalars.count } ?? -1)
        case "replace": return try replaced(text, given)
        default: return try split(text, given)
        }
    }

    private func characters(_ given: Arguments) throws(ChatTemplateError) -> String? {
        switch given.value(0, "chars") {
        case nil, .some(.none): return nil
        case .text(let characters): return characters
        default: throw failure("strip takes a string of characters")
        }
    }

    private func affixes(_ given: Arguments) throws(ChatTemplateError) -> [String] {
        switch given.value(0, "prefix") {
        case .text(let affix): return [affix]
        case .list(let items):
            let texts = items.compactMap { item in
                if case .text(let text) = item { text } else { nil }
            }
            guard texts.count == items.count, !texts.isEmpty else { break }
            return texts
        default: break
        }
        throw failure("a string to compare with is missing")
    }

    mutating func replaced(_ text: String, _ given: Arguments) throws(ChatTemplateError)
        -> TemplateValue
    {
        guard case .text(let old)? = given.value(0, "old"),
            case .text(let new)? = given.value(1, "new")
        else { throw failure("replace takes two strings") }
        let count = given.value(2, "count")?.whole ?? -1
        let found = text.ranges(of: old, limit: count < 0 ? .max : count)
        let size = text.utf8.count + found.count * new.utf8.count
        guard size <= limits.outputBytes else {
            throw .limit("\(limits.outputBytes) bytes of text")
        }
        try charge(size)
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var done = 0
        for range in found {
            result += bytes[done..<range.lowerBound]
            result += new.utf8
            done = range.upperBound
        }
        result += bytes[done...]
        return .text(String(decoding: result, as: UTF8.self))
    }

    private mutating func split(_ text: String, _ given: Arguments) throws(ChatTemplateError)
        -> TemplateValue
    {
        let limit = given.value(1, "maxsplit")?.whole ?? -1
        let splits = limit < 0 ? Int.max : limit
        switch given.value(0, "sep") {
        case nil, .some(.none):
            return .list(text.words(limit: splits).map(TemplateValue.text))
        case .text(let separator) where !separator.isEmpty:
            let bytes = Array(text.utf8)
            var parts: [TemplateValue] = []
            var done = 0
            for range in text.ranges(of: separator, limit: splits) {
                parts.append(.text(String(decoding: bytes[done..<range.lowerBound], as: UTF8.self)))
                done = range.upperBound
            }
            parts.append(.text(String(decoding: bytes[done...], as: UTF8.self)))
            try charge(16 * parts.count)
            return .list(parts)
        default: throw failure("split takes a string that is not empty")
        }
    }
}
