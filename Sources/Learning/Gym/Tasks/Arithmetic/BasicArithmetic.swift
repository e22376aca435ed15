import Bytes

/// Arithmetic with whole numbers, where every division is made to come out even.
struct BasicArithmetic: TaskFormat {
    static let name = "basic_arithmetic"
    let seed: Int
    private let terms: ClosedRange<Int>
    private let digits: ClosedRange<Int>
    private let operators: [String]
    private let allowParentheses: Bool
    private let allowNegation: Bool
    private let formatStyle: String
    private let whitespace: String

    init(_ settings: inout Settings) throws(EnvironmentError) {
        let all = ["+", "-", "*", "/"]
        terms = try settings.range("min_terms", "max_terms", default: 2...6, within: 1...200)
        digits = try settings.range("min_digits", "max_digits", default: 1...4, within: 1...18)
        operators = try settings.words("operators", default: all, of: all)
        allowParentheses = try settings.bool("allow_parentheses", default: true)
        allowNegation = try settings.bool("allow_negation", default: true)
        formatStyle = try settings.word(
            "format_style", default: "simple", of: ["simple", "natural"])
        whitespace = try settings.word(
            "whitespace", default: "single", of: ["no_space", "single", "random"])
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let termCount = random.randint(terms)
        let digitCount = random.randint(digits)
        let made =
            allowParentheses
            ? nested(&random, termCount, digitCount) : linear(&random, termCount, digitCount)
        guard let (expression, result) = made else {
            throw .notGenerated(
                environment: Self.name, index: index,
                reason: "the original divides by zero here, or walks through the divisors of a "
                    + "number of 64 bits; take another index, or fewer digits")
        }
        let frames =
            formatStyle == "simple"
            ? [("Calculate ", ".")]
            : [("What is ", "?"), ("Solve ", "."), ("Compute ", "."), ("Evaluate: ", ".")]
        let frame = frames.count == 1 ? frames[0] : random.choice(frames)
        return Entry(
            question: frame.0 + expression + frame.1,
            answer: result.description,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("expression", .text(expression)), ("num_terms", .int(termCount)),
                ("num_digits", .int(digitCount)),
                (
                    "difficulty",
                    .members([("num_terms", .range(terms)), ("num_digits", .range(digits))])
                ),
            ]))
    }

    /// Whole numbers with division rounded down; nil where something is divided by zero.
    private static func evaluate(_ expression: String) -> BigInteger? {
        var arithmetic = InfixArithmetic(
            expression, literal: { BigInteger(digits: $0.utf8) }, negate: { -$0 },
            apply: { sign, a, b in
                switch sign {
                case UInt8(ascii: "+"): a + b
                case UInt8(ascii: "-"): a - b
                case UInt8(ascii: "*"): a * b
                default: b.isZero ? nil : a.floorDivided(by: b).quotient
                }
            })
        return arithmetic.value()
    }

    // MARK: With parentheses

    private func nested(_ random: inout PythonRandom, _ terms: Int, _ digits: Int)
        -> (String, BigInteger)?
    {
        guard let parts = group(&random, terms, digits) else { return nil }
        var expression: String
        switch whitespace {
        case "no_space": expression = parts.joined()
        case "single": expression = parts.joined(separator: " ")
        default:
            expression = ""
            for part in parts {
                if random.random() < 0.15 { expression += " " }
                expression += part
            }
            expression = PythonText.strip(expression)
        }
        // The format's own guard against division by zero, which turns "/ 05" and "/ 0" alike.
        expression = expression.replacingText("/ 0", with: "/ 1")
        return Self.evaluate(expression).map { (expression, $0) }
    }

    /// Some terms on the left, perhaps in parentheses, then an operator and the rest.
    private func group(_ random: inout PythonRandom, _ remaining: Int, _ digits: Int) -> [String]? {
        let leftCount = random.randint(1, remaining)
        let rightCount = remaining - leftCount
        guard var parts = leftSide(&random, leftCount, digits) else { return nil }
        if rightCount == 0 { return parts }
        let sign = random.choice(operators)
        if sign != "/" {
            guard let right = group(&random, rightCount, digits) else { return nil }
            return parts + [sign] + right
        }
        // What is divided is a parenthesis, or the last number of a sum or product.
        let dividedText = parts.last == ")" ? parts.joined() : parts.last ?? ""
        guard let dividend = Self.evaluate(dividedText) else { return nil }
        parts.append(sign)
        if rightCount == 1 {
            guard let divisor = divisor(of: dividend, digits, &random) else { return nil }
            return parts + [divisor]
        }
        guard var right = group(&random, rightCount - 1, digits) else { return nil }
        if right.last == ")" {
            guard let value = Self.evaluate(right.joined()) else { return nil }
            guard let correction = correction(of: value, dividing: dividend, &random) else {
                return nil
            }
            right.removeLast()
            return parts + right + ["+", correction.description, ")"]
        }
        guard let divisor = divisor(of: dividend, digits, &random) else { return nil }
        return parts + [divisor, "+"] + right
    }

    private func leftSide(_ random: inout PythonRandom, _ count: Int, _ digits: Int) -> [String]? {
        if count > 1, random.random() > 0.5 {
            let negated = random.random() > 0.5 && allowNegation
            guard let inside = group(&random, count, digits) else { return nil }
            return [negated ? "-(" : "("] + inside + [")"]
        }
        let plain = operators.filter { $0 != "/" }
        // With no operator but division the original has nothing to choose from.
        if count > 1 && plain.isEmpty { return nil }
        let most = Self.power(of: digits) - 1
        var parts: [String] = []
        for i in 0..<count {
            parts.append(String(random.randint(-most, most)))
            if i + 1 < count { parts.append(random.choice(plain)) }
        }
        return parts
    }

    /// A number that divides the dividend; any number of these digits where that is zero.
    private func divisor(of dividend: BigInteger, _ digits: Int, _ random: inout PythonRandom)
        -> String?
    {
        if dividend.isZero { return String(random.randint(1, Self.power(of: digits) - 1)) }
        return Divisors.ordered(of: dividend.absolute).map { String(random.choice($0)) }
    }

    /// What has to be added to a parenthesis for it to divide the dividend.
    private func correction(
        of value: BigInteger, dividing dividend: BigInteger, _ random: inout PythonRandom
    ) -> BigInteger? {
        if value.isZero { return BigInteger(1) }
        return Divisors.ordered(of: BigInteger.gcd(dividend, value)).map {
            BigInteger(random.choice($0)) - value
        }
    }

    private static func power(of digits: Int) -> Int { (0..<digits).reduce(1) { p, _ in p * 10 } }

    // MARK: Without parentheses

    /// Terms in a row, computed from left to right whatever the operators: the format's own rule.
    ///
    /// Where a division is drawn, the text keeps the operands first drawn. We keep that too.
    private func linear(_ random: inout PythonRandom, _ terms: Int, _ digits: Int)
        -> (String, BigInteger)?
    {
        let bound = Self.power(of: digits)
        let constants = (0..<terms).map { _ in random.randint(0, bound) }
        let signs = (1..<terms).map { _ in random.choice(operators) }
        var expression = String(constants[0])
        var result = BigInteger(constants[0])
        for (sign, constant) in zip(signs, constants.dropFirst()) {
            expression += " \(sign) \(constant)"
            switch sign {
            case "+": result = result + constant
            case "-": result = result - constant
            case "*": result = result * BigInteger(constant)
            default:
                guard let next = quotient(of: result, below: bound, &random) else { return nil }
                result = next
            }
        }
        return (expression, result)
    }

    /// The result divided by one of its divisors from 2 on; without one, multiplied by any number.
    private func quotient(of result: BigInteger, below bound: Int, _ random: inout PythonRandom)
        -> BigInteger?
    {
        let own = result.absolute
        let last = own < BigInteger(bound) ? own.int ?? bound : bound
        let proper: [Int]
        if last <= 1_000_000 {
            proper =
                last > 2
                ? (2..<last).filter { own.floorDivided(by: BigInteger($0)).remainder.isZero } : []
        } else {
            guard let all = Divisors.ordered(of: own) else { return nil }
            proper = all.sorted().filter { $0 >= 2 && $0 < UInt64(last) }.map { Int($0) }
        }
        if proper.isEmpty { return result * BigInteger(random.randint(1, bound - 1)) }
        return result.floorDivided(by: BigInteger(random.choice(proper))).quotient
    }
}

extension String {
    /// Every occurrence of an ASCII text replaced, from left to right.
    fileprivate func replacingText(_ old: String, with new: String) -> String {
        var result: [UInt8] = []
        let (bytes, wanted) = (Array(utf8), Array(old.utf8))
        var i = 0
        while i < bytes.count {
            if bytes[i...].starts(with: wanted) {
                result += Array(new.utf8)
                i += wanted.count
            } else {
                result.append(bytes[i])
                i += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
