/// Evaluates `+ - * /` with parentheses and signs, in Python's order, over any kind of numbers.
///
/// A nil of a callback ends the evaluation with nil: a division by zero, a literal that is none.
struct InfixArithmetic<Value> {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0
    private let literal: (Substring) -> Value?
    private let negate: (Value) -> Value?
    private let apply: (UInt8, Value, Value) -> Value?

    /// Deeper nesting than any generated expression has.
    private static var depthMax: Int { 2_000 }

    init(
        _ text: String, literal: @escaping (Substring) -> Value?,
        negate: @escaping (Value) -> Value?, apply: @escaping (UInt8, Value, Value) -> Value?
    ) {
        self.text = Array(text.utf8)
        self.literal = literal
        self.negate = negate
        self.apply = apply
    }

    /// The value of the whole text.
    mutating func value() -> Value? {
        guard let result = sum(), peek() == nil else { return nil }
        return result
    }

    private mutating func peek() -> UInt8? {
        while position < text.count, text[position] == UInt8(ascii: " ") { position += 1 }
        return position < text.count ? text[position] : nil
    }

    private mutating func sum() -> Value? {
        guard var result = product() else { return nil }
        while let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            position += 1
            guard let right = product(), let next = apply(sign, result, right) else { return nil }
            result = next
        }
        return result
    }

    private mutating func product() -> Value? {
        guard var result = factor() else { return nil }
        while let sign = peek(), sign == UInt8(ascii: "*") || sign == UInt8(ascii: "/") {
            position += 1
            guard let right = factor(), let next = apply(sign, result, right) else { return nil }
            result = next
        }
        return result
    }

    private mutating func factor() -> Value? {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthMax, let next = peek() else { return nil }
        switch next {
        case UInt8(ascii: "-"):
            position += 1
            return factor().flatMap(negate)
        case UInt8(ascii: "("):
            position += 1
            let inside = sum()
            guard peek() == UInt8(ascii: ")") else { return nil }
            position += 1
            return inside
        default:
            let start = position
            while position < text.count,
                (48...57).contains(text[position]) || text[position] == UInt8(ascii: ".")
            { position += 1 }
            return literal(Substring(String(decoding: text[start..<position], as: UTF8.self)))
        }
    }
}
