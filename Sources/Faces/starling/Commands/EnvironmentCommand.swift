import ArgumentParser
import Bytes
import Gym

/// Tasks with checkable rewards, spoken in lines.
struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "List, sample and score tasks with checkable rewards.",
        discussion: """
            A question is a function of task, configuration, seed and index; a score is a function \
            of question and answer.
            """,
        subcommands: [List.self, Show.self, Sample.self, Score.self, Test.self, New.self])

    /// Which environment, and how it is set.
    struct Choice: ParsableArguments {
        @Option(help: ArgumentHelp("Name of the task; `starling env list` has them.", valueName: "name"))
        var task: String?

        @Option(
            help: ArgumentHelp(
                "Instead of a task: a program that speaks one, as \"python3 task.py\".", valueName: "command")
        )
        var program: String?

        @Option(help: ArgumentHelp("Settings of the task, a JSON object.", valueName: "json"))
        var config = "{}"

        func validate() throws {
            guard (task == nil) != (program == nil) else {
                throw ValidationError("give one of --task and --program; `starling env list` has the tasks")
            }
        }

        /// The name in the registry and the settings.
        func named() throws -> (name: String, configuration: JSON) {
            guard let configuration = try? JSON(parsing: config) else {
                throw Failure(#"--config is not JSON; write it as '{"min_digits": 2}'"#)
            }
            guard let program else { return (task ?? "", configuration) }
            let words = program.split(separator: " ").map(String.init)
            return ("program", ["command": .texts(words), "config": configuration])
        }

        /// The environment's lines.
        func lines() throws -> EnvironmentLines {
            let (name, configuration) = try named()
            return try EnvironmentLines(name: name, configuration: configuration)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the names of all tasks.")

        @OptionGroup var output: OutputOptions

        func run() {
            for name in EnvironmentRegistry.names {
                if output.json {
                    Output.line(.members([("task", .text(name))]))
                } else {
                    Output.line(name)
                }
            }
        }
    }

    struct Sample: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print questions with their answers.",
            discussion: """
                Examples:
                  starling env sample --task basic_arithmetic --count 3
                  starling env sample --task sort_digits --seed 7 --count 100 --json
                  starling env sample --task chain_sum --config '{"min_digits": 2}'
                """)

        @OptionGroup var choice: Choice
        @Option(help: ArgumentHelp("Seed of the task.", valueName: "s")) var seed = 42
        @Option(help: ArgumentHelp("Index of the first question.", valueName: "i")) var start = 0
        @Option(help: ArgumentHelp("Number of questions.", valueName: "n")) var count = 1
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard start >= 0, count >= 0, !start.addingReportingOverflow(count).overflow else {
                throw ValidationError("--start and --count take numbers from 0")
            }
        }

        func run() throws {
            var lines = try choice.lines()
            for index in start..<(start + count) {
                let line = try lines.sample(seed: seed, index: index)
                if output.json {
                    Output.line(line)
                } else {
                    Output.line(Sample.readable(line, index: index))
                }
            }
        }

        private static func readable(_ line: String, index: Int) -> String {
            func text(_ key: String) -> String {
                (try? JSON(parsing: line))?.member(key)?.text ?? "(by rule)"
            }
            return "--- \(index)\n\(text("question"))\n=> \(text("answer"))"
        }
    }

    struct Score: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Score answers, one request a line on standard input.",
            discussion: """
                Each line {"seed", "index", "answer"} is answered by {"score"}, or by {"error"} \
                with a sentence; any error makes the exit code 1.

                Examples:
                  echo '{"seed": 7, "index": 0, "answer": "42"}' \\
                    | starling env score --task basic_arithmetic --json
                """)

        @OptionGroup var choice: Choice
        @OptionGroup var output: OutputOptions

        func run() throws {
            var lines = try choice.lines()
            var input = InputLines(limit: EnvironmentLines.lineBytesMax)
            var isFaulty = false
            while let line = try input.next() {
                guard !line.isEmpty else { continue }
                let reply = lines.score(line: line)
                let parsed = try? JSON(parsing: reply)
                isFaulty = isFaulty || parsed?.member("error") != nil
                Output.line(output.json ? reply : Score.readable(reply, parsed))
            }
            if isFaulty { throw ExitCode.failure }
        }

        private static func readable(_ reply: String, _ parsed: JSON?) -> String {
            switch (parsed?.member("score"), parsed?.member("error")) {
            case (.some(let score), _): score.text()
            case (_, .text(let sentence)?): "error: \(sentence)"
            default: reply
            }
        }
    }
}
