import Bytes

/// Letters from which a palindrome can be made.
struct PalindromeGeneration: TaskFormat {
    static let name = "palindrome_generation"
    let seed: Int
    private let lengths: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        lengths = try settings.range(
            "min_length", "max_length", default: 3...10, within: 1...10_000)
        seed = try settings.seed()
    }

    /// The letters of a random palindrome, in order.
    static func letters(_ random: inout PythonRandom, count: Int) -> [Unicode.Scalar] {
        let half = random.lowercaseLetters(count / 2)
        if count.isMultiple(of: 2) { return half + half.reversed() }
        let middle = Unicode.Scalar(97 + UInt8(random.below(26)))
        return half + [middle] + half.reversed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let length = random.randint(lengths)
        let letters = Self.letters(&random, count: length)
        let scrambled = random.sample(letters, length).map { String($0) }
        let palindrome = String(String.UnicodeScalarView(letters))
        return Entry(
            question: """
                Your task is, given a list of letters, to form a valid palindrome.

                A palindrome is a phrase that reads the same forwards and backwards.

                If there are multiple possible answers, only respond with one of them. You must \
                use all the letters provided.

                Your output should be a single string, with no spaces or punctuation.

                Now, form a valid palindrome using the following letters: \
                \(scrambled.joined(separator: ", "))

                """,
            answer: palindrome,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("letters", .texts(scrambled)), ("generated_palindrome", .text(palindrome)),
                ("length", .int(length)),
                ("difficulty", .members([("length", .range(lengths))])),
            ]))
    }

    /// 1 for a palindrome of the letters, 0.05 for one of others, 0.02 for any other text.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, !answer.isEmpty, let expected = entry.answer else { return 0 }
        let letters = Array(PythonText.lower(PythonText.strip(answer)).unicodeScalars)
        if !letters.elementsEqual(letters.reversed()) { return 0.02 }
        return letters.sorted() == expected.unicodeScalars.sorted() ? 1 : 0.05
    }
}
