import Bytes

/// Who it was, among many sentences about others.
struct NeedleHaystack: TaskFormat {
    static let name = "needle_haystack"
    let seed: Int
    private let counts: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        counts = try settings.range(
            "min_num_statements", "max_num_statements", default: 10...100, within: 1...100_000)
        seed = try settings.seed()
    }

    private struct Statement {
        var name: String
        var fact: String

        /// The statement with this number, of all names by all verbs by all objects.
        init(number: Int) {
            let (verbs, objects) = (WordLists.verbs, WordLists.objects)
            let (rest, object) = number.quotientAndRemainder(dividingBy: objects.count)
            name = WordLists.names[rest / verbs.count]
            fact = verbs[rest % verbs.count] + " " + objects[object]
        }
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let count = random.randint(counts)
        let possible = WordLists.names.count * WordLists.verbs.count * WordLists.objects.count
        let statements = random.sample(below: possible, count).map(Statement.init)
        let needle = random.choice(statements)
        let question = "Who \(needle.fact)? Reply only with a name."
        let haystack = statements.map { "\($0.name) \($0.fact). " }.joined()
        return Entry(
            question: haystack + "\n" + question, answer: needle.name,
            metadata: metadata(
                index, ["question": .text(question), "num_statements": .int(count)],
                difficulty: ["num_statements": .range(counts)]))
    }

    /// 1 for the name in any case, blanks aside.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer else { return 0 }
        let plain = String(String.UnicodeScalarView(answer.unicodeScalars.filter { $0 != " " }))
        let given = PythonText.lower(PythonText.strip(plain))
        return PythonText.equal(given, PythonText.lower(expected)) ? 1 : 0
    }
}
