import Bytes

/// How many ones a number has in binary.
struct CountBits: TaskFormat {
    static let name = "count_bits"
    let seed: Int
    private let values: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        values = try settings.range(
            "min_n", "max_n", default: 1...2_147_483_647, within: 1...Int.max - 1)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let number = random.randint(values)
        let count = number.nonzeroBitCount
        return Entry(
            question:
                "How many 1 bits are there in the binary representation of the number \(number)?",
            answer: String(count),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("number", .int(number)), ("solution", .int(count)),
                ("binary", .text(String(number, radix: 2))), ("n", .int(number)),
                ("difficulty", .members([("n", .range(values))])),
            ]))
    }
}
