/// The divisors of a number, in the order in which trial division up to its square root meets them:
/// 1, n, then each small divisor followed by its partner.
///
/// The order is part of a task format. Factors are found by Pollard's method, so that a product of
/// five four-digit numbers costs milliseconds where a walk to its root would cost hours.
enum Divisors {
    /// Nil for numbers of 64 bits and more, and for more divisors than `limit`.
    static func ordered(of number: BigInteger, limit: Int = 200_000) -> [UInt64]? {
        guard let n = number.uint64Magnitude, n < 1 << 63 else { return nil }
        if n == 0 { return [] }
        var divisors: [UInt64] = [1]
        for (prime, power) in factors(of: n) {
            let before = divisors
            var scale: UInt64 = 1
            for _ in 0..<power {
                scale *= prime
                divisors += before.map { $0 * scale }
            }
            if divisors.count > limit { return nil }
        }
        var result: [UInt64] = []
        for small in divisors.sorted() where small <= n / small {
            result.append(small)
            if small != n / small { result.append(n / small) }
        }
        return result
    }

    /// The prime factors of a number from 2 to 2^63 - 1 in ascending order, each as often as it
    /// divides.
    static func primeFactors(of n: UInt64) -> [UInt64] {
        factors(of: n).flatMap { Array(repeating: $0.prime, count: $0.power) }
    }

    private static func factors(of n: UInt64) -> [(prime: UInt64, power: Int)] {
        var powers: [UInt64: Int] = [:]
        var rest = n
        for p in UInt64(2)..<2_000 {
            while rest % p == 0 {
                powers[p, default: 0] += 1
                rest /= p
            }
        }
        var open = rest > 1 ? [rest] : []
        while let m = open.popLast() {
            if isPrime(m) {
                powers[m, default: 0] += 1
            } else {
                let d = split(m)
                open += [d, m / d]
            }
        }
        return powers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func multiply(_ a: UInt64, _ b: UInt64, modulo m: UInt64) -> UInt64 {
        m.dividingFullWidth(a.multipliedFullWidth(by: b)).remainder
    }

    /// Miller and Rabin with the first twelve primes, which decides every 64-bit number.
    static func isPrime(_ n: UInt64) -> Bool {
        if n < 2 { return false }
        let bases: [UInt64] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
        for p in bases where n % p == 0 { return n == p }
        let twos = (n - 1).trailingZeroBitCount
        let odd = (n - 1) >> UInt64(twos)
        return bases.allSatisfy { base in
            var x: UInt64 = 1
            var (square, exponent) = (base, odd)
            while exponent > 0 {
                if exponent & 1 == 1 { x = multiply(x, square, modulo: n) }
                square = multiply(square, square, modulo: n)
                exponent >>= 1
            }
            if x == 1 || x == n - 1 { return true }
            for _ in 1..<max(twos, 1) {
                x = multiply(x, x, modulo: n)
                if x == n - 1 { return true }
            }
            return false
        }
    }

    /// A proper divisor of a composite number without factors below 2,000.
    private static func split(_ n: UInt64) -> UInt64 {
        var shift: UInt64 = 1
        while true {
            var (slow, fast, d): (UInt64, UInt64, UInt64) = (2, 2, 1)
            while d == 1 {
                slow = step(slow, shift, n)
                fast = step(step(fast, shift, n), shift, n)
                d = gcd(slow > fast ? slow - fast : fast - slow, n)
            }
            if d != n { return d }
            shift += 1
        }
    }

    /// x² + shift, modulo n; n is below 2^63, so the sum does not overflow.
    private static func step(_ x: UInt64, _ shift: UInt64, _ n: UInt64) -> UInt64 {
        (multiply(x, x, modulo: n) + shift) % n
    }

    static func gcd(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return x
    }
}
