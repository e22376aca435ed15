import Bytes
import CodeZero
import Foundation
import GenRL
import Gym
import Neural
import Swarm
import Tensor
import TestSupport
import Testing

@testable import starling

@Suite struct RecipeTests {
    private static let supervised = """
        name = "small"
        seed = 5
        [task]
        kind = "supervised"
        [[task.environments]]
        environment = "sort_digits"
        config = { max_digits = 3, min_digits = 3 }
        [model]
        alphabet = "0123456789"
        width = 32
        layers = 1
        [optimizer]
        rate = 0.01
        decay = "cosine"
        [supervised]
        steps = 12
        batch = 8
        """

    @Test(arguments: [
        ("seedling", BuiltInRecipe.seedling), ("swarm", BuiltInRecipe.swarm),
        ("chat", BuiltInRecipe.chat), ("sapo", BuiltInRecipe.sapo), ("sums", BuiltInRecipe.sums),
        ("codezero", BuiltInRecipe.codezero), ("codechat", BuiltInRecipe.codechat),
        ("maths", BuiltInRecipe.maths),
    ])
    func `the program's recipes are the files in recipes`(name: String, text: String) throws {
        let file = Fixtures.root.appendingPathComponent("recipes/\(name).toml")
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
        #expect(try Recipe.parse(text, origin: name).name == name)
    }

    @Test func `a supervised recipe becomes typed values`() throws {
        let recipe = try Recipe.parse(Self.supervised, origin: "test")
        guard case .supervised(let config, let plan) = recipe.task else {
            Issue.record("not supervised")
            return
        }
        #expect(config.steps == 12 && config.batch == 8 && config.seed == 5 && plan.mix.seed == 5)
        #expect(config.optimizer.decay == .cosine(steps: 12, floor: 0))
        #expect(plan.mix.parts[0].configuration.text() == #"{"max_digits":3,"min_digits":3}"#)
        guard case .new(let shape, let spelling) = recipe.model else {
            Issue.record("not new")
            return
        }
        #expect(shape.vocabulary == 13 && shape.width == 32 && spelling == .alphabet("0123456789"))
    }

    @Test func `a new model spells by pieces where the recipe says how many`() throws {
        let text = Self.supervised.replacing("alphabet = \"0123456789\"", with: "pieces = 50")
        let recipe = try Recipe.parse(text, origin: "test")
        guard case .supervised(_, let plan) = recipe.task else { throw Failure("not supervised") }
        let model = try StartingModel(recipe, on: Engine(threads: 1)) { try GymLessons.texts(plan.mix) }
        #expect(model.codec.vocabulary == 2 + 256 + 50)
        #expect(model.codec.text(model.codec.answer("473")) == "473")
        #expect(throws: Failure.self) { try StartingModel(recipe, on: Engine(threads: 1)) }
    }

    @Test func `a recipe of CodeZero becomes typed values`() throws {
        func read(_ text: String, _ overrides: String...) throws -> CodeZeroRecipe {
            let recipe = try Recipe.parse(text, origin: "test", overrides: overrides)
            guard case .codezero(let codezero) = recipe.task else { throw Failure("not codezero") }
            return codezero
        }
        let tiny = try read(BuiltInRecipe.codezero, "seed=7", "task.rewards=\"evaluators\"")
        #expect(tiny.config.seed == 7 && tiny.config.decider == .evaluators && tiny.config.proposer == .model)
        #expect(Set(tiny.lessons.keys) == Set(CodeLessons.Role.allCases) && tiny.evaluators == 3)
        #expect(tiny.config.proposing.newTokenMax == 320 && tiny.config.solver.newTokenMax == 128)
        let chat = try read(BuiltInRecipe.codechat)
        #expect(chat.lessons.isEmpty && chat.config.proposer == .generator && chat.config.levelMax == 3)
        for (override, word) in [
            ("codezero.level=6", "1...5"), ("codezero.level_max=0", "1...5"),
            ("codezero.held_out_levels=[]", "held_out_levels"),
            ("codezero.held_out_levels=[9]", "held_out_levels"), ("task.rewards=\"me\"", "execution"),
            ("lessons.solver_steps=0", "solver_steps"), ("codezero.level=3", ""),
        ] {
            guard !word.isEmpty else {
                #expect(try read(BuiltInRecipe.codezero, override).config.startLevel == 3)
                continue
            }
            let error = #expect(throws: ConfigError.self) { try read(BuiltInRecipe.codezero, override) }
            #expect(error.map { "\($0)".contains(word) } == true, "\(override): \(String(describing: error))")
        }
    }

