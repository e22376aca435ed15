import Foundation
import GenRL
import Swarm
import TestSupport
import Testing

@testable import starling

/// Training by a recipe of the program's own.
@Suite struct TrainCommandTests {
    @Test func `either a recipe or an environment is given`() throws {
        for arguments in [["train"], ["train", "--config", "x.toml", "--env", "maths"]] {
            let result = try Program.run(arguments)
            #expect(result.code == 64)
            #expect(result.errors.contains("give one of --config and --env"), "\(result.errors)")
            #expect(result.errors.contains("reasoning, maths, codezero"))
        }
        let unknown = try Program.run(["train", "--env", "math"])
        #expect(unknown.code == 64 && unknown.errors.contains("reasoning"), "\(unknown.errors)")
    }

    @Test func `the program's own trainings have recipes that can be read`() throws {
        for training in BuiltInTraining.allCases {
            let recipe = try Recipe.builtIn(training.recipe)
            if training == .codezero, case .codezero = recipe.task { continue }
            guard case .grpo(let config, _) = recipe.task, case .folder = recipe.model else {
                Issue.record("\(training) does not learn by rewards from a model")
                continue
            }
            #expect(config.nodes > 1 && config.play == (training == .maths ? .maths(.fixed) : .questions))
        }
    }

    @Test func `an environment starts from a model that is taught once, and goes on after a kill`() throws {
        try Program.inFolder { folder in
            let small = [
                "--set", "grpo.rounds=10", "--set", "grpo.nodes=2", "--set", "grpo.tasks=4", "--set",
                "grpo.answers=4", "--set", "grpo.staleness=1", "--set", "run.evaluate=0", "--set",
                "run.keep_phases=true", "--json",
            ]
            func train(_ arguments: [String]) throws -> (last: [String: Any], errors: String) {
                let result = try Program.run(["train"] + arguments + small, in: folder)
                #expect(result.code == 0, "\(result.errors)")
                return (try #require(try result.objects().last), result.errors)
            }
            let whole = try train(["--env", "reasoning", "--run", "whole"]).last
            #expect(whole["done"] as? Bool == true && whole["rounds"] as? Int == 10)
            #expect(FileManager.default.fileExists(atPath: folder.path + "/whole/start/checkpoint"))
            // The seedling of the repository is what was taught.
            let config = Fixtures.root.appendingPathComponent("recipes/swarm.toml").path
            let seedling = Fixtures.root.appendingPathComponent("models/seedling").path
            let file = try train([
                "--config", config, "--set", "model.from=\(seedling)", "--run", "file",
            ]).last
            #expect(file["hash"] as? String == whole["hash"] as? String)
            try Program.kill(
                ["train", "--env", "reasoning", "--run", "cut", "--threads", "2"] + small, in: folder
            ) { $0.contains("\"round\":2") }
            let rest = try train(["--env", "reasoning", "--run", "cut", "--threads", "1"])
            #expect(rest.errors.contains("going on with cut after round"), "\(rest.errors)")
            #expect(rest.errors.contains("going on with cut/start after step 400"), "\(rest.errors)")
            #expect(rest.last["hash"] as? String == whole["hash"] as? String)
        }
    }

    @Test func `a study group plays three stages from a model that knows its forms`() throws {
        try Program.inFolder { folder in
            let sums = Fixtures.root.appendingPathComponent("recipes/sums.toml").path
            let taught = try Program.run(
                [
                    "train", "--config", sums, "--set", "supervised.steps=2", "--set", "supervised.batch=6",
                    "--run", "sums", "--json",
                ], in: folder)
            #expect(taught.code == 0, "\(taught.errors)")
            let played = try Program.run(
                [
                    "train", "--env", "maths", "--set", "model.from=sums/model", "--set", "grpo.rounds=1",
                    "--set", "grpo.tasks=1", "--set", "grpo.answers=2", "--set", "run.evaluate=2",
                    "--run", "maths", "--json",
                ], in: folder)
            #expect(played.code == 0, "\(played.errors)")
            #expect(try played.objects().last?["rounds"] as? Int == 1)
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/maths/start"))
        }
    }
}
