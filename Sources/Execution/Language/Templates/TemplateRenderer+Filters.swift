import Bytes

extension TemplateRenderer {
    /// A filter: `value | name(arguments)`.
    mutating func filter(
        _ name: String, _ value: TemplateValue, _ given: Arguments
    ) throws(ChatTemplateError) -> TemplateValue {
        switch name {
        case "tojson": return try asJSON(value, given)
        case "length", "count": return .int(try length(value))
        case "default", "d":
            let missing = given.value(0, "default_value") ?? .text("")
            let alsoFalse = given.value(1, "boolean")?.isTrue == true
            if case .undefined = value { return missing }
            return alsoFalse && !value.isTrue ? missing : value
        case "items":
            switch value {
            case .map: return try method("items", of: value, Arguments())
            case .undefined: return .list([])
            default: throw failure("items of \(value.typeName), which is no mapping")
            }
        case "join", "first", "last", "list", "reverse", "unique", "map", "select", "reject",
            "selectattr",
            "rejectattr", "sum", "min", "max", "sort":
            return try sequenceFilter(name, value, given)
        case "int": return .int(Self.int(value) ?? given.value(0, "default")?.whole ?? 0)
        case "float":
            if case .text(let text) = value { return .real(Double(text.stripped(nil)) ?? 0) }
            return .real(value.number ?? 0)
        case "abs":
            guard let number = value.number else { throw failure("abs of \(value.typeName)") }
            if let whole = value.whole, whole > .min { return .int(abs(whole)) }
            return .real(abs(number))
        case "safe", "e", "escape":
            guard name == "safe" else { throw failure("the filter \(name) is not built") }
            return value
        default: return try textFilter(name, value, given)
        }
    }

    private static func int(_ value: TemplateValue) -> Int? {
        if let whole = value.whole { return whole }
        if case .text(let text) = value {
            return Int(text.stripped(nil))
                ?? Double(text.stripped(nil)).flatMap { Int(exactly: $0.rounded(.towardZero)) }
        }
        return value.number.flatMap { Int(exactly: $0.rounded(.towardZero)) }
    }

    private mutating func textFilter(
        _ name: String, _ value: TemplateValue, _ given: Arguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let text = value.shown
        try charge(text.utf8.count)
        switch name {
        case "trim": return try method("strip", of: .text(text), given)
        case "string": return .text(text)
        case "upper", "lower", "capitalize", "title":
            return try method(name, of: .text(text), Arguments())
        case "replace": return try replaced(text, given)
        case "indent": return try indented(text, given)
        default: throw failure("the filter \(name) is not built")
        }
    }

