/// Runs a template's statements within limits.
struct TemplateRenderer {
    let limits: ChatTemplate.Limits
    let date: CivilTime?
    /// Names by scope, the outermost first; loops and macros have scopes of their own.
    private var scopes: [[ExactText: TemplateValue]]
    private var steps = 0
    private var depth = 0
    private var line = 1

    /// How a statement list ended.
    private enum Flow { case normal, `break`, `continue` }

    init(_ variables: TemplateMap, limits: ChatTemplate.Limits, date: CivilTime?) {
        self.limits = limits
        self.date = date
        var globals: [ExactText: TemplateValue] = [:]
        for name in ["namespace", "dict", "range", "raise_exception"] {
            globals[ExactText(name)] = .function(name)
        }
        if date != nil { globals[ExactText("strftime_now")] = .function("strftime_now") }
        for member in variables.members { globals[ExactText(member.key)] = member.value }
        scopes = [globals]
    }

    mutating func render(_ statements: [TemplateStatement]) throws(ChatTemplateError) -> String {
        var output = ""
        _ = try run(statements, into: &output)
        return output
    }

    // MARK: Limits

    /// Counts work; text and list elements that are made count too, so memory is bounded with it.
    mutating func charge(_ size: Int = 0) throws(ChatTemplateError) {
        steps += 1 + size / 16
        guard steps <= limits.steps else { throw .limit("\(limits.steps) steps") }
    }

    func failure(_ reason: String) -> ChatTemplateError { .evaluation(line: line, reason: reason) }

    private mutating func nested<T>(
        _ body: (inout TemplateRenderer) throws(ChatTemplateError) -> T
    ) throws(ChatTemplateError) -> T {
        depth += 1
        guard depth <= limits.depth else { throw .limit("\(limits.depth) nested parts") }
        let result = try body(&self)
        depth -= 1
        return result
    }

    private func append(_ text: String, to output: inout String) throws(ChatTemplateError) {
        output += text
        guard output.utf8.count <= limits.outputBytes else {
            throw .limit("\(limits.outputBytes) bytes of text")
        }
    }

    // MARK: Statements

    private mutating func run(
        _ statements: [TemplateStatement], into output: inout String
    ) throws(ChatTemplateError) -> Flow {
        for statement in statements {
            try charge()
            let flow = try run(statement, into: &output)
            guard case .normal = flow else { return flow }
        }
        return .normal
    }

    private mutating func run(
        _ statement: TemplateStatement, into output: inout String
    ) throws(ChatTemplateError) -> Flow {
        switch statement {
        case .text(let text): try append(text, to: &output)
        case .output(let expression):
            let text = try evaluate(expression).shown
            try charge(text.utf8.count)
            try append(text, to: &output)
        case .choice(let branches, let otherwise):
            for branch in branches where try evaluate(branch.condition).isTrue {
                return try inside(branch.body, into: &output)
            }
            return try inside(otherwise, into: &output)
        case .loop(let loop): try run(loop, into: &output)
        case .set(let names, let expression): try bind(names, try evaluate(expression))
        case .setMember(let name, let member, let expression):
            guard case .namespace(let space) = lookUp(name) else {
                throw failure("\(name) is no namespace, so its members cannot be set")
            }
            space.values[ExactText(member)] = try evaluate(expression)
        case .setBlock(let name, let body):
            var text = ""
            let flow = try inside(body, into: &text)
            bind(name, .text(text))
            return flow
        case .macro(let macro): bind(macro.name, .macro(macro))
        case .break: return .break
        case .continue: return .continue
        }
        return .normal
    }

    private mutating func inside(
        _ statements: [TemplateStatement], into output: inout String
    ) throws(ChatTemplateError) -> Flow {
        depth += 1
        guard depth <= limits.depth else { throw .limit("\(limits.depth) nested parts") }
        let flow = try run(statements, into: &output)
        depth -= 1
        return flow
    }

