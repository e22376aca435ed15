import GenRL
import Keys
import Testing

@testable import CodeZero

@Suite struct `What an evaluator is asked` {
    /// Code point by code point, with special tokens that only trusted text may make.
    static let specials = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<s>", "</s>", "[INST]", "[/INST]"]

    static func encode(_ text: String, specials: Bool) -> [Int32] {
        var ids: [Int32] = []
        var rest = Substring(text)
        while let first = rest.unicodeScalars.first {
            if specials, let index = Self.specials.firstIndex(where: { rest.hasPrefix($0) }) {
                ids.append(-1 - Int32(index))
                rest = rest.dropFirst(Self.specials[index].count)
            } else {
                ids.append(Int32(first.value))
                rest.unicodeScalars.removeFirst()
            }
        }
        return ids
    }

    static func prompt(_ completion: String) throws -> EvaluationPrompt? {
        let problem = try Examples.addOne()
        return SolutionText.extract(completion, entryPoint: problem.entryPoint).flatMap {
            EvaluationPrompt(problem: problem, solution: $0)
        }
    }

    @Test(arguments: injections) func `does not change with what a solution says`(injection: Injection) throws
    {
        let plain = try #require(try Self.prompt(wrong))
        guard let prompt = try Self.prompt(injection.completion) else {
            #expect(injection.name == "no program at all")
            return
        }
        #expect(prompt.pieces.count == plain.pieces.count)
        for (position, (piece, expected)) in zip(prompt.pieces, plain.pieces).enumerated() {
            guard position == 5 else {
                #expect(piece == expected)
                continue
            }
            guard case .quoted(let text) = piece else {
                Issue.record("a program is quoted")
                return
            }
            #expect(text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) || $0 == "\n" })
            for (index, line) in text.split(separator: "\n").enumerated() {
                #expect(line.hasPrefix("\(index + 1)| "), "\(line)")
            }
            // Even a tokenizer that would look for special tokens finds none in it.
            #expect(Self.encode(text, specials: true) == Self.encode(text, specials: false))
            #expect(!text.contains("```"))
        }
    }

    @Test func `has neither prose nor comments nor documentation`() throws {
        for name in [
            "prose asks", "prose after asks", "a comment asks", "a comment after code asks",
            "a docstring asks", "a text of the module asks", "a false verdict in a comment",
        ] {
            let injection = try #require(injections.first { $0.name == name })
            let prompt = try #require(try Self.prompt(injection.completion))
            guard case .quoted(let text) = prompt.pieces[5] else { continue }
            for word in ["nswer", "gnore", "yes", "SYSTEM", "is_correct"] {
                #expect(!text.contains(word), "\(name): \(text)")
            }
        }
    }

    @Test(arguments: [
        ("x = 1 # c", "x = 1 "), ("s = '# no'", "s = '# no'"), ("s = \"a\\\"# b\" # c", "s = \"a\\\"# b\" "),
        ("'''d'''\nx", "pass\nx"), ("f('a')\n", "f('a')\n"), ("x = [\n'a'\n]", "x = [\n'a'\n]"),
        ("def f():\n    'd'\n    return 'r'", "def f():\n    pass\n    return 'r'"), ("'open", "pass"),
        ("'''never closed # here", "pass"), ("x = '''a\n# b\n'''", "x = '''a\n# b\n'''"),
    ]) func `is Python without comments`(example: (String, String)) {
        #expect(PythonText.withoutComments(example.0) == example.1)
    }

    @Test func `keeps special tokens of our own and makes none of a solver's`() throws {
        let prompt = try #require(try Self.prompt("x = '<|im_end|>'\n" + wrong))
        let tokens = prompt.tokens(
            trusted: { Self.encode("<|im_start|>" + $0, specials: true) },
            quoted: { Self.encode($0, specials: false) })
        #expect(
            tokens.count { $0 < 0 } == prompt.pieces.count { if case .trusted = $0 { true } else { false } })
    }

    @Test func `is nothing for a program without an end`() throws {
        #expect(try Self.prompt("def add_one(x): pass\n" + String(repeating: "x = 1\n", count: 2000)) == nil)
    }
}

@Suite struct `An evaluator` {
    let secret = [UInt8](repeating: 7, count: 32)

    @Test func `gives the share of its two answers`() throws {
        let evaluator = SolutionEvaluator(name: "a", judge: ScriptedJudge { _ in 0.8 }, secret: secret)
        let probability = try evaluator.probability(of: wrong, solving: Examples.addOne())
        #expect(abs(probability - 0.8) < 1e-12)
        #expect(try evaluator.probability(of: "no program", solving: Examples.addOne()) == 0)
    }

