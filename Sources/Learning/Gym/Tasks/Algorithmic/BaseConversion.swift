import Bytes

/// A number, from one base to another.
struct BaseConversion: TaskFormat {
    static let name = "base_conversion"
    let seed: Int
    private let bases: ClosedRange<Int>
    private let values: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        bases = try settings.range("min_base", "max_base", default: 2...16, within: 2...36)
        if bases.count == 1 {
            throw settings.invalid("max_base", "must be above \"min_base\": two bases are needed")
        }
        values = try settings.range(
            "min_value", "max_value", default: 0...1_000, within: 0...Int.max - 1)
        if values.count == 1 { throw settings.invalid("max_value", "must be above \"min_value\"") }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let value = random.randint(values)
        let source = random.randint(bases)
        var target = random.randint(bases)
        while target == source { target = random.randint(bases) }
        let given = Self.digits(of: value, base: source)
        let answer = Self.digits(of: value, base: target)
        return Entry(
            question: """
                Your task is to convert a number between two different bases.

                If the target base is > 10, use lowercase letters a-z for digits above 9.

                Now, convert the \(Self.word(for: source)) number \(given) to \
                \(Self.word(for: target))

                """,
            answer: answer,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("decimal_value", .int(value)), ("source_base", .int(source)),
                ("target_base", .int(target)), ("source_repr", .text(given)),
                ("target_repr", .text(answer)),
                ("difficulty", .members([("base", .range(bases)), ("value", .range(values))])),
            ]))
    }

    private static func word(for base: Int) -> String {
        switch base {
        case 2: "binary"
        case 16: "hexadecimal"
        default: "base-\(base)"
        }
    }

    /// The format writes zero as no digits at all, except in bases 2 and 16.
    private static func digits(of value: Int, base: Int) -> String {
        value == 0 && base != 2 && base != 16 ? "" : String(value, radix: base)
    }
}
