import Bytes

/// A fraction, to be reduced to lowest terms.
struct FractionSimplification: TaskFormat {
    static let name = "fraction_simplification"
    private static let allStyles = ["plain", "latex_inline", "latex_frac", "latex_dfrac"]
    let seed: Int
    private let values: ClosedRange<Int>
    private let factors: ClosedRange<Int>
    private let styles: [String]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let most = 1 << 30  // products stay within 64 bits
        values = try settings.range("min_value", "max_value", default: 1...1_000, within: 1...most)
        if values.count == 1 { throw settings.invalid("max_value", "must be above \"min_value\"") }
        factors = try settings.range("min_factor", "max_factor", default: 1...100, within: 1...most)
        styles = try settings.words("styles", default: Self.allStyles, of: Self.allStyles)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let (top, bottom) = reduced(&random)
        let factor = random.randint(factors)
        let style = styles[random.randint(0, styles.count - 1)]
        let question = Self.format(top * factor, bottom * factor, style)
        return Entry(
            question: "Simplify the fraction \(question) to its lowest terms. "
                + "Give only the simplified fraction as your final answer.",
            answer: Self.format(top, bottom, style),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("numerator", .int(top * factor)), ("denominator", .int(bottom * factor)),
                ("simplified_numerator", .int(top)), ("simplified_denominator", .int(bottom)),
                ("reduction_factor", .int(factor)), ("style", .text(style)),
                ("factor", .int(factor)),
                ("difficulty", .members([("value", .range(values)), ("factor", .range(factors))])),
            ]))
    }

    /// A fraction in lowest terms within the bounds; after ten failures any fraction at all.
    private func reduced(_ random: inout PythonRandom) -> (top: Int, bottom: Int) {
        for _ in 0..<10 {
            let (a, b) = (random.randint(values), random.randint(values))
            let common = Int(Divisors.gcd(UInt64(a), UInt64(b)))
            let (top, bottom) = (a / common, b / common)
            if values.contains(top), values.contains(bottom) {
                return (min(top, bottom), max(top, bottom))
            }
        }
        let (a, b) = (random.randint(values), random.randint(values))
        return (min(a, b), max(a, b))
    }

    private static func format(_ top: Int, _ bottom: Int, _ style: String) -> String {
        switch style {
        case "plain": "\(top)/\(bottom)"
        case "latex_inline": "$\(top)/\(bottom)$"
        case "latex_frac": "$\\frac{\(top)}{\(bottom)}$"
        default: "$\\dfrac{\(top)}{\(bottom)}$"
        }
    }

    /// 1 for the right fraction, 0.1 where a part of the question is repeated, 0.05 for another
    /// fraction, 0.01 for no fraction and even for no answer.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let (top, bottom) = Self.fraction(in: answer) else { return 0.01 }
        func matches(_ value: BigInteger, _ key: String) -> Bool {
            entry.metadata.member(key)?.wholeNumber.map { BigInteger($0) == value } ?? false
        }
        if matches(top, "simplified_numerator"), matches(bottom, "simplified_denominator") {
            return 1
        }
        return matches(top, "numerator") || matches(bottom, "denominator") ? 0.1 : 0.05
    }

    /// The fraction that an answer begins with, in LaTeX or with a slash.
    private static func fraction(in answer: String) -> (BigInteger, BigInteger)? {
        let bare = PythonText.strip(PythonText.strip(answer), where: { $0 == "$" })
        let text = PythonText.strip(bare).unicodeScalars
        var latex = text[...]
        if skipCommand(&latex), let top = group(&latex), let bottom = group(&latex) {
            guard let a = PythonText.integer(top) else { return nil }
            return PythonText.integer(bottom).map { (a, $0) }
        }
        guard let slash = text.firstIndex(of: "/") else { return nil }
        let after = text.index(after: slash)
        guard let a = PythonText.integer(String(text[..<slash])),
            let b = PythonText.integer(String(text[after...]))
        else { return nil }
        return (a, b)
    }

    private typealias Scalars = String.UnicodeScalarView.SubSequence

    /// Reads `\frac` or `\dfrac` in any case.
    private static func skipCommand(_ text: inout Scalars) -> Bool {
        for command in ["\\frac", "\\dfrac"] {
            let head = text.prefix(command.count)
            if PythonText.lower(String(head)) == command {
                text = text.dropFirst(command.count)
                return true
            }
        }
        return false
    }

    /// Reads `{ digits }` with blanks anywhere around the braces and digits.
    private static func group(_ text: inout Scalars) -> String? {
        text = text.drop(while: PythonText.isSpace)
        guard text.popFirst() == "{" else { return nil }
        text = text.drop(while: PythonText.isSpace)
        let digits = text.prefix { PythonText.digit($0) != nil }
        text = text.dropFirst(digits.count).drop(while: PythonText.isSpace)
        guard !digits.isEmpty, text.popFirst() == "}" else { return nil }
        return String(digits)
    }
}