    private mutating func run(
        _ loop: TemplateLoop, into output: inout String
    ) throws(ChatTemplateError) {
        var items = try elements(try evaluate(loop.items))
        scopes.append([:])
        defer { scopes.removeLast() }
        if let condition = loop.condition {
            var kept: [TemplateValue] = []
            for item in items {
                try bind(loop.names, item)
                if try evaluate(condition).isTrue { kept.append(item) }
            }
            items = kept
        }
        guard !items.isEmpty else {
            _ = try inside(loop.otherwise, into: &output)
            return
        }
        for index in items.indices {
            try charge()
            scopes[scopes.count - 1] = [:]
            try bind(loop.names, items[index])
            bind("loop", .map(Self.loopVariable(items, index)))
            if case .break = try inside(loop.body, into: &output) { break }
        }
    }

    private static func loopVariable(_ items: [TemplateValue], _ index: Int) -> TemplateMap {
        var map = TemplateMap()
        map["index"] = .int(index + 1)
        map["index0"] = .int(index)
        map["revindex"] = .int(items.count - index)
        map["revindex0"] = .int(items.count - index - 1)
        map["first"] = .flag(index == 0)
        map["last"] = .flag(index == items.count - 1)
        map["length"] = .int(items.count)
        map["previtem"] = index > 0 ? items[index - 1] : .undefined("previtem")
        map["nextitem"] = index + 1 < items.count ? items[index + 1] : .undefined("nextitem")
        return map
    }

    // MARK: Names

    private mutating func bind(_ name: String, _ value: TemplateValue) {
        scopes[scopes.count - 1][ExactText(name)] = value
    }

    private mutating func bind(
        _ names: [String], _ value: TemplateValue
    ) throws(ChatTemplateError) {
        if names.count == 1 {
            bind(names[0], value)
            return
        }
        let parts = try elements(value)
        guard parts.count == names.count else {
            throw failure("\(parts.count) values for \(names.count) names")
        }
        for (name, part) in zip(names, parts) { bind(name, part) }
    }

    func lookUp(_ name: String) -> TemplateValue {
        let key = ExactText(name)
        for scope in scopes.reversed() {
            if let value = scope[key] { return value }
        }
        return .undefined(name)
    }

    /// What a loop goes through.
    mutating func elements(_ value: TemplateValue) throws(ChatTemplateError) -> [TemplateValue] {
        switch value {
        case .list(let items): return items
        case .map(let map):
            try charge(16 * map.members.count)
            return map.members.map { .text($0.key) }
        case .text(let text):
            try charge(16 * text.utf8.count)
            return text.unicodeScalars.map { .text(String($0)) }
        case .undefined: return []
        default: throw failure("\(value.typeName) has no elements to go through")
        }
    }

    // MARK: Calls

    /// Evaluates one expression; `line` follows for messages.
    mutating func evaluate(_ expression: TemplateExpression) throws(ChatTemplateError)
        -> TemplateValue
    {
        try charge()
        depth += 1
        guard depth <= limits.depth else { throw .limit("\(limits.depth) nested parts") }
        line = expression.line
        let value = try value(of: expression)
        depth -= 1
        return value
    }

    mutating func call(
        _ macro: TemplateMacro, _ positional: [TemplateValue],
        _ named: [(name: String, value: TemplateValue)]
    ) throws(ChatTemplateError) -> TemplateValue {
        guard positional.count <= macro.parameters.count else {
            throw failure("\(macro.name) takes \(macro.parameters.count) arguments")
        }
        // A macro sees the template's names and its arguments, not its caller's.
        let saved = scopes
        scopes = [scopes[0], [:]]
        for (index, parameter) in macro.parameters.enumerated() {
            if index < positional.count {
                bind(parameter.name, positional[index])
            } else if let given = named.last(where: { $0.name == parameter.name }) {
                bind(parameter.name, given.value)
            } else if let missing = parameter.missing {
                bind(parameter.name, try evaluate(missing))
            } else {
                bind(parameter.name, .undefined(parameter.name))
            }
        }
        var text = ""
        _ = try inside(macro.body, into: &text)
        scopes = saved
        return .text(text)
    }
}
