import ArgumentParser
import Bytes
import Dashboard
import GenRL
import Gym
import Language
import Neural
import Tensor

/// How well a model does tasks.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Ask a model held-out questions of tasks and score its answers.",
        discussion: """
            Questions come from seeds that no training of the same --seed sees. A score is 1 for a right \
            answer; what a part of one is worth, each task says.

            Examples:
              starling eval --model DIR --tasks basic_arithmetic,spell_backward --count 50
              starling eval --model runs/seedling/model --tasks spell_backward --count 200 --json
              starling eval --model DIR --tasks chain_sum --answer last-number \\
                --instruction "Reply with only the number."
            """)

    /// Where in a completion the answer stands.
    enum Answer: String, CaseIterable, ExpressibleByArgument {
        case whole, tagged
        case lastNumber = "last-number"

        var reading: AnswerReading {
            switch self {
            case .whole: .whole
            case .tagged: .tagged
            case .lastNumber: .lastNumber(formatShare: 0)
            }
        }
    }

    /// What is asked between generations, so that progress moves and memory stays small.
    private static let batch = 16

    @OptionGroup var source: ModelOptions
    @Option(
        help: ArgumentHelp("Tasks, separated by commas; `starling env list` has them.", valueName: "names"))
    var tasks: String
    @Option(help: ArgumentHelp("Questions of each task.", valueName: "n")) var count = 32
    @Option(help: ArgumentHelp("Settings of the tasks, a JSON object.", valueName: "json"))
    var config = "{}"
    @Option(help: ArgumentHelp("Seed of the questions.", valueName: "s")) var seed = 0
    @Option(help: "Where the answer stands: whole, tagged or last-number.") var answer = Answer.whole
    @Option(help: ArgumentHelp("A sentence after each question.", valueName: "text"))
    var instruction = ""
    @Option(help: ArgumentHelp("Tokens of an answer at most.", valueName: "n")) var maxTokens = 128
    @Flag(help: "Draw answers at temperature 1 instead of taking the most probable tokens.")
    var sampled = false
    @Option(help: "Numbers of the weights and products: fp32 or bf16.") var precision = Precision.fp32
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...100_000).contains(count), maxTokens >= 1 else {
            throw ValidationError("--count takes 1 to 100000, --max-tokens a number from 1")
        }
        guard (0..<EnvironmentMix.seedMax).contains(seed) else {
            throw ValidationError("--seed takes a number from 0")
        }
    }

    func run() throws {
        guard let settings = try? JSON(parsing: config) else {
            throw Failure(#"--config is not JSON; write it as '{"min_digits": 2}'"#)
        }
        let names = tasks.split(separator: ",").map { $0.filter { $0 != " " } }
        let model = try source.open()
        let codec = try model.codec(instruction: instruction)
        let generator = Generator(
            try model.weights(), element: precision.element, on: machine.engine())
        var progress = Progress("eval", total: names.count * count, unit: "questions")
        var scores: [(name: String, reward: Double, solved: Double)] = []
        for name in names {
            let data = try GymDataManager(
                EnvironmentMix([.init(name, configuration: settings)], seed: seed),
                tasksPerRound: 1, promptTokenMax: max(1, generator.room - maxTokens), codec: codec)
            let rewards = GymRewardManager(data, reading: answer.reading)
            let questions = try data.heldOut(count)
            var earned: [Float] = []
            for start in stride(from: 0, to: count, by: Self.batch) {
                let part = Array(questions[start..<min(start + Self.batch, count)])
                let texts = try answers(part, from: start, generator, codec)
                earned += zip(texts, part).map { rewards.reward($0, for: $1) }
                progress.update(scores.count * count + earned.count, note: name)
            }
            let mean = earned.reduce(0.0) { $0 + Double($1) } / Double(count)
            scores.append((name, mean, Double(earned.count { $0 >= 1 }) / Double(count)))
        }
        progress.end()
        show(scores)
    }

    private func answers(
        _ tasks: [RoundTask], from start: Int, _ generator: Generator, _ codec: TextCodec
    ) throws -> [String] {
        let requests = tasks.enumerated().map { position, task in
            GenerationRequest(
                prompt: task.prompt, maxNewTokens: maxTokens,
                sampling: sampled ? Sampling() : .greedy, seed: UInt64(seed),
                stream: UInt64(start + position), stopTokens: Set(codec.stopTokens))
        }
        return try generator.generate(requests).map { codec.text($0.tokens) }
    }

    private func show(_ scores: [(name: String, reward: Double, solved: Double)]) {
        let mean = scores.reduce(0) { $0 + $1.reward } / Double(max(1, scores.count))
        guard output.json else {
            for score in scores {
                Output.line(
                    "\(score.name): reward \(Numbers.fixed(score.reward, 3)), "
                        + "solved \(Numbers.fixed(100 * score.solved, 1))%")
            }
            if scores.count > 1 { Output.line("mean: reward \(Numbers.fixed(mean, 3))") }
            return
        }
        let tasks = scores.map { score in
            (
                score.name,
                JSON.members([
                    ("reward", .number(score.reward)), ("solved", .number(score.solved)),
                ])
            )
        }
        Output.line(
            .members([
                ("tasks", .members(tasks)), ("reward", .number(mean)), ("count", .int(count)),
            ]))
    }
}

extension Generator {
    /// Tokens that a sequence may have.
    fileprivate var room: Int { transformer.config.contextLength }
}
