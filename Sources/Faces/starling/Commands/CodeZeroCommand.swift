import ArgumentParser
import Bytes
import CodeZero
import Dashboard
import Foundation
import GenRL
import Keys
import Language
import Neural
import Sandbox
import Swarm

/// Models that write programs, write tasks for each other, and judge.
struct CodeZeroCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codezero",
        abstract: "Solvers, proposers and evaluators of Python programs improve each other.",
        subcommands: [Run.self, Check.self])
}

extension CodeZeroCommand {
    /// The loop.
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Play the loop: propose, solve, run, judge, learn.",
            discussion: """
                A proposer writes tasks with solutions and inputs, a solver answers, a sandbox without \
                network and files runs the answers, evaluators judge them unseen; the level of the tasks \
                follows the solve rate. Told is the pass rate on tasks that nobody learned from. Without \
                --model, tiny models are first taught what Python looks like, in minutes. The run lives \
                in runs/<name> and goes on after an interruption with the same bits.

                Examples:
                  starling codezero run
                  starling codezero run --rewards evaluators
                  starling codezero run --model ~/models/SmolLM2-135M-Instruct --rounds 40
                  starling codezero run --config recipes/codezero.toml --set codezero.answers=8
                """)

        @Option(help: ArgumentHelp("Who decides about rewards: execution or evaluators.", valueName: "who"))
        var rewards: String?
        @Option(
            help: ArgumentHelp(
                "Model to start from, a folder or GGUF file; the generator then writes the tasks.",
                valueName: "path"))
        var model: String?
        @Option(help: ArgumentHelp("Rounds to run.", valueName: "n")) var rounds: Int?
        @Option(help: ArgumentHelp("Seed of tasks and draws.", valueName: "s")) var seed: Int?
        @Option(help: ArgumentHelp("Recipe to follow, with a [codezero] section.", valueName: "file"))
        var config: String?
        @OptionGroup var over: SettingOptions
        @OptionGroup var place: RunFolderOption
        @OptionGroup var machine: MachineOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let recipe = try self.recipe()
            guard case .codezero(let codezero) = recipe.task else {
                throw Failure("the recipe is of another kind; give one with [task] kind = \"codezero\"")
            }
            try CodeZeroCommand.play(
                recipe, codezero, on: machine, in: place.folder(of: recipe), command: again, json: output.json
            )
        }

        private var overrides: [String] {
            var overrides = over.settings
            if let rewards { overrides.append(ConfigFile.setting("task.rewards", rewards)) }
            if let rounds { overrides.append("codezero.rounds=\(rounds)") }
            if let seed { overrides.append("seed=\(seed)") }
            return overrides
        }

        private func recipe() throws -> Recipe {
            if let config { return try Recipe.read(config, overrides: overrides) }
            guard let model else { return try Recipe.builtIn(BuiltInRecipe.codezero, overrides: overrides) }
            return try Recipe.builtIn(
                BuiltInRecipe.codechat, overrides: [ConfigFile.setting("model.from", model)] + overrides)
        }

        private var again: String {
            var words = ["starling codezero run"]
            if let config { words.append("--config \(config)") }
            if let model { words.append("--model \(model)") }
            words += overrides.map { "--set '\($0)'" }
            return words.joined(separator: " ")
        }
    }

    /// Plays a recipe to the end and tells what came of it.
    static func play(
        _ recipe: Recipe, _ codezero: CodeZeroRecipe, on machine: MachineOptions, in folder: RunFolder,
        command: String, json: Bool
    ) throws {
        var session = try CodeZeroSession(recipe, codezero, on: machine, in: folder, json: json)
        let clock = ContinuousClock()
        let start = clock.now
        try session.play()
        let figures = session.figures
        let report = try folder.write(session.report(elapsed: clock.now - start, command: command))
        try session.model.pretrained.write(session.run.weights, to: folder.model.path, on: machine.engine())
        let rest: [(String, JSON)] = [
            ("hash", .text(session.run.weights.own.digest.hex)), ("run", .text(folder.shown)),
            ("model", .text("\(folder.shown)/model")), ("report", .text(report)),
        ]
        if json {
            Output.line(.members(figures + rest))
        } else {
            for (name, value) in figures + rest { Output.line("\(name): \(value.text ?? value.text())") }
        }
    }
}

extension CodeZeroCommand {
    /// Programs against tests.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run programs against the tests of a file, in the sandbox.",
            discussion: """
                The file has problems in the form of MBPP, JSON objects one a line: text, code, test_list. \
                Without --answers each problem's own code is run. With it, the lines of that file are \
                {"index", "text"}: the position of a problem from 0, and what a model wrote.

                Examples:
                  starling codezero check --problems mbpp.jsonl
                  starling codezero check --problems mbpp.jsonl --answers answers.jsonl --json
                """)

        @Option(help: ArgumentHelp("Problems in the form of MBPP.", valueName: "file")) var problems: String
        @Option(help: ArgumentHelp("Answers to them, one JSON object a line.", valueName: "file"))
        var answers: String?
        @OptionGroup var output: OutputOptions

        func run() throws {
            let items = try MBPPFile(path: problems).items
            let given = try answers.map { try Self.read($0, count: items.count) }
            let answered = given ?? items.enumerated().map { ($0, $1.reference) }
            let execution = ExecutionRewards(try Sandbox())
            var progress = Progress("check", total: answered.count, unit: "programs", isShown: !output.json)
            var passed = 0
            for (done, answer) in answered.enumerated() {
                let problem = items[answer.index].problem
                let report = try execution.reports(of: [answer.text], to: problem)[0]
                if report?.isSolved == true { passed += 1 }
                let state = report.map { $0.isSolved ? "passed" : Self.words($0) } ?? "no program"
                if output.json {
                    Output.line(["index": .int(answer.index), "result": .text(state)])
                } else if report?.isSolved != true {
                    Output.line("\(answer.index): \(problem.entryPoint): \(state)")
                }
                progress.update(done + 1)
            }
            progress.end()
            if output.json {
                Output.line(["programs": .int(answered.count), "passed": .int(passed)])
            } else {
                Output.line("\(passed) of \(answered.count) pass")
            }
            if given == nil, passed < answered.count { throw ExitCode.failure }
        }

        private static func words(_ report: PythonTests.Report) -> String {
            let failed = report.passed.count { !$0 }
            let note = report.note.isEmpty ? "" : " (\(report.note))"
            return report.state == .ran
                ? "failed \(failed) of \(report.passed.count)\(note)"
                : "\(report.state.rawValue)\(note)"
        }

        /// Bytes of a line of answers.
        private static let lineMax = 1 << 17

        private static func read(_ path: String, count: Int) throws -> [(index: Int, text: String)] {
            guard let handle = FileHandle(forReadingAtPath: path) else {
                throw Failure("\(path) cannot be read; check --answers")
            }
            var lines = InputLines(limit: lineMax, from: handle)
            var answers: [(index: Int, text: String)] = []
            while let line = try lines.next() {
                guard line.contains(where: { !$0.isWhitespace }) else { continue }
                let object: JSON
                do throws(JSONError) {
                    object = try JSON(parsing: line)
                } catch { throw Failure("\(path), line \(answers.count + 1): \(error)") }
                guard let index = object["index"]?.wholeNumber, (0..<count).contains(index),
                    let text = object["text"]?.text
                else {
                    throw Failure(
                        "\(path), line \(answers.count + 1): give \"index\", 0 to \(count - 1), and \"text\"")
                }
                answers.append((index, text))
            }
            return answers
        }
    }
}
