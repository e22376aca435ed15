import Bytes

/// A tower to be moved disk by disk.
struct TowerOfHanoi: TaskFormat {
    static let name = "tower_of_hanoi"
    let seed: Int
    private let disks: ClosedRange<Int>
    private let pegs: ClosedRange<Int>

    init(_ settings: inout Settings) throws(EnvironmentError) {
        // A tower of 14 takes 16,383 moves, each a line of the answer.
        disks = try settings.range("min_disks", "max_disks", default: 3...7, within: 1...14)
        pegs = try settings.range("min_pegs", "max_pegs", default: 3...4, within: 3...20)
        // The pictures would stand beside the metadata, where an entry has no place for them.
        if try settings.bool("visualize", default: false) {
            throw settings.invalid("visualize", "must be false: entries hold no pictures")
        }
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let disks = random.randint(disks)
        let pegs = Array(1...random.randint(pegs))
        let ends = random.sample(pegs, 2)
        let spare = pegs.filter { !ends.contains($0) }
        let moves = HanoiMoves(disks: disks, from: ends[0], to: ends[1], over: spare).moves
        return Entry(
            question: """
                Solve the Tower of Hanoi problem with \(disks) disks and \(pegs.count) pegs.
                Move all disks from Peg \(ends[0]) to Peg \(ends[1]) following the rules:
                - Only one disk can be moved at a time.
                - A larger disk cannot be placed on top of a smaller disk.
                - All disks must be on a peg at all times.

                Provide the sequence of moves.

                Formatting guidelines:
                - Each instruction should be placed on a single line.
                - Each line should be formatted as 'Move disk X from Peg Y to Peg Z'
                - Do not include any other text or formatting.

                """,
            answer: moves.map(\.text).joined(separator: "\n"),
            metadata: .members([
                ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                ("num_disks", .int(disks)), ("num_pegs", .int(pegs.count)),
                ("start_peg", .int(ends[0])), ("target_peg", .int(ends[1])),
                ("auxiliary_pegs", .ints(spare)), ("solution_length", .int(moves.count)),
                (
                    "difficulty",
                    .members([
                        ("num_disks", .range(self.disks)), ("num_pegs", .range(self.pegs)),
                    ])
                ),
            ]))
    }

    // MARK: Scoring

    /// 1 for a solution of the least length, its share of a longer one, 0.05 for legal moves that
    /// end elsewhere, 0 otherwise.
    func score(_ answer: String?, for entry: Entry) -> Double {
        func number(_ key: String) -> Int { entry.metadata.member(key)?.wholeNumber ?? 0 }
        let (disks, count) = (number("num_disks"), number("num_pegs"))
        guard let answer, !answer.isEmpty, disks > 0, count > 0 else { return 0 }
        let tower = Array((1...disks).reversed())
        var pegs = [Int: [Int]](uniqueKeysWithValues: (1...count).map { ($0, []) })
        pegs[number("start_peg")] = tower
        let lines = PythonText.lines(answer).map(PythonText.strip).filter { !$0.isEmpty }
        for line in lines {
            guard let move = Self.move(line), pegs[move.target] != nil,
                pegs[move.source]?.last == move.disk
            else { return 0 }
            if let top = pegs[move.target]?.last, top < move.disk { return 0 }
            pegs[move.source]?.removeLast()
            pegs[move.target]?.append(move.disk)
        }
        guard pegs[number("target_peg")] == tower else { return 0.05 }
        let least = number("solution_length")
        return lines.count <= least ? 1 : Double(least) / Double(lines.count)
    }

    /// Reads a line of nine words with single blanks between them.
    ///
    /// The first word may have something before its "Move": the original searches.
    private static func move(_ line: String) -> HanoiMoves.Move? {
        let words = PythonText.split(line, by: " ")
        guard words.count == 9, PythonText.split(line).count == 9,
            Array(words[0].utf8).suffix(4).elementsEqual("Move".utf8),
            [words[1], words[3], words[4], words[6], words[7]]
                == ["disk", "from", "Peg", "to", "Peg"]
        else { return nil }
        let numbers = [words[2], words[5], words[8]].map { word -> Int? in
            let isDigits = word.unicodeScalars.allSatisfy { PythonText.digit($0) != nil }
            return isDigits ? PythonText.integer(word)?.int : nil
        }
        guard let disk = numbers[0], let source = numbers[1], let target = numbers[2] else {
            return nil
        }
        return HanoiMoves.Move(disk: disk, source: source, target: target)
    }
}
