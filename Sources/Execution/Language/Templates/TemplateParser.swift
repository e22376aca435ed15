/// Makes statements of tokens: the part of Jinja that chat templates are written in.
struct TemplateParser {
    static let depthLimit = 40

    private let tokens: [TemplateToken]
    private var position = 0
    private var depth = 0

    private init(_ tokens: [TemplateToken]) { self.tokens = tokens }

    static func statements(_ text: String) throws(ChatTemplateError) -> [TemplateStatement] {
        var parser = TemplateParser(try TemplateLexer.tokens(text))
        let body = try parser.body(until: [])
        guard parser.peek == .end else { throw parser.unexpected("the end of the template") }
        return body
    }

    // MARK: Tokens

    var line: Int { tokens[min(position, tokens.count - 1)].line }
    var peek: TemplateToken.Kind { tokens[min(position, tokens.count - 1)].kind }

    mutating func next() -> TemplateToken.Kind {
        defer { position += 1 }
        return peek
    }

    func syntax(_ reason: String) -> ChatTemplateError { .syntax(line: line, reason: reason) }

    func unexpected(_ wanted: String) -> ChatTemplateError {
        let found =
            switch peek {
            case .data: "text"
            case .outputBegin, .blockBegin: "a tag"
            case .outputEnd, .blockEnd: "the end of the tag"
            case .name(let name): name
            case .text(let text): "'\(text.prefix(20))'"
            case .int(let number): "\(number)"
            case .real(let number): "\(number)"
            case .sign(let sign): sign
            case .end: "the end"
            }
        return syntax("\(found) where \(wanted) belongs")
    }

    mutating func take(_ sign: String) -> Bool {
        guard peek == .sign(sign) else { return false }
        position += 1
        return true
    }

    mutating func takeName(_ name: String) -> Bool {
        guard peek == .name(name) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ sign: String) throws(ChatTemplateError) {
        guard take(sign) else { throw unexpected(sign) }
    }

    mutating func expectName() throws(ChatTemplateError) -> String {
        guard case .name(let name) = peek else { throw unexpected("a name") }
        position += 1
        return name
    }

    private mutating func expectBlockEnd() throws(ChatTemplateError) {
        guard peek == .blockEnd else { throw unexpected("%}") }
        position += 1
    }

    /// Bounds the parser's own recursion.
    mutating func nested<T>(
        _ body: (inout TemplateParser) throws(ChatTemplateError) -> T
    ) throws(ChatTemplateError) -> T {
        depth += 1
        guard depth <= Self.depthLimit else { throw .limit("\(Self.depthLimit) nested parts") }
        let result = try body(&self)
        depth -= 1
        return result
    }

    // MARK: Statements

    /// Statements up to a block that begins with one of `ends`, whose name stays unread.
    private mutating func body(until ends: Set<String>) throws(ChatTemplateError)
        -> [TemplateStatement]
    {
        var statements: [TemplateStatement] = []
        while true {
            switch peek {
            case .data(let text):
                position += 1
                statements.append(.text(text))
            case .outputBegin:
                position += 1
                let value = try expression()
                guard peek == .outputEnd else { throw unexpected("}}") }
                position += 1
                statements.append(.output(value))
            case .blockBegin:
                guard case .name(let keyword) = tokens[position + 1].kind else {
                    position += 1
                    throw unexpected("a statement")
                }
                if ends.contains(keyword) {
                    position += 1
                    return statements
                }
                position += 2
                statements += try nested { parser throws(ChatTemplateError) in
                    try parser.statement(keyword)
                }
            case .end:
                guard ends.isEmpty else {
                    throw unexpected("{% \(ends.sorted().joined(separator: " or ")) %}")
                }
                return statements
            default: throw unexpected("text or a tag")
            }
        }
    }

    private mutating func statement(_ keyword: String) throws(ChatTemplateError)
        -> [TemplateStatement]
    {
        switch keyword {
        case "if": return [try choice()]
        case "for": return [try loop()]
        case "set": return [try set()]
        case "macro": return [try macro()]
        case "break":
            try expectBlockEnd()
            return [.break]
        case "continue":
            try expectBlockEnd()
            return [.continue]
        case "generation":
            // Marks what the assistant wrote, for training on it alone; the text is the same.
            try expectBlockEnd()
            let statements = try body(until: ["endgeneration"])
            try close("endgeneration")
            return statements
        default: throw syntax("the statement \(keyword) is not built; use if, for, set or macro")
        }
    }

    private mutating func close(_ keyword: String) throws(ChatTemplateError) {
        guard takeName(keyword) else { throw unexpected("{% \(keyword) %}") }
        try expectBlockEnd()
    }

    private mutating func choice() throws(ChatTemplateError) -> TemplateStatement {
        var branches: [(condition: TemplateExpression, body: [TemplateStatement])] = []
        var otherwise: [TemplateStatement] = []
        repeat {
            let condition = try expression()
            try expectBlockEnd()
            branches.append((condition, try body(until: ["elif", "else", "endif"])))
        } while takeName("elif")
        if takeName("else") {
            try expectBlockEnd()
            otherwise = try body(until: ["endif"])
        }
        try close("endif")
        return .choice(branches, otherwise)
    }

    private mutating func names() throws(ChatTemplateError) -> [String] {
        var names = [try expectName()]
        while take(",") { names.append(try expectName()) }
        return names
    }

    private mutating func loop() throws(ChatTemplateError) -> TemplateStatement {
        let names = try names()
        guard takeName("in") else { throw unexpected("in") }
        // Without "if … else": an "if" here filters the items.
        let items = try disjunction()
        let condition = takeName("if") ? try expression() : nil
        guard peek != .name("recursive") else { throw syntax("recursive loops are not built") }
        try expectBlockEnd()
        let inside = try body(until: ["else", "endfor"])
        var otherwise: [TemplateStatement] = []
        if takeName("else") {
            try expectBlockEnd()
            otherwise = try body(until: ["endfor"])
        }
        try close("endfor")
        return .loop(
            TemplateLoop(
                names: names, items: items, condition: condition, body: inside, otherwise: otherwise
            ))
    }

    private mutating func set() throws(ChatTemplateError) -> TemplateStatement {
        let name = try expectName()
        if take(".") {
            let member = try expectName()
            try expect("=")
            let value = try expression()
            try expectBlockEnd()
            return .setMember(name, member, value)
        }
        if peek == .blockEnd {
            try expectBlockEnd()
            let statements = try body(until: ["endset"])
            try close("endset")
            return .setBlock(name, statements)
        }
        var names = [name]
        while take(",") { names.append(try expectName()) }
        try expect("=")
        let value = try expression()
        try expectBlockEnd()
        return .set(names, value)
    }

    private mutating func macro() throws(ChatTemplateError) -> TemplateStatement {
        let name = try expectName()
        var parameters: [(name: String, missing: TemplateExpression?)] = []
        try expect("(")
        while !take(")") {
            if !parameters.isEmpty { try expect(",") }
            let parameter = try expectName()
            parameters.append((parameter, take("=") ? try expression() : nil))
        }
        try expectBlockEnd()
        let statements = try body(until: ["endmacro"])
        try close("endmacro")
        return .macro(TemplateMacro(name: name, parameters: parameters, body: statements))
    }
}
