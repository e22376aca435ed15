/// An expression of a template.
///
/// Its depth is bounded, so that neither evaluating nor freeing it can exhaust the stack.
final class TemplateExpression: Sendable {
    enum Kind: Sendable {
        case literal(TemplateValue)
        case name(String)
        case list([TemplateExpression])
        case map([(TemplateExpression, TemplateExpression)])
        case attribute(TemplateExpression, String)
        case item(TemplateExpression, TemplateExpression)
        case slice(TemplateExpression, [TemplateExpression?])
        case call(TemplateExpression, TemplateArguments)
        case filter(TemplateExpression, String, TemplateArguments)
        case test(TemplateExpression, String, [TemplateExpression], negated: Bool)
        case not(TemplateExpression)
        case negative(TemplateExpression)
        case and(TemplateExpression, TemplateExpression)
        case or(TemplateExpression, TemplateExpression)
        case binary(String, TemplateExpression, TemplateExpression)
        case comparison(TemplateExpression, [(String, TemplateExpression)])
        case choice(TemplateExpression, condition: TemplateExpression, TemplateExpression?)
    }

    static let depthLimit = 100

    let kind: Kind
    let line: Int
    private let depth: Int

    init(_ kind: Kind, line: Int) throws(ChatTemplateError) {
        self.kind = kind
        self.line = line
        depth = 1 + (kind.children.map(\.depth).max() ?? 0)
        guard depth <= Self.depthLimit else {
            throw .limit("\(Self.depthLimit) nested expressions")
        }
    }
}

extension TemplateExpression.Kind {
    fileprivate var children: [TemplateExpression] {
        switch self {
        case .literal, .name: []
        case .list(let items): items
        case .map(let members): members.flatMap { [$0.0, $0.1] }
        case .attribute(let value, _), .not(let value), .negative(let value): [value]
        case .item(let value, let key), .and(let value, let key), .or(let value, let key),
            .binary(_, let value, let key):
            [value, key]
        case .slice(let value, let bounds): [value] + bounds.compactMap(\.self)
        case .call(let value, let arguments), .filter(let value, _, let arguments):
            [value] + arguments.positional + arguments.named.map(\.value)
        case .test(let value, _, let arguments, _): [value] + arguments
        case .comparison(let value, let others): [value] + others.map(\.1)
        case .choice(let value, let condition, let other):
            [value, condition] + (other.map { [$0] } ?? [])
        }
    }
}

/// Arguments of a call or a filter.
struct TemplateArguments: Sendable {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []
}

/// A statement of a template.
indirect enum TemplateStatement: Sendable {
    case text(String)
    case output(TemplateExpression)
    case choice([(condition: TemplateExpression, body: [TemplateStatement])], [TemplateStatement])
    case loop(TemplateLoop)
    case set([String], TemplateExpression)
    case setMember(String, String, TemplateExpression)
    case setBlock(String, [TemplateStatement])
    case macro(TemplateMacro)
    case `break`
    case `continue`
}

/// `for names in items if condition`, with what happens when there is none.
struct TemplateLoop: Sendable {
    let names: [String]
    let items: TemplateExpression
    let condition: TemplateExpression?
    let body: [TemplateStatement]
    let otherwise: [TemplateStatement]
}
