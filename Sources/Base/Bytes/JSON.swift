/// A JSON value.
///
/// Objects keep the order of their members.
public enum JSON: Sendable, Hashable {
    /// One key and its value.
    public struct Member: Sendable, Hashable {
        /// The key.
        public var key: String
        /// The value.
        public var value: JSON

        /// A member.
        public init(key: String, value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// `null`.
    case null
    /// `true` or `false`.
    case flag(Bool)
    /// A number written without fraction or exponent that fits; always exact.
    case int(Int)
    /// Any other number, to the nearest.
    case real(Double)
    /// A string.
    case text(String)
    /// An array.
    case list([JSON])
    /// An object; keys may repeat, as they may in a file.
    case object([Member])
}

// MARK: Making

extension JSON {
    /// An object with these members in this order.
    public static func members(_ members: [(String, JSON)]) -> JSON {
        .object(members.map { Member(key: $0.0, value: $0.1) })
    }

    /// An array of whole numbers.
    public static func ints(_ values: some Sequence<Int>) -> JSON { .list(values.map(JSON.int)) }

    /// An array of strings.
    public static func texts(_ values: some Sequence<String>) -> JSON {
        .list(values.map(JSON.text))
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .real(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .list(elements) }
    /// An object in the literal's order.
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .members(elements) }
}

// MARK: Reading

extension JSON {
    /// The value of a key of an object: the last one, should the key repeat.
    ///
    /// Linear in the object's size.
    public func member(_ key: String) -> JSON? { orderedMembers?.last { $0.key == key }?.value }

    /// The value of a key of an object; nil also where it is `null`.
    public subscript(key: String) -> JSON? {
        guard let value = member(key), value != .null else { return nil }
        return value
    }

    /// The members of an object.
    public var orderedMembers: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The elements of an array.
    public var elements: [JSON]? { if case .list(let items) = self { items } else { nil } }

    /// The string.
    public var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The truth value.
    public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }

    /// The whole number, if it was written as one.
    public var wholeNumber: Int? { if case .int(let number) = self { number } else { nil } }

    /// The number, whole or not.
    public var realNumber: Double? {
        switch self {
        case .int(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    /// What kind of value it is, for messages.
    public var kind: String {
        switch self {
        case .null: "null"
        case .flag: "true or false"
        case .int: "a whole number"
        case .real: "a number"
        case .text: "a string"
        case .list: "an array"
        case .object: "an object"
        }
    }
}