    @Test func `an adapter is a table of its own`() throws {
        func adapter(_ overrides: String...) throws -> LoRAConfig? {
            try Recipe.parse(Self.supervised, origin: "test", overrides: overrides).adapter
        }
        #expect(try adapter() == nil)
        #expect(try adapter("lora.rank=4") == LoRAConfig(rank: 4, alpha: 8))
        let chosen = try adapter(
            "lora.rank=3", "lora.alpha=1.5", "lora.rslora=true", "lora.targets=[\"v_proj\"]")
        #expect(
            chosen
                == LoRAConfig(rank: 3, alpha: 1.5, targets: [.value], isRankStabilized: true))
    }

    @Test func `overrides stand above the file`() throws {
        let recipe = try Recipe.parse(
            BuiltInRecipe.swarm, origin: "test",
            overrides: ["seed=3", "grpo.answers=4", "grpo.share=false", "optimizer.rate=1e-3"])
        guard case .grpo(let config, let rounds) = recipe.task else {
            Issue.record("not grpo")
            return
        }
        #expect(config.seed == 3 && config.mix.seed == 3 && !config.share && rounds == 120)
        #expect(config.grpo.answersPerTask == 4 && config.grpo.optimizer.rate == 1e-3)
    }

    @Test func `an algorithm is a name, and single settings over it`() throws {
        func algorithm(_ overrides: [String]) throws -> Algorithm? {
            let recipe = try Recipe.parse(BuiltInRecipe.swarm, origin: "test", overrides: overrides)
            guard case .grpo(let config, _) = recipe.task else { return nil }
            return config.grpo.algorithm
        }
        #expect(try algorithm([]) == .dapo)
        for name in AlgorithmOption.choices {
            #expect(try algorithm(["grpo.algorithm=\"\(name)\""]) == Algorithm.named(name))
        }
        var gspo = Algorithm.gspo
        gspo.clipHigh = 0.1
        gspo.ratioCap = 5
        gspo.divergenceWeight = 0.25
        gspo.advantages = .meanOnly
        gspo.importanceCap = 2
        gspo.overlongTokens = 3
        let overrides = [
            "algorithm=gspo", "clip_high=0.1", "ratio_cap=5", "divergence=0.25", "advantage=meanOnly",
            "importance_cap=2", "overlong=3",
        ]
        #expect(try algorithm(overrides.map { "grpo.\($0)" }) == gspo)
        #expect(try algorithm(["grpo.ratio_cap=0"])?.ratioCap == .infinity)
    }

    @Test func `a swarm's game, window, audits and rule of sharing are keys`() throws {
        func swarm(_ overrides: String...) throws -> SwarmConfig? {
            let recipe = try Recipe.parse(BuiltInRecipe.swarm, origin: "test", overrides: overrides)
            guard case .grpo(let config, _) = recipe.task else { return nil }
            return config
        }
        let plain = try #require(try swarm())
        #expect(plain.play == .questions && plain.strategy == .filtered && plain.defence == Defence())
        #expect(!plain.mix.isAdaptive)
        let set = try #require(
            try swarm("grpo.game=maths", "grpo.staleness=3", "grpo.audits=5", "grpo.strategy=diversity"))
        #expect(set.play == .maths(.fixed) && set.strategy == .diversity)
        #expect(set.defence.staleness == 3 && set.defence.audits == 5)
        for play in SwarmConfig.Play.all {
            #expect(try swarm("grpo.game=\"\(play.name)\"")?.play == play)
        }
        for strategy in SharingPolicy.Strategy.allCases {
            #expect(try swarm("grpo.strategy=\(strategy.rawValue)")?.strategy == strategy)
        }
        #expect(try swarm("task.curriculum=adaptive")?.mix.isAdaptive == true)
        let recipe = try Recipe.parse(
            BuiltInRecipe.swarm, origin: "test", overrides: ["run.keep_phases=true"])
        #expect(recipe.keepsPhases)
    }

    @Test func `lessons of a study group are a key`() throws {
        func lessons(_ overrides: String...) throws -> GymLessons.Teaching? {
            let recipe = try Recipe.parse(Self.supervised, origin: "test", overrides: overrides)
            guard case .supervised(_, let plan) = recipe.task else { return nil }
            return plan.teaching
        }
        #expect(try lessons() == .answers && lessons("supervised.game=questions") == .answers)
        #expect(try lessons("supervised.game=maths", "supervised.players=3") == .maths(players: 3))
        #expect(throws: ConfigError.self) { try lessons("supervised.players=3") }
    }

    @Test(arguments: [
        ("grpo.game=mats", "did you mean \"maths\""), ("grpo.staleness=17", "0...16"),
        ("grpo.staleness=-1", "0...16"), ("grpo.audits=1025", "0...1024"),
        ("grpo.strategy=best", "uniform, filtered, advantage, staleness, diversity, all"),
        ("grpo.game=1", "a string"), ("task.curriculum=adaptiv", "did you mean \"adaptive\""),
        ("grpo.stalenes=1", "did you mean `staleness`"),
    ])
    func `settings of a swarm that cannot be are refused by name`(override: String, mention: String) {
        let error = #expect(throws: ConfigError.self) {
            try Recipe.parse(BuiltInRecipe.swarm, origin: "test", overrides: [override])
        }
        #expect(error?.description.contains(mention) == true, "\(error?.description ?? "")")
    }

    @Test func `nobody chooses common tasks, or those of lessons`() {
        for (text, overrides) in [
            (BuiltInRecipe.swarm, ["grpo.game=maths", "task.curriculum=adaptive"]),
            (BuiltInRecipe.seedling, ["task.curriculum=adaptive"]),
            (BuiltInRecipe.seedling, ["run.keep_phases=true"]),
        ] {
            #expect(throws: ConfigError.self) {
                try Recipe.parse(text, origin: "test", overrides: overrides)
            }
        }
    }

    @Test(arguments: [
        ("algorithm=grpoo", "did you mean \"grpo\""),
        ("ratio_cap=1.1", "above 1 + clip_high"), ("overlong=9", "at most new_tokens"),
        ("advantage=generalized", "groupDeviation"), ("importance_cap=-1", "0.0...1000"),
    ])
    func `an algorithm that cannot be is refused by name`(override: String, mention: String) {
        let error = #expect(throws: ConfigError.self) {
            try Recipe.parse(BuiltInRecipe.swarm, origin: "test", overrides: ["grpo.\(override)"])
        }
        #expect(error?.description.contains(mention) == true, "\(error?.description ?? "")")
    }

    @Test func `a model learns from preferences, and an interrupted run goes on to the same bits`() throws {
        try Program.inFolder { folder in
            let recipe = """
                name = "prefer"
                [task]
                kind = "preferences"
                pairs = "pairs.jsonl"
                [model]
                alphabet = "0123456789"
                width = 32
                layers = 1
                [optimizer]
                rate = 0.01
                [preferences]
                steps = 60
                batch = 8
                [run]
                keep_every = 3
                """
            let lines = (0..<40).map { index in
                #"{"prompt": "\#(index)", "chosen": "\#(index % 10)", "rejected": "\#((index + 1) % 10)"}"#
            }
            try Data(recipe.utf8).write(to: folder.appendingPathComponent("prefer.toml"))
            let file = folder.appendingPathComponent("pairs.jsonl")
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            func train(_ run: String) throws -> [String: Any] {
                let result = try Program.run(
                    ["train", "--config", "prefer.toml", "--run", run, "--json", "--threads", "1"], in: folder
                )
                #expect(result.code == 0, "\(result.errors)")
                return try #require(try result.objects().last)
            }
            let whole = try train("whole")
            #expect(whole["done"] as? Bool == true && whole["pairs"] as? Int == 40)
            #expect(try #require(whole["accuracy"] as? Double) > 0.8)
            try Program.kill(
                ["train", "--config", "prefer.toml", "--run", "cut", "--json", "--threads", "2"], in: folder
            ) { $0.contains("\"step\":5") }
            #expect(try train("cut")["hash"] as? String == whole["hash"] as? String)
            try Data("{}".utf8).write(to: file)
            let bad = try Program.run(["train", "--config", "prefer.toml", "--run", "bad"], in: folder)
            #expect(bad.code == 1 && bad.errors.contains("pairs.jsonl: line 1 has no text"), "\(bad.errors)")
        }
    }

    @Test(arguments: [
        ("supervised.stepps=3", "stepps"), ("name=\"../up\"", "name"),
        ("model.head_width=7", "head_width"), ("task.kind=\"play\"", "supervised, grpo, preferences"),
        ("supervised.steps=0", "1..."), ("model.alphabet=\"aa\"", "different"),
        ("grpo.rounds=3", "grpo"), ("lora.rank=0", "1...4096"), ("lora.alpha=2", "rank"),
        ("lora={ rank = 2, targets = [\"lm_head\"] }", "q_proj"),
    ])
    func `what cannot be is refused by name`(override: String, mention: String) {
        let error = #expect(throws: ConfigError.self) {
            try Recipe.parse(Self.supervised, origin: "test", overrides: [override])
        }
        #expect(error?.description.contains(mention) == true, "\(error?.description ?? "")")
    }

    @Test func `an adapter is trained, kept, written, put on its model and merged`() throws {
        try Program.inFolder { folder in
            let file = folder.appendingPathComponent("small.toml")
            let seedling = Fixtures.root.appendingPathComponent("models/seedling").path
            let text = Self.supervised.replacing(
                "alphabet = \"0123456789\"\nwidth = 32\nlayers = 1", with: "from = \"\(seedling)\"")
            let longer = text.replacing("steps = 12", with: "steps = 60")
            try Data((longer + "\n[run]\nkeep_every = 3\nevaluate = 0\n").utf8).write(to: file)
            func run(_ arguments: String...) throws -> [String: Any] {
                let result = try Program.run(arguments + ["--json"], in: folder)
                #expect(result.code == 0, "\(result.errors)")
                return try #require(try result.objects().last)
            }
            let train = ["train", "--config", file.path, "--lora-rank", "3", "--run"]
            try Program.kill(train + ["cut", "--json"], in: folder) { $0.contains("\"step\":7") }
            let whole = try run("train", "--config", file.path, "--lora-rank", "3", "--run", "whole")
            let rest = try run("train", "--config", file.path, "--lora-rank", "3", "--run", "cut")
            #expect(whole["adapter"] as? String == "whole/adapter" && whole["model"] == nil)
            #expect(rest["hash"] as? String == whole["hash"] as? String)
            func answer(_ more: [String]) throws -> [Int]? {
                try #require(
                    Program.run(
                        ["generate", "918", "--max-tokens", "8", "--json", "--model"] + more,
                        in: folder
                    ).objects().last)["tokens"] as? [Int]
            }
            let adapted = try answer([seedling, "--adapter", "whole/adapter"])
            #expect(try adapted != answer([seedling]))
            _ = try run(
                "model", "merge", "--model", seedling, "--adapter", "whole/adapter", "--to", "merged")
            #expect(try answer(["merged"]) == adapted)
            // An adapter belongs to one shape of model, and a run to one adapter.
            let other = try Program.run(
                ["train", "--config", file.path, "--lora-rank", "4", "--run", "whole"], in: folder)
            #expect(other.code == 1 && other.errors.contains("another run folder"))
            let none = try Program.run(
                ["generate", "918", "--model", seedling, "--adapter", "merged"], in: folder)
            #expect(none.code == 1 && none.errors.contains("adapter_config.json"))
        }
    }

    @Test func `an interrupted run goes on to the same bits`() throws {
        try Program.inFolder { folder in
            let file = folder.appendingPathComponent("small.toml")
            let longer = Self.supervised.replacing("steps = 12", with: "steps = 120")
            try Data((longer + "\n[run]\nkeep_every = 3\nevaluate = 8\n").utf8).write(to: file)
            func train(_ run: String, _ more: [String] = []) throws -> [String: Any] {
                let result = try Program.run(
                    ["train", "--config", file.path, "--run", run, "--json", "--threads", "1"] + more,
                    in: folder)
                #expect(result.code == 0, "\(result.errors)")
                return try #require(try result.objects().last)
            }
            let whole = try train("whole")
            #expect(whole["done"] as? Bool == true && whole["steps"] as? Int == 120)
            #expect(FileManager.default.fileExists(atPath: folder.path + "/whole/report.html"))
            // A finished run is not trained further, and another recipe does not continue it.
            #expect(try train("whole")["hash"] as? String == whole["hash"] as? String)
            let other = try Program.run(
                ["train", "--config", file.path, "--run", "whole", "--set", "supervised.batch=9"],
                in: folder)
            #expect(other.code == 1 && other.errors.contains("another run folder"))
            // Killed after the fifth step, of which three are kept.
            try Program.kill(
                ["train", "--config", file.path, "--run", "cut", "--json", "--threads", "2"], in: folder
            ) { $0.contains("\"step\":5") }
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/cut/report.html"))
            let rest = try train("cut")
            #expect(rest["hash"] as? String == whole["hash"] as? String)
            // The model that was written is that of the run, and can be asked.
            let hash = try Program.run(["model", "hash", "--model", "whole/model"], in: folder)
            #expect(hash.lines == [whole["hash"] as? String])
            let score = try Program.run(
                [
                    "eval", "--model", "whole/model", "--tasks", "sort_digits", "--count", "8", "--seed",
                    "5", "--config", #"{"min_digits": 3, "max_digits": 3}"#, "--max-tokens", "8",
                    "--json",
                ], in: folder)
            #expect(score.code == 0, "\(score.errors)")
            #expect(try score.objects().last?["reward"] as? Double == whole["reward"] as? Double)
        }
    }
}
