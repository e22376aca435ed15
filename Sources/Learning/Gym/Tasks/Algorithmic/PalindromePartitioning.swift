import Bytes

/// All ways to cut a string into palindromes.
struct PalindromePartitioning: TaskFormat {
    static let name = "palindrome_partitioning"
    /// There may be 2^(length - 1) ways.
    private static let waysMax = 1 << 15
    let seed: Int
    private let lengths: ClosedRange<Int>
    private let pieces: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        lengths = try settings.range(
            "min_string_len", "max_string_len", default: 5...15, within: 1...100)
        pieces = try settings.range(
            "min_substring_palindrome_len", "max_substring_palindrome_len", default: 1...5,
            within: 1...100)
        if pieces.upperBound > lengths.upperBound {
            throw settings.invalid(
                "max_substring_palindrome_len", "must not be above \"max_string_len\"")
        }
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        let length = random.randint(lengths)
        var letters: [Unicode.Scalar] = []
        while letters.count < length {
            let count = min(length - letters.count, random.randint(pieces))
            letters += PalindromeGeneration.letters(&random, count: count)
        }
        let string = String(String.UnicodeScalarView(letters))
        guard let ways = Self.ways(letters) else {
            throw .notGenerated(
                environment: Self.name, index: index, reason: "its string has too many partitions")
        }
        let solution = JSON.list(ways.map(JSON.texts))
        return Entry(
            question: """
                Given a string, partition it such that every substring is a palindrome.

                A palindrome is a word that reads the same backward as forward.

                You may return all possible palindrome partitioning in any order.

                Your output should be a list of lists, where each list represents a palindrome \
                partition, e.g. [["a","a","b"],["aa","b"]].

                Partition the following string into palindromes: \(string)

                """,
            answer: solution.text(.python),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("string", .text(string)), ("solution", solution), ("string_len", .int(length)),
                (
                    "difficulty",
                    .members([
                        ("string_len", .range(lengths)),
                        ("substring_palindrome_len", .range(pieces)),
                    ])
                ),
            ]))
    }

    /// Shorter first pieces come first; nil for more ways than fit.
    private static func ways(_ letters: [Unicode.Scalar]) -> [[String]]? {
        var ways: [[String]] = []
        var cut: [String] = []
        /// Single letters are palindromes, so each call leads to a way at least.
        func extend(from start: Int) {
            if start == letters.count { ways.append(cut) }
            for end in start..<letters.count where ways.count <= waysMax {
                let piece = letters[start...end]
                guard piece.elementsEqual(piece.reversed()) else { continue }
                cut.append(String(String.UnicodeScalarView(piece)))
                extend(from: end + 1)
                cut.removeLast()
            }
        }
        extend(from: 0)
        return ways.count > waysMax ? nil : ways
    }

    /// 1 for all ways as JSON, in any order and however often; 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let given = try? JSON(parsing: answer, grammar: .python),
            let ways = given.pythonItems, let solution = entry.metadata.member("solution")
        else { return 0 }
        var found: Set<[JSON]> = []
        for way in ways {
            guard let pieces = way.pythonItems else { return 0 }
            found.insert(pieces)
        }
        return found == Set((solution.elements ?? []).compactMap(\.elements)) ? 1 : 0
    }
}

extension JSON {
    /// What Python's iteration gives: items of a list, keys of an object, characters of a text.
    var pythonItems: [JSON]? {
        switch self {
        case .list(let items): return items
        case .text(let text): return text.unicodeScalars.map { .text(String($0)) }
        case .object(let members):
            var seen: Set<[UInt8]> = []
            return members.map(\.key).filter { seen.insert(Array($0.utf8)).inserted }
                .map { .text($0) }
        default: return nil
        }
    }
}
