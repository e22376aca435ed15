import Bytes

/// A value in a template, as Python's would behave.
indirect enum TemplateValue: Sendable {
    case undefined(String)
    case none
    case flag(Bool)
    case int(Int)
    case real(Double)
    case text(String)
    case list([TemplateValue])
    case map(TemplateMap)
    case namespace(TemplateNamespace)
    case function(String)
    case method(TemplateValue, String)
    case macro(TemplateMacro)
}

/// Members in order of insertion.
struct TemplateMap: Sendable {
    private(set) var members: [(key: String, value: TemplateValue)] = []
    private var places: [ExactText: Int] = [:]

    subscript(key: String) -> TemplateValue? {
        get { places[ExactText(key)].map { members[$0].value } }
        set {
            guard let newValue else { return }
            if let place = places[ExactText(key)] {
                members[place].value = newValue
            } else {
                places[ExactText(key)] = members.count
                members.append((key, newValue))
            }
        }
    }
}

// SAFETY: made, used and dropped by one renderer on one thread; never part of a template.
/// Names that keep their values when a loop's scope ends; shared by reference within one rendering.
final class TemplateNamespace: @unchecked Sendable {
    var values: [ExactText: TemplateValue] = [:]
}

/// A macro: its body is evaluated with its arguments only.
struct TemplateMacro: Sendable {
    let name: String
    let parameters: [(name: String, missing: TemplateExpression?)]
    let body: [TemplateStatement]
}

extension TemplateValue {
    init(_ value: JSON) {
        switch value {
        case .null: self = .none
        case .flag(let flag): self = .flag(flag)
        case .int(let number): self = .int(number)
        case .real(let number): self = .real(number)
        case .text(let text): self = .text(text)
        case .list(let items): self = .list(items.map(TemplateValue.init))
        case .object(let members):
            var map = TemplateMap()
            for member in members { map[member.key] = TemplateValue(member.value) }
            self = .map(map)
        }
    }

    /// The value as JSON; nil where it holds what JSON has not.
    var json: JSON? {
        switch self {
        case .none: return .null
        case .flag(let flag): return .flag(flag)
        case .int(let number): return .int(number)
        case .real(let number): return .real(number)
        case .text(let text): return .text(text)
        case .list(let items):
            let values = items.compactMap(\.json)
            return values.count == items.count ? .list(values) : nil
        case .map(let map):
            let members = map.members.compactMap { member in
                member.value.json.map { JSON.Member(key: member.key, value: $0) }
            }
            return members.count == map.members.count ? .object(members) : nil
        case .undefined, .namespace, .function, .method, .macro: return nil
        }
    }

    /// Python's truth of a value.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .flag(let flag): flag
        case .int(let number): number != 0
        case .real(let number): number != 0
        case .text(let text): !text.isEmpty
        case .list(let items): !items.isEmpty
        case .map(let map): !map.members.isEmpty
        case .namespace, .function, .method, .macro: true
        }
    }

    /// Python's name of the type, for messages.
    var typeName: String {
        switch self {
        case .undefined: "undefined"
        case .none: "none"
        case .flag: "a truth value"
        case .int: "a whole number"
        case .real: "a number"
        case .text: "a string"
        case .list: "a list"
        case .map: "a mapping"
        case .namespace: "a namespace"
        case .function, .method, .macro: "a function"
        }
    }

    /// The value as a number, truth values counting 0 and 1 as in Python.
    var number: Double? {
        switch self {
        case .flag(let flag): flag ? 1 : 0
        case .int(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    var whole: Int? {
        switch self {
        case .flag(let flag): flag ? 1 : 0
        case .int(let number): number
        default: nil
        }
    }

    /// Python's `==`.
    func equals(_ other: TemplateValue) -> Bool {
        switch (self, other) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.text(let left), .text(let right)): return ExactText(left) == ExactText(right)
        case (.list(let left), .list(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        case (.map(let left), .map(let right)):
            return left.members.count == right.members.count
                && left.members.allSatisfy { right[$0.key]?.equals($0.value) == true }
        case (.namespace(let left), .namespace(let right)): return left === right
        default:
            if let left = whole, let right = other.whole { return left == right }
            if let left = number, let right = other.number { return left == right }
            return false
        }
    }

    /// Python's `str`.
    var shown: String {
        switch self {
        case .undefined: ""
        case .text(let text): text
        default: represented
        }
    }

    /// Python's `repr`.
    var represented: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "None"
        case .flag(let flag): flag ? "True" : "False"
        case .int(let number): String(number)
        case .real(let number): number.isFinite ? JSON.numberText(number) : "\(number)"
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.represented).joined(separator: ", ") + "]"
        case .map(let map):
            "{"
                + map.members.map { Self.quoted($0.key) + ": " + $0.value.represented }
                .joined(separator: ", ") + "}"
        case .namespace: "<Namespace>"
        case .function(let name), .method(_, let name): "<function \(name)>"
        case .macro(let macro): "<Macro '\(macro.name)'>"
        }
    }

    private static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar =
            text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var result = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case "\\", quote: result.append(contentsOf: ["\\", scalar])
            default: result.append(scalar)
            }
        }
        result.append(quote)
        return String(result)
    }
}
