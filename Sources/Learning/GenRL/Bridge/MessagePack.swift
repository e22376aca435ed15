/// A value of MessagePack (msgpack.org): what the original's peers speak.
public indirect enum MessagePack: Sendable, Equatable {
    /// Nothing.
    case null
    /// True or false.
    case flag(Bool)
    /// A whole number; those above `Int.max` are `large`.
    case int(Int)
    /// A whole number above `Int.max`.
    case large(UInt64)
    /// A number of eight bytes; one of four is widened.
    case real(Double)
    /// Text.
    case text(String)
    /// Bytes.
    case bytes([UInt8])
    /// A list.
    case list([MessagePack])
    /// Pairs in their order.
    case pairs([Pair])

    /// A key with its value.
    public struct Pair: Sendable, Equatable {
        /// The key.
        public var key: MessagePack
        /// The value.
        public var value: MessagePack

        /// A pair.
        public init(_ key: MessagePack, _ value: MessagePack) {
            self.key = key
            self.value = value
        }
    }

    /// Pairs whose keys are texts.
    public static func members(_ members: [(String, MessagePack)]) -> MessagePack {
        .pairs(members.map { Pair(.text($0.0), $0.1) })
    }

    /// The text, of a text.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The elements, of a list.
    public var elements: [MessagePack]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    /// The value of a text key: the last one, as Python keeps it.
    public func member(_ key: String) -> MessagePack? {
        guard case .pairs(let pairs) = self else { return nil }
        return pairs.last { $0.key == .text(key) }?.value
    }

    /// What a reader takes at most.
    public struct Limits: Hashable, Sendable {
        /// Bytes in all.
        public var byteCount = 64 << 20
        /// Lists and pairs within each other.
        public var depth = 32
        /// Values in all.
        public var valueCount = 1 << 20
        /// The limits above.
        public init() {}
    }
}

/// Why bytes are no MessagePack that this program takes.
public enum MessagePackError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end within a value.
    case truncated(offset: Int)
    /// More of something than is taken.
    case tooMany(String, limit: Int)
    /// Text that is not UTF-8.
    case invalidText(offset: Int)
    /// A type that is not taken: an extension, or the byte that means nothing.
    case unknownType(UInt8, offset: Int)
    /// Bytes after the value.
    case trailing(offset: Int)
    /// A value that is not what the message calls for.
    case unexpected(String)

    /// One line that says what to try.
    public var description: String {
        switch self {
        case .truncated(let offset): "the message ends within the value at byte \(offset); was it cut?"
        case .tooMany(let what, let limit): "the message has more \(what) than \(limit); send less"
        case .invalidText(let offset): "the text at byte \(offset) is not UTF-8; send bytes as bytes"
        case .unknownType(let type, let offset):
            "byte \(offset) begins a value of type \(type), which is not taken; send plain values"
        case .trailing(let offset): "bytes follow the value that ends at byte \(offset); send one value"
        case .unexpected(let what): "the message is not what it should be: \(what)"
        }
    }
}
