import Bytes

/// The prime factors of a number.
struct PrimeFactorization: TaskFormat {
    static let name = "prime_factorization"
    let seed: Int
    private let values: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        values = try settings.range("min_value", "max_value", default: 2...1_000, within: 2...Int.max - 1)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let number = random.randint(values)
        let factors = Divisors.primeFactors(of: UInt64(number)).map { Int($0) }
        return Entry(
            question: "Find the prime factorization of \(number). Write the factors separated by × "
                + "(Example: for 12 the answer would be: 2 × 2 × 3)",
            answer: factors.map(String.init).joined(separator: " × "),
            metadata: metadata(
                index, ["number": .int(number), "factors": .ints(factors)],
                difficulty: ["value": .range(values)]))
    }

    /// 1 for the prime factors in any order, 0.5 for other factors of the number, 0.01 for others.
    ///
    /// Where a factor is no number the original fails; here the score is 0.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let primes = entry.metadata.member("factors")?.elements?.compactMap(\.wholeNumber),
            let number = entry.metadata.member("number")?.wholeNumber
        else { return 0 }
        var factors: [BigInteger] = []
        for part in PythonText.split(answer, by: "×").map(PythonText.strip) where !part.isEmpty {
            guard let factor = PythonText.integer(part) else { return 0 }
            factors.append(factor)
        }
        if factors.sorted() == primes.sorted().map({ BigInteger($0) }) { return 1 }
        return Self.product(factors) == number ? 0.5 : 0.01
    }

    /// The product, where it has at most 63 bits; a zero makes it nil as well.
    private static func product(_ factors: [BigInteger]) -> Int? {
        var product = 1
        for factor in factors {
            guard let factor = factor.int, factor != 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            if overflow { return nil }
            product = next
        }
        return product
    }
}
