import Bytes

/// How many primes lie between two numbers.
struct CountPrimes: TaskFormat {
    static let name = "count_primes"
    let seed: Int
    private let bounds: ClosedRange<Int>
    private let isPrime: [Bool]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        bounds = try settings.range("min_n", "max_n", default: 1...10_000, within: 1...1_000_000)
        seed = try settings.seed()
        isPrime = Self.sieve(bounds.upperBound)
    }

    private static func sieve(_ most: Int) -> [Bool] {
        var isPrime = [Bool](repeating: true, count: most + 1)
        isPrime[0] = false
        isPrime[1] = false
        var number = 2
        while number * number <= most {
            if isPrime[number] {
                for multiple in stride(from: number * number, through: most, by: number) {
                    isPrime[multiple] = false
                }
            }
            number += 1
        }
        return isPrime
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let start = random.randint(bounds)
        let end = random.randint(start, bounds.upperBound)
        let primes = (start...end).filter { isPrime[$0] }
        return Entry(
            question: "Count how many prime numbers there are between \(start) and \(end) (inclusive) ?",
            answer: String(primes.count),
            metadata: metadata(
                index,
                [
                    "start": .int(start), "end": .int(end), "primes": .ints(primes),
                    "solution": .int(primes.count), "n": .ints([start, end]),
                ],
                difficulty: ["n": .range(bounds)]))
    }
}
