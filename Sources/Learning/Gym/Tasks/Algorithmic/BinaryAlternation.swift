import Bytes

/// The fewest swaps that make the bits of a string alternate.
struct BinaryAlternation: TaskFormat {
    static let name = "binary_alternation"
    let seed: Int
    private let lengths: ClosedRange<Int>
    private let solvableShare: Double

    init(_ settings: inout Settings) throws(EnvironmentError) {
        lengths = try settings.range("min_n", "max_n", default: 10...30, within: 1...10_000)
        solvableShare = try settings.number("p_solvable", default: 0.8, within: 0...1)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let n = random.randint(lengths)
        let solvable = random.random() < solvableShare
        let bits = Self.bits(&random, count: n, solvable: solvable)
        let string = bits.map(String.init).joined()
        let answer = Self.swaps(bits)
        return Entry(
            question: """
                Given a binary string, return the minimum number of character swaps to make it \
                alternating, or -1 if it is impossible.

                The string is called alternating if no two adjacent characters are equal. For \
                example, the strings "010" and "1010" are alternating, while the string "0100" is \
                not.

                Any two characters may be swapped, even if they are not adjacent.

                Now, determine the minimum number of swaps to make the following binary string \
                alternating: \(string)

                """,
            answer: String(answer),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("string", .text(string)), ("solution", .int(answer)),
                ("solvable", .flag(solvable)), ("n", .int(n)),
                ("difficulty", .members([("n", .range(lengths))])),
            ]))
    }

    /// As many ones as zeros, or one apart; two apart where no swaps are to help.
    private static func bits(_ random: inout PythonRandom, count: Int, solvable: Bool) -> [Int] {
        var (ones, zeros) = (count / 2, count / 2)
        if !count.isMultiple(of: 2) {
            if random.random() < 0.5 { ones += 1 } else { zeros += 1 }
        }
        if !solvable {
            if ones > zeros {
                ones += 1
            } else if ones < zeros {
                zeros += 1
            } else if random.random() < 0.5 {
                ones += 2
            } else {
                zeros += 2
            }
        }
        var bits = Array(repeating: 1, count: ones) + Array(repeating: 0, count: zeros)
        random.shuffle(&bits)
        return bits
    }

    private static func swaps(_ bits: [Int]) -> Int {
        let ones = bits.count { $0 == 1 }
        let zeros = bits.count - ones
        if abs(ones - zeros) > 1 { return -1 }
        /// A swap puts two bits right.
        func swaps(startingWith first: Int) -> Int {
            bits.indices.count { bits[$0] != (first + $0) % 2 } / 2
        }
        if ones == zeros { return min(swaps(startingWith: 0), swaps(startingWith: 1)) }
        return swaps(startingWith: ones > zeros ? 1 : 0)
    }
}
