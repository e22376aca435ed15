import Bytes

/// Jugs to be filled, emptied and poured until one holds a given amount.
struct Jugs: TaskFormat {
    static let name = "jugs"
    private static let attemptsMax = 10_000
    /// Moves tried for one question, a few seconds of work.
    private static let trialsMax = 20_000_000
    let seed: Int
    private let count: Int
    private let difficulty: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        count = try settings.int("num_jugs", default: 3, within: 3...8)
        difficulty = try settings.int("difficulty", default: 10, within: 1...199)
        seed = try settings.seed()
    }

    func entry(at index: Int) throws(EnvironmentError) -> Entry {
        var random = random(at: index)
        var trials = Self.trialsMax
        for _ in 0..<Self.attemptsMax where trials > 0 {
            let capacities = (0..<count).map { _ in random.randint(3, 3 + difficulty) }
            let common = capacities.reduce(0) { Int(Divisors.gcd(UInt64($0), UInt64($1))) }
            let greatest = capacities.max() ?? 0
            let target = random.choice(Array(stride(from: common, through: greatest, by: common)))
            let search = JugSearch(capacities: capacities, target: target)
            guard let moves = search.shortest(trials: &trials), moves.count >= difficulty else {
                continue
            }
            return entry(index, search, leastMoves: moves)
        }
        throw .notGenerated(
            environment: Self.name, index: index, reason: "no puzzle needs so many moves")
    }

    /// The solution shown uses the first three jugs, as in the original, even where there are more.
    private func entry(_ index: Int, _ search: JugSearch, leastMoves: [JugMove]) -> Entry {
        let capacities = search.capacities
        // Three jugs take far fewer than this.
        var trials = Self.trialsMax
        let three = JugSearch(capacities: Array(capacities.prefix(3)), target: search.target)
        let moves = count == 3 ? leastMoves : three.shortest(trials: &trials)
        let solution = JSON.texts(moves?.map(\.text) ?? ["No solution"])
        let jugs = capacities.enumerated().map { "\(JugMove.letter($0)):\($1)" }
        return Entry(
            question: Self.question(jugs.joined(separator: ", "), target: search.target),
            answer: solution.text(.python),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                (
                    "puzzle",
                    .members([
                        ("jug_capacities", .ints(capacities)), ("target", .int(search.target)),
                        ("min_moves", .int(leastMoves.count)),
                    ])
                ),
                (
                    "difficulty",
                    .members([("num_jugs", .int(count)), ("difficulty", .int(difficulty))])
                ),
            ]))
    }

    private static func question(_ jugs: String, target: Int) -> String {
        """
        You are a police officer. A maniac has planted a bomb next to a public fountain.

        To defuse the bomb, you must solve a puzzle. The puzzle is solved when you fill any of the \
        available jugs with the target amount of water.

        You have three move types: 'fill', 'empty' and 'pour'.

        To fill Jug A, you 'fill A'.
        To empty Jug B, you 'empty B'.
        To pour the contents of Jug A into Jug B, you 'pour A->B'.
        All jugs are empty to begin with.

        The empty jugs hold this many litres of water: \(jugs)
        And your target is: \(target) litres.

        How do you defuse the bomb?

        Reply as a JSON-parsable list of moves which result in any of the jugs being filled with \
        the target amount.

        """
    }

    /// 1 for moves that end with the amount in a jug, 0.01 for other moves, 0 for anything else.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let puzzle = entry.metadata.member("puzzle"),
            let target = puzzle.member("target")?.wholeNumber,
            let capacities = puzzle.member("jug_capacities")?.elements?.compactMap(\.wholeNumber),
            let moves = (try? JSON(parsing: answer, grammar: .python))?.pythonItems
        else { return 0 }
        let search = JugSearch(capacities: capacities, target: target)
        var state = JugState()
        for item in moves {
            guard let move = item.text.flatMap({ JugMove($0, jugs: capacities.count) }) else {
                return 0
            }
            state = search.after(move, state)
        }
        return search.isSolved(state) ? 1 : 0.01
    }
}