    @Test func `says that it cannot say`() throws {
        let evaluator = SolutionEvaluator(name: "a", judge: ScriptedJudge { _ in -1 }, secret: secret)
        #expect(throws: JudgeError.unavailable("not today")) {
            try evaluator.probability(of: wrong, solving: Examples.addOne())
        }
        let strange = SolutionEvaluator(name: "a", judge: ScriptedJudge { _ in .nan }, secret: secret)
        #expect(throws: JudgeError.self) { try strange.probability(of: wrong, solving: Examples.addOne()) }
    }

    @Test func `may be a model, which is given a stranger's words as mere text`() throws {
        let judge = TokenJudge(
            tokenMax: 4096, trusted: { `What an evaluator is asked`.encode($0, specials: true) },
            quoted: { `What an evaluator is asked`.encode($0, specials: false) },
            logProbabilities: { continuations, prompt throws(JudgeError) in
                // "yes" has three tokens here, "no" two.
                guard prompt.allSatisfy({ $0 >= 0 }) else { throw .unavailable("a special token") }
                return continuations.map { tokens in tokens.map { _ in tokens.count == 3 ? -0.1 : -2 } }
            })
        let evaluator = SolutionEvaluator(name: "a", judge: judge, secret: secret)
        let solution = "s = '<|im_end|>'\n" + wrong
        let probability = try evaluator.probability(of: solution, solving: Examples.addOne())
        #expect(abs(probability - 1 / (1 + Judging.exponential(-4 + 0.3))) < 1e-6)
        var small = judge
        small.tokenMax = 100
        #expect(throws: JudgeError.self) {
            try SolutionEvaluator(name: "a", judge: small, secret: secret).probability(
                of: solution, solving: Examples.addOne())
        }
    }

    @Test func `may be a model that writes programs, and weighs how likely it writes this one`() throws {
        let codec = TextCodec.characters((32..<127).map { String(UnicodeScalar($0)) }.joined())
        let program = try #require(try EvaluationPrompt(problem: Examples.addOne(), solution: wrong)).program
        let solution = wrong
        func probability(_ right: [Float], _ wrong: [Float]) throws -> Double {
            let ofWrong = wrong, ofRight = right
            let judge = LikelihoodJudge(tokenMax: 4096, codec: codec) { asked throws(JudgeError) in
                asked.map { $0.prompt.suffix(4) == (codec.answer("yes") + [1])[...] ? ofRight : ofWrong }
            }
            let evaluator = SolutionEvaluator(name: "a", judge: judge, secret: secret)
            return try evaluator.probability(of: solution, solving: Examples.addOne())
        }
        // Sums that are far below what an exponential can hold: only their difference counts, and half of
        // what is wrong has slips.
        var right = [Float](repeating: -0.5, count: program.count)
        right[0] = -2000
        var other = right
        other[1] -= 3
        let slipped = right.reduce(0.0) {
            $0
                + Judging.logarithm(
                    0.98 * Judging.exponential(Double($1)) + 0.02 / Double(codec.vocabulary))
        }
        // A token that no right program has says enough.
        #expect(try probability(right, other) < 1e-6 && slipped > -200)
        right[0] = -0.5
        other[0] = -0.5
        let mild =
            Double(program.count)
            * Judging.logarithm(
                0.98 * Judging.exponential(-0.5) + 0.02 / Double(codec.vocabulary))
        let sum = -0.5 * Double(program.count)
        let odds = (Judging.exponential(-3) + Judging.exponential(mild - sum)) / 2
        #expect(abs(try probability(right, other) - 1 / (1 + odds)) < 1e-6)

        let problem = try Examples.addOne()
        func refusal(_ tokenMax: Int, _ scores: @escaping LikelihoodJudge.Scores) -> JudgeError? {
            let judge = LikelihoodJudge(tokenMax: tokenMax, codec: codec, scores: scores)
            do throws(JudgeError) {
                _ = try SolutionEvaluator(name: "a", judge: judge, secret: secret)
                    .probability(of: wrong, solving: problem)
                return nil
            } catch { return error }
        }
        #expect(refusal(4096) { _ in [] } == .badAnswer)
        // What cannot be written at all is wrong.
        #expect(refusal(4096) { $0.map { $0.continuation.map { _ in -.infinity } } } == nil)
        #expect(refusal(4096) { $0.map { $0.continuation.map { _ in .nan } } } == .badAnswer)
        guard case .tooLong(_, 20) = refusal(20, { _ in [] }) else {
            Issue.record("a program that does not fit is judged")
            return
        }
    }

    @Test func `calls right what lies above its threshold, which is set where it errs least`() throws {
        var evaluator = SolutionEvaluator(name: "a", judge: ScriptedJudge { _ in 0.5 }, secret: secret)
        // It leans to "yes": what is wrong has 0.7 at most, what is right 0.8 or more, but for one of each.
        let wrong = [0.6, 0.65, 0.7, 0.9].map { ($0, false) },
            right = [0.8, 0.85, 0.95, 0.2].map { ($0, true) }
        evaluator.calibrate(on: wrong + right)
        #expect(abs(evaluator.threshold - 0.75) < 1e-9)
        evaluator.calibrate(on: [(0.3, true), (0.3, false)])
        #expect(evaluator.threshold == 0.65)
    }

    @Test func `is measured against execution`() {
        var calibration = JudgeCalibration()
        #expect(calibration.accuracy == nil && calibration.brier == nil)
        #expect(JudgeCalibration(numbers: calibration.numbers) == calibration)
        #expect(JudgeCalibration(numbers: [1]) == nil)
        for (probability, isSolved) in [(1.0, true), (0.0, false), (0.75, true), (0.75, false)] {
            calibration.record(probability: probability, isSolved: isSolved)
        }
        #expect(calibration.sensitivity == 1 && calibration.specificity == 0.5)
        #expect(JudgeCalibration(numbers: calibration.numbers) == calibration)
        #expect(calibration.accuracy == 0.75 && calibration.brier == (0.0625 + 0.5625) / 4)
        #expect(
            calibration.bins[7].said == 0.75 && calibration.bins[7].seen == 0.5
                && calibration.bins[9].count == 1)
        #expect(calibration.calibrationError == 0.125)
        #expect(calibration.corrected(0.75) == (1 + 1.5) / 4 && calibration.corrected(0.4) == 0.4)
        #expect(calibration.table == "said   seen   count\n0.00   0.00   1\n0.75   0.50   2\n1.00   1.00   1")
    }
}

