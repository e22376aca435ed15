import Bytes

/// A value of a configuration file, free of the parser that read it.
enum ConfigValue: Equatable, Sendable {
    case string(String)
    case integer(Int)
    case double(Double)
    case bool(Bool)
    case array([ConfigValue])
    case table([String: ConfigValue])
    /// A date or time; no setting of ours takes one.
    case date

    /// What a person calls this type.
    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .double: "a number"
        case .bool: "true or false"
        case .array: "an array"
        case .table: "a table"
        case .date: "a date"
        }
    }
}

extension ConfigValue {
    /// The value as JSON; nil for dates, which JSON has not.
    var json: JSON? {
        switch self {
        case .string(let string): return .text(string)
        case .integer(let integer): return .int(integer)
        case .double(let double): return .real(double)
        case .bool(let bool): return .flag(bool)
        case .date: return nil
        case .array(let values):
            let items = values.compactMap(\.json)
            return items.count == values.count ? .list(items) : nil
        case .table(let entries):
            let members = entries.sorted { $0.key < $1.key }.compactMap { key, value in
                value.json.map { (key, $0) }
            }
            return members.count == entries.count ? .members(members) : nil
        }
    }
}

/// Why a configuration was refused: where, what, and what to try.
struct ConfigError: Error, Equatable, CustomStringConvertible {
    var origin: String
    var line: Int?
    var problem: String
    var advice: String

    init(origin: String, line: Int? = nil, problem: String, advice: String) {
        (self.origin, self.line, self.problem, self.advice) = (origin, line, problem, advice)
    }

    var description: String {
        let place = line.map { "\(origin):\($0)" } ?? origin
        return "\(place): \(problem); \(advice)"
    }
}
