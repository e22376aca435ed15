import Gym

/// A study group: everybody answers, everybody says whose answer is best and why, everybody settles on one.
///
/// All peers play the same tasks, of any environments with numeric answers. What others said is quoted line
/// by line, so that no text can pass for a line of the group's own.
public struct MathsGame: Sendable {
    /// What answers and choices are worth.
    public enum Rules: String, Hashable, Sendable, CaseIterable {
        /// 0.8 for what is right, 0.2 for a last line that says it in the form asked for. A choice is right
        /// if the chosen answer is, or if none is and it says so.
        case fixed
        /// As GenRL 0.3.0 pays, quirks included, for comparison (`OriginalMathsRewards`).
        case original
    }

    /// What answers and choices are worth.
    public var rules: Rules
    /// Answers of each peer that the others read.
    public var quotedPerPeer = 2
    /// Characters of each that they read.
    public var quoteMax = 400
    /// The longest prompt, in tokens.
    public var promptTokenMax = 4096

    /// A game by some rules.
    public init(rules: Rules = .fixed) { self.rules = rules }

    /// The share of the reward that is for the form.
    static let formShare: Float = 0.2

    /// The game.
    public var game: Game {
        let rules = self
        return Game(
            "maths",
            stages: [
                .init(
                    "answer", role: .solver, turns: { [.init(rules.question($0))] },
                    rewards: { node, tree in rules.answers(node, tree) }),
                .init(
                    "critique", role: .critic, turns: { rules.critique($0) },
                    rewards: { node, tree in rules.choices(node, tree) }),
                .init(
                    "vote", role: .voter, turns: { rules.vote($0) },
                    rewards: { node, tree in rules.answers(node, tree) }),
            ], assignment: .common, promptTokenMax: promptTokenMax)
    }

    // MARK: Prompts

    private static let answerForm = "The last line must be \"Answer: \" and the number, nothing else."
    private static let choiceForm =
        "The last line must be \"Choice: Student #\" and a number, or \"Choice: None\"."

    private func question(_ tree: GameTree) -> String {
        tree.task.entry.question + "\n\nThink step by step. " + Self.answerForm
    }

    private func critique(_ tree: GameTree) -> [Game.Turn] {
        let quotes = quotes(tree, stage: 0)
        guard !quotes.isEmpty else { return [] }
        return [
            .init(
                tree.task.entry.question + "\n\n" + listed(quotes, "Student", "said")
                    + "Whose answer is best, and why? " + Self.choiceForm)
        ]
    }

    private func vote(_ tree: GameTree) -> [Game.Turn] {
        let quotes = quotes(tree, stage: 0), remarks = self.quotes(tree, stage: 1)
        guard !quotes.isEmpty else { return [] }
        return [
            .init(
                tree.task.entry.question + "\n\n" + listed(quotes, "Student", "said")
                    + listed(remarks, "Critic", "said") + "Now give the answer yourself. "
                    + Self.answerForm)
        ]
    }

    /// The texts of a stage that are shown, in the tree's order.
    private func quotes(_ tree: GameTree, stage: Int) -> [String] {
        tree.nodes(inStage: stage).flatMap { $0.texts.prefix(quotedPerPeer) }
    }

    private func listed(_ quotes: [String], _ name: String, _ verb: String) -> String {
        quotes.enumerated().map { index, quote in
            let short = String(String.UnicodeScalarView(quote.unicodeScalars.prefix(quoteMax)))
            let lines = short.split(separator: "\n", omittingEmptySubsequences: true)
            return "\(name) #\(index) \(verb):\n" + lines.map { "> \($0)\n" }.joined() + "\n"
        }.joined()
    }

    // MARK: Rewards

    private func answers(_ node: GameNode, _ tree: GameTree) -> [Float] {
        let expected = tree.task.entry.answer
        return node.texts.map { text in
            switch rules {
            case .original: Float(OriginalMathsRewards.answer(text, expected: expected))
            case .fixed: answer(text, expected)
            }
        }
    }

    private func answer(_ text: String, _ expected: String?) -> Float {
        guard let expected, let said = MathsReading.last("Answer:", in: text) else { return 0 }
        let form = MathsReading.ends(text, with: "Answer:") && MathsReading.isNumber(said)
        let isRight = MathsReading.isEqual(said, expected)
        return (isRight ? 1 - Self.formShare : 0) + (form ? Self.formShare : 0)
    }

    private func choices(_ node: GameNode, _ tree: GameTree) -> [Float] {
        let seen = Set(node.parents)
        let shown = tree.nodes(inStage: 0).filter { seen.contains($0.id) }
            .flatMap { $0.texts.prefix(quotedPerPeer) }
        return node.texts.map { text in
            switch rules {
            // The original looks into the solution that has the number of the node: its first one.
            case .original: Float(OriginalMathsRewards.choice(text, solution: shown.first))
            case .fixed: choice(text, among: shown, tree.task.entry.answer)
            }
        }
    }

    private func choice(_ text: String, among shown: [String], _ expected: String?) -> Float {
        guard let expected, let said = MathsReading.last("Choice:", in: text) else { return 0 }
        func isRight(_ quote: String) -> Bool {
            MathsReading.last("Answer:", in: quote).map { MathsReading.isEqual($0, expected) } ?? false
        }
        let form: Bool, right: Bool
        if said == "None" {
            form = true
            right = !shown.contains(where: isRight)
        } else if said.hasPrefix("Student #"), let number = Int(said.dropFirst(9)),
            shown.indices.contains(number)
        {
            form = true
            right = isRight(shown[number])
        } else {
            return 0
        }
        let ends = MathsReading.ends(text, with: "Choice:") && form
        return (right ? 1 - Self.formShare : 0) + (ends ? Self.formShare : 0)
    }
}
