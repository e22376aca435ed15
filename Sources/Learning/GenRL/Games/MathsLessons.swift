import Gym

/// Right moves of a study group, to teach its forms to a model that does not know them.
///
/// A lesson is a turn of the game after scripted players have moved, who are right every other time, and a
/// right answer to it. It is a function of the task, the stage and the draws.
struct MathsLessons: Sendable {
    /// The game.
    let maths: MathsGame
    /// Players who have moved before.
    let players: Int

    /// Stages that are taught in turn: what is judged has to be said first, and is the shortest to teach.
    static let stages = [0, 0, 1, 0, 0, 2]
    /// Wrong numbers are off by at most so much.
    private static let errorMax = 5

    /// What is asked in a stage, and what to say to it; nil where the task's answer is no whole number.
    func lesson(
        _ task: RoundTask, stage: Int, codec: TextCodec, _ random: inout CounterRandom
    ) -> (prompt: [Int32], answer: String)? {
        guard let expected = task.entry.answer.flatMap({ Int($0) }), abs(expected) < 1 << 40 else {
            return nil
        }
        var tree = GameTree(task: task)
        for earlier in 0..<stage {
            let view = tree.before(stage: earlier)
            for player in 0..<players {
                let texts = (0..<maths.quotedPerPeer).map { _ in
                    random.draw(below: 2) == 0
                        ? right(earlier, view, expected) : wrong(earlier, view, expected, &random)
                }
                add(texts, of: "player \(player)", stage: earlier, to: &tree)
            }
        }
        let game = maths.game, view = tree.before(stage: stage)
        guard let turn = game.turns(of: "pupil", stage: stage, seeing: view).first,
            let prompt = game.prompt(of: turn, for: task, codec: codec)
        else { return nil }
        return (prompt, right(stage, view, expected))
    }

    private func right(_ stage: Int, _ view: GameTree, _ expected: Int) -> String {
        guard stage == 1 else { return "Answer: \(expected)" }
        let choice = said(view).firstIndex(of: "Answer: \(expected)")
        return choice.map { "Choice: Student #\($0)" } ?? "Choice: None"
    }

    private func wrong(
        _ stage: Int, _ view: GameTree, _ expected: Int, _ random: inout CounterRandom
    ) -> String {
        guard stage == 1 else {
            let error = 1 + random.draw(below: Self.errorMax), isBelow = random.draw(below: 2) == 0
            return "Answer: \(isBelow && expected >= error ? expected - error : expected + error)"
        }
        return "Choice: Student #\(random.draw(below: max(1, said(view).count)))"
    }

    /// What the others are shown of the answers.
    private func said(_ view: GameTree) -> [String] {
        view.nodes(inStage: 0).flatMap { $0.texts.prefix(maths.quotedPerPeer) }
    }

    private func add(_ texts: [String], of player: String, stage: Int, to tree: inout GameTree) {
        let rollout = Rollout(
            task: tree.task.id, peer: player, round: 0, model: ModelID(family: "", step: 0), stage: stage,
            completions: texts.map { Completion(tokens: [], text: $0, logProbabilities: []) })
        do throws(GameTreeError) {
            try tree.insert(GameNode(id: rollout.id, rollout: rollout, prompt: []))
        } catch {
            preconditionFailure("players move once a stage, without parents")
        }
    }
}
