/// A JSON value.
///
/// Objects keep the order of their members.
public enum JSON: Sendable, Equatable {
    /// One key and its value.
    public struct Member: Sendable, Equatable {
        /// The key.
        public var key: String
        /// The value.
        public var value: JSON
    }
    /// Nothing.
    case null
    /// True or false.
    case flag(Bool)
    /// A number without a point or exponent that fits 64 bits.
    case int(Int)
    /// Any other number.
    case real(Double)
    /// A text.
    case text(String)
    /// Values in order.
    case list([JSON])
    /// Members in the order in which they stand.
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

    /// The members of an object.
    public var orderedMembers: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }
    /// The values of a list.
    public var elements: [JSON]? { if case .list(let items) = self { items } else { nil } }
    /// The characters of a text.
    public var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The truth of a flag.
    public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    /// A number written without a point.
    public var wholeNumber: Int? { if case .int(let number) = self { number } else { nil } }
    /// Any number.
    public var realNumber: Double? {
        switch self {
        case .int(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }
}
