/// A JSON value. Objects keep the order of their members.
public enum JSON: Sendable, Equatable {
    /// One key and its value.
    public struct Member: Sendable, Equatable {
        /// The key.
        public var key: String
        /// The value.
        public var value: JSON
    }
    case null
    case flag(Bool)
    case int(Int)
    case real(Double)
    case text(String)
    case list([JSON])
    case object([Member])
}

// MARK: Making

extension JSON {
    /// An object with these members in this order.
    public static func members(_ members: [(String, JSON)]) -> JSON {
        .object(members.map { Member(key: $0.0, value: $0.1) })
    }

    static func ints(_ values: [Int]) -> JSON { .list(values.map(JSON.int)) }
    static func texts(_ values: [String]) -> JSON { .list(values.map(JSON.text)) }
    static func range(_ range: ClosedRange<Int>) -> JSON {
        .ints([range.lowerBound, range.upperBound])
    }
}

// MARK: Reading

extension JSON {
    /// The value of a key of an object.
    public func member(_ key: String) -> JSON? { orderedMembers?.last { $0.key == key }?.value }

    var orderedMembers: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }
    var elements: [JSON]? { if case .list(let items) = self { items } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    var wholeNumber: Int? { if case .int(let number) = self { number } else { nil } }
    var realNumber: Double? {
        switch self {
        case .int(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }
}