    private mutating func indented(_ text: String, _ given: Arguments) throws(ChatTemplateError)
        -> TemplateValue
    {
        let width = given.value(0, "width")?.whole ?? 4
        let first = given.value(1, "first")?.isTrue == true
        let blank = given.value(2, "blank")?.isTrue == true
        guard (0...1000).contains(width) else { throw failure("an indent of \(width)") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let size = text.utf8.count + lines.count * width
        guard size <= limits.outputBytes else {
            throw .limit("\(limits.outputBytes) bytes of text")
        }
        try charge(size)
        let margin = String(repeating: " ", count: width)
        return .text(
            lines.enumerated().map { index, line in
                (index == 0 ? first : blank || !line.isEmpty) ? margin + line : line
            }.joined(separator: "\n"))
    }

    private mutating func asJSON(_ value: TemplateValue, _ given: Arguments)
        throws(ChatTemplateError) -> TemplateValue
    {
        guard let json = value.json else { throw failure("\(value.typeName) has no JSON") }
        var style = JSON.Style.python
        if let indent = given.value(0, "indent") ?? nil {
            if case .none = indent {
            } else {
                guard let width = indent.whole, (0...16).contains(width) else {
                    throw failure("an indent of \(indent.shown)")
                }
                style = .pretty(indent: width)
            }
        }
        let known: Set<String> = ["indent", "ensure_ascii"]
        if let other = given.named.first(where: { !known.contains($0.name) }) {
            throw failure("tojson with \(other.name) is not built")
        }
        let text = json.text(style)
        guard text.utf8.count <= limits.outputBytes else {
            throw .limit("\(limits.outputBytes) bytes of text")
        }
        try charge(text.utf8.count)
        return .text(text)
    }

    private mutating func length(_ value: TemplateValue) throws(ChatTemplateError) -> Int {
        switch value {
        case .text(let text):
            try charge(text.utf8.count)
            return text.unicodeScalars.count
        case .list(let items): return items.count
        case .map(let map): return map.members.count
        case .undefined: return 0
        default: throw failure("\(value.typeName) has no length")
        }
    }

    // MARK: Sequences

    private mutating func sequenceFilter(
        _ name: String, _ value: TemplateValue, _ given: Arguments
    ) throws(ChatTemplateError) -> TemplateValue {
        if name == "reverse", case .text(let text) = value {
            return .text(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
        }
        let items = try elements(value)
        try charge(16 * items.count)
        switch name {
        case "list": return .list(items)
        case "first": return items.first ?? .undefined("first")
        case "last": return items.last ?? .undefined("last")
        case "reverse": return .list(items.reversed())
        case "join":
            var texts: [String] = []
            for item in items {
                texts.append(try attribute(item, given.value(1, "attribute")).shown)
            }
            let separator = given.value(0, "d")?.shown ?? ""
            let size = texts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }
            guard size <= limits.outputBytes else {
                throw .limit("\(limits.outputBytes) bytes of text")
            }
            try charge(size)
            return .text(texts.joined(separator: separator))
        case "unique":
            var kept: [TemplateValue] = []
            for item in items {
                try charge(16 * kept.count)
                if !kept.contains(where: { $0.equals(item) }) { kept.append(item) }
            }
            return .list(kept)
        case "map": return try mapped(items, given)
        case "sum", "min", "max", "sort": return try ordered(name, items, given)
        default: return .list(try chosen(name, items, given))
        }
    }

    private mutating func attribute(
        _ item: TemplateValue, _ name: TemplateValue?
    ) throws(ChatTemplateError) -> TemplateValue {
        guard let name else { return item }
        guard case .text(let path) = name else { throw failure("attributes are named by strings") }
        var value = item
        for part in path.split(separator: ".") {
            guard case .map(let map) = value else { return .undefined(path) }
            value = map[String(part)] ?? .undefined(path)
        }
        return value
    }

    private mutating func mapped(
        _ items: [TemplateValue], _ given: Arguments
    ) throws(ChatTemplateError) -> TemplateValue {
        var results: [TemplateValue] = []
        for item in items {
            if let name = given.named.last(where: { $0.name == "attribute" })?.value {
                let value = try attribute(item, name)
                if case .undefined = value,
                    let missing = given.named.last(where: { $0.name == "default" })
                {
                    results.append(missing.value)
                } else {
                    results.append(value)
                }
            } else if case .text(let name)? = given.positional.first {
                let rest = Arguments(
                    positional: Array(given.positional.dropFirst()), named: given.named)
                results.append(try filter(name, item, rest))
            } else {
                throw failure("map takes a filter or attribute=")
            }
        }
        return .list(results)
    }

    private mutating func ordered(
        _ name: String, _ items: [TemplateValue], _ given: Arguments
    ) throws(ChatTemplateError) -> TemplateValue {
        guard given.positional.isEmpty, given.named.isEmpty else {
            throw failure("\(name) with arguments is not built")
        }
        if name == "sum" {
            let numbers = items.compactMap(\.whole)
            guard numbers.count == items.count else {
                throw failure("sum of other than whole numbers")
            }
            var total = 0
            for number in numbers {
                let sum = total.addingReportingOverflow(number)
                guard !sum.overflow else { throw failure("a whole number is too large") }
                total = sum.partialValue
            }
            return .int(total)
        }
        // Python's sort is stable and asks only "less than"; insertion keeps both and stays short.
        var sorted: [TemplateValue] = []
        for item in items {
            var place = sorted.count
            while place > 0, try compare("<", item, sorted[place - 1]) {
                try charge()
                place -= 1
            }
            try charge(16 * (sorted.count - place))
            sorted.insert(item, at: place)
        }
        switch name {
        case "min": return sorted.first ?? .undefined("min")
        case "max": return sorted.last ?? .undefined("max")
        default: return .list(sorted)
        }
    }

    /// `select`, `reject` and their forms on an attribute.
    private mutating func chosen(
        _ name: String, _ items: [TemplateValue], _ given: Arguments
    ) throws(ChatTemplateError) -> [TemplateValue] {
        let keepsTrue = name.hasPrefix("select")
        var arguments = given.positional
        var path: TemplateValue?
        if name.hasSuffix("attr") {
            guard !arguments.isEmpty else { throw failure("\(name) takes an attribute") }
            path = arguments.removeFirst()
        }
        var kept: [TemplateValue] = []
        for item in items {
            let subject = try attribute(item, path)
            let isTrue: Bool
            if case .text(let testName)? = arguments.first {
                isTrue = try test(testName, subject, Array(arguments.dropFirst()))
            } else {
                isTrue = subject.isTrue
            }
            if isTrue == keepsTrue { kept.append(item) }
        }
        return kept
    }

    // MARK: Tests

    /// A test: `value is name arguments`.
    mutating func test(
        _ name: String, _ value: TemplateValue, _ arguments: [TemplateValue]
    ) throws(ChatTemplateError) -> Bool {
        switch (name, value) {
        case ("defined", .undefined): return false
        case ("defined", _): return true
        case ("undefined", .undefined): return true
        case ("none", .none), ("string", .text), ("mapping", .map), ("boolean", .flag),
            ("integer", .int), ("float", .real), ("true", .flag(true)), ("false", .flag(false)),
            ("iterable", .text), ("iterable", .list), ("iterable", .map), ("iterable", .undefined),
            ("sequence", .text), ("sequence", .list), ("sequence", .map), ("sequence", .undefined),
            ("number", .flag), ("number", .int), ("number", .real),
            ("callable", .function), ("callable", .method), ("callable", .macro):
            return true
        case ("undefined", _), ("none", _), ("string", _), ("mapping", _), ("boolean", _),
            ("integer", _), ("float", _), ("true", _), ("false", _), ("iterable", _),
            ("sequence", _), ("number", _), ("callable", _):
            return false
        default: break
        }
        if ["odd", "even"].contains(name) {
            guard let whole = value.whole else { throw failure("\(value.typeName) is \(name)") }
            return whole.isMultiple(of: 2) == (name == "even")
        }
        guard let argument = arguments.first else { throw failure("the test \(name) is not built") }
        switch name {
        case "equalto", "eq", "==", "sameas": return value.equals(argument)
        case "ne", "!=": return !value.equals(argument)
        case "in": return try contains(argument, value)
        case "lt", "lessthan", "<": return try compare("<", value, argument)
        case "gt", "greaterthan", ">": return try compare(">", value, argument)
        case "le", "<=": return try compare("<=", value, argument)
        case "ge", ">=": return try compare(">=", value, argument)
        case "divisibleby":
            guard let whole = value.whole, let divisor = argument.whole, divisor != 0 else {
                throw failure("divisibleby takes whole numbers")
            }
            return divisor == -1 || whole.isMultiple(of: divisor)
        default: throw failure("the test \(name) is not built")
        }
    }
}
