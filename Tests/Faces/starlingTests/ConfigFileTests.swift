import Foundation
import TestSupport
import Testing

@testable import starling

@Suite struct ConfigFileTests {
    struct Recipe: Equatable {
        var steps = 0
        var rate = 0.0
        var task = ""
        var widths: [Int] = []
        var stages: [String] = []
    }

    static let text = """
        # a recipe
        steps = 200
        widths = [64, 128]

        [optimizer]
        rate = 3e-4

        [data]
        task = "sort"

        [[stages]]
        name = "warm-up"
        [[stages]]
        name = "grpo"
        """

    func read(_ text: String, overrides: [String] = []) throws(ConfigError) -> Recipe {
        try ConfigFile.parse(text, origin: "r.toml", overrides: overrides) {
            (reader) throws(ConfigError) in
            var recipe = Recipe()
            recipe.steps = try reader.integer("steps", in: 1...1000, default: 100)
            recipe.widths = try reader.integers("widths", countMax: 4, default: [])
            recipe.rate = try reader.table("optimizer") { (reader) throws(ConfigError) in
                try reader.double("rate", in: 0...1, default: 0.1)
            }
            recipe.task = try reader.table("data") { (reader) throws(ConfigError) in
                try reader.string("task", oneOf: ["sort", "add", "count"])
            }
            recipe.stages = try reader.tables("stages") { (reader) throws(ConfigError) in
                try reader.string("name")
            }
            return recipe
        }
    }

    func message(_ text: String, overrides: [String] = []) -> String {
        do {
            return "accepted: \(try read(text, overrides: overrides))"
        } catch {
            return error.description
        }
    }

    @Test func `a correct file gives typed values`() throws {
        let recipe = Recipe(
            steps: 200, rate: 3e-4, task: "sort", widths: [64, 128], stages: ["warm-up", "grpo"])
        #expect(try read(ConfigFileTests.text) == recipe)
    }

    @Test func `defaults stand in for what a file leaves out`() throws {
        let recipe = try read("data.task = \"add\"")
        #expect(recipe == Recipe(steps: 100, rate: 0.1, task: "add"))
    }

    @Test func `an unknown key is an error with its line and the nearest key`() {
        let text = ConfigFileTests.text.replacing("rate = 3e-4", with: "rat = 3e-4")
        #expect(
            message(text) == "r.toml:6: unknown key `optimizer.rat`; did you mean `rate`? "
                + "keys of [optimizer] are rate")
        #expect(
            message("zzzzzz = 1\ndata.task = \"add\"") == "r.toml:1: unknown key `zzzzzz`; "
                + "known keys are steps, widths, optimizer, data, stages")
    }

    @Test(arguments: [
        ("steps = \"many\"", "r.toml:1: `steps` is a string; expected an integer in 1...1000"),
        ("\nsteps = 0", "r.toml:2: `steps` is 0; expected an integer in 1...1000"),
        ("steps = 2.5", "r.toml:1: `steps` is a number; expected an integer in 1...1000"),
        ("steps = 1979-05-27", "r.toml:1: `steps` is a date; expected an integer in 1...1000"),
        (
            "widths = [1, true]",
            "r.toml:1: `widths` contains true or false; "
                + "expected an array of integers"
        ),
        ("widths = [1, 2, 3, 4, 5]", "r.toml:1: `widths` has 5 elements; expected at most 4"),
        (
            "optimizer.rate = nan",
            "r.toml:1: `optimizer.rate` is nan; "
                + "expected a number in 0.0...1.0"
        ),
        ("optimizer = 3", "r.toml:1: `optimizer` is an integer; expected a table [optimizer]"),
        (
            "[data]\ntask = \"srot\"",
            "r.toml:2: `data.task` is \"srot\"; "
                + "did you mean \"sort\"? choices are sort, add, count"
        ),
        ("[data]\n", "r.toml:1: `data.task` is missing; give it a string"),
        (
            "data.task = \"add\"\nstages = [1]",
            "r.toml:2: `stages` is an integer; "
                + "expected tables [[stages]]"
        ),
    ])
    func `a wrong value says what was expected`(text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test func `overrides win over the file, and quotes may be left out`() throws {
        let recipe = try read(
            ConfigFileTests.text,
            overrides: ["steps=7", "optimizer.rate=0.5", "data.task=count", "widths=[1]"])
        #expect(recipe.steps == 7 && recipe.rate == 0.5)
        #expect(recipe.task == "count" && recipe.widths == [1])
    }

    @Test func `a bad override is refused`() {
        #expect(
            message(ConfigFileTests.text, overrides: ["optimizer"])
                == "override \"optimizer\": is not a setting; write it as table.key=value")
        #expect(
            message(ConfigFileTests.text, overrides: ["optimizer=3"]).contains(
                "`optimizer` is a table in the file and an integer here"))
        #expect(
            message(ConfigFileTests.text, overrides: ["optimiser.rate=3"]).contains(
                "unknown key `optimiser`; did you mean `optimizer`?"))
    }

    @Test func `each table of an array has its own lines`() {
        let text = ConfigFileTests.text.replacing("name = \"grpo\"", with: "nam = \"grpo\"")
        #expect(
            message(text) == "r.toml:13: `stages[2].name` is missing; give it a string")
        let inline = "data.task = \"add\"\nstages = [\n{name = \"a\"},\n{name = 3}]"
        #expect(message(inline) == "r.toml:4: `stages[2].name` is an integer; expected a string")
    }

    @Test func `hostile files end in an error`() {
        let deep = "a = " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(message(deep).contains("nests deeper than 16 levels"))
        #expect(
            message("a = \"\(String(repeating: "x", count: 2 << 20))\"").contains("larger than"))
        let long = String(repeating: "k", count: 5000)
        #expect(message("\(long) = 1").count < 300)
        let many = (0..<20_000).map { "[[stages]]\nname = \"\($0)\"\n" }.joined()
        #expect(
            message("data.task = \"add\"\n" + many).contains(
                "`stages` has 20000 elements; expected at most 1000"))
    }

    @Test func `mangled files never trap`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seed(seed)
        let bytes = Array(ConfigFileTests.text.utf8)
        for _ in 0..<300 {
            var mangled = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<mangled.count, using: &random)
                mangled[at] = UInt8.random(in: 0...127, using: &random)
            }
            let text = String(decoding: mangled, as: UTF8.self)
            let first = message(text)
            #expect(first == message(text), "seed \(seed)")
        }
    }

    @Test func `a missing file says so`() {
        #expect(throws: ConfigError.self) {
            try ConfigFile.read("no/such.toml") { (_) throws(ConfigError) in 0 }
        }
    }

    @Test func `distance counts edits`() {
        #expect(Nearness.distance("rate", "rate") == 0)
        #expect(Nearness.distance("kitten", "sitting") == 3)
        #expect(Nearness.distance("", "abc") == 3)
    }
}
