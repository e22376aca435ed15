import ArgumentParser
import Bytes
import Foundation
import Gym
import World

// What one needs to make an environment: its settings, a file to begin with, and a look at the result.
extension EnvironmentCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the settings of a task with their defaults.",
            discussion: """
                Example:
                  starling env show chain_sum
                """)

        @Argument(help: "Name of the task.") var task: String
        @OptionGroup var output: OutputOptions

        func run() throws {
            guard EnvironmentRegistry.names.contains(task) else {
                throw EnvironmentError.unknownEnvironment(task, valid: EnvironmentRegistry.names)
            }
            for (key, fallback) in EnvironmentRegistry.settings(of: task) {
                if output.json {
                    Output.line(.members([("key", .text(key)), ("default", fallback)]))
                } else {
                    Output.line("\(key) = \(fallback.text())")
                }
            }
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look whether a task is fit to train on.",
            discussion: """
                Questions must depend on seed and index alone, the own answer must have the full score, and \
                no answer may break it. Any fault makes the exit code 1.

                Examples:
                  starling env test --task chain_sum
                  starling env test --program "python3 task.py" --count 1000
                """)

        @OptionGroup var choice: Choice
        @Option(help: ArgumentHelp("Seed of the task.", valueName: "s")) var seed = 42
        @Option(help: ArgumentHelp("Number of questions.", valueName: "n")) var count = 200
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...1_000_000).contains(count) else {
                throw ValidationError("--count takes 1 to 1000000")
            }
        }

        func run() throws {
            let (name, configuration) = try choice.named()
            let start = SystemClock().uptime
            let check = EnvironmentCheck(count: count, seed: seed) { seed throws(EnvironmentError) in
                try EnvironmentRegistry.make(name, configuration: configuration, seed: seed)
            }
            let seconds = (SystemClock().uptime - start) / .seconds(1)
            if output.json {
                Output.line(
                    .members([
                        ("sound", .flag(check.isSound)), ("questions", .int(check.questionCount)),
                        ("different", .int(check.differentCount)),
                        ("longest_question_bytes", .int(check.longestQuestion)),
                        (
                            "faults",
                            .list(
                                check.findings.compactMap { finding in
                                    finding.fault.map { ["rule": .text(finding.rule), "fault": .text($0)] }
                                })
                        ),
                    ]))
            } else {
                for finding in check.findings {
                    let fault = finding.fault.map { ": \($0)" } ?? ""
                    Output.line("\(finding.fault == nil ? "ok  " : "FAIL") \(finding.rule)\(fault)")
                }
                let time = String(format: "%.2f", seconds)
                Output.line(
                    "\(check.questionCount) questions, \(check.differentCount) different, the longest "
                        + "\(check.longestQuestion) bytes; \(time) s")
            }
            if !check.isSound { throw ExitCode.failure }
        }
    }

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a task of your own to begin with.",
            discussion: """
                The file is a program that `--program` and the setting `environment = "program"` run. A task \
                in Swift is a target that depends on the library Gym of this package, as Examples/doubling.

                Examples:
                  starling env new my_task.py && starling env test --program "python3 my_task.py"
                  starling env new main.swift
                """)

        @Argument(help: "Where to write it; its ending says in which language: .py or .swift.")
        var file: String
        @OptionGroup var output: OutputOptions

        func run() throws {
            let text: String
            switch URL(fileURLWithPath: file).pathExtension {
            case "py": text = EnvironmentTemplate.python
            case "swift": text = EnvironmentTemplate.swift
            default:
                throw Failure("\(file) ends in neither .py nor .swift; other languages: docs/environments.md")
            }
            guard !FileManager.default.fileExists(atPath: file) else {
                throw Failure("\(file) exists; choose another name")
            }
            try AtomicFile.write(Array(text.utf8), to: file)
            if output.json { Output.line(.members([("file", .text(file))])) }
            Output.note("wrote \(file)")
        }
    }
}
