extension TemplateParser {
    /// An expression; precedence from the loosest: choice, or, and, not, comparison, sum, `~`,
    /// product, power, sign, then what follows a value.
    mutating func expression() throws(ChatTemplateError) -> TemplateExpression {
        try nested { parser throws(ChatTemplateError) in
            let line = parser.line
            var value = try parser.disjunction()
            while parser.takeName("if") {
                let condition = try parser.disjunction()
                let other = parser.takeName("else") ? try parser.expression() : nil
                value = try TemplateExpression(
                    .choice(value, condition: condition, other), line: line)
            }
            return value
        }
    }

    mutating func disjunction() throws(ChatTemplateError) -> TemplateExpression {
        var left = try conjunction()
        while takeName("or") {
            left = try TemplateExpression(.or(left, try conjunction()), line: line)
        }
        return left
    }

    private mutating func conjunction() throws(ChatTemplateError) -> TemplateExpression {
        var left = try negation()
        while takeName("and") {
            left = try TemplateExpression(.and(left, try negation()), line: line)
        }
        return left
    }

    private mutating func negation() throws(ChatTemplateError) -> TemplateExpression {
        guard takeName("not") else { return try comparison() }
        return try nested { parser throws(ChatTemplateError) in
            try TemplateExpression(.not(try parser.negation()), line: parser.line)
        }
    }

