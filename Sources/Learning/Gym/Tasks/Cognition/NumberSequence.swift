import Bytes

/// A sequence of whole numbers, to be continued.
struct NumberSequence: TaskFormat {
    static let name = "number_sequence"
    private static let attempts = 10
    let seed: Int
    private let terms: ClosedRange<Int>
    private let complexityMax: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        terms = try settings.range("min_terms", "max_terms", default: 4...8, within: 4...10_000)
        // The format has these two and uses neither.
        let values = try settings.range(
            "min_value", "max_value", default: -100...100, within: -1_000_000...1_000_000)
        if values.count == 1 { throw settings.invalid("max_value", "must be above \"min_value\"") }
        complexityMax = try settings.int("max_complexity", default: 3, within: 1...SequenceRule.stepsMax - 1)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let complexity = random.randint(1, complexityMax)
        var rule = SequenceRule(steps: [.add(2)])
        var sequence: [Int]?
        for _ in 0..<Self.attempts {
            let drawn = SequenceRule(&random, complexity: complexity)
            let count = random.randint(terms)
            let first = random.randint(-10, 10)
            sequence = drawn.sequence(from: first, count: count + 1)
            if let found = sequence, Self.isInteresting(found, complexity) {
                rule = drawn
                break
            }
            // After the last attempt: even numbers, as many as were wanted.
            sequence = (0...count).map { $0 * 2 }
        }
        let numbers = sequence ?? []
        return Entry(
            question: numbers.dropLast().map(String.init).joined(separator: ", ") + ", ?",
            answer: numbers.last.map(String.init),
            metadata: metadata(
                index,
                [
                    "rule": .text(rule.description), "complexity": .int(complexity),
                    "sequence": .ints(numbers),
                ],
                difficulty: ["max_complexity": .int(complexityMax), "terms": .range(terms)]))
    }

    /// Neither constant nor, where more than one step is allowed, with constant differences.
    private static func isInteresting(_ sequence: [Int], _ complexity: Int) -> Bool {
        if Set(sequence).count == 1 { return false }
        let differences = zip(sequence.dropFirst(), sequence).map { $0 - $1 }
        return complexity == 1 || Set(differences).count > 1
    }
}

/// How a sequence goes from one number to the next.
struct SequenceRule: CustomStringConvertible {
    enum Step: Equatable {
        case add(Int)
        case multiply(Int)
        case square
        case double
        case halve
        case addPrevious
        /// Two kinds that the format draws and never carries out.
        case alternate
        case compose
    }

    /// Numbers of a sequence are no larger.
    private static let numberMax = 1_000
    /// So many steps cannot bring a number beyond `valueMax` back to `numberMax`, and the square of
    /// one that is not beyond fits a word.
    static let stepsMax = 20
    private static let valueMax = 1 << 31

    let steps: [Step]

    init(steps: [Step]) { self.steps = steps }

    /// A random rule of up to `complexity` + 1 steps.
    init(_ random: inout PythonRandom, complexity: Int) {
        let kinds: [Step] = [
            .add(0), .multiply(0), .square, .double, .halve, .addPrevious, .alternate, .compose,
        ]
        steps = (0..<random.randint(1, complexity + 1)).map { _ in
            switch random.choice(kinds) {
            case .add: .add(Self.parameter(&random))
            case .multiply: .multiply(Self.parameter(&random))
            case let other: other
            }
        }
    }

    /// A number from -10 to 10 other than 0.
    private static func parameter(_ random: inout PythonRandom) -> Int {
        while true {
            let drawn = random.randint(-10, 10)
            if drawn != 0 { return drawn }
        }
    }

    /// The first numbers of the sequence; nil where one of them is too large.
    func sequence(from first: Int, count: Int) -> [Int]? {
        var numbers = [first]
        while numbers.count < count {
            guard let next = next(after: numbers), abs(next) <= Self.numberMax else { return nil }
            numbers.append(next)
        }
        return numbers
    }

    private func next(after numbers: [Int]) -> Int? {
        var value = numbers[numbers.count - 1]
        for step in steps {
            switch step {
            case .add(let amount): value += amount
            case .multiply(let factor): value *= factor
            case .square: value *= value
            case .double: value *= 2
            case .halve: value >>= 1
            case .addPrevious: value += numbers.count > 1 ? numbers[numbers.count - 2] : 0
            case .alternate, .compose: break
            }
            if abs(value) > Self.valueMax { return nil }
        }
        return value
    }

    var description: String {
        steps.compactMap { step in
            switch step {
            case .add(let amount): "add \(amount)"
            case .multiply(let factor): "multiply by \(factor)"
            case .square: "square"
            case .double: "double"
            case .halve: "halve"
            case .addPrevious: "add previous"
            case .alternate, .compose: nil
            }
        }.joined(separator: " then ")
    }
}
