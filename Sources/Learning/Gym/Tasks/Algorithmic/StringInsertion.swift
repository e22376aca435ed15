import Bytes

/// A string of A to E, with a letter put after each run of four that follow each other.
struct StringInsertion: TaskFormat {
    static let name = "string_insertion"
    private static let letters: [Character] = ["A", "B", "C", "D", "E"]
    let seed: Int
    private let lengths: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        lengths = try settings.range(
            "min_string_length", "max_string_length", default: 5...20, within: 5...100_000)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let length = random.randint(lengths)
        let places = (0..<length).map { _ in random.below(5) }
        let string = Self.text(places)
        let answer = Self.text(Self.inserted(places))
        return Entry(
            question: Self.question(string), answer: answer,
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("string", .text(string)), ("solution", .text(answer)),
                ("string_length", .int(length)),
                ("difficulty", .members([("string_length", .range(lengths))])),
            ]))
    }

    private static func text(_ places: [Int]) -> String { String(places.map { letters[$0] }) }

    /// After four letters that follow each other round the five comes the first of them again.
    private static func inserted(_ places: [Int]) -> [Int] {
        var result: [Int] = []
        var i = 0
        while i < places.count {
            let isRun =
                i + 4 <= places.count && (1..<4).allSatisfy { places[i + $0] == (places[i] + $0) % 5 }
            result += isRun ? places[i..<(i + 4)] + [places[i]] : [places[i]]
            i += isRun ? 4 : 1
        }
        return result
    }

    private static func question(_ string: String) -> String {
        """
        Given a string consisting of characters A, B, C, D, and E, your job is to insert a \
        character according to the following pattern:
        1. If there is a substring ABCD in the string, insert the character A after the substring.
        2. If there is a substring BCDE in the string, insert the character B after the substring.
        3. If there is a substring CDEA in the string, insert the character C after the substring.
        4. If there is a substring DEAB in the string, insert the character D after the substring.
        5. If there is a substring EABC in the string, insert the character E after the substring.

        Once you have inserted a character, you have to skip over the substring and the inserted \
        character and continue the search from the next character.

        Your output should be a string that has been modified according to the pattern.

        Given the following string, provide the answer after inserting the characters according \
        to the pattern: \(string)

        """
    }

    /// 1 for the string as asked, 0.1 for it as a Python string or list of strings.
    ///
    /// The original evaluates the answer as a program; here only literals are read.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        if PythonText.equal(answer, expected) { return 1 }
        guard let items = PythonLiteral.parse(answer)?.items else { return 0 }
        var text = ""
        for item in items {
            guard case .text(let piece) = item else { return 0 }
            text += piece
        }
        return PythonText.equal(text, expected) ? 0.1 : 0
    }
}