    private mutating func comparison() throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        let left = try sum()
        var others: [(String, TemplateExpression)] = []
        while true {
            if case .sign(let sign) = peek, ["==", "!=", "<", "<=", ">", ">="].contains(sign) {
                _ = next()
                others.append((sign, try sum()))
            } else if takeName("in") {
                others.append(("in", try sum()))
            } else if peek == .name("not"), takeName("not") {
                guard takeName("in") else { throw unexpected("in") }
                others.append(("not in", try sum()))
            } else {
                break
            }
        }
        return others.isEmpty
            ? left : try TemplateExpression(.comparison(left, others), line: line)
    }

    private mutating func chain(
        _ signs: Set<String>,
        _ part: (inout TemplateParser) throws(ChatTemplateError) -> TemplateExpression
    ) throws(ChatTemplateError) -> TemplateExpression {
        var left = try part(&self)
        while case .sign(let sign) = peek, signs.contains(sign) {
            let line = line
            _ = next()
            left = try TemplateExpression(.binary(sign, left, try part(&self)), line: line)
        }
        return left
    }

    private mutating func sum() throws(ChatTemplateError) -> TemplateExpression {
        try chain(["+", "-"]) { parser throws(ChatTemplateError) in
            try parser.chain(["~"]) { parser throws(ChatTemplateError) in
                try parser.chain(["*", "/", "//", "%"]) { parser throws(ChatTemplateError) in
                    try parser.chain(["**"]) { parser throws(ChatTemplateError) in
                        try parser.signed(filtering: true)
                    }
                }
            }
        }
    }

    private mutating func signed(filtering: Bool) throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        var value: TemplateExpression
        if take("-") {
            value = try nested { parser throws(ChatTemplateError) in
                try TemplateExpression(.negative(try parser.signed(filtering: false)), line: line)
            }
        } else if take("+") {
            value = try nested { parser throws(ChatTemplateError) in
                try parser.signed(filtering: false)
            }
        } else {
            value = try primary()
        }
        value = try postfix(value)
        return filtering ? try filters(value) : value
    }

    private mutating func primary() throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        switch next() {
        case .name(let name):
            switch name {
            case "true", "True": return try TemplateExpression(.literal(.flag(true)), line: line)
            case "false", "False": return try TemplateExpression(.literal(.flag(false)), line: line)
            case "none", "None": return try TemplateExpression(.literal(.none), line: line)
            default: return try TemplateExpression(.name(name), line: line)
            }
        case .text(var text):
            // Neighbouring strings are one.
            while case .text(let more) = peek {
                _ = next()
                text += more
            }
            return try TemplateExpression(.literal(.text(text)), line: line)
        case .int(let number): return try TemplateExpression(.literal(.int(number)), line: line)
        case .real(let number): return try TemplateExpression(.literal(.real(number)), line: line)
        case .sign("("): return try parenthesis(line)
        case .sign("["):
            return try TemplateExpression(.list(try items(until: "]")), line: line)
        case .sign("{"): return try map(line)
        default: throw syntax("a value is missing")
        }
    }

    private mutating func parenthesis(_ line: Int) throws(ChatTemplateError) -> TemplateExpression {
        if take(")") { return try TemplateExpression(.list([]), line: line) }
        let first = try expression()
        if take(")") { return first }
        try expect(",")
        return try TemplateExpression(.list([first] + (try items(until: ")"))), line: line)
    }

    private mutating func items(until end: String) throws(ChatTemplateError) -> [TemplateExpression] {
        var items: [TemplateExpression] = []
        while !take(end) {
            if !items.isEmpty {
                try expect(",")
                if take(end) { break }
            }
            items.append(try expression())
        }
        return items
    }

    private mutating func map(_ line: Int) throws(ChatTemplateError) -> TemplateExpression {
        var members: [(TemplateExpression, TemplateExpression)] = []
        while !take("}") {
            if !members.isEmpty {
                try expect(",")
                if take("}") { break }
            }
            let key = try expression()
            try expect(":")
            members.append((key, try expression()))
        }
        return try TemplateExpression(.map(members), line: line)
    }

    private mutating func postfix(
        _ start: TemplateExpression
    ) throws(ChatTemplateError) -> TemplateExpression {
        var value = start
        while true {
            let line = line
            if take(".") {
                if case .int(let index) = peek {
                    _ = next()
                    let key = try TemplateExpression(.literal(.int(index)), line: line)
                    value = try TemplateExpression(.item(value, key), line: line)
                } else {
                    value = try TemplateExpression(.attribute(value, try expectName()), line: line)
                }
            } else if take("[") {
                value = try subscripted(value, line)
            } else if take("(") {
                value = try TemplateExpression(.call(value, try arguments()), line: line)
            } else {
                return value
            }
        }
    }

    private mutating func subscripted(
        _ value: TemplateExpression, _ line: Int
    ) throws(ChatTemplateError) -> TemplateExpression {
        var bounds: [TemplateExpression?] = [nil]
        while !take("]") {
            if take(":") {
                guard bounds.count < 3 else { throw unexpected("]") }
                bounds.append(nil)
            } else {
                guard bounds[bounds.count - 1] == nil else { throw unexpected("]") }
                bounds[bounds.count - 1] = try expression()
            }
        }
        if bounds.count == 1, let only = bounds[0] {
            return try TemplateExpression(.item(value, only), line: line)
        }
        guard bounds.count > 1 else { throw syntax("an index is missing") }
        return try TemplateExpression(.slice(value, bounds), line: line)
    }

    private mutating func arguments() throws(ChatTemplateError) -> TemplateArguments {
        var arguments = TemplateArguments()
        var isFirst = true
        while !take(")") {
            if !isFirst {
                try expect(",")
                if take(")") { break }
            }
            isFirst = false
            let value = try expression()
            if case .name(let name) = value.kind, take("=") {
                arguments.named.append((name, try expression()))
            } else {
                guard arguments.named.isEmpty else { throw unexpected("a named argument") }
                arguments.positional.append(value)
            }
        }
        return arguments
    }

    private mutating func filters(
        _ start: TemplateExpression
    ) throws(ChatTemplateError) -> TemplateExpression {
        var value = start
        while true {
            let line = line
            if take("|") {
                let name = try expectName()
                let arguments = take("(") ? try arguments() : TemplateArguments()
                value = try TemplateExpression(.filter(value, name, arguments), line: line)
            } else if takeName("is") {
                let negated = takeName("not")
                let name = try expectName()
                value = try TemplateExpression(
                    .test(value, name, try testArguments(), negated: negated), line: line)
            } else if take("(") {
                value = try TemplateExpression(.call(value, try arguments()), line: line)
            } else {
                return value
            }
        }
    }

    /// A test takes its argument with or without parentheses: `is equalto 'x'`.
    private mutating func testArguments() throws(ChatTemplateError) -> [TemplateExpression] {
        if take("(") { return try arguments().positional }
        switch peek {
        case .text, .int, .real, .sign("["), .sign("{"): break
        case .name(let name) where !["else", "or", "and", "is", "if", "not", "in"].contains(name):
            break
        default: return []
        }
        return [try postfix(try primary())]
    }
}