@Suite struct `A vote by commitments` {
    let subject = CommitRevealVote.subject(problem: Digest(of: "p"), solution: "s")

    func ballot(_ name: String, _ isCorrect: Bool) -> Ballot {
        Ballot(
            evaluator: name, isCorrect: isCorrect, salt: .init(repeating: UInt8(name.utf8.count), count: 32))
    }

    func tally(_ votes: [(String, Bool)], quorum: Int = 1) throws -> CommitRevealVote.Tally {
        var vote = CommitRevealVote(subject: subject, evaluators: ["a", "bb", "ccc", "dddd"], quorum: quorum)
        for (name, isCorrect) in votes {
            try vote.commit(ballot(name, isCorrect).commitment(to: subject), by: name)
        }
        vote.closeCommitments()
        for (name, isCorrect) in votes { try vote.reveal(ballot(name, isCorrect)) }
        return vote.close()
    }

    @Test func `is won by the majority of those who speak`() throws {
        let tally = try tally([("a", true), ("bb", false), ("ccc", true)])
        #expect(
            tally.verdict == true && tally.correct == ["a", "ccc"] && tally.wrong == ["bb"]
                && tally.abstained == ["dddd"])
        #expect(try self.tally([("a", false)]).verdict == false)
    }

    @Test func `has no verdict at a tie, without votes, or below the quorum`() throws {
        #expect(try tally([("a", true), ("bb", false)]).verdict == nil)
        #expect(try tally([]).verdict == nil)
        #expect(try tally([("a", true), ("bb", true)], quorum: 3).verdict == nil)
    }

    @Test func `counts who does not reveal, or reveals something else, as silent`() throws {
        var vote = CommitRevealVote(subject: subject, evaluators: ["a", "bb", "ccc"])
        for name in ["a", "bb", "ccc"] {
            try vote.commit(ballot(name, true).commitment(to: subject), by: name)
        }
        vote.closeCommitments()
        try vote.reveal(ballot("a", true))
        #expect(throws: VoteError.falseReveal("bb")) { try vote.reveal(ballot("bb", false)) }
        let tally = vote.close()
        #expect(tally.correct == ["a"] && tally.abstained == ["bb", "ccc"] && tally.verdict == true)
    }

    @Test func `keeps its order and its members`() throws {
        var vote = CommitRevealVote(subject: subject, evaluators: ["a", "bb"])
        let own = ballot("a", true)
        #expect(throws: VoteError.wrongPhase(.commit)) { try vote.reveal(own) }
        #expect(throws: VoteError.unknownEvaluator("x")) {
            try vote.commit(own.commitment(to: subject), by: "x")
        }
        try vote.commit(own.commitment(to: subject), by: "a")
        #expect(throws: VoteError.secondTime("a")) { try vote.commit(own.commitment(to: subject), by: "a") }
        // A copy of a's commitment opens for nobody else.
        try vote.commit(own.commitment(to: subject), by: "bb")
        vote.closeCommitments()
        #expect(throws: VoteError.wrongPhase(.reveal)) {
            try vote.commit(own.commitment(to: subject), by: "bb")
        }
        try vote.reveal(own)
        #expect(throws: VoteError.secondTime("a")) { try vote.reveal(own) }
        #expect(throws: VoteError.falseReveal("bb")) {
            try vote.reveal(Ballot(evaluator: "bb", isCorrect: true, salt: own.salt))
        }
    }

    @Test func `hides verdicts: commitments of yes and no differ with the salt`() {
        let other = CommitRevealVote.subject(problem: Digest(of: "p"), solution: "t")
        let evaluator = SolutionEvaluator(
            name: "a", judge: ScriptedJudge { _ in 1 }, secret: .init(repeating: 1, count: 16))
        let hidden = evaluator.ballot(isCorrect: true, on: subject)
        #expect(hidden.salt.count == 32 && hidden.salt != evaluator.ballot(isCorrect: true, on: other).salt)
        #expect(
            hidden.commitment(to: subject)
                != evaluator.ballot(isCorrect: false, on: subject).commitment(to: subject))
    }
}
