import ArgumentParser
import Bytes
import Dashboard
import Foundation
import GenRL
import Gym
import Language
import Neural
import World

/// How well a model does tasks.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Ask a model held-out questions of tasks and score its answers.",
        discussion: """
            Questions come from seeds that no training of the same --seed sees. A score is 1 for a right \
            answer; what a part of one is worth, each task says.

            Examples:
              starling eval --model DIR --tasks basic_arithmetic,spell_backward --count 50
              starling eval --model models/seedling --tasks spell_backward --samples 8 --report eval.html
              starling eval --model models/seedling --against runs/swarm/model --tasks spell_backward
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

    @OptionGroup var source: ModelOptions
    @Option(help: ArgumentHelp("A second model, asked the same questions.", valueName: "path"))
    var against: String?
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
    @Option(
        help: ArgumentHelp(
            "Tokens of an answer at most; by default 128, or half of what a small model reads.",
            valueName: "n"))
    var maxTokens: Int?
    @Option(
        help: ArgumentHelp(
            "Answers to each question, drawn at temperature 1; without it the most probable tokens.",
            valueName: "n"))
    var samples: Int?
    @Option(help: ArgumentHelp("Where to write a page about it, an HTML file.", valueName: "file"))
    var report: String?
    @Option(help: "Numbers of the weights and products: fp32 or bf16.") var precision = Precision.fp32
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...100_000).contains(count), maxTokens ?? 1 >= 1 else {
            throw ValidationError("--count takes 1 to 100000, --max-tokens a number from 1")
        }
        guard (1...1024).contains(samples ?? 1) else {
            throw ValidationError("--samples takes 1 to 1024")
        }
        guard (0..<EnvironmentMix.seedMax).contains(seed) else {
            throw ValidationError("--seed takes a number from 0")
        }
    }

    func run() throws {
        guard let settings = try? JSON(parsing: config) else {
            throw Failure(#"--config is not JSON; write it as '{"min_digits": 2}'"#)
        }
        let parts = tasks.split(separator: ",").map { name in
            EnvironmentMix.Part(name.filter { $0 != " " }, configuration: settings)
        }
        let paths = [source.model] + (against.map { [$0] } ?? [])
        var progress = Progress("eval", total: paths.count * parts.count * count, unit: "questions")
        var asked = 0
        let models = try paths.map { path in
            let evaluator = try evaluator(of: path)
            return try parts.map { part in
                let scores = try evaluator.scores(of: part, count: count) {
                    progress.update(asked + $0, note: part.name)
                }
                asked += count
                return scores
            }
        }
        progress.end()
        let page = EvaluationPage(paths: paths, models: models)
        if let report {
            try AtomicFile.write(page.report(commands: CommandLine.arguments).html(), to: report)
            Output.note("report: \(report)")
        }
        if output.json {
            Output.line(page.json(count: count))
        } else {
            for line in page.lines { Output.line(line) }
        }
    }

    private func evaluator(of path: String) throws -> Evaluator {
        let model = try PretrainedModel(path: NSString(string: path).expandingTildeInPath)
        let context = model.config.transformer.contextLength, tokens = maxTokens ?? min(128, context / 2)
        guard tokens < context else {
            throw Failure("\(path) reads \(context) tokens; lower --max-tokens, the question needs room too")
        }
        let generator = Generator(try model.weights(), element: precision.element, on: machine.engine())
        var evaluator = Evaluator(generator, codec: try model.codec(instruction: instruction))
        evaluator.reading = answer.reading
        evaluator.answersPerQuestion = samples ?? 1
        evaluator.temperature = samples == nil ? 0 : 1
        evaluator.newTokenMax = tokens
        evaluator.seed = seed
        return evaluator
    }
}
