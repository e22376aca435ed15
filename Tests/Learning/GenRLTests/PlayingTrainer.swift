import Gym
import Neural

@testable import GenRL

/// A trainer over ASCII text that answers prompts by a rule and scores every token alike.
final class PlayingTrainer: Trainer {
    static let codec = TextCodec.characters(
        String(String.UnicodeScalarView((32..<127).map { Unicode.Scalar(UInt8($0)) })) + "\n")

    /// The text of a prompt, without the token that ends it.
    static func text(_ prompt: [Int32]) -> String { codec.text(Array(prompt.dropLast())) }

    var model = ModelID(family: "playing", step: 0)
    let rule: RolloutRule
    var learned: [[ScoredRollout]] = []
    var prompts: [[String]] = []
    /// What `score` says of each token.
    var scoring: Float = -2
    private let answers: (_ prompt: String, RoundTask) -> [String]

    init(answerCount: Int = 2, answers: @escaping (_ prompt: String, RoundTask) -> [String]) {
        rule = RolloutRule(
            family: "playing", completionCount: answerCount, tokenMax: 4096, codec: Self.codec)
        self.answers = answers
    }

    func generate(_ tasks: [RoundTask], round: Int) -> [[Completion]] {
        prompts.append(tasks.map { Self.text($0.prompt) })
        return tasks.map { task in
            let texts = answers(Self.text(task.prompt), task)
            return texts.map { text in
                let tokens = Self.codec.answer(text) + [0]
                return Completion(
                    tokens: tokens, text: text,
                    logProbabilities: Array(repeating: -2, count: tokens.count))
            }
        }
    }

    func answer(_ tasks: [RoundTask], greedily: Bool) -> [String] {
        tasks.map { answers(Self.text($0.prompt), $0)[0] }
    }

    func train(_ groups: [ScoredRollout], round: Int) -> StepReport? {
        learned.append(groups)
        model.step += 1
        return nil
    }

    func score(_ answers: [ClaimedAnswer]) -> [[Float]]? {
        answers.map { Array(repeating: scoring, count: $0.tokens.count) }
    }
}
